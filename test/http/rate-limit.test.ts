import { once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { mock } from 'node:test';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import t, { type Test } from 'tap';
import { readConfig } from '../../src/config.js';
import { problem } from '../../src/http/problem.js';
import type { RateLimits } from '../../src/http/rate-limit.js';
import { startService } from '../../src/start.js';
import { bearer, testApp } from '../app.js';
import { startProxy } from '../faults/proxy.js';
import { now } from '../fixtures.js';
import { startRedis, withoutRedis } from '../redis-server.js';
import { until } from '../until.js';

type Change = Parameters<typeof testApp>[0];

const limitedApp = (
  limits: Partial<RateLimits>,
  change: Change = {},
): Promise<Awaited<ReturnType<typeof testApp>>> =>
  testApp({
    rateLimits: {
      requestsPerMinute: 0,
      failedAuthenticationsPerMinute: 0,
      maxClients: 100,
      shared: undefined,
      ...limits,
    },
    ...change,
  });

/** Asks for what needs no token, is answered from memory, and is counted. */
const ask = (
  app: FastifyInstance,
  remoteAddress = '192.0.2.1',
  headers: Readonly<Record<string, string>> = {},
): Promise<LightMyRequestResponse> => app.inject({ url: '/problems/not-found', remoteAddress, headers });

const statusOf = async (answer: Promise<LightMyRequestResponse>): Promise<number> =>
  (await answer).statusCode;

function isLimited(t: Test, answer: LightMyRequestResponse, limit: string, retryAfter: string): void {
  t.equal(answer.statusCode, 429);
  t.strictSame(problem.parse(answer.json()), {
    type: '/problems/rate-limited',
    title: 'The client calls more often than it may',
    status: 429,
    detail: `The client is over its limit of ${limit} a minute.`,
    instance: `urn:uuid:${String(answer.headers['x-request-id'])}`,
  });
  t.equal(answer.headers['retry-after'], retryAfter);
}

/** Times of the plugin, which has a clock of its own. */
function mockDate(t: Test): (milliseconds: number) => void {
  mock.timers.enable({ apis: ['Date'], now });
  t.teardown(() => {
    mock.timers.reset();
  });
  return (milliseconds) => {
    mock.timers.tick(milliseconds);
  };
}

t.test('whoever is over its limit waits for the end of its minute, and nobody else does', async (t) => {
  const tick = mockDate(t);
  const { app, log } = await limitedApp({ requestsPerMinute: 2 });
  const first = await ask(app);
  t.equal(first.statusCode, 200);
  t.match(first.headers, { 'ratelimit-limit': '2', 'ratelimit-remaining': '1', 'ratelimit-reset': '60' });
  t.notOk('retry-after' in first.headers);
  tick(10_000);
  t.match((await ask(app)).headers, { 'ratelimit-remaining': '0', 'ratelimit-reset': '50' });
  const limited = await ask(app);
  isLimited(t, limited, '2 requests', '50');
  t.match(limited.headers, {
    'ratelimit-limit': '2',
    'ratelimit-remaining': '0',
    'ratelimit-reset': '50',
    'x-content-type-options': 'nosniff',
  });
  t.equal(await statusOf(ask(app, '192.0.2.2')), 200, 'another client');
  tick(49_999);
  isLimited(t, await ask(app), '2 requests', '1');
  tick(1);
  t.equal(await statusOf(ask(app)), 200);
  t.notOk(
    log.some((line) => line.includes('"level":30') && line.includes('rate-limited')),
    'no line for each',
  );
  const told = log.filter((line) => line.includes('"level":40'));
  t.equal(told.length, 1, 'one line of warning, whatever the number of requests');
  t.match(JSON.parse(told[0]!), {
    cause: 'address:192.0.2.1',
    msg: 'begins to turn a client away, over its limit of 2 requests a minute',
  });
});

t.test('no path and no method is another client, and what is at no path counts', async (t) => {
  const { app } = await limitedApp({ requestsPerMinute: 3 });
  t.equal(await statusOf(app.inject('/nothing')), 404);
  t.equal(await statusOf(app.inject({ method: 'DELETE', url: '/v1/service-requests' })), 405);
  t.equal(await statusOf(app.inject({ method: 'POST', url: '/v1/service-requests', payload: '{' })), 415);
  for (const url of ['/nothing', '/v1/service-requests', '/docs/json', '/'])
    t.equal(await statusOf(app.inject(url)), 429, url);
});

t.test('health and metrics are answered whatever the limit', async (t) => {
  const { app } = await limitedApp({ requestsPerMinute: 1 });
  t.equal(await statusOf(app.inject('/problems/not-found')), 200);
  t.equal(await statusOf(app.inject('/problems/not-found')), 429);
  for (const url of ['/health/live', '/health/ready']) t.equal(await statusOf(app.inject(url)), 200, url);
  t.equal(await statusOf(app.inject({ url: '/metrics', headers: bearer.metrics })), 200);
  t.equal(await statusOf(app.inject('/metrics')), 401);
});

t.test('who says that it is another client is none, unless it is a proxy that is believed', async (t) => {
  const forwarded = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });
  const { app } = await limitedApp({ requestsPerMinute: 1 });
  t.equal(await statusOf(ask(app, '192.0.2.1', forwarded('198.51.100.1'))), 200);
  t.equal(await statusOf(ask(app, '192.0.2.1', forwarded('198.51.100.2'))), 429);
  const behind = await limitedApp({ requestsPerMinute: 1 }, { trustProxy: ['192.0.2.1'] });
  t.equal(await statusOf(ask(behind.app, '192.0.2.1', forwarded('198.51.100.1'))), 200);
  t.equal(await statusOf(ask(behind.app, '192.0.2.1', forwarded('198.51.100.2'))), 200);
  t.equal(await statusOf(ask(behind.app, '192.0.2.1', forwarded('198.51.100.2'))), 429);
  t.equal(await statusOf(ask(behind.app, '192.0.2.1', forwarded('no address'))), 200);
  t.equal(await statusOf(ask(behind.app, '192.0.2.1', forwarded('no address'))), 429);
});

