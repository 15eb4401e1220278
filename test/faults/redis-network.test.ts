import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import t from 'tap';
import { withoutRedis } from '../redis-server.js';
import { until } from '../until.js';
import { behindProxy, recovers, startScene, staysInForce } from './scene.js';

t.test('the connection is cut in the middle of a data set', { skip: withoutRedis }, async (t) => {
  const all = await behindProxy(t);
  const { proxy, publisher, replica, asking } = all;
  proxy.behave({ cutBehind: 'network-operators' });
  await publisher.publish(2);
  await until('it was cut several times', () => proxy.cuts() >= 3);
  await staysInForce(t, all, /is not available: ./);
  proxy.behave({});
  await replica.decidesBy(2);
  await asking.more(10);
  await publisher.publish(3);
  await replica.decidesBy(3);
  await asking.more(10);
  t.strictSame((await asking.stop()).versions, [1, 2, 3]);
});

t.test('the connection is cut in the middle of a pointer', { skip: withoutRedis }, async (t) => {
  const all = await behindProxy(t);
  all.proxy.behave({ cutBehind: '{"version":' });
  await until('it was cut several times', () => all.proxy.cuts() >= 3);
  await staysInForce(t, all, /is not available: ./);
  all.proxy.behave({});
  await all.replica.decidesBy(1);
  await recovers(t, all);
});

t.test('every connection breaks, again and again', { skip: withoutRedis }, async (t) => {
  const all = await behindProxy(t);
  for (let version = 2; version <= 6; version += 1) {
    all.proxy.cut();
    await all.publisher.publish(version);
    all.proxy.cut();
    await all.replica.decidesBy(version);
  }
  await all.asking.more(10);
  t.strictSame((await all.asking.stop()).versions.at(-1), 6);
});

const http = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

t.test('what answers in the place of Redis is something else', { skip: withoutRedis }, async (t) => {
  for (const [name, behaviour, trouble] of [
    ['a web server', { says: http }, /is not available: ./],
    ['what closes every connection', { closes: true }, /is not available: ./],
    ['what says nothing', { says: '' }, /is not available: no connection within 5000 ms/],
  ] as const) {
    t.test(name, async (t) => {
      const all = await behindProxy(t);
      all.proxy.behave(behaviour);
      all.proxy.cut();
      await staysInForce(t, all, trouble);
      all.proxy.behave({});
      all.proxy.cut();
      await all.replica.decidesBy(1);
      await recovers(t, all);
    });
  }

  t.test('what talks nonsense in the form of Redis', async (t) => {
    const all = await behindProxy(t);
    all.proxy.behave({ says: '*2\r\n:1\r\n$-1\r\n' });
    await staysInForce(t, all, /is not available: ./);
    all.proxy.behave({});
    all.proxy.cut();
    await all.replica.decidesBy(1);
    await recovers(t, all);
  });
});

t.test(
  'nothing listens at its port any more, and then something that is not Redis',
  { skip: withoutRedis },
  async (t) => {
    const all = await startScene(t, { redis: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    await all.redis.kill();
    await staysInForce(t, all, /ECONNREFUSED/);
    const other = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.end(http));
    });
    other.listen(all.redis.port, '127.0.0.1');
    await once(other, 'listening');
    t.equal((other.address() as AddressInfo).port, all.redis.port);
    await all.replica.until(
      'it says something else',
      ({ trouble }) => trouble !== null && !trouble.includes('ECONNREFUSED'),
    );
    await all.asking.more(20);
    other.close();
    await once(other, 'close');
    await all.redis.restart();
    await all.replica.decidesBy(1);
    await recovers(t, all);
  },
);
