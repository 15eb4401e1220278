import { randomUUID } from 'node:crypto';
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
} from 'fastify';
import type { LiveTls } from '../callers/live-tls.js';
import type { Aggregates } from '../dashboard/aggregates.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Rejection } from '../rejection.js';
import { StoreUnavailable } from '../stores/unavailable.js';
import { allowedMethods } from './allowed-methods.js';
import { Overloaded, shedLog } from './load-shedding.js';
import { countRequests } from './metrics.js';
import { openConnections } from './open-connections.js';
import { serviceRequestsPath } from './paths.js';
import { sendProblem } from './problem.js';
import { answerHeaders, securityHeaders } from './security-headers.js';
import { type ConnectionLimits, serverFactory } from './server.js';
import { traceProblem, traceRequests } from './tracing.js';

export interface BaseDeps {
  readonly logger: FastifyBaseLogger;
  readonly connectionLimits: ConnectionLimits;
  readonly bodyLimitBytes: number;
  /** Undefined: plain HTTP. */
  readonly tls: LiveTls | undefined;
  /** Whose X-Forwarded-For is believed. */
  readonly trustProxy: readonly string[];
  readonly isStopping: () => boolean;
  readonly metrics: Metrics;
  /** Counts the problems that requests to judge are answered with. */
  readonly dashboard: Aggregates | undefined;
}

/** What every listener of the service has, without a route: its limits, its ids, and problems in place of errors. */
export function baseApp(deps: BaseDeps): FastifyInstance {
  const { metrics } = deps;
  const isTls = deps.tls !== undefined;
  const connections = openConnections();
  const app = fastify({
    loggerInstance: deps.logger,
    // One line a decision says more than two lines a request, at half the cost.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: deps.bodyLimitBytes,
    trustProxy: deps.trustProxy.length > 0 && [...deps.trustProxy],
    // The server is made below; this is what its address is told by.
    ...(isTls && { https: {} }),
    serverFactory: serverFactory(deps.connectionLimits, deps.tls, deps.logger, connections, (kind) => {
      metrics.requests.problem(kind);
    }),
    // What still comes in on an open connection while the service stops is answered like the rest.
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    // Each server that is made has one of its own.
    clientErrorHandler: () => undefined,
    frameworkErrors: (error, request, reply) => {
      void sendProblem(request, reply.headers(answerHeaders(isTls)), toRejection(error, deps));
    },
  });
  app.decorate('problemSent', (request, kind) => {
    metrics.requests.problem(kind);
    traceProblem(request, kind);
    if (request.routeOptions.url === serviceRequestsPath) deps.dashboard?.problem(kind);
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  securityHeaders(app, isTls);
  traceRequests(app);
  countRequests(app, metrics);

  app.addHook('onSend', (_, reply, payload, done) => {
    // Or the connection would stay open after its last answer, and the stop wait for it.
    if (deps.isStopping()) reply.header('connection', 'close');
    done(null, payload);
  });

  app.addHook('preClose', (done) => {
    connections.end();
    done();
  });

  const countShed = shedLog(app.log);
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof Overloaded) {
      countShed(error.message);
      metrics.requests.shed(error.shedBy);
    }
    const rejection = toRejection(error, deps);
    if (rejection.kind === 'store-unavailable') {
      request.log.error({ err: error, ...request.traceIds }, 'a store is not available');
    }
    if (rejection.kind === 'internal-error') {
      request.log.error({ err: error, ...request.traceIds }, 'failed');
    }
    return sendProblem(request, reply, rejection, request.duisRequestId);
  });
  const methodsOf = allowedMethods(app);
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsOf(request.url.replace(/\?.*/s, ''));
    // A route that takes the method may have found nothing for the rest of the path.
    if (methods.length === 0 || methods.includes(request.method))
      return sendProblem(request, reply, { kind: 'not-found', detail: 'There is nothing at this path.' });
    const allowed = methods.join(', ');
    const rejection = { kind: 'method-not-allowed', detail: `This path takes ${allowed}.` } as const;
    return sendProblem(request, reply.header('allow', allowed), rejection);
  });
  return app;
}

/**
 * What Fastify finds wrong with a request before any handler sees it, a store that does not answer, and more load than
 * there may be; everything else is a failure of ours.
 */
function toRejection(
  error: Partial<FastifyError> | StoreUnavailable | Overloaded | null,
  { bodyLimitBytes }: BaseDeps,
): Rejection {
  if (error instanceof StoreUnavailable) {
    return { kind: 'store-unavailable', detail: `The request was not judged: ${error.message}.` };
  }
  if (error instanceof Overloaded) {
    return { kind: 'overloaded', detail: `The request was turned away, since ${error.message}.` };
  }
  // Anything may be thrown.
  const { code, statusCode = 500 } = error ?? {};
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return { kind: 'body-too-large', detail: `The body may have ${String(bodyLimitBytes)} bytes.` };
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const detail = 'The Content-Type must be application/xml or application/json, in UTF-8.';
    return { kind: 'unsupported-media-type', detail };
  }
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH') {
    return { kind: 'not-found', detail: 'There is nothing at this path.' };
  }
  if (code?.startsWith('FST_') === true && statusCode < 500) {
    return { kind: 'malformed-request', detail: 'The request does not arrive as its headers say.' };
  }
  return { kind: 'internal-error', detail: 'The request was not judged.' };
}
