import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.js';
import type { Aggregates } from '../dashboard/aggregates.js';
import { dashboardAssets, dashboardPage } from '../dashboard/assets.js';
import { reportOn } from '../dashboard/report.js';
import { type Dashboard, dashboardQuery } from '../dashboard/shape.js';
import type { HealthDeps } from './health.js';
import { neverShed } from './load-shedding.js';
import { sendProblem } from './problem.js';

export interface DashboardDeps extends Pick<HealthDeps, 'referenceDataStatus'> {
  /** Undefined: there is no dashboard. */
  readonly dashboard: Aggregates | undefined;
  readonly clock: Clock;
}

// The page writes no markup (Trusted Types), and sends its token nowhere else.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The page, which holds no data, and its data for whoever has a token of the scope. */
export async function dashboard(app: FastifyInstance, deps: DashboardDeps): Promise<void> {
  const { dashboard: aggregates } = deps;
  if (aggregates === undefined) return;
  const assets = await dashboardAssets();
  const send = (name: string, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const asset = assets.get(name);
    if (asset === undefined) {
      reply.callNotFound();
      return reply;
    }
    void reply
      .header('content-security-policy', contentSecurityPolicy)
      .header('referrer-policy', 'no-referrer')
      .header('x-content-type-options', 'nosniff')
      // Asked for each time, and sent when it has changed: a page goes with the service that it comes from.
      .header('cache-control', 'no-cache')
      .header('etag', asset.etag);
    const isKnown = request.headers['if-none-match'] === asset.etag;
    return isKnown ? reply.code(304).send() : reply.type(asset.type).send(asset.body);
  };
  app.get('/dashboard', (request, reply) => send(dashboardPage, request, reply));
  app.get<{ Params: { '*': string } }>('/dashboard/assets/*', (request, reply) =>
    send(request.params['*'], request, reply),
  );

  const replica = randomUUID().slice(0, 8);
  // It is in an overload that it is looked at most, and an answer costs less than a millisecond.
  const config = { scope: 'dashboard', ...neverShed } as const;
  app.get('/v1/dashboard', { config }, (request: FastifyRequest, reply: FastifyReply) => {
    const question = dashboardQuery.safeParse(request.query);
    if (!question.success) {
      const detail = 'The query takes period, range and after, each once and as openapi.yaml has them.';
      return sendProblem(request, reply, { kind: 'malformed-request', detail });
    }
    const body: Dashboard = reportOn({ ...deps, aggregates, replica }, question.data);
    return reply.header('cache-control', 'no-store').send(body);
  });
}
