import t from 'tap';
import { withoutRedis } from '../redis-server.js';
import { behindProxy, recovers, startScene, staysInForce } from './scene.js';

t.test('Redis hangs, and goes on', { skip: withoutRedis }, async (t) => {
  const all = await startScene(t);
  all.redis.pause();
  t.teardown(all.redis.resume);
  await staysInForce(t, all, /is not available: Command timed out/);
  all.redis.resume();
  await all.replica.decidesBy(1);
  await recovers(t, all);
});

t.test('Redis is slow, and slower than anybody waits', { skip: withoutRedis }, async (t) => {
  const all = await behindProxy(t);
  const { proxy, publisher, replica, asking } = all;
  proxy.behave({ delayMs: 300 });
  await publisher.publish(2);
  await replica.decidesBy(2);
  await asking.more(20);
  t.comment('now slower than a command may take');
  proxy.behave({ delayMs: 6_000 });
  await publisher.publish(3);
  await replica.until('it says so', ({ trouble }) => (trouble ?? '').includes('Command timed out'));
  t.match(await replica.health(), { code: 200, referenceData: { inForce: { version: 2 } } });
  await asking.more(20);
  proxy.behave({});
  await replica.decidesBy(3);
  await asking.more(10);
  t.strictSame((await asking.stop()).versions, [1, 2, 3]);
});
