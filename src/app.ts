import type { FastifyInstance } from 'fastify';
import { authorise, type AuthoriseDeps } from './http/authorise.js';
import { dashboard, type DashboardDeps } from './http/dashboard.js';
import { baseApp, type BaseDeps } from './http/base-app.js';
import { identifyClients } from './http/clients.js';
import { docs, problemTypes } from './http/docs.js';
import { duties } from './http/duties.js';
import { health, type HealthDeps } from './http/health.js';
import { boundInFlight, type LoadLimits, shedWhenFull, shedWhenLate } from './http/load-shedding.js';
import { metricsRoute } from './http/metrics.js';
import { limitRates, type RateLimits } from './http/rate-limit.js';
import { serviceRequests } from './http/service-requests.js';
import { type State, tellState } from './metrics/state-metrics.js';
import type { ValidationDeps } from './validate.js';
import type { WitnessDeps } from './witness.js';

export interface AppDeps
  extends BaseDeps, ValidationDeps, HealthDeps, WitnessDeps, AuthoriseDeps, DashboardDeps {
  readonly loadLimits: LoadLimits;
  /** How much of the memory that there may be is in use. */
  readonly memoryPercent: () => number;
  readonly rateLimits: RateLimits;
  readonly caches: State['caches'];
  readonly storesUp: State['storesUp'];
  readonly decisionLog: State['decisionLog'];
  readonly hasDocs: boolean;
}

/** Builds the HTTP service. It does not listen: whoever builds it decides where. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = baseApp(deps);
  identifyClients(app, deps);
  const { failedAuthentications } = await limitRates(app, deps.rateLimits);
  authorise(app, deps, failedAuthentications);
  if (deps.hasDocs) await docs(app);
  problemTypes(app);
  health(app, deps);
  metricsRoute(app, deps.metrics);
  const inFlight = boundInFlight(app, deps.loadLimits);
  serviceRequests(app, deps, inFlight.hooks);
  duties(app, deps, inFlight.hooks);
  await dashboard(app, deps);
  tellState(deps.metrics.registry, {
    referenceData: deps.referenceDataStatus,
    caches: deps.caches,
    requestsInFlight: inFlight.count,
    storesUp: deps.storesUp,
    decisionLog: deps.decisionLog,
  });
  // Last, or building the others would count as load.
  await shedWhenLate(app, deps.loadLimits);
  shedWhenFull(app, deps.loadLimits, deps.memoryPercent);
  return app;
}

/** Builds what answers the health routes, and nothing else. */
export function buildHealthApp(deps: BaseDeps & HealthDeps): FastifyInstance {
  const app = baseApp(deps);
  health(app, deps);
  return app;
}
