import { Registry } from '@prometheus-io/client';
import accepts from 'accepts';
import type { FastifyInstance } from 'fastify';
import { type Metrics, openMetricsText } from '../metrics/metrics.js';
import { neverShed } from './load-shedding.js';
import { serviceRequestsPath } from './paths.js';

// The version and the escaping that a caller asks for are not looked at: there is one form of each.
const text = 'text/plain';
const openMetrics = 'application/openmetrics-text';

/** The metrics at `GET /metrics`: text unless OpenMetrics is preferred. A caller that takes neither gets text all the same. */
export function metricsRoute(app: FastifyInstance, { registry }: Metrics): void {
  app.get('/metrics', { config: { ...neverShed, scope: 'metrics' } }, async (request, reply) => {
    const isOpenMetrics = accepts(request.raw).type([text, openMetrics]) === openMetrics;
    reply.type(isOpenMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE);
    return isOpenMetrics ? openMetricsText(registry) : registry.metrics();
  });
}

/** Counts the answers and problems of all routes, and times those of service requests. */
export function countRequests(app: FastifyInstance, { requests }: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { url: route } = request.routeOptions;
    requests.answered({ route, status: reply.statusCode });
    if (route === serviceRequestsPath) requests.took(reply.elapsedTime / 1000);
    done();
  });
}
