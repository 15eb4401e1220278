import t, { type Test } from 'tap';
import type { LightMyRequestResponse } from 'fastify';
import { createAdminToken, readAdminTokens, scopes } from '../../src/callers/admin-tokens.js';
import { problem } from '../../src/http/problem.js';
import { bearer, testApp } from '../app.js';
import { now } from '../fixtures.js';
import { routesOf } from '../routes.js';

/** Routes that are open to whoever can connect. Whatever is added here is open by decision. */
const open = [
  '/',
  '/docs',
  '/docs/',
  '/docs/*',
  '/docs/json',
  '/docs/static/index.html',
  '/docs/static/swagger-initializer.js',
  '/docs/static/theme/theme.css',
  '/docs/static/theme/theme.js',
  '/docs/yaml',
  '/health/live',
  '/health/ready',
  '/problems/:kind',
  '/v1/service-requests',
];

const realm = 'Bearer realm="certificate-party-check"';

/** A service with one route for each scope, which tells who is let in. */
async function scopedApp(change: Parameters<typeof testApp>[0] = {}): ReturnType<typeof testApp> {
  const made = await testApp(change);
  for (const scope of scopes) {
    made.app.get(`/scoped/${scope}`, { config: { scope } }, (request) => ({
      administrator: request.administrator,
    }));
    made.app.post(`/scoped/${scope}/:item`, { config: { scope } }, () => ({}));
  }
  return made;
}

function isRefused(t: Test, answer: LightMyRequestResponse, kind: string, challenge: string): void {
  t.match(problem.parse(answer.json()), { type: `/problems/${kind}` });
  t.equal(answer.statusCode, kind === 'forbidden' ? 403 : 401);
  t.equal(answer.headers['www-authenticate'], challenge);
}

t.test('every route that is not open by decision needs a token', async (t) => {
  const { app } = await testApp();
  await app.ready();
  const answers = routesOf(app).map(async ({ method, path }) => {
    const url = path.replace(/:\w+|\*/g, 'x');
    const { statusCode } = await app.inject({ method: method as 'GET', url });
    return { path, isClosed: statusCode === 401 };
  });
  const found = (await Promise.all(answers)).filter(({ isClosed }) => !isClosed).map(({ path }) => path);
  t.strictSame([...new Set(found)].sort(), open);
});

t.test('a token of the scope is let in, and no other', async (t) => {
  const { app } = await scopedApp();
  for (const scope of scopes) {
    const { statusCode, body } = await app.inject({ url: `/scoped/${scope}`, headers: bearer[scope] });
    t.equal(statusCode, 200);
    t.equal(body, `{"administrator":"${scope}"}`);
    for (const other of scopes.filter((each) => each !== scope)) {
      isRefused(
        t,
        await app.inject({ url: `/scoped/${scope}`, headers: bearer[other] }),
        'forbidden',
        `${realm}, error="insufficient_scope", scope="${scope}"`,
      );
    }
  }
});

t.test('nothing but a bearer token that is known and in time is one', async (t) => {
  const { token, entry } = createAdminToken({
    name: 'late',
    scopes: ['metrics'],
    expiresAt: now.toISOString(),
  })!;
  const tokens = readAdminTokens(Buffer.from(JSON.stringify([entry])));
  let at = new Date(now.getTime() - 1);
  const { app, log } = await scopedApp({ adminTokens: tokens, clock: () => at });
  const ask = (authorization?: string): Promise<LightMyRequestResponse> =>
    app.inject({ url: '/scoped/metrics', headers: authorization === undefined ? {} : { authorization } });
  t.equal((await ask(`Bearer ${token}`)).statusCode, 200);
  t.equal((await ask(`bearer  ${token}`)).statusCode, 200, 'the name of a scheme has no case');
  for (const other of [undefined, '', 'Bearer', token, `Basic ${token}`, `Bearer ${token} x`, 'Bearer "x"']) {
    isRefused(t, await ask(other), 'unauthenticated', `${realm}, scope="metrics"`);
  }
  const invalid = `${realm}, error="invalid_token"`;
  for (const other of [`${token}A`, token.slice(1), token.toUpperCase(), entry.sha256])
    isRefused(t, await ask(`Bearer ${other}`), 'unauthenticated', invalid);
  at = now;
  isRefused(t, await ask(`Bearer ${token}`), 'unauthenticated', invalid);
  t.notOk(log.join('').includes(token), 'it is not in the log');
});

t.test('without a file of tokens nobody is let in, and is told why', async (t) => {
  const { app } = await scopedApp({ adminTokens: undefined });
  const answer = await app.inject({ url: '/scoped/metrics', headers: bearer.metrics });
  isRefused(t, answer, 'unauthenticated', realm);
  t.match(answer.json(), { detail: 'Nobody is let in: the service has no tokens (ADMIN_TOKENS_FILE).' });
});

t.test('no other method and no other way to write a path goes around it', async (t) => {
  const { app } = await scopedApp();
  t.equal((await app.inject({ method: 'HEAD', url: '/metrics' })).statusCode, 401);
  const ways = [
    '//metrics',
    '/metrics/',
    '/METRICS',
    '/%6detrics',
    '/%2e/metrics',
    '/./metrics',
    '/docs/../metrics',
    '/docs/%2e%2e/metrics',
    '/metrics?x',
    '/metrics;x',
    '/metrics#x',
    '/%2fmetrics',
    '/metrics%00',
    '\\metrics',
    'http://other/metrics',
  ];
  for (const url of ways) {
    const { statusCode, body } = await app.inject(url);
    t.ok([401, 404].includes(statusCode), `${url} ${String(statusCode)}`);
    t.notMatch(body, 'certificate_party_');
  }
  t.equal((await app.inject({ method: 'POST', url: '/scoped/duties/x', payload: '{}' })).statusCode, 401);
});
