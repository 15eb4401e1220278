import { readFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { startRedis, withoutRedis } from '../redis-server.js';
import { until } from '../until.js';
import { keepAsking, publisherOf, startProcess, temporaryDirectory } from './replica.js';

t.test(
  'a replica is paused while three versions are published, and goes on',
  { skip: withoutRedis },
  async (t) => {
    const redis = await startRedis(t);
    const publisher = publisherOf(t, redis);
    await publisher.publish(1);
    const paused = await startProcess(t, { REDIS_URL: redis.url });
    const other = await startProcess(t, { REDIS_URL: redis.url });
    const [askingPaused, askingOther] = [paused, other].map((replica) =>
      keepAsking(t, replica, publisher.published),
    );
    await askingPaused!.more(10);
    await askingPaused!.rest();
    paused.child.kill('SIGSTOP');
    for (const version of [2, 3, 4]) {
      await publisher.publish(version);
      await other.decidesBy(version);
      await askingOther!.more(5);
    }
    askingPaused!.goOn();
    paused.child.kill('SIGCONT');
    await paused.decidesBy(4);
    await askingPaused!.more(20);
    const { versions } = await askingPaused!.stop();
    t.equal(versions[0], 1);
    t.equal(versions.at(-1), 4, `it decided by ${versions.join(', ')}`);
    t.strictSame((await askingOther!.stop()).versions, [1, 2, 3, 4], 'and the other by each');
  },
);

t.test('a replica is killed, and started again while Redis is away', { skip: withoutRedis }, async (t) => {
  const redis = await startRedis(t, ['--appendonly', 'yes', '--appendfsync', 'always']);
  const publisher = publisherOf(t, redis);
  const state = await temporaryDirectory(t);
  const settings = { REDIS_URL: redis.url, STATE_DIR: state };
  await publisher.publish(1);
  const first = await startProcess(t, settings);
  await first.decidesBy(1);
  await publisher.publish(2);
  await first.decidesBy(2);
  await until('it is kept that the second was confirmed', async () =>
    (await readFile(path.join(state, 'confirmed-at'), 'utf8')).includes('"version":2'),
  );
  first.child.kill('SIGKILL');
  await redis.kill();
  const second = await startProcess(t, settings);
  const asking = keepAsking(t, second, publisher.published);
  t.match(await second.health(), {
    code: 200,
    referenceData: { inForce: { version: 2, source: 'persisted' }, trouble: /ECONNREFUSED/ },
  });
  await asking.more(20);
  await redis.restart();
  t.match(await second.decidesBy(2), { referenceData: { inForce: { source: 'redis' } } });
  await publisher.publish(3);
  await second.decidesBy(3);
  await asking.more(10);
  t.strictSame((await asking.stop()).versions, [2, 3]);
});

t.test(
  'a replica is killed at any instant while versions are published, and starts from a whole one',
  { skip: withoutRedis },
  async (t) => {
    const redis = await startRedis(t);
    const publisher = publisherOf(t, redis);
    const settings = { REDIS_URL: redis.url, STATE_DIR: await temporaryDirectory(t) };
    await publisher.publish(1);
    let version = 1;
    let newest = 1;
    for (let round = 0; round < 4; round += 1) {
      const replica = await startProcess(t, settings);
      const before = await replica.health();
      t.ok((before.referenceData.inForce?.version ?? 0) >= newest, 'no older than what it had');
      const killed = new AbortController();
      const publishing = (async () => {
        while (!killed.signal.aborted) await publisher.publish((version += 1));
      })();
      const asking = keepAsking(t, replica, publisher.published);
      await until('it has taken some', () => asking.soFar().versions.length > 3 + 2 * round);
      newest = Math.max(...(await asking.stop()).versions);
      replica.child.kill('SIGKILL');
      killed.abort();
      await publishing;
    }
  },
);
