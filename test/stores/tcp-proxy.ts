import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Test } from 'tap';

export interface TcpProxy {
  readonly port: number;
  /** How many octets of replies the next connection or the present one passes on before it is cut. */
  cutAfter: number;
}

/** Passes on what goes to a port of this machine, and cuts the connection where it is told to. */
export async function startProxy(t: Test, to: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const proxy = { port: 0, cutAfter: Number.POSITIVE_INFINITY };
  const server = createServer((socket) => {
    const upstream = connect(to, '127.0.0.1');
    for (const each of [socket, upstream]) {
      sockets.add(each);
      each.on('error', () => undefined);
      each.on('close', () => {
        socket.destroy();
        upstream.destroy();
      });
    }
    socket.pipe(upstream);
    upstream.on('data', (octets: Buffer) => {
      if (octets.length < proxy.cutAfter) {
        proxy.cutAfter -= octets.length;
        socket.write(octets);
      } else {
        socket.end(octets.subarray(0, proxy.cutAfter));
        upstream.destroy();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.port = (server.address() as AddressInfo).port;
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return proxy;
}
