import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { mock } from 'node:test';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { shedLog } from '../../src/http/load-shedding.js';
import { problem } from '../../src/http/problem.js';
import { toXml } from '../../src/mock-dsp/message.js';
import type { DeviceStore } from '../../src/stores/device-store.js';
import { StoreUnavailable } from '../../src/stores/unavailable.js';
import { bearer, testApp } from '../app.js';
import { message } from '../fixtures.js';
import { until } from '../until.js';

const url = '/v1/service-requests';
const contentType = 'application/xml';
const body = toXml(message());

const post = (
  app: FastifyInstance,
  headers: Readonly<Record<string, string>> = {},
): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'POST', url, headers: { 'content-type': contentType, ...headers }, payload: body });

/** A service with room for so many requests, whose device store answers when it is told to. */
async function stalledApp(
  maxRequestsInFlight: number,
): Promise<
  Awaited<ReturnType<typeof testApp>> & { readonly asked: (() => void)[]; readonly fail: () => void }
> {
  const asked: (() => void)[] = [];
  const failures: (() => void)[] = [];
  const store: DeviceStore = {
    find: () =>
      new Promise((resolve, reject) => {
        asked.push(() => {
          resolve(undefined);
        });
        failures.push(() => {
          reject(new StoreUnavailable('the device registry'));
        });
      }),
  };
  const loadLimits = { maxEventLoopDelayMs: 0, maxRequestsInFlight, maxMemoryPercent: 0 };
  const { app, log } = await testApp({ loadLimits, deviceStore: () => store });
  return { app, log, asked, fail: () => failures.shift()?.() };
}

function isShed(t: Test, answer: LightMyRequestResponse, since: string): void {
  t.equal(answer.statusCode, 503);
  t.strictSame(problem.parse(answer.json()), {
    type: '/problems/overloaded',
    title: 'The service has more to do than it can do in time',
    status: 503,
    detail: `The request was turned away, since ${since}.`,
    instance: `urn:uuid:${String(answer.headers['x-request-id'])}`,
  });
  t.match(answer.headers['retry-after'], /^[1-5]$/);
}

t.test('no more requests in flight than there may be, and others once these are answered', async (t) => {
  const { app, asked, fail } = await stalledApp(2);
  const one = post(app);
  const other = post(app);
  await until('both wait for the store', () => asked.length === 2);
  isShed(t, await post(app), '2 requests are in flight');
  t.match(await post(app, { accept: 'application/xml' }), {
    statusCode: 503,
    headers: { 'content-type': 'application/problem+xml' },
  });
  t.equal(asked.length, 2, 'what is turned away costs the store nothing');
  for (const path of ['/health/live', '/health/ready', '/docs/json', '/problems/overloaded']) {
    t.equal((await app.inject(path)).statusCode, 200, path);
  }

  asked.shift()!();
  t.equal((await one).statusCode, 200);
  const third = post(app);
  await until('it waits for the store', () => asked.length === 2);
  isShed(t, await post(app), '2 requests are in flight');

  fail();
  fail();
  fail();
  t.match((await other).json(), { type: '/problems/store-unavailable' });
  t.equal((await third).statusCode, 503);
  asked.length = 0;
  const fourth = [post(app), post(app)];
  await until('what failed has made room', () => asked.length === 2);
  for (const answer of asked) answer();
  for (const each of fourth) t.equal((await each).statusCode, 200);
});

t.test('not every one that is turned away is to come back at the same time', async (t) => {
  const { app, asked } = await stalledApp(1);
  const held = post(app);
  await until('it waits for the store', () => asked.length === 1);
  const after = new Set<unknown>();
  await until('two are told of other seconds', async () => {
    after.add((await post(app)).headers['retry-after']);
    return after.size > 1;
  });
  asked.shift()!();
  t.equal((await held).statusCode, 200);
});

const httpPost = (content = body): string =>
  `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Type: ${contentType}\r\nContent-Length: ${String(Buffer.byteLength(content))}\r\n\r\n${content}`;

/** Connects, and gives the statuses of what has been answered so far. */
async function dial(t: Test, app: FastifyInstance): Promise<{ socket: Socket; statuses: () => string[] }> {
  if (!app.server.listening) {
    await app.listen({ port: 0, host: '127.0.0.1' });
    t.teardown(() => app.close());
  }
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  let read = '';
  socket.on('data', (chunk: Buffer) => (read += chunk.toString()));
  await once(socket, 'connect');
  return { socket, statuses: () => [...read.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status!) };
}

t.test('a connection goes on after what was turned away, its body read or not', async (t) => {
  const { app, asked } = await stalledApp(1);
  const busy = await dial(t, app);
  busy.socket.write(httpPost());
  await until('it waits for the store', () => asked.length === 1);

  const { socket, statuses } = await dial(t, app);
  const live = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
  socket.write(`${httpPost()}${live}${httpPost()}${live}`);
  await until('four are answered', () => statuses().length === 4);
  t.strictSame(statuses(), ['503', '200', '503', '200']);

  const whole = httpPost();
  const head = whole.indexOf('\r\n\r\n') + 4;
  socket.write(whole.slice(0, head));
  await until('it is answered before its body has come', () => statuses().length === 5);
  socket.write(whole.slice(head, head + 100));
  socket.write(`${whole.slice(head + 100)}${live}`);
  await until('the next is answered', () => statuses().length === 6);

  asked.shift()!();
  await until('the first is answered', () => busy.statuses().length === 1);
  socket.write(httpPost());
  await until('there is room again', () => asked.length === 1);
  asked.shift()!();
  await until('it is answered', () => statuses().length === 7);
  t.strictSame(statuses().slice(4), ['503', '200', '200']);
  t.strictSame(busy.statuses(), ['200']);
  t.notOk(socket.closed);
});

