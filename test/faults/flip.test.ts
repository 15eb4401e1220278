import t, { type Test } from 'tap';
import { directoryDataSets } from '../../src/stores/directory-data-sets.js';
import { now } from '../fixtures.js';
import { startRedis, withoutRedis } from '../redis-server.js';
import {
  keepAsking,
  type Publisher,
  publisherOf,
  publisherTo,
  type Replica,
  startReplica,
  temporaryDirectory,
} from './replica.js';
import { startWithSlowHistory } from './slow-history.js';

const connections = 6;
const answersWanted = 1_000;
const versionsWanted = 10;

/** Publishes one version after the other, as fast as they are taken, until there are enough answers. */
async function flip(t: Test, publisher: Publisher, replica: Replica): Promise<void> {
  await publisher.publish(1);
  await replica.decidesBy(1);
  const asking = keepAsking(t, replica, publisher.published, { connections, pauseMs: 0 });
  let version = 1;
  for (; asking.soFar().answers < answersWanted || version < versionsWanted; version += 1) {
    await publisher.publish(version + 1);
    await replica.decidesBy(version + 1);
  }
  const { versions, answers } = await asking.stop();
  t.ok(
    versions.length >= versionsWanted / 2,
    `${String(answers)} answers by ${String(versions.length)} versions`,
  );
  t.strictSame(
    versions,
    [...versions].sort((one, other) => one - other),
    'which only rise',
  );
}

t.test('every answer is of one version, while versions change as fast as they can', async (t) => {
  t.test('from Redis', { skip: withoutRedis }, async (t) => {
    const redis = await startRedis(t);
    await flip(t, publisherOf(t, redis), await startReplica(t, { REDIS_URL: redis.url }));
  });

  t.test('from a directory', async (t) => {
    const directory = await temporaryDirectory(t);
    const publisher = publisherTo(
      t,
      directoryDataSets(directory, () => now),
    );
    await flip(t, publisher, await startReplica(t, { DATA_SET_DIR: directory }));
  });

  t.test('with what is kept on the disk of the replica', { skip: withoutRedis }, async (t) => {
    const redis = await startRedis(t);
    const settings = { REDIS_URL: redis.url, STATE_DIR: await temporaryDirectory(t) };
    await flip(t, publisherOf(t, redis), await startReplica(t, settings));
  });

  t.test('and while each request waits for a store in the middle of its judgement', async (t) => {
    const directory = await temporaryDirectory(t);
    const publisher = publisherTo(
      t,
      directoryDataSets(directory, () => now),
    );
    await flip(t, publisher, await startWithSlowHistory(t, { DATA_SET_DIR: directory }));
  });

  t.test('and a replica that starts in the middle of it all', { skip: withoutRedis }, async (t) => {
    const redis = await startRedis(t);
    const publisher = publisherOf(t, redis);
    const enough = new AbortController();
    // Something is there when it starts.
    await publisher.publish(1);
    const publishing = (async () => {
      for (let version = 2; !enough.signal.aborted; version += 1) await publisher.publish(version);
    })();
    t.teardown(() => {
      enough.abort();
    });
    const replica = await startReplica(t, { REDIS_URL: redis.url });
    const asking = keepAsking(t, replica, publisher.published, { connections });
    await asking.more(500);
    enough.abort();
    await publishing;
    await asking.stop();
  });
});
