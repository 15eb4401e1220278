import t from 'tap';
import { sentinel } from '../../src/stores/device-buckets.js';
import { octetsOf } from '../../src/stores/device-record.js';
import type { Device } from '../../src/stores/device-store.js';
import type { RedisClient, RedisSettings } from '../../src/stores/redis.js';
import { bare, esme, load } from '../contract/device-store.js';
import { now } from '../fixtures.js';
import { startRedis, withoutRedis } from '../redis-server.js';
import { deviceNumber } from './devices.js';
import { connected, eventually, openCachedRegistry, openRegistry } from './redis-registry.js';

t.test('loads in Redis', { skip: withoutRedis }, async (t) => {
  const server = await startRedis(t);
  let opened = 0;
  const fresh = (): RedisSettings => server.settings({ keyPrefix: `test${String((opened += 1))}` });
  const keysOf = (settings: RedisSettings): Promise<string[]> =>
    server.client.keys(`${settings.keyPrefix}:devices:*`);
  const bucketsWith = async (settings: RedisSettings, device: Device): Promise<string[]> => {
    const field = octetsOf(device.entityIdentifier);
    const keys = await keysOf(settings);
    const isIn = await Promise.all(keys.map((key) => server.client.hexists(key, field)));
    return keys.filter((_, place) => isIn[place] === 1);
  };
  type Command = (...args: unknown[]) => Promise<unknown>;
  /** Has something happen before each call of a command, which may throw; gives how to undo it. */
  const before = (
    client: RedisClient,
    command: 'eval' | 'hget' | 'hgetBuffer' | 'hset' | 'unlink',
    meet: (call: number) => unknown,
  ): (() => void) => {
    const original = client[command].bind(client) as Command;
    let calls = 0;
    Object.assign(client, {
      [command]: async (...args: unknown[]) => {
        await meet((calls += 1));
        return original(...args);
      },
    });
    return () => void Object.assign(client, { [command]: original });
  };
  const dieAt = (fatal: number) => (call: number) => {
    if (call === fatal) throw new Error('the process was killed');
  };

  t.test(
    'one that was killed amid a batch goes on, and rows that were written are no repetition',
    async (t) => {
      const settings = fresh();
      const client = await connected(t, settings);
      const dying = await (await openRegistry(t, settings, { client })).beginLoad('first', 10);
      const devices = Array.from({ length: 10 }, (_, number) => deviceNumber(number));
      await dying.add(devices.slice(0, 4));
      // Every row is written, and none confirmed.
      before(client, 'eval', dieAt(2));
      await t.rejects(dying.add(devices.slice(4, 8)), { name: 'StoreUnavailable' });

      const registry = await openRegistry(t, settings);
      t.equal((await registry.status()).load?.rows, 4);
      const resumed = await registry.beginLoad('first', 10);
      t.equal(resumed.rows, 4);
      t.strictSame(await resumed.add(devices.slice(4, 6)), []);
      // Of rows that were confirmed, or that none can have written, it is one; and of rows that say something else.
      t.match(await resumed.add([{ ...devices[6]!, deviceType: 'GPF' }]), [{ row: 6, fault: 'repeated' }]);
      await registry.abandonLoad('first');
      const again = await registry.beginLoad('first', 10);
      t.equal(again.rows, 0);
      t.strictSame(await again.add(devices), []);
      t.match(await again.add(devices.slice(0, 1)), [{ row: 10, fault: 'repeated' }]);
    },
  );

  t.test(
    'one that was killed while its buckets were made goes on, and changes do not wait for it',
    async (t) => {
      const settings = fresh();
      await load(await openRegistry(t, settings), [esme], 'zeroth');
      const client = await connected(t, settings);
      before(client, 'hset', dieAt(10));
      await t.rejects((await openRegistry(t, settings, { client })).beginLoad('first', 1), {
        name: 'StoreUnavailable',
        cause: { message: 'the process was killed' },
      });
      const registry = await openRegistry(t, settings);
      await registry.put([bare]);
      t.equal((await bucketsWith(settings, bare)).length, 1);
      await load(registry, [esme], 'first');
      t.equal(await registry.find(bare.entityIdentifier), undefined);
      t.strictSame(await registry.find(esme.entityIdentifier), esme);
    },
  );

  t.test('one that has lost something is not finished', async (t) => {
    for (const lose of [
      (key: string) => server.client.del(key),
      (key: string) => server.client.hdel(key, sentinel),
      (key: string) => server.client.hdel(key, octetsOf(esme.entityIdentifier)),
    ]) {
      const settings = fresh();
      const registry = await openRegistry(t, settings);
      await load(registry, [bare]);
      const second = await registry.beginLoad('second', 1);
      await second.add([esme]);
      await lose((await bucketsWith(settings, esme))[0]!);
      await t.rejects(second.finish(1), { name: 'LoadRefused', reason: 'not-whole', message: /has lost/ });
      t.strictSame(await registry.find(bare.entityIdentifier), bare);
    }
  });

  t.test('a bucket or record that is spoilt stops it', async (t) => {
    const settings = fresh();
    const client = await connected(t, settings);
    const registry = await openRegistry(t, settings, { client });
    const first = await registry.beginLoad('first', 2);
    await first.add([esme]);
    const [bucket] = await bucketsWith(settings, esme);
    const undo = before(client, 'hgetBuffer', () =>
      server.client.hdel(bucket!, octetsOf(esme.entityIdentifier)),
    );
    await t.rejects(first.add([esme]), { name: 'StoreUnavailable' }, 'it vanished between two commands');
    undo();
    await server.client.hset(bucket!, octetsOf(esme.entityIdentifier), 'garbage');
    await t.rejects(first.add([esme]), {
      name: 'StoreUnavailable',
      cause: { message: 'a record cannot be read' },
    });
    await server.client.del(bucket!);
    await server.client.set(bucket!, 'x');
    await t.rejects(first.add([esme]), { name: 'StoreUnavailable', cause: { message: /WRONGTYPE/ } });
    await t.rejects(registry.put([esme]), { name: 'StoreUnavailable', cause: { message: /WRONGTYPE/ } });
    await t.rejects(first.finish(1), { name: 'StoreUnavailable', cause: { message: /WRONGTYPE/ } });
  });

  t.test('what went before is deleted after its grace, and not before', async (t) => {
    const settings = fresh();
    let time = now.getTime();
    const client = await connected(t, settings);
    const registry = await openRegistry(t, settings, { client, clock: () => new Date(time) });
    await load(registry, [esme], 'first');
    const count = (await keysOf(settings)).length;
    await load(registry, [esme], 'second');
    await (await registry.beginLoad('third', 1)).add([bare]);
    await registry.abandonLoad('third');
    t.equal((await keysOf(settings)).length, 3 * count);
    time += 59_999;
    await registry.collect();
    t.equal((await keysOf(settings)).length, 3 * count);
    time += 1;
    // Killed on the way, it is done the next time.
    const undo = before(client, 'unlink', dieAt(100));
    await t.rejects(registry.collect(), { name: 'StoreUnavailable' });
    undo();
    await registry.collect();
    t.equal((await keysOf(settings)).length, count);
    t.strictSame(await registry.find(esme.entityIdentifier), esme);
    await load(registry, [esme], 'fourth');
    time += 60_000;
    await registry.beginLoad('fifth', 1);
    t.equal((await keysOf(settings)).length, 2 * count, 'the next load does it too');
  });

  t.test('a slow writer brings back nothing of a generation that was deleted', async (t) => {
    const settings = fresh();
    let time = now.getTime();
    const registry = await openRegistry(t, settings, { clock: () => new Date(time) });
    await load(registry, [esme], 'first');
    const client = await connected(t, settings);
    const slow = await openRegistry(t, settings, { client });
    before(client, 'eval', async (call) => {
      if (call > 1) return;
      await load(registry, [esme], 'second');
      time += 60_000;
      await registry.collect();
    });
    await slow.put([bare]);
    t.equal((await keysOf(settings)).length, 1024);
    t.strictSame(await registry.find(bare.entityIdentifier), bare);
  });

  t.test('a writer that meets one switch after the other gives up', async (t) => {
    const settings = fresh();
    const registry = await openRegistry(t, settings);
    await load(registry, [esme], 'first');
    const client = await connected(t, settings);
    const slow = await openRegistry(t, settings, { client });
    before(client, 'eval', (call) => load(registry, [esme], `another${String(call)}`));
    await t.rejects(slow.put([bare]), {
      name: 'StoreUnavailable',
      cause: { message: 'the registry was switched again and again' },
    });
  });

  t.test('two that write the state at once both come to it', async (t) => {
    const settings = fresh();
    const [one, other] = [await openRegistry(t, settings), await openRegistry(t, settings)];
    const begun = await Promise.allSettled([one.beginLoad('one', 1), other.beginLoad('other', 1)]);
    t.strictSame(begun.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    t.match(
      begun.find(({ status }) => status === 'rejected'),
      { reason: { name: 'LoadRefused', reason: 'another-load-is-running' } },
    );
  });

  t.test(
    'appliers, lookups and loads at once: no device that is in every load is ever missing',
    async (t) => {
      const settings = fresh();
      const loader = await openRegistry(t, settings);
      const devices = Array.from({ length: 300 }, (_, number) => deviceNumber(number));
      await load(loader, devices, 'zeroth');
      const readers = [await openRegistry(t, settings), await openCachedRegistry(t, settings)];
      const appliers = [await openRegistry(t, settings), await openRegistry(t, settings)];
      let isOver = false;
      let lookups = 0;
      const read = async (place: number): Promise<void> => {
        for (let number = 0; !isOver; number += 1) {
          const some = Array.from({ length: 20 }, (_, step) => devices[(number * 7 + step * 13) % 300]!);
          const found = await Promise.all(
            some.map((device) => readers[place]!.find(device.entityIdentifier)),
          );
          found.forEach((device, at) => {
            if (device?.entityIdentifier !== some[at]!.entityIdentifier) t.fail('a device is missing');
          });
          lookups += found.length;
        }
      };
      // Both change the same devices, and each of them others too.
      const applied: number[] = [];
      const apply = async (place: number): Promise<void> => {
        for (let round = 1; !isOver; round += 1) {
          const changed = devices
            .slice(0, 20)
            .map((device) => ({ ...device, importNetworkOperator: `R${String(place)}` }));
          const own = deviceNumber(1_000 + place, { importNetworkOperator: `R${String(round)}` });
          await appliers[place]!.put([...changed, own]);
          applied[place] = round;
        }
      };
      const work = [read(0), read(1), apply(0), apply(1)];
      let switches = 0;
      await eventually(async () => {
        const begun = await loader.beginLoad(`load${String(switches)}`, devices.length);
        for (let start = 0; start < 300; start += 50) await begun.add(devices.slice(start, start + 50));
        // The last device changes of each applier are put while this load is running.
        const seen = [...applied];
        await eventually(() => applied.every((round, place) => round > seen[place]! + 1));
        await begun.finish(300);
        return (switches += 1) >= 5;
      });
      isOver = true;
      await Promise.all(work);
      t.ok(lookups > 1_000, `${String(lookups)} lookups`);
      for (const place of [0, 1]) {
        const own = await loader.find(deviceNumber(1_000 + place).entityIdentifier);
        t.equal(own?.importNetworkOperator, `R${String(applied[place])}`);
      }
      const last = await Promise.all(
        devices.slice(0, 20).map((device) => loader.find(device.entityIdentifier)),
      );
      t.ok(last.every((device) => /^R[01]$/.test(device?.importNetworkOperator ?? '')));
    },
  );

  t.test('a lookup that meets one switch after the other gives up', async (t) => {
    const settings = fresh();
    const registry = await openRegistry(t, settings);
    await load(registry, [esme], 'first');
    const client = await connected(t, settings);
    const slow = await openRegistry(t, settings, { client });
    await slow.find(esme.entityIdentifier);
    const undo = before(client, 'hget', (call) => load(registry, [esme], `another${String(call)}`));
    await t.rejects(slow.find(esme.entityIdentifier), {
      name: 'StoreUnavailable',
      cause: { message: 'the registry was switched again and again' },
    });
    undo();
    t.strictSame(await slow.find(esme.entityIdentifier), esme);
  });
});
