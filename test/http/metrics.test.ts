import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import path from 'node:path';
import fc from 'fast-check';
import type { LightMyRequestResponse } from 'fastify';
import parsePrometheus from 'parse-prometheus-text-format';
import t, { type Test } from 'tap';
import { readConfig } from '../../src/config.js';
import { decidingBy, validationDeps } from '../../src/dependencies.js';
import { freshnesses } from '../../src/reference-data/freshness.js';
import { packageRoot } from '../../src/package-root.js';
import { rejectionKinds } from '../../src/rejection.js';
import { mpanChecks } from '../../src/rules/mpan-check.js';
import { serviceReferenceVariants } from '../../src/duis/vocabulary.js';
import { services } from '../../src/duis/services/index.js';
import { toJson, toXml } from '../../src/mock-dsp/message.js';
import { stages } from '../../src/stage-clock.js';
import { StoreUnavailable } from '../../src/stores/unavailable.js';
import { bearer, testApp } from '../app.js';
import { shipped, shippedWith, statusOf } from '../decisions.js';
import { euis, message, now } from '../fixtures.js';
import { routesOf } from '../routes.js';
import { until } from '../until.js';

const url = '/v1/service-requests';
const xml = toXml(message());
const asXml = { 'content-type': 'application/xml' };
const ofEsme = { ...asXml, 'dcc-device-type': 'ESME', 'dcc-import-mpxn': '1200023305967' };

type Service = Awaited<ReturnType<typeof testApp>>['app'];

const post = (
  app: Service,
  payload: string,
  headers: Record<string, string | string[]>,
): Promise<LightMyRequestResponse> => app.inject({ method: 'POST', url, payload, headers });

const textOf = async (app: Service): Promise<string> =>
  (await app.inject({ url: '/metrics', headers: bearer.metrics })).body;

/** Each sample by its name and labels, as in the text. */
function samplesIn(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, series, value] = /^([^# ][^{ ]*(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    if (series === undefined) continue;
    if (samples.has(series)) throw new Error(`twice: ${series}`);
    samples.set(series, Number(value));
  }
  return samples;
}

const samplesOf = async (app: Service): Promise<Map<string, number>> => samplesIn(await textOf(app));

t.test('only who has a token of the scope sees them', async (t) => {
  const { app } = await testApp();
  t.equal((await app.inject('/metrics')).statusCode, 401);
  t.equal((await app.inject({ url: '/metrics', headers: bearer.duties })).statusCode, 403);
  t.equal((await app.inject({ url: '/metrics', headers: bearer.metrics })).statusCode, 200);
});

t.test('answers, problems and requests are counted', async (t) => {
  const { app } = await testApp();
  t.equal((await post(app, xml, ofEsme)).statusCode, 200);
  t.equal((await post(app, xml, ofEsme)).statusCode, 200);
  const asJson = { 'content-type': 'application/json' };
  const mismatched = toJson(message({ counter: 2n }), { deviceType: 'ESME', importMpxn: '1570000000000' });
  t.match((await post(app, mismatched, asJson)).json(), { responseCode: 'E061510' });
  const unknownSender = toXml(message({ counter: 3n, originator: '02-00-00-00-01-01-00-99' }));
  t.equal((await post(app, unknownSender, ofEsme)).statusCode, 200);
  t.equal((await post(app, '<', asXml)).statusCode, 400);
  t.equal((await app.inject('/nowhere/1200023305967')).statusCode, 404);
  t.equal((await app.inject('/%')).statusCode, 404);
  t.equal((await app.inject('/problems/overloaded')).statusCode, 200);

  const samples = await samplesOf(app);
  const answers = [...samples].filter(([series]) => series.startsWith('certificate_party_answers_total'));
  t.strictSame(
    answers.map(([series, value]) => [series.slice(series.indexOf('{')), value]),
    [
      [
        '{service_reference_variant="6.15.1",user_role="several",outcome="accepted",code="I0",mpan_check="matched"}',
        2,
      ],
      [
        '{service_reference_variant="6.15.1",user_role="several",outcome="refused",code="E061510",mpan_check="mismatched"}',
        1,
      ],
      [
        '{service_reference_variant="6.15.1",user_role="none",outcome="accepted",code="I0",mpan_check="matched"}',
        1,
      ],
    ],
  );
  t.equal(samples.get('certificate_party_problems_total{kind="malformed-body"}'), 1);
  t.equal(samples.get('certificate_party_problems_total{kind="not-found"}'), 2);
  t.equal(samples.get('certificate_party_problems_total{kind="overloaded"}'), 0);
  t.equal(samples.get(`certificate_party_http_requests_total{route="${url}",status="200"}`), 4);
  t.equal(samples.get(`certificate_party_http_requests_total{route="${url}",status="400"}`), 1);
  t.equal(samples.get('certificate_party_http_requests_total{route="none",status="404"}'), 1);
  t.equal(samples.get('certificate_party_http_requests_total{route="/problems/:kind",status="200"}'), 1);
});

