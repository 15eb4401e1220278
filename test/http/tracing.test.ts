import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { LightMyRequestResponse } from 'fastify';
import t, { type Test } from 'tap';
import { toXml } from '../../src/mock-dsp/message.js';
import { StoreUnavailable } from '../../src/stores/unavailable.js';
import { readTraceparent } from '../../src/trace-context.js';
import type { Exchange } from '../../src/witness.js';
import { testApp } from '../app.js';
import { message } from '../fixtures.js';

const url = '/v1/service-requests';
const xml = toXml(message());
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${parentId}-01`;

type Service = Awaited<ReturnType<typeof testApp>>['app'];

const post = (
  app: Service,
  headers: Readonly<Record<string, string | string[]>> = {},
  payload = xml,
): Promise<LightMyRequestResponse> =>
  app.inject({
    method: 'POST',
    url,
    payload,
    headers: {
      'content-type': 'application/xml',
      'dcc-device-type': 'ESME',
      'dcc-import-mpxn': '1200023305967',
      ...headers,
    },
  });

const respondedIn = ({
  headers,
}: LightMyRequestResponse): { traceId: string; parentId: string; isSampled: boolean } =>
  readTraceparent(headers.traceresponse)!;

t.test(
  'a trace that a caller names goes on, in the answer, the log and what witnesses are told',
  async (t) => {
    const told: Exchange[] = [];
    const witnessed = await testApp({ witnesses: [(exchange) => void told.push(exchange)] });
    await post(witnessed.app, { traceparent });
    const { app, log } = await testApp();
    const answer = await post(app, { traceparent });
    const responded = respondedIn(answer);
    t.match(responded, { traceId, isSampled: true });
    t.not(responded.parentId, parentId, 'the span is one of its own');
    t.equal(told[0]!.traceId, traceId);
    t.match(JSON.parse(log.at(-1)!), { kind: 'decision', traceId });

    const problem = await post(app, { traceparent }, '<');
    t.match(JSON.parse(log.at(-1)!), {
      msg: 'answered with a problem',
      traceId,
      spanId: respondedIn(problem).parentId,
    });
    t.not(respondedIn(problem).parentId, responded.parentId);
    const unsampled = await post(app, { traceparent: `00-${traceId}-${parentId}-00` });
    t.match(respondedIn(unsampled), { traceId, isSampled: false });
  },
);

t.test('without a trace, or with one that is none, a new one begins', async (t) => {
  const { app, log } = await testApp();
  const seen = new Set([traceId]);
  for (const said of [
    undefined,
    traceparent.toUpperCase(),
    `ff${traceparent.slice(2)}`,
    `${traceparent}-x`,
    [traceparent, traceparent],
  ]) {
    const { traceId: begun, isSampled } = respondedIn(
      await post(app, said === undefined ? {} : { traceparent: said }),
    );
    t.notOk(seen.has(begun), String(said));
    t.equal(isSampled, false);
    seen.add(begun);
    t.match(JSON.parse(log.at(-1)!), { traceId: begun });
  }
  t.match(respondedIn(await app.inject({ url: '/health/live', headers: { traceparent } })), { traceId });
  t.match(respondedIn(await app.inject({ url: '/nowhere', headers: { traceparent } })), { traceId });
});

t.test('trouble is logged with its trace', async (t) => {
  const { app, log } = await testApp({
    deviceStore: () => ({ find: () => Promise.reject(new StoreUnavailable('the device registry')) }),
  });
  await app.inject({
    method: 'POST',
    url,
    payload: xml,
    headers: { 'content-type': 'application/xml', traceparent },
  });
  const logged = log.map((line) => JSON.parse(line) as { msg: string });
  t.match(
    logged.find(({ msg }) => msg === 'a store is not available'),
    { traceId, spanId: String },
  );
});

/** Has spans recorded as by an SDK, for as long as the test runs. */
function recording(t: Test, sampler?: Sampler): () => ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
    ...(sampler !== undefined && { sampler }),
  });
  trace.setGlobalTracerProvider(provider);
  t.teardown(() => {
    trace.disable();
    propagation.disable();
  });
  return () => exporter.getFinishedSpans();
}

t.test('a service request is a span of the caller where OpenTelemetry is there', async (t) => {
  const spans = recording(t);
  const { app } = await testApp();
  const answer = await post(app, { traceparent, tracestate: 'rojo=1,congo=2' });
  await app.inject('/health/live');
  const [span, ...others] = spans();
  t.strictSame(others, [], 'no other request is one');
  t.match(span, {
    name: `POST ${url}`,
    kind: 1,
    status: { code: 0 },
    parentSpanContext: { spanId: parentId, isRemote: true },
  });
  t.equal(span!.spanContext().traceId, traceId);
  t.equal(span!.parentSpanContext!.traceState!.serialize(), 'rojo=1,congo=2');
  t.strictSame(respondedIn(answer), {
    traceId,
    parentId: span!.spanContext().spanId,
    isSampled: true,
  });
  t.strictSame(span!.attributes, {
    'http.request.method': 'POST',
    'http.route': url,
    'url.path': url,
    'url.scheme': 'http',
    'certificate_party.service_reference_variant': '6.15.1',
    'certificate_party.outcome': 'accepted',
    'certificate_party.code': 'I0',
    'certificate_party.mpan_check': 'matched',
    'http.response.status_code': 200,
  });
});

t.test('a problem is on the span, and an error where the failure is ours', async (t) => {
  const spans = recording(t);
  const { app, log } = await testApp({
    deviceStore: () => ({
      find: () => Promise.reject(new StoreUnavailable('the device registry')),
    }),
  });
  await post(app, {}, '<');
  await app.inject({ method: 'POST', url, payload: xml, headers: { 'content-type': 'application/xml' } });
  const [wrong, failed] = spans();
  t.match(wrong!.attributes, {
    'certificate_party.problem': 'malformed-body',
    'http.response.status_code': 400,
  });
  t.notOk('error.type' in wrong!.attributes);
  t.equal(wrong!.status.code, 0);
  t.equal(wrong!.parentSpanContext, undefined, 'a trace of its own');
  t.match(JSON.parse(log[0]!), {
    traceId: wrong!.spanContext().traceId,
    spanId: wrong!.spanContext().spanId,
  });
  t.match(failed!.attributes, {
    'certificate_party.problem': 'store-unavailable',
    'error.type': 'store-unavailable',
    'http.response.status_code': 503,
  });
  t.equal(failed!.status.code, 2);
});

t.test('what is recorded while it is judged is below its span', async (t) => {
  const spans = recording(t);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  t.teardown(() => {
    context.disable();
  });
  const { app } = await testApp({
    deviceStore: () => ({
      find: async () => {
        trace.getTracer('a client').startSpan('HGET').end();
        return undefined;
      },
    }),
  });
  await post(app);
  const [child, parent] = spans();
  t.match(child, { name: 'HGET', parentSpanContext: { spanId: parent!.spanContext().spanId } });
});

t.test('the propagator of an SDK counts, and so does what it does not sample', async (t) => {
  const spans = recording(t, new AlwaysOffSampler());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const { app } = await testApp();
  const responded = respondedIn(await post(app, { traceparent }));
  t.match(responded, { traceId, isSampled: false }, 'though the caller has sampled it');
  t.not(responded.parentId, parentId);
  t.strictSame(spans(), []);
});

t.test('a propagator without an SDK makes no span of the caller ours', async (t) => {
  t.teardown(() => {
    propagation.disable();
  });
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const { app } = await testApp();
  const responded = respondedIn(await post(app, { traceparent }));
  t.match(responded, { traceId, isSampled: true });
  t.not(responded.parentId, parentId);
});
