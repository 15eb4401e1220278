import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Test } from 'tap';

/** What a proxy does to what goes through it. */
export interface Behaviour {
  /** How much later everything that the server says arrives. */
  readonly delayMs: number;
  /** Each connection ends right behind this, the first time that the server says it. */
  readonly cutBehind: string | undefined;
  /** Instead of the server: says this to whatever it is told. The empty text is a server that says nothing. */
  readonly says: string | undefined;
  /** Takes connections, and closes them at once. */
  readonly closes: boolean;
}

/** A TCP proxy in front of a server on loopback. */
export interface Proxy {
  readonly port: number;
  /** From now on, for connections that are open too. What is left out is as if there were no proxy. */
  readonly behave: (behaviour: Partial<Behaviour>) => void;
  /** Ends every connection, without a word. */
  readonly cut: () => void;
  /** How many connections have ended by `cutBehind`. */
  readonly cuts: () => number;
}

const transparent: Behaviour = { delayMs: 0, cutBehind: undefined, says: undefined, closes: false };

/** Starts a proxy that ends with the test. */
export async function startProxy(t: Test, targetPort: number): Promise<Proxy> {
  let behaviour = transparent;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const kept = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    kept(client);
    if (behaviour.closes) {
      client.destroy();
      return;
    }
    const upstream = kept(connect(targetPort, '127.0.0.1'));
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    client.on('close', end);
    upstream.on('close', end);
    client.on('data', (chunk) => {
      if (behaviour.says === undefined) upstream.write(chunk);
      else client.write(behaviour.says);
    });
    const tell = (chunk: Buffer): void => {
      const { cutBehind, says } = behaviour;
      if (says !== undefined) return;
      const place = cutBehind === undefined ? -1 : chunk.indexOf(cutBehind);
      if (cutBehind === undefined || place === -1) {
        client.write(chunk);
        return;
      }
      cuts += 1;
      client.end(chunk.subarray(0, place + cutBehind.length), end);
    };
    upstream.on('data', (chunk) => {
      if (behaviour.delayMs === 0) {
        tell(chunk);
        return;
      }
      const timer = setTimeout(() => {
        timers.delete(timer);
        if (!client.destroyed) tell(chunk);
      }, behaviour.delayMs);
      timers.add(timer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  t.teardown(() => {
    server.close();
    cut();
    for (const timer of timers) clearTimeout(timer);
  });
  return {
    port: (server.address() as AddressInfo).port,
    behave: (change) => {
      behaviour = { ...transparent, ...change };
    },
    cut,
    cuts: () => cuts,
  };
}
