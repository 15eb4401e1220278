import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { now } from '../fixtures.js';
import { type RedisServer, startRedis, withoutRedis } from '../redis-server.js';
import { until } from '../until.js';
import { startProxy } from './proxy.js';
import { questions } from './opposites.js';
import {
  deadlineMs,
  keepAsking,
  type Publisher,
  publisherOf,
  type Replica,
  startReplica,
  temporaryDirectory,
} from './replica.js';

const lasting = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** A STATE_DIR in which a replica has kept version 1, confirmed at `now`, and a Redis that is away since. */
async function kept(
  t: Test,
): Promise<{ redis: RedisServer; publisher: Publisher; settings: Record<string, string>; stateDir: string }> {
  const redis = await startRedis(t, lasting);
  const publisher = publisherOf(t, redis);
  const stateDir = await temporaryDirectory(t);
  const settings = { REDIS_URL: redis.url, STATE_DIR: stateDir };
  await publisher.publish(1);
  await t.test('before', async (t) => {
    const replica = await startReplica(t, settings);
    await replica.decidesBy(1);
    await until('it is kept', async () => (await readdir(stateDir)).includes('confirmed-at'));
  });
  await redis.kill();
  return { redis, publisher, settings, stateDir };
}

const later = (seconds: number) => (): Date => new Date(now.getTime() + seconds * 1000);

/** Nothing to decide by: every question is a problem at once, and the replica is not ready. */
async function decidesNothing(t: Test, replica: Replica, trouble: RegExp): Promise<void> {
  const health = await replica.until(`it says ${String(trouble)}`, (state) =>
    trouble.test(state.trouble ?? ''),
  );
  t.match(health, {
    code: 503,
    status: 'no-reference-data',
    referenceData: { inForce: null, ageSeconds: null },
  });
  const start = performance.now();
  for (const question of questions) {
    t.match(await replica.ask(question), {
      status: 503,
      body: { type: '/problems/reference-data-unavailable' },
    });
  }
  t.ok(performance.now() - start < deadlineMs, 'at once');
}

t.test('the source is away, and there is something on disk', { skip: withoutRedis }, async (t) => {
  const { redis, publisher, settings } = await kept(t);
  const replica = await startReplica(t, settings, { clock: later(100) });
  t.match(await replica.health(), {
    code: 200,
    referenceData: {
      inForce: { version: 1, source: 'persisted' },
      freshness: 'current',
      confirmedAt: now.toISOString(),
      ageSeconds: 100,
      trouble: /ECONNREFUSED/,
    },
  });
  const asking = keepAsking(t, replica, publisher.published);
  await asking.more(20);
  await redis.restart();
  t.match(await replica.decidesBy(1), { referenceData: { inForce: { source: 'redis' }, ageSeconds: 0 } });
  await publisher.publish(2);
  await replica.decidesBy(2);
  await asking.more(10);
  t.strictSame((await asking.stop()).versions, [1, 2]);
});

t.test('the source is away, and what is on disk is too old', { skip: withoutRedis }, async (t) => {
  const { redis, publisher, settings } = await kept(t);
  await t.test('decided by all the same, and not ready', async (t) => {
    const replica = await startReplica(t, settings, { clock: later(86_400) });
    t.match(await replica.health(), {
      code: 503,
      status: 'reference-data-too-old',
      referenceData: { ageSeconds: 86_400 },
    });
    const asking = keepAsking(t, replica, publisher.published);
    await asking.more(20);
    await asking.stop();
  });
  await t.test('or refused', async (t) => {
    const replica = await startReplica(
      t,
      { ...settings, REFERENCE_DATA_TOO_OLD: 'refuse' },
      { clock: later(86_400) },
    );
    t.match(await replica.ask(questions[0]!), {
      status: 503,
      body: { type: '/problems/reference-data-too-old' },
    });
    await redis.restart();
    await replica.decidesBy(1);
    const asking = keepAsking(t, replica, publisher.published);
    await asking.more(20);
    await asking.stop();
  });
});

t.test('the source is away, and nothing is on disk', { skip: withoutRedis }, async (t) => {
  const redis = await startRedis(t, lasting);
  const publisher = publisherOf(t, redis);
  await redis.kill();
  for (const settings of [{}, { STATE_DIR: await temporaryDirectory(t) }]) {
    const replica = await startReplica(t, { REDIS_URL: redis.url, ...settings });
    await decidesNothing(t, replica, /ECONNREFUSED/);
  }
  const replica = await startReplica(t, { REDIS_URL: redis.url });
  await redis.restart();
  await decidesNothing(t, replica, /^nothing has been published$/);
  await publisher.publish(1);
  await replica.decidesBy(1);
  const asking = keepAsking(t, replica, publisher.published);
  await asking.more(20);
  await asking.stop();
});