t.test('a User of one role, and a refusal that has no code', async (t) => {
  const users = await readFile(path.join(packageRoot, 'reference-data/users.json'), 'utf8');
  const ofOne = users.replace(/(?<="02-00-00-00-01-01-00-01".*"userRoles": )\["IS", "GS"\]/, '["IS"]');
  const referenceData = await shippedWith({ 'users.json': Buffer.from(ofOne) });
  const deps = validationDeps(readConfig({ XML_SIGNATURE: 'require' }), decidingBy(referenceData), () => now);
  const { app } = await testApp(deps);
  t.equal((await post(app, xml, ofEsme)).statusCode, 422);
  const labels =
    'service_reference_variant="6.15.1",user_role="IS",outcome="refused",code="none",mpan_check="matched"';
  t.equal((await samplesOf(app)).get(`certificate_party_answers_total{${labels}}`), 1);
});

t.test('every stage of a request is timed, and the whole of it', async (t) => {
  const { app } = await testApp();
  await post(app, xml, ofEsme);
  await post(app, xml.replace('>4<', '>10<'), ofEsme);
  const samples = await samplesOf(app);
  const count = (stage: string): number | undefined =>
    samples.get(`certificate_party_stage_duration_seconds_count{stage="${stage}"}`);
  t.strictSame(
    stages.map((stage) => [stage, count(stage)]),
    stages.map((stage) => [stage, ['receive', 'read'].includes(stage) ? 2 : 1]),
  );
  t.equal(samples.get('certificate_party_request_duration_seconds_count'), 2);
  const whole = samples.get('certificate_party_request_duration_seconds_sum')!;
  const parts = stages.map((stage) =>
    samples.get(`certificate_party_stage_duration_seconds_sum{stage="${stage}"}`),
  );
  const sum = parts.reduce<number>((total, part) => total + part!, 0);
  t.ok(sum > 0 && sum <= whole, `${String(sum)} of ${String(whole)}`);
});

t.test('what is turned away is counted by its cause, and what is in flight is told', async (t) => {
  let answer = (): void => undefined;
  const { app } = await testApp({
    loadLimits: { maxEventLoopDelayMs: 0, maxRequestsInFlight: 1, maxMemoryPercent: 0 },
    deviceStore: () => ({
      find: () =>
        new Promise(
          (resolve) =>
            (answer = () => {
              resolve(undefined);
            }),
        ),
    }),
  });
  const first = post(app, xml, asXml);
  await until(
    'it is in flight',
    async () => (await samplesOf(app)).get('certificate_party_requests_in_flight') === 1,
  );
  t.equal((await post(app, xml, asXml)).statusCode, 503);
  answer();
  t.equal((await first).statusCode, 200);
  const samples = await samplesOf(app);
  t.equal(samples.get('certificate_party_requests_in_flight'), 0);
  t.equal(samples.get('certificate_party_shed_requests_total{cause="requests-in-flight"}'), 1);
  t.equal(samples.get('certificate_party_shed_requests_total{cause="event-loop-late"}'), 0);
});

