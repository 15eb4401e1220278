import { once } from 'node:events';
import t, { type Test } from 'tap';
import type { Clock } from '../../src/clock.js';
import { redisRequestHistory } from '../../src/stores/redis-request-history.js';
import { connectRedis, type RedisClient, type RedisSettings } from '../../src/stores/redis.js';
import type { RememberedRequest } from '../../src/stores/request-history.js';
import { StoreUnavailable } from '../../src/stores/unavailable.js';
import { requestHistoryContract } from '../contract/request-history.js';
import { now } from '../fixtures.js';
import { startRedis, withoutRedis } from '../redis-server.js';

const clock: Clock = () => now;

const request = (content: string, isSigned = false): RememberedRequest => ({
  content,
  certificates: `of ${content}`,
  isSigned,
});

/** A client as the service has it, that is connected. */
async function connect(t: Test, settings: RedisSettings): Promise<RedisClient> {
  const client = connectRedis(settings, () => undefined);
  t.teardown(() => {
    client.disconnect();
  });
  await once(client, 'ready');
  return client;
}

/** The one place where a history keeps what it remembers under "a". */
const keyOfA = 'test:requests:{a}';

const unavailable = async (t: Test, asked: Promise<unknown>, cause: RegExp, message = ''): Promise<void> => {
  const error: unknown = await asked.then(
    (answer) => `${JSON.stringify(answer)} is an answer`,
    (error: unknown) => error,
  );
  if (!(error instanceof StoreUnavailable) || !(error.cause instanceof Error)) {
    t.fail(`${message}: ${String(error)}`);
    return;
  }
  t.equal(error.store, 'the request history', message);
  t.match(`${error.cause.name}: ${error.cause.message}`, cause, message);
};

