import { randomUUID } from 'node:crypto';
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
} from 'fastify';
import { authorise, type AuthoriseDeps } from './http/authorise.js';
import { clientErrors } from './http/client-error.js';
import { dashboard, type DashboardDeps } from './http/dashboard.js';
import { docs } from './http/docs.js';
import { duties, dutiesPath } from './http/duties.js';
import { health, type HealthDeps } from './http/health.js';
import { boundInFlight, type LoadLimits, Overloaded, shedLog, shedWhenLate } from './http/load-shedding.js';
import { countRequests, metricsRoute } from './http/metrics.js';
import { serviceRequestsPath } from './http/paths.js';
import { sendProblem } from './http/problem.js';
import { serviceRequests } from './http/service-requests.js';
import { traceProblem, traceRequests } from './http/tracing.js';
import type { Metrics } from './metrics/metrics.js';
import { type State, tellState } from './metrics/state-metrics.js';
import type { Rejection } from './rejection.js';
import { StoreUnavailable } from './stores/unavailable.js';
import type { ValidationDeps } from './validate.js';
import type { WitnessDeps } from './witness.js';

export interface AppDeps extends ValidationDeps, HealthDeps, WitnessDeps, AuthoriseDeps, DashboardDeps {
  readonly logger: FastifyBaseLogger;
  readonly bodyLimitBytes: number;
  readonly loadLimits: LoadLimits;
  readonly metrics: Metrics;
  readonly caches: State['caches'];
  readonly storesUp: State['storesUp'];
  readonly decisionLog: State['decisionLog'];
}

// A client that sends slowly holds a socket, and nothing else, for no longer than this.
const requestTimeoutMs = 10_000;

/** Builds the HTTP service. It does not listen: whoever builds it decides where. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const { metrics } = deps;
  const onClientError = clientErrors(() => {
    metrics.requests.problem('malformed-request');
  });
  const app = fastify({
    loggerInstance: deps.logger,
    // One line a decision says more than two lines a request, at half the cost.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: deps.bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    // What still comes in on an open connection while the service stops is answered like the rest.
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    clientErrorHandler: onClientError.handler,
    frameworkErrors: (error, request, reply) => {
      void sendProblem(request, reply, toRejection(error));
    },
  });
  app.decorate('problemSent', (request, kind) => {
    metrics.requests.problem(kind);
    traceProblem(request, kind);
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });

  traceRequests(app);
  countRequests(app, metrics);

  app.addHook('onSend', (_, reply, payload, done) => {
    // Or the connection would stay open after its last answer, and the stop wait for it.
    if (deps.isStopping()) reply.header('connection', 'close');
    done(null, payload);
  });

  app.decorateRequest('problemKind');
  authorise(app, deps);

  onClientError.watch(app.server);
  // Node would answer 417, and no problem, to whoever expects something else than 100 (Continue). RFC 9110 section 10.1.1
  // lets it be passed over.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));

  const countShed = shedLog(app.log);
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof Overloaded) {
      countShed(error);
      metrics.requests.shed(error.shedBy);
    }
    const rejection = toRejection(error);
    if (rejection.kind === 'store-unavailable') {
      request.log.error({ err: error, ...request.traceIds }, 'a store is not available');
    }
    if (rejection.kind === 'internal-error') {
      request.log.error({ err: error, ...request.traceIds }, 'failed');
    }
    return sendProblem(request, reply, rejection, request.duisRequestId);
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsOf(request.url.replace(/\?.*/s, ''));
    if (allowed !== undefined) {
      reply.header('allow', allowed);
      return sendProblem(request, reply, {
        kind: 'method-not-allowed',
        detail: `This path takes ${allowed}.`,
      });
    }
    return sendProblem(request, reply, { kind: 'not-found', detail: 'There is nothing at this path.' });
  });

  await docs(app);
  health(app, deps);
  metricsRoute(app, metrics);
  const inFlight = boundInFlight(app, deps.loadLimits);
  serviceRequests(app, deps, inFlight.hooks);
  duties(app, deps, inFlight.hooks);
  await dashboard(app, deps);
  tellState(metrics.registry, {
    referenceData: deps.referenceDataStatus,
    caches: deps.caches,
    requestsInFlight: inFlight.count,
    storesUp: deps.storesUp,
    decisionLog: deps.decisionLog,
  });
  // Last, or building the others would count as load.
  await shedWhenLate(app, deps.loadLimits);
  return app;
}

/** Of a path that there is, but not for every method. */
function methodsOf(path: string): string | undefined {
  if (path === serviceRequestsPath) return 'POST';
  const isOfDevice = path.startsWith(dutiesPath) && /^\/[^/]+$/.test(path.slice(dutiesPath.length));
  return isOfDevice ? 'GET, HEAD' : undefined;
}

/**
 * What Fastify finds wrong with a request before any handler sees it, a store that does not answer, and more load than
 * there may be; everything else is a failure of ours.
 */
function toRejection(error: Partial<FastifyError> | StoreUnavailable | Overloaded): Rejection {
  if (error instanceof StoreUnavailable) {
    return { kind: 'store-unavailable', detail: `The request was not judged: ${error.message}.` };
  }
  if (error instanceof Overloaded) {
    return { kind: 'overloaded', detail: 'The service has more requests than it can answer in time.' };
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return { kind: 'body-too-large', detail: 'The body is over the size limit.' };
  }
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const detail = 'The Content-Type must be application/xml or application/json, in UTF-8.';
    return { kind: 'unsupported-media-type', detail };
  }
  if (error.code === 'FST_ERR_BAD_URL' || error.code === 'FST_ERR_MAX_PARAM_LENGTH') {
    return { kind: 'not-found', detail: 'There is nothing at this path.' };
  }
  if (error.code?.startsWith('FST_') === true && (error.statusCode ?? 500) < 500) {
    return { kind: 'malformed-request', detail: 'The request does not arrive as its headers say.' };
  }
  return { kind: 'internal-error', detail: 'The request was not judged.' };
}