t.test('caches tell what they had', async (t) => {
  const { app } = await testApp();
  const hits = async (cache: string): Promise<(number | undefined)[]> => {
    const samples = await samplesOf(app);
    return ['hits', 'misses'].map((what) =>
      samples.get(`certificate_party_cache_${what}_total{cache="${cache}"}`),
    );
  };
  t.strictSame(await hits('certificates'), [0, 0]);
  await post(app, xml, ofEsme);
  const [, misses] = await hits('certificates');
  t.ok(misses! > 0);
  t.strictSame(await hits('judgements'), [0, 1]);
  const [, paths] = await hits('paths');
  await post(app, xml, ofEsme);
  t.strictSame(await hits('certificates'), [misses, misses]);
  t.strictSame(await hits('judgements'), [1, 1]);
  t.strictSame(await hits('paths'), [paths, paths]);
  t.strictSame(await hits('signatures'), [3, 3], 'the issuer is the same, and its own path');
});

t.test('the decision log tells what it has written, and what it has not', async (t) => {
  const { app } = await testApp({ decisionLog: () => ({ written: 7, dropped: 2, blocked: 1, failed: 3 }) });
  const samples = await samplesOf(app);
  const records = (result: string): number | undefined =>
    samples.get(`certificate_party_decision_log_records_total{result="${result}"}`);
  t.strictSame(['written', 'dropped', 'blocked'].map(records), [7, 2, 1]);
  t.equal(samples.get('certificate_party_decision_log_write_failures_total'), 3);
});

t.test('stores tell whether they can be asked', async (t) => {
  const up = { 'device-registry': true };
  const { app } = await testApp({
    storesUp: () => up,
    deviceStore: () => ({ find: () => Promise.reject(new StoreUnavailable('the device registry')) }),
  });
  t.equal((await samplesOf(app)).get('certificate_party_store_up{store="device-registry"}'), 1);
  up['device-registry'] = false;
  t.equal((await post(app, xml, asXml)).statusCode, 503);
  const samples = await samplesOf(app);
  t.equal(samples.get('certificate_party_store_up{store="device-registry"}'), 0);
  t.equal(samples.get('certificate_party_store_up{store="data-sets"}'), 1);
  t.equal(
    samples.has('certificate_party_store_up{store="request-history"}'),
    false,
    'that is in the process',
  );
  t.equal(samples.get('certificate_party_problems_total{kind="store-unavailable"}'), 1);
});

t.test('the state of the reference data', async (t) => {
  let live = statusOf(shipped);
  const { app } = await testApp({ referenceDataStatus: () => live });
  const own = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      [...(await samplesOf(app))]
        .filter(([series]) => /^certificate_party_(?:data_set|next_lapse|lapsed)/.test(series))
        .map(([series, value]) => [series.replace('certificate_party_', ''), value]),
    );
  t.strictSame(await own(), {
    data_set_version: 1,
    data_set_age_seconds: 0,
    data_set_refused: 0,
    lapsed: 0,
    data_set_refusals_total: 0,
    'data_set_freshness{freshness="current"}': 1,
    'data_set_freshness{freshness="stale"}': 0,
    'data_set_freshness{freshness="too-old"}': 0,
    'data_set_info{source="lists"}': 1,
  });
  live = {
    ...live,
    pending: { ...live.inForce!, source: 'redis' },
    inForce: { ...live.inForce!, source: 'persisted' },
    freshness: 'stale',
    age: 301,
    refused: { version: 3, source: 'redis', at: now, faults: [] },
    refusals: 2,
    nextLapse: { what: 'data set', at: new Date('2026-07-01T00:00:00Z') },
    lapsed: 1,
    trouble: 'it is away',
  };
  t.strictSame(await own(), {
    data_set_version: 1,
    data_set_pending_version: 1,
    data_set_age_seconds: 301,
    data_set_refused: 1,
    next_lapse_timestamp_seconds: Date.parse('2026-07-01T00:00:00Z') / 1000,
    lapsed: 1,
    data_set_refusals_total: 2,
    'data_set_freshness{freshness="current"}': 0,
    'data_set_freshness{freshness="stale"}': 1,
    'data_set_freshness{freshness="too-old"}': 0,
    'data_set_info{source="persisted"}': 1,
  });
  t.equal((await samplesOf(app)).get('certificate_party_store_up{store="data-sets"}'), 0);
  live = { ...statusOf(shipped), inForce: undefined, freshness: undefined, age: undefined };
  t.strictSame(await own(), {
    data_set_refused: 0,
    lapsed: 0,
    data_set_refusals_total: 0,
    'data_set_freshness{freshness="current"}': 0,
    'data_set_freshness{freshness="stale"}': 0,
    'data_set_freshness{freshness="too-old"}': 0,
  });
});