t.test('a network of 64 bits in IPv6 is one client, and IPv4 written in IPv6 is IPv4', async (t) => {
  const { app } = await limitedApp({ requestsPerMinute: 1 });
  t.equal(await statusOf(ask(app, '2001:db8:0:1::1')), 200);
  t.equal(await statusOf(ask(app, '2001:db8:0:1:ffff::2')), 429);
  t.equal(await statusOf(ask(app, '2001:db8:0:2::1')), 200);
  t.equal(await statusOf(ask(app, '192.0.2.7')), 200);
  t.equal(await statusOf(ask(app, '::ffff:192.0.2.7')), 429);
  t.equal(await statusOf(ask(app, '::ffff:192.0.2.8')), 200);
});

t.test('so many clients are counted for, and not heard of for longest is forgotten first', async (t) => {
  const { app } = await limitedApp({ requestsPerMinute: 1, maxClients: 2 });
  for (const place of [1, 2, 3]) t.equal(await statusOf(ask(app, `192.0.2.${String(place)}`)), 200);
  t.equal(await statusOf(ask(app, '192.0.2.3')), 429);
  t.equal(await statusOf(ask(app, '192.0.2.2')), 429);
  t.equal(await statusOf(ask(app, '192.0.2.1')), 200);
});

t.test('who fails to authenticate too often is told so, and is let in with a good token', async (t) => {
  const tick = mockDate(t);
  const { app, log } = await limitedApp({ failedAuthenticationsPerMinute: 2 });
  const guess = (headers: Record<string, string> = { authorization: 'Bearer guess' }) =>
    app.inject({ url: '/metrics', headers });
  t.equal(await statusOf(guess()), 401);
  t.equal(await statusOf(guess(bearer.duties)), 403, 'a good token of another scope is no failure');
  t.equal(await statusOf(guess({})), 401);
  const limited = await guess();
  isLimited(t, limited, '2 failed authentications', '60');
  t.notOk('www-authenticate' in limited.headers);
  t.equal(await statusOf(guess(bearer.metrics)), 200, 'others may have the same address');
  t.equal(await statusOf(guess(bearer.duties)), 403);
  t.equal(await statusOf(ask(app, '127.0.0.1')), 200, 'what needs no token is open');
  t.equal(
    await statusOf(app.inject({ url: '/metrics', headers: {}, remoteAddress: '192.0.2.2' })),
    401,
    'another client',
  );
  const { body } = await app.inject({ url: '/metrics', headers: bearer.metrics });
  t.match(body, 'problems_total{kind="rate-limited"} 1\n');
  t.match(body, 'problems_total{kind="unauthenticated"} 3\n', 'each has one answer');
  tick(60_000);
  t.equal(await statusOf(guess()), 401);
  t.match(
    log
      .filter((line) => line.includes('"level":40'))
      .map((line) => (JSON.parse(line) as { msg: string }).msg),
    ['begins to turn a client away, over its limit of 2 failed authentications a minute'],
  );
});

