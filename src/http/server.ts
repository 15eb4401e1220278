import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { FastifyBaseLogger, FastifyServerFactory } from 'fastify';
import type { LiveTls } from '../callers/live-tls.js';
import type { RejectionKind } from '../rejection.js';
import { answerClientErrors } from './client-error.js';
import { episodes } from './episodes.js';
import type { OpenConnections } from './open-connections.js';
import { boundPipelined } from './pipelined.js';

/** What a connection may take, and a request on it until its handler has it. */
export interface ConnectionLimits {
  readonly headersTimeoutMs: number;
  /** Of headers and body. */
  readonly requestTimeoutMs: number;
  /** 0: no limit. */
  readonly keepAliveMs: number;
  readonly maxHeaderBytes: number;
  /** 0: no limit. */
  readonly maxConnections: number;
  /** 0: no limit. */
  readonly maxRequestsPerConnection: number;
  /** How long nothing may move on a connection while a request is judged, or its answer is not taken. 0: no limit. */
  readonly stalledMs: number;
}

// A timeout is noticed this much later at the most, and no more often than this a look costs anything.
const checkEveryMs = 1_000;

/**
 * Makes the servers of the service; there are two where HOST is localhost. Calls `answered` with each problem that it is told of
 * before there is a request.
 */
export function serverFactory(
  limits: ConnectionLimits,
  tls: LiveTls | undefined,
  log: FastifyBaseLogger,
  connections: OpenConnections,
  answered: (kind: RejectionKind) => void,
): FastifyServerFactory {
  const answerErrors = answerClientErrors(limits, log, answered);
  const dropped = episodes(log, {
    begins: 'begins to close connections as they come: MAX_CONNECTIONS are open',
    goesOn: 'connections are closed as they come',
    ends: 'no connection is closed as it comes any more',
  });
  const piledUp = episodes(log, {
    begins: 'begins to close connections that send on and take no answers',
    goesOn: 'connections that send on and take no answers are closed',
    ends: 'no connection sends on and takes no answers any more',
  });
  const options = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.maxHeaderBytes,
    connectionsCheckingInterval: Math.min(checkEveryMs, limits.headersTimeoutMs),
  };
  const makeServer = (listener: RequestListener): Server => {
    if (tls === undefined) return createServer(options, listener);
    const handshakeTimeout = limits.headersTimeoutMs;
    const server = createHttpsServer({ ...options, ...tls.options(), handshakeTimeout }, listener);
    tls.keep(server);
    return server;
  };
  return (listener): Server => {
    const server = makeServer(boundPipelined(listener, piledUp));
    server.timeout = limits.stalledMs;
    if (limits.maxConnections > 0) server.maxConnections = limits.maxConnections;
    server.maxRequestsPerSocket = limits.maxRequestsPerConnection;
    answerErrors(server);
    connections.watch(server);
    // Node would answer 417, and no problem, to whoever expects something else than 100 (Continue). RFC 9110 section 10.1.1
    // lets it be passed over.
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    server.on('drop', () => {
      dropped(`more than ${String(limits.maxConnections)} connections`);
    });
    return server;
  };
}
