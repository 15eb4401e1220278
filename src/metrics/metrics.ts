import { type MetricObjectWithValues, type MetricValue, Registry } from '@prometheus-io/client';
import { RequestMetrics } from './request-metrics.js';

/** The metrics of one service: no part of them is of the process, or of another service in it. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: RequestMetrics;
}

export function newMetrics(): Metrics {
  const registry = new Registry();
  return { registry, requests: new RequestMetrics(registry) };
}

/** All of them in OpenMetrics 1.0, where a family of counters is named without `_total`, as its samples are not. */
export async function openMetricsText(registry: Registry): Promise<string> {
  const families = await registry.getMetricsAsJSON();
  const anew = Registry.aggregate([families.map(asFamily)]);
  anew.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return anew.metrics();
}

type Family = MetricObjectWithValues<MetricValue<string>>;

const asFamily = (family: Family): Family =>
  family.type === 'counter' ? { ...family, name: family.name.replace(/_total$/, '') } : family;
