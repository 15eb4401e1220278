import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { rejectionKinds } from '../rejection.js';
import { problemJson, problemType } from './problem.js';

/** The last request on a connection, and the one before it. */
interface OnConnection {
  readonly last: Exchange;
  readonly before: Exchange | undefined;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface ClientErrors {
  readonly handler: (error: Error & { readonly code?: string }, socket: Socket) => void;
  /** Has to be told of every request, as it comes in. */
  readonly watch: (server: HttpServer | HttpsServer) => void;
}

/**
 * Answers what is not HTTP at all, where there is neither a request nor a reply yet, and ends the connection. What came over it
 * before is answered first: a client that sends several requests at once tells the answers apart by their order alone, and would
 * take this one for that of a request which is being judged.
 */
export function clientErrors(answered: () => void): ClientErrors {
  const end = (socket: Socket): void => {
    answered();
    endWithProblem(socket);
  };
  const onConnections = new WeakMap<Socket, OnConnection>();
  return {
    handler: (error, socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) {
        socket.destroy();
        return;
      }
      const pending = pendingOf(onConnections.get(socket));
      if (pending === undefined) end(socket);
      else
        pending.once('close', () => {
          end(socket);
        });
    },
    watch: (server) => {
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        const { socket } = request;
        onConnections.set(socket, { last: { request, response }, before: onConnections.get(socket)?.last });
      });
    },
  };
}

/**
 * The last answer that is still to come; the others come before it. A request of which the body is broken is the one that is
 * answered here, and one behind which another stands is whole.
 */
function pendingOf(known: OnConnection | undefined): ServerResponse | undefined {
  const exchange = known?.last.request.complete === true ? known.last : known?.before;
  return exchange?.response.closed === false ? exchange.response : undefined;
}

function endWithProblem(socket: Socket): void {
  const { status, title, meaning } = rejectionKinds['malformed-request'];
  const body = JSON.stringify({ type: problemType('malformed-request'), title, status, detail: meaning });
  const head = [
    `HTTP/1.1 ${String(status)} ${title}`,
    'Connection: close',
    `Content-Type: ${problemJson}`,
    `Content-Length: ${String(Buffer.byteLength(body))}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