t.test('the source does not answer at all when a replica starts', { skip: withoutRedis }, async (t) => {
  const redis = await startRedis(t);
  const publisher = publisherOf(t, redis);
  const proxy = await startProxy(t, redis.port);
  for (const [behaviour, trouble] of [
    [{ says: '' }, /no connection within 5000 ms/],
    [{ says: 'HTTP/1.1 400 Bad Request\r\n\r\n' }, /is not available: ./],
    [{ closes: true }, /is not available: ./],
  ] as const) {
    proxy.behave(behaviour);
    const replica = await startReplica(t, { REDIS_URL: `redis://127.0.0.1:${String(proxy.port)}` });
    await decidesNothing(t, replica, trouble);
    proxy.behave({});
    proxy.cut();
    await publisher.publish(1);
    await replica.decidesBy(1);
  }
});

t.test('what is on disk is corrupt', { skip: withoutRedis }, async (t) => {
  const { redis, publisher, settings, stateDir } = await kept(t);
  const file = path.join(stateDir, 'data-sets', '1.json');
  const whole = await readFile(file);
  const startsFromNothing = async (what: string): Promise<void> => {
    await t.test(what, async (t) => {
      const replica = await startReplica(t, settings);
      await decidesNothing(t, replica, /ECONNREFUSED/);
    });
  };
  await writeFile(file, whole.subarray(0, whole.length >> 1));
  await startsFromNothing('cut short');
  await writeFile(file, '');
  await startsFromNothing('empty');
  await writeFile(file, whole.toString().replace('A of version 1', 'B of version 1'));
  await startsFromNothing('changed');
  await rm(file);
  await mkdir(file);
  await startsFromNothing('a directory in its place');
  await rm(path.join(stateDir, 'data-sets'), { recursive: true });
  await writeFile(path.join(stateDir, 'data-sets'), 'a file');
  await startsFromNothing('a file in the place of the directory');

  t.comment('the source is back: what it has is taken, though nothing can be kept');
  await redis.restart();
  const replica = await startReplica(t, settings);
  await replica.decidesBy(1);
  const asking = keepAsking(t, replica, publisher.published);
  await publisher.publish(2);
  await replica.decidesBy(2);
  await asking.more(20);
  await asking.stop();
});

t.test('of two on disk, the newer is corrupt', { skip: withoutRedis }, async (t) => {
  const { publisher, settings, stateDir } = await kept(t);
  const newer = path.join(stateDir, 'data-sets', '2.json');
  for (const [spoil, refused] of [
    [() => writeFile(newer, '{"version":2'), { version: null }],
    [() => rm(newer).then(() => mkdir(newer)), null],
  ] as const) {
    await spoil();
    const replica = await startReplica(t, settings);
    t.match(await replica.health(), {
      // It was the newer that was confirmed, and nobody knows when the older was.
      code: 503,
      status: 'reference-data-too-old',
      referenceData: {
        inForce: { version: 1, source: 'persisted' },
        confirmedAt: null,
        refused,
      },
    });
    const asking = keepAsking(t, replica, publisher.published);
    await asking.more(20);
    await asking.stop();
  }
});

t.test('nobody knows any more when what is on disk was confirmed', { skip: withoutRedis }, async (t) => {
  const { publisher, settings, stateDir } = await kept(t);
  const [, pointer = ''] = (await readFile(path.join(stateDir, 'confirmed-at'), 'utf8')).split(' ');
  for (const [what, text] of [
    ['no instant', `garbage ${pointer}`],
    ['empty', ''],
    ['an instant that is still to come', `2099-01-01T00:00:00.000Z ${pointer}`],
    ['that of another version', `${now.toISOString()} ${pointer.replace('1', '2')}`],
  ] as const) {
    await t.test(what, async (t) => {
      await writeFile(path.join(stateDir, 'confirmed-at'), text);
      const replica = await startReplica(t, settings, { clock: later(100) });
      t.match(await replica.health(), {
        code: 503,
        status: 'reference-data-too-old',
        referenceData: { inForce: { version: 1, source: 'persisted' } },
      });
      const asking = keepAsking(t, replica, publisher.published);
      await asking.more(20);
      await asking.stop();
    });
  }
});