t.test('what is not HTTP is a problem too', async (t) => {
  const { app } = await testApp();
  t.teardown(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.resume();
  socket.write('no HTTP\r\n\r\n');
  await once(socket, 'close');
  const samples = await samplesOf(app);
  t.equal(samples.get('certificate_party_problems_total{kind="malformed-request"}'), 1);
});

t.test('text that a parser of the format reads, unless OpenMetrics is asked for', async (t) => {
  const { app } = await testApp();
  await post(app, xml, ofEsme);
  const get = (accept?: string): Promise<LightMyRequestResponse> =>
    app.inject({ url: '/metrics', headers: { ...bearer.metrics, ...(accept !== undefined && { accept }) } });
  const text = 'text/plain; version=0.0.4; charset=utf-8';
  const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
  for (const [accept, type] of [
    [undefined, text],
    ['*/*', text],
    ['text/html', text],
    ['text/plain;version=0.0.4;q=0.5,*/*;q=0.1', text],
    ['application/openmetrics-text;q=0.2,text/plain;q=0.5', text],
    ['application/openmetrics-text', openMetrics],
    ['application/openmetrics-text;q=0.9,text/plain;q=0.5,*/*;q=0.1', openMetrics],
  ] as const) {
    t.equal((await get(accept)).headers['content-type'], type, accept ?? 'no Accept');
  }

  const inText = await textOf(app);
  const families = parsePrometheus(inText);
  t.equal(families.length, inText.match(/^# TYPE /gm)!.length);
  for (const { name, help, type, metrics } of families) {
    t.match(name, /^certificate_party_[a-z_]+$/);
    t.match(help, /\.$/, name);
    t.ok(['COUNTER', 'GAUGE', 'HISTOGRAM'].includes(type), name);
    t.equal(type === 'COUNTER', name.endsWith('_total'), name);
    t.ok(metrics.length > 0 || /pending|lapse|store_duration/.test(name), `${name} has samples`);
  }

  const inOpenMetrics = (await get('application/openmetrics-text')).body;
  t.match(inOpenMetrics, /\n# EOF\n$/);
  t.notMatch(inOpenMetrics, /\n\n/);
  t.match(inOpenMetrics, '# TYPE certificate_party_answers counter\n');
  t.notMatch(inOpenMetrics, /^# TYPE \S+_total /m);
  const [plain, open] = [samplesIn(inText), samplesIn(inOpenMetrics)];
  // The first scrape is in the second.
  for (const samples of [plain, open])
    for (const series of samples.keys()) if (series.includes('/metrics')) samples.delete(series);
  t.strictSame(sorted(open), sorted(plain));
  t.strictSame(samplesIn(await textOf(app)).has('certificate_party_lapsed'), true, 'and text again');
  t.match(await textOf(app), '# TYPE certificate_party_answers_total counter\n');
});

/** Labels in one order: the two forms differ in it. */
const sorted = (samples: ReadonlyMap<string, number>): [string, number][] =>
  [...samples]
    .map(([series, value]): [string, number] => {
      const [, name = '', labels = ''] = /^([^{]*)(?:\{(.*)\})?$/.exec(series)!;
      return [`${name} ${labels.split(',').sort().join()}`, value];
    })
    .sort(([one], [other]) => (one < other ? -1 : 1));

/** What a hostile caller might try to make series of. */
const hostile = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom(...Object.values(euis), '1200023305967', '2499999999990', '"} 1\nx{y="', '\\', '__proto__'),
  fc
    .uint8Array({ minLength: 8, maxLength: 8 })
    .map((octets) =>
      Array.from(octets, (octet) => octet.toString(16).padStart(2, '0').toUpperCase()).join('-'),
    ),
);

const headerSafe = (text: string): string => text.replace(/[^\x21-\x7e]/g, '_');

t.test('no request makes a series of its own, and nothing of a caller is in the text', async (t) => {
  const { app } = await testApp();
  const vocabulary: Readonly<Record<string, readonly string[]>> = {
    service_reference_variant: serviceReferenceVariants,
    user_role: ['none', 'several', 'ED', 'GT', 'IS', 'GS'],
    outcome: ['accepted', 'refused'],
    code: [
      'none',
      ...services.flatMap(({ serviceReferenceVariant, rules }) =>
        rules.flatMap(({ name }) => shipped.responseCode(serviceReferenceVariant, name) ?? []),
      ),
      'I0',
    ],
    mpan_check: mpanChecks,
    kind: Object.keys(rejectionKinds),
    // The tree of routes shows that one somewhere else.
    route: ['none', '/docs/static/*', ...routesOf(app).map(({ path }) => path)],
    status: ['200', '302', ...new Set(Object.values(rejectionKinds).map(({ status }) => String(status)))],
    stage: stages,
    cause: ['event-loop-late', 'memory-full', 'requests-in-flight'],
    result: ['written', 'dropped', 'blocked'],
    store: ['device-registry', 'request-history', 'data-sets', 'rate-limits'],
    cache: ['certificates', 'paths', 'signatures', 'judgements'],
    freshness: freshnesses,
    source: ['lists'],
  };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'),
      fc.constantFrom(
        '',
        '/v1/service-requests',
        '/problems/',
        '/docs/',
        '/docs/static/',
        '/metrics',
        '/health/ready',
        '/x/',
      ),
      hostile,
      hostile,
      fc.constantFrom('6.15.1', '6.21', '6.23'),
      fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
      async (method, path, text, other, serviceReferenceVariant, counter) => {
        await app.inject({
          method: method as 'GET',
          url: `${path}${encodeURIComponent(text)}?${encodeURIComponent(other)}`,
          headers: { traceparent: headerSafe(text), authorization: `Bearer ${headerSafe(other)}` },
        });
        const valid = toXml(message({ serviceReferenceVariant, counter }));
        for (const payload of [
          valid,
          valid.replace(euis.supplier, other),
          valid.replace(/6\.[0-9.]+/, text),
          text,
        ]) {
          await post(app, payload, {
            ...asXml,
            'dcc-device-type': headerSafe(other),
            'dcc-import-mpxn': headerSafe(text),
            'dcc-user-system': headerSafe(other),
            traceparent: headerSafe(other),
            tracestate: headerSafe(text),
          });
          await post(app, payload, ofEsme);
        }
      },
    ),
    { numRuns: 60 },
  );
  const inText = await textOf(app);
  for (const { metrics } of parsePrometheus(inText)) {
    for (const { labels = {} } of metrics) {
      for (const [label, value] of Object.entries(labels)) {
        t.ok(vocabulary[label]?.includes(value), `${label} ${value}`);
      }
    }
  }
  nothingPersonal(t, inText);
});

/** The decimals of a number aside, which are of any length. */
function nothingPersonal(t: Test, text: string): void {
  const whole = text.replace(/\.[0-9]+/g, '');
  t.notMatch(whole, /(?:[0-9A-Fa-f]{2}-){7}[0-9A-Fa-f]{2}/);
  t.notMatch(whole, /[0-9A-Fa-f]{16}/);
  t.notMatch(whole, /[0-9]{13}/);
}
