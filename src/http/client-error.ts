import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { type Rejection, type RejectionKind, rejectionKinds } from '../rejection.js';
import { episodes } from './episodes.js';
import { problemJson, problemType } from './problem.js';
import { answerHeaders } from './security-headers.js';
import type { ConnectionLimits } from './server.js';

type ClientError = Error & { readonly code?: string };

/** What is wrong with what never became a request. Undefined where nobody is to be answered. */
function problemOf({ code = '' }: ClientError, limits: ConnectionLimits): Rejection | undefined {
  const { headersTimeoutMs, requestTimeoutMs, maxHeaderBytes } = limits;
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        kind: 'request-timeout',
        detail: `The headers have ${String(headersTimeoutMs)} ms to come, and the whole request ${String(requestTimeoutMs)} ms.`,
      };
    case 'HPE_HEADER_OVERFLOW':
      return {
        kind: 'headers-too-large',
        detail: `The headers may have ${String(maxHeaderBytes)} bytes together.`,
      };
    default:
      return code.startsWith('HPE_')
        ? { kind: 'malformed-request', detail: rejectionKinds['malformed-request'].meaning }
        : undefined;
  }
}

/** The last request on a connection, and the one before it. */
interface OnConnection {
  readonly last: Exchange;
  readonly before: Exchange | undefined;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Answers what is not HTTP, or not in time, where there is neither a request nor a reply yet, and ends the connection. What came
 * over it before is answered first: a client that sends several requests at once tells the answers apart by their order alone, and
 * would take this one for that of a request which is being judged. A TLS handshake that fails cannot be answered: it is told of,
 * and the client hears of it by its own library.
 */
export function answerClientErrors(
  limits: ConnectionLimits,
  log: FastifyBaseLogger,
  answered: (kind: RejectionKind) => void,
): (server: Server) => void {
  const end = (socket: Socket, problem: Rejection): void => {
    answered(problem.kind);
    endWith(socket, problem);
  };
  const failed = episodes(log, {
    begins: 'TLS handshakes begin to fail',
    goesOn: 'TLS handshakes fail',
    ends: 'no TLS handshake fails any more',
  });
  const onConnections = new WeakMap<Socket, OnConnection>();
  return (server) => {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      onConnections.set(socket, { last: { request, response }, before: onConnections.get(socket)?.last });
    });
    server.on('clientError', (error: ClientError, socket: Socket) => {
      const problem = problemOf(error, limits);
      if (problem === undefined || !socket.writable) {
        if ('encrypted' in socket && error.code !== 'ECONNRESET') failed(error.message);
        socket.destroy();
        return;
      }
      const known = onConnections.get(socket);
      const last = (): void => {
        if (isAnswered(known)) socket.end();
        else end(socket, problem);
      };
      const pending = pendingOf(known);
      if (pending === undefined) last();
      else pending.once('close', last);
    });
  };
}

/** Whether the request of which the body is broken, or does not come, has an answer already: a second would be for another. */
const isAnswered = (known: OnConnection | undefined): boolean =>
  known?.last.request.complete === false && known.last.response.writableEnded;

/**
 * The last answer that is still to come; the others come before it. A request of which the body is broken is the one that is
 * answered here, unless it has been, and one behind which another stands is whole.
 */
function pendingOf(known: OnConnection | undefined): ServerResponse | undefined {
  const isLast = known?.last.request.complete === true || isAnswered(known);
  const exchange = isLast ? known?.last : known?.before;
  return exchange?.response.closed === false ? exchange.response : undefined;
}

function endWith(socket: Socket, { kind, detail }: Rejection): void {
  const { status, title } = rejectionKinds[kind];
  const body = JSON.stringify({ type: problemType(kind), title, status, detail });
  const headers = {
    ...answerHeaders('encrypted' in socket),
    connection: 'close',
    'content-type': problemJson,
    'content-length': Buffer.byteLength(body),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  socket.end(`HTTP/1.1 ${String(status)} ${title}\r\n${lines.join('')}\r\n${body}`);
}
