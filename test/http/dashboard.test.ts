import t from 'tap';
import { Aggregates } from '../../src/dashboard/aggregates.js';
import { dashboard } from '../../src/dashboard/shape.js';
import { toXml } from '../../src/mock-dsp/message.js';
import { StoreUnavailable } from '../../src/stores/unavailable.js';
import { bearer, testApp } from '../app.js';
import { depsWith } from '../decisions.js';
import { issue, message } from '../fixtures.js';

const url = '/v1/dashboard';
const mpan = '1570000000000';

async function appWithDashboard(change: Parameters<typeof testApp>[0] = {}): ReturnType<typeof testApp> {
  const { clock, referenceData } = depsWith();
  const aggregates = new Aggregates({ clock, referenceData });
  return testApp({ dashboard: aggregates, ...change });
}

const xml = (importMpxn: string): Record<string, string> => ({
  'content-type': 'application/xml',
  'dcc-device-type': 'ESME',
  'dcc-import-mpxn': importMpxn,
});

t.test('figures are for who has a token of the scope', async (t) => {
  const { app } = await appWithDashboard();
  t.equal((await app.inject(url)).statusCode, 401);
  t.equal((await app.inject({ url, headers: bearer.metrics })).statusCode, 403);
  const { statusCode, headers, body } = await app.inject({ url, headers: bearer.dashboard });
  t.equal(statusCode, 200);
  t.equal(headers['cache-control'], 'no-store');
  t.equal(headers['content-type'], 'application/json; charset=utf-8');
  dashboard.parse(JSON.parse(body));
});

t.test(
  'a decision that cannot be witnessed is the problem that it is answered with, and nothing else',
  async (t) => {
    const away = Promise.reject(new StoreUnavailable('the decision log'));
    away.catch(() => undefined);
    const { app } = await appWithDashboard({ witnesses: [() => away] });
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/service-requests',
      headers: xml('1200023305967'),
      payload: toXml(message()),
    });
    t.equal(answer.statusCode, 503);
    const { counts, refusals } = dashboard.parse(
      (await app.inject({ url, headers: bearer.dashboard })).json(),
    );
    t.strictSame(
      counts.answers.map(({ kind, code, count }) => [kind, code, count]),
      [['problem', 'store-unavailable', 1]],
    );
    t.strictSame(refusals, []);
    const { body } = await app.inject({ url: '/metrics', headers: bearer.metrics });
    t.notMatch(body, /^certificate_party_answers_total\{/m);
    t.match(body, /^certificate_party_problems_total\{kind="store-unavailable"\} 1$/m);
  },
);

t.test('counts what was answered, and has no MPAN', async (t) => {
  const { app } = await appWithDashboard({ bodyLimitBytes: 20_000 });
  const post = async (headers: Record<string, string>, payload: string): Promise<void> => {
    await app.inject({ method: 'POST', url: '/v1/service-requests', headers, payload });
  };
  await post(xml('1200023305967'), toXml(message()));
  await post(xml(mpan), toXml(message({ counter: 2n })));
  // A certificate that is named after the meter.
  const named = issue({ commonName: mpan }).base64;
  await post(xml(mpan), toXml(message({ counter: 3n, certificates: { digitalSigning: named } })));
  await post(xml(mpan), '<');
  await post({ 'content-type': 'text/plain' }, 'x');
  await post(xml(mpan), 'x'.repeat(30_000));
  await app.inject({ method: 'GET', url: '/v1/service-requests' });
  await app.inject('/nowhere');
  await app.inject(url);
  const { body } = await app.inject({ url, headers: bearer.dashboard });
  const { counts, refusals } = dashboard.parse(JSON.parse(body));
  t.strictSame(
    counts.answers.map(({ kind, code, count }) => [kind, code, count]),
    [
      ['accepted', 'I0', 1],
      ['mismatched', 'E061510', 1],
      ['refused', 'refused-without-code', 1],
      ['problem', 'malformed-body', 1],
      ['problem', 'unsupported-media-type', 1],
      ['problem', 'body-too-large', 1],
    ],
  );
  t.equal(refusals.length, 2);
  t.notMatch(body, mpan);
  t.notMatch(body, '1200023305967');
});

t.test('a question that it does not take', async (t) => {
  const { app } = await appWithDashboard();
  for (const query of ['range=1y', 'period=', 'range=3h&range=24h', 'x=1', `after=${'x'.repeat(65)}`]) {
    const response = await app.inject({ url: `${url}?${query}`, headers: bearer.dashboard });
    t.equal(response.statusCode, 400, query);
    t.match(response.json(), { type: '/problems/malformed-request' });
  }
});

t.test('the page and what it is made of hold no data, and are open', async (t) => {
  const { app } = await appWithDashboard();
  const page = await app.inject('/dashboard');
  t.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  const names = [...page.body.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, name]) => name!);
  t.ok(names.length >= 6);
  const modules = new Set(names);
  // All that a module imports is served too.
  for (const name of modules) {
    const { statusCode, headers, body } = await app.inject(name);
    t.equal(statusCode, 200, name);
    t.match(headers['content-security-policy'], "default-src 'none'; script-src 'self'");
    t.notMatch(headers['content-security-policy'], 'unsafe');
    t.equal(headers['x-content-type-options'], 'nosniff');
    t.notMatch(body, 'sourceMappingURL');
    for (const [, imported] of body.matchAll(/^import .* from '(\.[^']*)';$/gm)) {
      modules.add(new URL(imported!, `http://x${name}`).pathname);
    }
  }
  t.ok(modules.has('/dashboard/assets/audit/report/format.js'));
  t.notMatch(page.body, /style=|onclick|<script>/);
});

t.test('what a browser has is not sent again', async (t) => {
  const { app } = await appWithDashboard();
  const { headers } = await app.inject('/dashboard/assets/styles.css');
  const again = await app.inject({
    url: '/dashboard/assets/styles.css',
    headers: { 'if-none-match': headers.etag! },
  });
  t.equal(again.statusCode, 304);
  t.equal(again.body, '');
});

t.test('nothing else is served', async (t) => {
  const { app } = await appWithDashboard();
  for (const name of [
    '',
    'x',
    'app.js',
    '../app.js',
    '%2e%2e/app.js',
    'dashboard/page/tsconfig.json',
    '__proto__',
  ]) {
    const { statusCode } = await app.inject(`/dashboard/assets/${name}`);
    t.equal(statusCode, 404, name);
  }
});

t.test('where it is off there is nothing', async (t) => {
  const { app } = await testApp();
  for (const path of ['/dashboard', '/dashboard/assets/styles.css', url]) {
    t.equal((await app.inject({ url: path, headers: bearer.dashboard })).statusCode, 404, path);
  }
});