t.test('a client is turned away before its body has come', async (t) => {
  const { app } = await limitedApp({ requestsPerMinute: 1 });
  const url = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  t.teardown(() => app.close());
  t.equal((await fetch(new URL('/problems/not-found', url))).status, 200);
  const socket = connect(Number(url.port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.write(
    'POST /v1/service-requests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{',
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  t.match(answer.toString(), /^HTTP\/1\.1 429 /);
});

t.test('where counting fails, requests are let in, and the log tells when it begins and ends', async (t) => {
  let reply: () => [Error] | [null, unknown] = () => [new Error('away')];
  const client = {
    defineCommand: () => undefined,
    rateLimit: (...args: unknown[]) => {
      (args.at(-1) as (...told: unknown[]) => void)(...reply());
    },
  } as unknown as NonNullable<RateLimits['shared']>['client'];
  const asked: [string, boolean][] = [];
  const shared = {
    client,
    namespace: 'test',
    deadlineMs: 1_000,
    observe: (store: string, _: number, isAnswered: boolean) => asked.push([store, isAnswered]),
  };
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => {
    mock.timers.reset();
  });
  const { app, log } = await limitedApp({ requestsPerMinute: 1, failedAuthenticationsPerMinute: 1, shared });
  const told = (): unknown[] =>
    log.flatMap((line) => {
      const { level, msg, cause, count } = JSON.parse(line) as Record<string, unknown>;
      return level === 40
        ? [{ msg, ...(cause !== undefined && { cause }), ...(count !== undefined && { count }) }]
        : [];
    });
  const begins = 'requests are not counted, and let in: the store of rate limits is not available';
  for (let times = 0; times < 3; times += 1) {
    const answer = await ask(app);
    t.equal(answer.statusCode, 200);
    t.notOk('ratelimit-limit' in answer.headers, 'nothing is said of what is not known');
    t.equal(await statusOf(app.inject('/metrics')), 401);
  }
  t.strictSame(asked, Array(6).fill(['rate-limits', false]));
  t.strictSame(told(), [{ msg: begins, cause: 'away' }]);

  reply = () => [null, [2, 30_000]];
  isLimited(t, await ask(app), '1 requests', '30');
  t.strictSame(asked.at(-1), ['rate-limits', true]);
  mock.timers.tick(10_000);
  mock.timers.tick(10_000);
  t.match(told().slice(-1), [{ msg: 'no client is over its limit of 1 requests a minute any more' }]);
  t.match(
    told().filter((line) => (line as { msg: string }).msg.includes('count')),
    [
      { msg: begins },
      { msg: 'requests are let in without being counted', count: 6 },
      { msg: 'every request is counted again', count: 6 },
    ],
  );

  for (const bad of [[2, -1], [Number.NaN, 10], ['x', 10], []]) {
    reply = () => [null, bad];
    t.equal(await statusOf(ask(app)), 200, JSON.stringify(bad));
  }
  reply = () => [null, undefined];
  t.equal(await statusOf(ask(app)), 200, 'no answer at all');
});

t.test('no request waits for a count that does not come', async (t) => {
  const client = {
    defineCommand: () => undefined,
    rateLimit: () => undefined,
  } as unknown as NonNullable<RateLimits['shared']>['client'];
  const shared = { client, namespace: 'test', deadlineMs: 10, observe: () => undefined };
  const { app, log } = await limitedApp({ requestsPerMinute: 1, shared });
  t.equal(await statusOf(ask(app)), 200);
  t.equal(await statusOf(ask(app)), 200);
  t.match(log.join(''), '"cause":"no answer within 10 ms"');
});

/** A service that counts in Redis, with its log. */
async function service(t: Test, redisUrl: string, settings: Readonly<Record<string, string>> = {}) {
  const stream = new PassThrough();
  const log: string[] = [];
  stream.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  const config = readConfig({
    PORT: '0',
    RATE_LIMIT: 'redis',
    RATE_LIMIT_PER_MINUTE: '4',
    FAILED_AUTHENTICATIONS_PER_MINUTE: '2',
    REDIS_URL: redisUrl,
    ...settings,
  });
  const { url, stop } = await startService(config, () => now, stream);
  t.teardown(stop);
  const get = async (path = '/problems/not-found'): Promise<Response> => {
    const response = await fetch(`${url}${path}`);
    await response.text();
    return response;
  };
  const words = 'the store of rate limits is not available';
  return { get, timesTold: () => log.join('').split(words).length - 1 };
}

/** Counting has begun: the connection to Redis takes a moment. */
const isCounted = async ({ get }: Awaited<ReturnType<typeof service>>): Promise<string | false> =>
  (await get()).headers.get('ratelimit-remaining') ?? false;

t.test('all replicas have one count', { skip: withoutRedis }, async (t) => {
  const redis = await startRedis(t);
  const [one, other] = [await service(t, redis.url), await service(t, redis.url)];
  t.equal(await until('one counts', () => isCounted(one)), '3');
  t.equal(await until('the other counts', () => isCounted(other)), '2');
  t.equal((await one.get()).headers.get('ratelimit-remaining'), '1');
  t.equal((await other.get()).headers.get('ratelimit-remaining'), '0');
  for (const { get } of [one, other]) {
    const limited = await get();
    t.equal(limited.status, 429);
    t.match(limited.headers.get('retry-after'), /^([1-9]|[1-5][0-9]|60)$/);
  }
  t.equal((await one.get('/metrics')).status, 401);
  t.equal((await other.get('/metrics')).status, 401);
  t.equal((await one.get('/metrics')).status, 429);

  const keys = (await redis.client.keys('certificate-party:rate-limits:*')).sort();
  t.match(keys, [
    /^certificate-party:rate-limits:failed-authentications:[\w-]{22}$/,
    /^certificate-party:rate-limits:requests:[\w-]{22}$/,
  ]);
  for (const key of keys) {
    const left = await redis.client.pttl(key);
    t.ok(left > 0 && left <= 60_000, `${key} ends`);
  }
});

t.test(
  'without its Redis nobody is held up, and once it is back all are counted',
  { skip: withoutRedis },
  async (t) => {
    const redis = await startRedis(t);
    const replica = await service(t, redis.url, { RATE_LIMIT_PER_MINUTE: '1' });
    await until('it counts', () => isCounted(replica));
    t.equal((await replica.get()).status, 429);
    await redis.kill();
    await until('the connection is gone', async () => (await replica.get()).status === 200);
    for (let times = 0; times < 20; times += 1) t.equal((await replica.get()).status, 200);
    t.equal(replica.timesTold(), 1);
    await redis.restart();
    await until('it counts again', () => isCounted(replica));
    t.equal((await replica.get()).status, 429);
  },
);

t.test(
  'a Redis that says nothing holds no request for longer than it may',
  { skip: withoutRedis },
  async (t) => {
    const redis = await startRedis(t);
    const proxy = await startProxy(t, redis.port);
    const timeoutMs = 250;
    const replica = await service(t, `redis://127.0.0.1:${String(proxy.port)}`, {
      REDIS_TIMEOUT_MS: String(timeoutMs),
      RATE_LIMIT_PER_MINUTE: '1000',
    });
    await until('it counts', () => isCounted(replica));
    proxy.behave({ says: '' });
    // More than one batch of them: the connection is given up meanwhile, and a new one says nothing too.
    for (let batch = 0; batch < 5; batch += 1) {
      const start = performance.now();
      const answers = await Promise.all(Array.from({ length: 10 }, () => replica.get()));
      const tookMs = performance.now() - start;
      t.strictSame([...new Set(answers.map(({ status }) => status))], [200]);
      t.notOk(answers.some(({ headers }) => headers.has('ratelimit-limit')));
      t.ok(tookMs < 10 * timeoutMs, `all had an answer within ${tookMs.toFixed()} ms`);
    }
    proxy.behave({});
    proxy.cut();
    await until('it counts again', () => isCounted(replica));
  },
);
