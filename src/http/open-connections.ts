import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of some servers, so that none of them holds up a stop. */
export interface OpenConnections {
  readonly watch: (server: Server) => void;
  /** Ends those over which nothing has come at once, and all others in a while. */
  readonly end: () => void;
}

// Node looks after no timeout of a server that closes. A request is answered in milliseconds: whoever is still there then sends
// too slowly, or does not take its answer. The stop of two listeners, one after the other, has to leave time for what follows.
const patienceMs = 3_000;

export function openConnections(): OpenConnections {
  // Node knows those alone that speak HTTP already, and not those in a TLS handshake.
  const sockets = new Set<Socket>();
  return {
    watch: (server) => {
      server.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
      });
    },
    end: () => {
      // To Node a connection is idle only once something was answered on it.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, patienceMs).unref();
    },
  };
}