/** Asks until there is an answer, for so long: a client that comes back needs a moment. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  const patience = AbortSignal.timeout(30_000);
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || patience.aborted) throw error;
      await new Promise(setImmediate);
    }
  }
}

t.test('a server alone', { skip: withoutRedis }, async (t) => {
  const server = await startRedis(t);
  const client = await connect(t, server.settings());
  let opened = 0;
  requestHistoryContract(t, async (seconds, clock) =>
    redisRequestHistory(client, `contract-${String((opened += 1))}`, seconds, clock),
  );
});

t.test('a cluster', { skip: withoutRedis }, async (t) => {
  const server = await startRedis(t, ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
  await server.client.cluster('ADDSLOTSRANGE', 0, 16_383);
  const patience = AbortSignal.timeout(30_000);
  while (!(await server.client.cluster('INFO')).includes('cluster_state:ok')) patience.throwIfAborted();
  const { address } = server.settings();
  const client = await connect(t, server.settings({ address: { ...address, deployment: 'cluster' } }));
  let opened = 0;
  requestHistoryContract(t, async (seconds, clock) =>
    redisRequestHistory(client, `contract-${String((opened += 1))}`, seconds, clock),
  );
});

t.test('one server', { skip: withoutRedis }, async (t) => {
  const server = await startRedis(t);
  const client = await connect(t, server.settings());
  const other = await connect(t, server.settings());
  const history = redisRequestHistory(client, 'test', 60, clock);
  const ofOther = redisRequestHistory(other, 'test', 60, clock);
  t.beforeEach(() => server.client.flushall());

  t.test('is one history of all who have the same prefix, and of no others', async (t) => {
    await history.remember('a', request('first'));
    t.strictSame(await ofOther.remember('a', request('second')), request('first'));
    t.strictSame(await ofOther.find('a'), request('first'));
    t.equal(await redisRequestHistory(other, 'another', 60, clock).find('a'), undefined);
    t.strictSame(await server.client.keys('*'), [keyOfA], 'in one key');
  });

  t.test(
    'is cleared by itself, though not before the clock says so, and asking changes nothing',
    async (t) => {
      await history.remember('a', request('first'));
      const left = await server.client.pttl(keyOfA);
      t.ok(left > 60_000 && left <= 120_000, String(left));
      const removed = await server.client.call('PEXPIRETIME', keyOfA);
      const value = await server.client.get(keyOfA);
      await ofOther.remember('a', request('second'));
      await ofOther.find('a');
      t.equal(await server.client.call('PEXPIRETIME', keyOfA), removed);
      t.equal(await server.client.get(keyOfA), value);
    },
  );

  t.test('of two who race, one wins, and both learn which', async (t) => {
    const wrong: unknown[] = [];
    const winners = new Set<string>();
    for (let round = 0; round < 300; round += 1) {
      const key = String(round);
      const isSigned = round % 2 === 0;
      // Whoever asks first has the better chance: each in turn.
      const asks = [
        () => history.remember(key, request('one', isSigned)),
        () => ofOther.remember(key, request('other', isSigned)),
      ];
      if (round % 3 === 0) asks.reverse();
      const [answer, otherAnswer] = await Promise.all(asks.map((ask) => ask()));
      winners.add(String(answer?.content));
      const found = await history.find(key);
      if (JSON.stringify([answer, answer]) !== JSON.stringify([otherAnswer, found])) {
        wrong.push([key, answer, otherAnswer, found]);
      }
    }
    t.strictSame(wrong, []);
    t.strictSame([...winners].sort(), ['one', 'other']);
  });

  t.test('whoever races with one that is signed, it stays', async (t) => {
    const wrong: unknown[] = [];
    for (let round = 0; round < 300; round += 1) {
      const key = String(round);
      const [answer] = await Promise.all([
        history.remember(key, request('signed', true)),
        ofOther.remember(key, request('one')),
        ofOther.remember(key, request('two')),
      ]);
      const found = await ofOther.find(key);
      if (answer.content !== 'signed' || found?.content !== 'signed') {
        wrong.push([key, answer, found]);
      }
    }
    t.strictSame(wrong, []);
  });

  t.test('a server that loses its scripts is given them again', async (t) => {
    await history.remember('a', request('first'));
    await server.client.script('FLUSH');
    t.strictSame(await history.remember('a', request('second')), request('first'));
    const keys = Array.from({ length: 100 }, (_, index) => `b${String(index)}`);
    for (const content of ['first', 'second']) {
      const [, ...answers] = await Promise.all([
        server.client.script('FLUSH'),
        ...keys.map((key) => history.remember(key, request(content))),
        server.client.script('FLUSH'),
      ]);
      t.strictSame(
        answers.slice(0, -1),
        keys.map(() => request('first')),
      );
    }
  });

  const lastMoment = String(now.getTime() + 60_000);
  const garbage = [
    '',
    'nonsense',
    'null',
    '5',
    '{}',
    '[]',
    '"a"',
    `[${lastMoment},0,"a"]`,
    `[${lastMoment},0,"a",5]`,
    `[${lastMoment},2,"a","b"]`,
    `[${lastMoment},true,"a","b"]`,
    `["${lastMoment}",0,"a","b"]`,
    `[-${lastMoment},0,"a","b"]`,
    `[${lastMoment}.5,0,"a","b"]`,
    `{"lastMoment":${lastMoment},"isSigned":0,"content":"a","certificates":"b"}`,
    `\u{feff}[${lastMoment},0,"a","b"]`,
    Buffer.from([0, 1, 0xff]),
  ];

  const unreadable = /^(SyntaxError|\$?ZodError):/;

  t.test('garbage is no answer, and stays', async (t) => {
    await server.client.set(keyOfA, `[${lastMoment},0,"a","b"]`);
    t.strictSame(
      await history.find('a'),
      { content: 'a', certificates: 'b', isSigned: false },
      'this is none',
    );
    for (const value of garbage) {
      const name = JSON.stringify(value.toString());
      await server.client.set(keyOfA, value);
      for (const isSigned of [false, true]) {
        await unavailable(t, history.remember('a', request('new', isSigned)), /not a remembered/, name);
      }
      await unavailable(t, history.find('a'), unreadable, name);
      t.strictSame(await server.client.getBuffer(keyOfA), Buffer.from(value), name);
    }
  });

  t.test('nor is what only looks right to the script', async (t) => {
    for (const value of [
      `[${lastMoment},0,"a","b","c"]`,
      `[${lastMoment},0,"a"b","c"]`,
      `[${'9'.repeat(400)},0,"a","b"]`,
    ]) {
      await server.client.set(keyOfA, value);
      await unavailable(t, history.remember('a', request('new')), unreadable, value);
      await unavailable(t, history.find('a'), unreadable, value);
      t.equal(await server.client.get(keyOfA), value);
    }
  });

  t.test('nor is what is not a string', async (t) => {
    await server.client.rpush(keyOfA, 'a');
    await unavailable(t, history.remember('a', request('new')), /WRONGTYPE/);
    await unavailable(t, history.find('a'), /WRONGTYPE/);
  });

  t.test('a server that is full remembers no more, and forgets nothing', async (t) => {
    await history.remember('a', request('first'));
    await server.client.config('SET', 'maxmemory', '1');
    t.teardown(() => server.client.config('SET', 'maxmemory', '0'));
    await unavailable(t, history.remember('b', request('second')), /OOM/);
    t.strictSame(await history.find('a'), request('first'));
  });
});

t.test(
  'a server that hangs is unavailable, and after it no answer is another’s',
  { skip: withoutRedis },
  async (t) => {
    const server = await startRedis(t);
    const history = redisRequestHistory(await connect(t, server.settings()), 'test', 60, clock);
    await history.remember('a', request('first'));
    await history.remember('b', request('of b'));
    server.pause();
    await Promise.all([
      unavailable(t, history.remember('a', request('second')), /timed out/),
      unavailable(t, history.find('b'), /timed out/),
    ]);
    server.resume();
    t.strictSame(await answered(() => history.remember('b', request('second'))), request('of b'));
    t.strictSame(await answered(() => history.find('a')), request('first'));
  },
);

t.test(
  'a server that is away is unavailable; started anew, it has forgotten',
  { skip: withoutRedis },
  async (t) => {
    const server = await startRedis(t);
    const history = redisRequestHistory(await connect(t, server.settings()), 'test', 60, clock);
    await history.remember('a', request('first'));
    await server.kill();
    for (const asked of [history.remember('a', request('second')), history.find('a')]) {
      await unavailable(t, asked, /Stream isn't writeable|Connection is closed|ECONN|EPIPE/);
    }
    await server.restart();
    t.equal(await answered(() => history.find('a')), undefined);
    t.strictSame(await history.remember('a', request('second')), request('second'));
  },
);
