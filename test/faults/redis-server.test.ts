import t from 'tap';
import { type RedisServer, startRedis, withoutRedis } from '../redis-server.js';
import { until } from '../until.js';
import { keepAsking, publisherOf, startReplica } from './replica.js';
import { recovers, startScene, staysInForce } from './scene.js';

/** Keeps on its disk what it has. */
const lasting = ['--appendonly', 'yes', '--appendfsync', 'always'];

const untilSomebodyListens = (redis: RedisServer): Promise<boolean> =>
  until('somebody listens', async () => {
    const [, count] = await redis.client.pubsub('NUMSUB', '{certificate-party}:data-set:published');
    return count === 1;
  });

t.test('Redis is killed, and started again with what it had', { skip: withoutRedis }, async (t) => {
  const all = await startScene(t, { redis: lasting });
  await all.redis.kill();
  await staysInForce(t, all, /is not available: .*ECONNREFUSED/);
  await all.redis.restart();
  await all.replica.decidesBy(1);
  await recovers(t, all);
});

t.test(
  'Redis starts again empty: what is in force stays until there is a newer version',
  { skip: withoutRedis },
  async (t) => {
    const all = await startScene(t);
    await all.redis.kill();
    await all.redis.restart();
    await until('it is connected again', async () => all.redis.client.ping());
    await staysInForce(t, all, /^nothing has been published$/);
    t.comment('the same version again is what it has already');
    await all.publisher.publish(1);
    await all.replica.decidesBy(1);
    await recovers(t, all);
  },
);

t.test('Redis starts again empty, and somebody begins to count anew', { skip: withoutRedis }, async (t) => {
  const all = await startScene(t);
  await all.publisher.publish(5);
  await all.replica.decidesBy(5);
  await all.redis.kill();
  await all.redis.restart();
  await all.publisher.publish(2);
  const found = await all.replica.until('it says what it does not take', ({ refused }) => refused !== null);
  t.match(found, {
    code: 200,
    referenceData: {
      inForce: { version: 5 },
      refused: { version: 2, reasons: [/is older than version 5, which was taken before/] },
    },
  });
  await all.asking.more(20);
  await all.publisher.publish(6);
  await all.replica.decidesBy(6);
  await all.asking.more(10);
  t.strictSame((await all.asking.stop()).versions, [1, 5, 6]);
});

t.test(
  'a replica that has had no word for too long says so, and recovers',
  { skip: withoutRedis },
  async (t) => {
    const redis = await startRedis(t, lasting);
    const publisher = publisherOf(t, redis);
    await publisher.publish(1);
    let time = Date.parse('2026-06-15T12:00:00Z');
    const replica = await startReplica(t, { REDIS_URL: redis.url }, { clock: () => new Date(time) });
    await replica.decidesBy(1);
    const asking = keepAsking(t, replica, publisher.published);
    await redis.kill();
    await replica.until('it says what is wrong', ({ trouble }) => trouble !== null);
    time += 301_000;
    t.match(await replica.health(), { code: 200, referenceData: { freshness: 'stale', ageSeconds: 301 } });
    await asking.more(10);
    time += 86_400_000;
    t.match(await replica.health(), { code: 503, status: 'reference-data-too-old' });
    await asking.more(10);
    await redis.restart();
    await replica.decidesBy(1);
    t.match(await replica.health(), { code: 200, referenceData: { freshness: 'current', ageSeconds: 0 } });
    await asking.stop();
  },
);

t.test('messages of the channel are lost', { skip: withoutRedis }, async (t) => {
  t.test('the subscriber is killed, and a version published before it is back', async (t) => {
    const all = await startScene(t);
    await all.redis.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await recovers(t, all);
    await untilSomebodyListens(all.redis);
  });

  t.test('a replica that may not listen has every version all the same, from asking', async (t) => {
    const redis = await startRedis(t);
    await redis.client.call('ACL', 'SETUSER', 'deaf', 'on', '>secret', '~*', 'resetchannels', '+@all');
    const publisher = publisherOf(t, redis);
    await publisher.publish(1);
    const replica = await startReplica(t, { REDIS_URL: redis.url.replace('//', '//deaf:secret@') });
    await replica.decidesBy(1);
    const asking = keepAsking(t, replica, publisher.published);
    for (const version of [2, 3, 4]) {
      await publisher.publish(version);
      await replica.decidesBy(version);
    }
    await asking.stop();
  });

  t.test('and one that listens has it at once, though it asks only once an hour', async (t) => {
    const redis = await startRedis(t);
    const publisher = publisherOf(t, redis);
    await publisher.publish(1);
    const replica = await startReplica(t, { REDIS_URL: redis.url }, { REFERENCE_DATA_POLL_SECONDS: 3_600 });
    await untilSomebodyListens(redis);
    for (const version of [2, 3, 4]) {
      await publisher.publish(version);
      await replica.decidesBy(version);
    }
  });
});

t.test('the user of Redis has no permission any more', { skip: withoutRedis }, async (t) => {
  const all = await startScene(t, {
    urlOf: async ({ client, url }) => {
      await client.call('ACL', 'SETUSER', 'replica', 'on', '>secret', '~*', '&*', '+@all');
      return url.replace('//', '//replica:secret@');
    },
  });
  const { redis, replica } = all;
  await redis.client.call('ACL', 'SETUSER', 'replica', '-@all');
  await staysInForce(t, all, /is not available: NOPERM/);
  await redis.client.call('ACL', 'SETUSER', 'replica', '+@all');
  await replica.decidesBy(1);
  t.comment('then its password is changed, and its connections are closed');
  await redis.client.call('ACL', 'SETUSER', 'replica', 'resetpass', '>another');
  await redis.client.call('CLIENT', 'KILL', 'USER', 'replica');
  await staysInForce(t, all, /is not available: .*WRONGPASS/);
  await redis.client.call('ACL', 'SETUSER', 'replica', '>secret');
  await recovers(t, all);
});