t.test('a body that came while the last place was taken is turned away too', async (t) => {
  const { app, asked } = await stalledApp(1);
  const { socket, statuses } = await dial(t, app);
  socket.write(httpPost().slice(0, -1));
  const held = await dial(t, app);
  // One after the other on a connection, and so both are there once the other has been answered.
  held.socket.write(httpPost());
  await until('it waits for the store', () => asked.length === 1);
  socket.write(httpPost().slice(-1));
  await until('it is turned away', () => statuses().length === 1);
  t.strictSame(statuses(), ['503']);
  t.equal(asked.length, 1);
  asked.shift()!();
  await until('the other is answered', () => held.statuses().length === 1);
});

t.test('one that nobody waits for any more counts until it is done', async (t) => {
  const { app, asked } = await stalledApp(1);
  const { socket } = await dial(t, app);
  socket.write(httpPost());
  await until('it waits for the store', () => asked.length === 1);
  const closed = once(socket, 'close');
  socket.destroy();
  await closed;
  isShed(t, await post(app), '1 requests are in flight');
  asked.shift()!();
  const next = await until('there is room again', async () => {
    const sent = post(app);
    await Promise.race([sent, until('it waits for the store', () => asked.length === 1)]);
    return asked.length === 1 && { sent };
  });
  asked.shift()!();
  t.equal((await next.sent).statusCode, 200);
});

/** As long work would. */
const holdLoopUp = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

t.test('while the event loop is late, and not any more', async (t) => {
  const { app } = await testApp({
    loadLimits: { maxEventLoopDelayMs: 20, maxRequestsInFlight: 0, maxMemoryPercent: 0 },
  });
  t.teardown(() => app.close());
  t.equal((await post(app)).statusCode, 200);
  const shed = await until('a request is turned away', async () => {
    holdLoopUp(150);
    const answer = await post(app);
    return answer.statusCode === 503 && answer;
  });
  isShed(t, shed, 'the event loop is more than 20 ms late');
  // The loop is judged again after a while; until then nothing is different.
  const [live, ready, again] = await Promise.all([
    app.inject('/health/live'),
    app.inject('/health/ready'),
    post(app),
  ]);
  t.strictSame([live.statusCode, ready.statusCode, again.statusCode], [200, 200, 503]);
  await until('it takes requests again by itself', async () => (await post(app)).statusCode === 200);
});

t.test('while memory is full, and not any more', async (t) => {
  let used = 90;
  const { app, log } = await testApp({
    loadLimits: { maxEventLoopDelayMs: 0, maxRequestsInFlight: 0, maxMemoryPercent: 90 },
    memoryPercent: () => used,
  });
  t.equal((await post(app)).statusCode, 200);
  used = 90.1;
  isShed(t, await post(app), 'more than 90% of the memory is in use');
  t.equal((await app.inject('/docs/json')).statusCode, 503);
  for (const path of ['/health/live', '/health/ready'])
    t.equal((await app.inject(path)).statusCode, 200, path);
  t.match(
    log.map((line) => JSON.parse(line) as object).find((line) => 'cause' in line),
    { level: 40, msg: 'begins to turn requests away', cause: 'more than 90% of the memory is in use' },
  );
  used = 90;
  t.equal((await post(app)).statusCode, 200);
  const { body: samples } = await app.inject({ url: '/metrics', headers: bearer.metrics });
  t.match(samples, 'certificate_party_shed_requests_total{cause="memory-full"} 2\n');
});

t.test('memory is not looked at where there is no limit', async (t) => {
  const { app } = await testApp({ memoryPercent: () => 100 });
  t.equal((await post(app)).statusCode, 200);
});

t.test('tells of it, and not once a request', async (t) => {
  const { app, asked, log } = await stalledApp(1);
  const held = post(app);
  await until('it waits for the store', () => asked.length === 1);
  for (let count = 0; count < 20; count += 1) await post(app);
  const lines = log.map((line) => JSON.parse(line) as { level: number; msg: string; cause?: string });
  t.match(
    lines.filter(({ level }) => level > 20),
    [{ level: 40, msg: 'begins to turn requests away', cause: '1 requests are in flight' }],
  );
  asked.shift()!();
  await held;
});

t.test('tells how many there were, and that it is over', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => {
    mock.timers.reset();
  });
  const lines: { msg: string; count?: number }[] = [];
  const log = pino(
    { base: null, timestamp: false },
    { write: (line) => lines.push(JSON.parse(line) as never) },
  );
  const shed = shedLog(log);
  shed('it is late');
  shed('it is late');
  mock.timers.tick(10_000);
  shed('it is late');
  mock.timers.tick(10_000);
  mock.timers.tick(10_000);
  mock.timers.tick(60_000);
  shed('it is late');
  t.match(lines, [
    { msg: 'begins to turn requests away', cause: 'it is late' },
    { msg: 'requests are turned away', count: 2 },
    { msg: 'requests are turned away', count: 1 },
    { msg: 'no request is turned away any more', count: 3 },
    { msg: 'begins to turn requests away' },
  ]);
});
