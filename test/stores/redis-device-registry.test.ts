import t from 'tap';
import { sentinel } from '../../src/stores/device-buckets.js';
import { octetsOf } from '../../src/stores/device-record.js';
import type { RedisSettings } from '../../src/stores/redis.js';
import { bare, deviceRegistryContract, esme, load } from '../contract/device-store.js';
import { now } from '../fixtures.js';
import { startRedis, withoutRedis } from '../redis-server.js';
import { deviceNumber } from './devices.js';
import { connected, eventually, openCachedRegistry, openRegistry } from './redis-registry.js';

t.test('the registry in Redis', { skip: withoutRedis }, async (t) => {
  const server = await startRedis(t);
  let opened = 0;
  /** A registry of its own in the same server. */
  const fresh = (): RedisSettings => server.settings({ keyPrefix: `test${String((opened += 1))}` });
  /** The bucket of a device in the current generation. */
  const bucketOf = async (settings: RedisSettings, device = esme): Promise<string> => {
    const current = (await server.client.hget(`{${settings.keyPrefix}}:devices`, 'current')) ?? '';
    const { generation } = JSON.parse(current) as { generation: string };
    const keys = await server.client.keys(`${settings.keyPrefix}:devices:${generation}:*`);
    for (const key of keys) {
      if ((await server.client.hexists(key, octetsOf(device.entityIdentifier))) === 1) return key;
    }
    throw new Error('it is in no bucket');
  };

  t.test('without a cache', async (t) => {
    deviceRegistryContract(t, (t) => openRegistry(t, fresh()), now);
  });
  t.test('with a cache', async (t) => {
    deviceRegistryContract(t, (t) => openCachedRegistry(t, fresh()), now);
  });

  t.test('what is wrong in Redis is never an answer', async (t) => {
    const settings = fresh();
    const registry = await openRegistry(t, settings);
    await load(registry, [esme, bare]);
    const bucket = await bucketOf(settings);
    const state = `{${settings.keyPrefix}}:devices`;
    const whole = await server.client.dumpBuffer(bucket);
    t.not(bucket, await bucketOf(settings, bare));

    const find = () => registry.find(esme.entityIdentifier);
    const unavailable = async (message: RegExp, wrong: Promise<unknown>): Promise<void> => {
      t.match(await wrong.catch((error: unknown) => error), {
        name: 'StoreUnavailable',
        store: 'the device registry',
        cause: { message },
      });
    };

    t.test('in a bucket, and the buckets beside it answer', async (t) => {
      const spoil: Record<string, readonly [() => Promise<unknown>, RegExp]> = {
        gone: [() => server.client.del(bucket), /bucket of the inventory is missing/],
        'without its sentinel': [
          () => server.client.hdel(bucket, sentinel),
          /bucket of the inventory is missing/,
        ],
        'another type': [
          async () => {
            await server.client.del(bucket);
            await server.client.set(bucket, 'x');
          },
          /WRONGTYPE/,
        ],
        garbage: [
          () => server.client.hset(bucket, octetsOf(esme.entityIdentifier), Buffer.from('garbage')),
          /record cannot be read/,
        ],
        empty: [
          () => server.client.hset(bucket, octetsOf(esme.entityIdentifier), ''),
          /record cannot be read/,
        ],
      };
      for (const [name, [change, message]] of Object.entries(spoil)) {
        t.comment(name);
        await change();
        const [wrong, right] = await Promise.allSettled([find(), registry.find(bare.entityIdentifier)]);
        t.match(wrong, { status: 'rejected', reason: { name: 'StoreUnavailable', cause: { message } } });
        t.strictSame(right, { status: 'fulfilled', value: bare });
        await server.client.restore(bucket, 0, whole, 'REPLACE');
        t.strictSame(await find(), esme);
      }
    });

    t.test('a change to a bucket that is missing is not lost in silence', async () => {
      await server.client.del(bucket);
      await unavailable(/bucket of the inventory is missing/, registry.put([esme]));
      await unavailable(/bucket of the inventory is missing/, registry.remove([esme.entityIdentifier]));
      t.equal(await server.client.exists(bucket), 0);
      await server.client.restore(bucket, 0, whole, 'REPLACE');
      await registry.put([esme]);
    });

    t.test('in what names the generation', async (t) => {
      const right = (await server.client.hget(state, 'current'))!;
      const wrong = ['', 'x', '{}', '[]', right.replace(/"buckets":\d+/, '"buckets":7')];
      for (const text of wrong) {
        await server.client.hset(state, 'current', text);
        await t.rejects(find(), { name: 'StoreUnavailable' }, text);
        await t.rejects(registry.put([esme]), { name: 'StoreUnavailable' }, text);
        await t.rejects(registry.status(), { name: 'StoreUnavailable' }, text);
        await t.rejects(registry.beginLoad('x', 1), { name: 'StoreUnavailable' }, text);
      }
      await server.client.set(state, 'x');
      await unavailable(/WRONGTYPE/, find());
      await server.client.del(state);
      await unavailable(/no inventory has been loaded/, find());
      await server.client.hset(state, 'current', right);
      t.strictSame(await find(), esme);
      // A generation that is not there is not one without devices.
      await server.client.hset(state, 'current', right.replace(/"generation":"[^"]*"/, '"generation":"no"'));
      await unavailable(/bucket of the inventory is missing/, find());
    });
  });

  t.test('lookups of one turn are one HMGET a bucket, with each device once', async (t) => {
    const settings = fresh();
    const registry = await openRegistry(t, settings);
    const devices = Array.from({ length: 50 }, (_, number) => deviceNumber(number));
    await load(registry, devices);
    await registry.find(esme.entityIdentifier);
    const calls = async (command: string): Promise<number> =>
      Number(
        new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await server.client.info('commandstats'))?.[1] ??
          0,
      );
    const [hmgets, hgets] = [await calls('hmget'), await calls('hget')];
    const found = await Promise.all(
      [...devices, ...devices].map((device) => registry.find(device.entityIdentifier)),
    );
    t.strictSame(found, [...devices, ...devices]);
    const asked = [(await calls('hmget')) - hmgets, (await calls('hget')) - hgets];
    const buckets = new Set(await Promise.all(devices.map((device) => bucketOf(settings, device))));
    t.strictSame(asked, [buckets.size, 1]);
  });

  t.test('buckets are packed', async (t) => {
    const settings = { ...fresh(), commandTimeoutMs: 5_000 };
    const registry = await openRegistry(t, settings, { deadlineMs: 10_000 });
    const { responsibleSupplier } = esme;
    await load(
      registry,
      Array.from({ length: 60_000 }, (_, number) => deviceNumber(number, { responsibleSupplier })),
    );
    const keys = await server.client.keys(`${settings.keyPrefix}:devices:*`);
    t.equal(keys.length, 1024);
    const encodings = await Promise.all(keys.map((key) => server.client.object('ENCODING', key)));
    t.strictSame([...new Set(encodings)], ['listpack']);
  });

  t.test(
    'what is remembered is dropped when it is changed elsewhere, and when a load is finished',
    async (t) => {
      const settings = fresh();
      const elsewhere = await openRegistry(t, settings);
      await load(elsewhere, [esme]);
      const registry = await openCachedRegistry(t, settings);
      t.strictSame(await registry.find(esme.entityIdentifier), esme);
      t.equal(await registry.find(bare.entityIdentifier), undefined);
      await server.client.hset(await bucketOf(settings), octetsOf(esme.entityIdentifier), 'garbage');
      t.strictSame(await registry.find(esme.entityIdentifier), esme, 'Redis is not asked again');
      await elsewhere.put([{ ...esme, deviceType: 'GPF' }, bare]);
      await eventually(async () => (await registry.find(esme.entityIdentifier))?.deviceType === 'GPF');
      await eventually(async () => registry.find(bare.entityIdentifier));
      await elsewhere.remove([bare.entityIdentifier]);
      await eventually(async () => (await registry.find(bare.entityIdentifier)) === undefined);
      await load(elsewhere, [bare], 'second');
      await eventually(async () => (await registry.find(esme.entityIdentifier)) === undefined);
      t.strictSame(await registry.find(bare.entityIdentifier), bare);

      await server.client.hdel(await bucketOf(settings, bare), octetsOf(bare.entityIdentifier));
      t.strictSame(await registry.find(bare.entityIdentifier), bare);
      await server.client.publish(`{${settings.keyPrefix}}:devices:changed`, 'no identifiers');
      await eventually(async () => (await registry.find(bare.entityIdentifier)) === undefined);
    },
  );

  t.test('after each new connection of the subscriber nothing is remembered', async (t) => {
    const settings = fresh();
    const elsewhere = await openRegistry(t, settings);
    await load(elsewhere, [esme]);
    const registry = await openCachedRegistry(t, settings);
    const gone = async (): Promise<boolean> => (await registry.find(esme.entityIdentifier)) === undefined;
    t.notOk(await gone());
    await server.client.hdel(await bucketOf(settings), octetsOf(esme.entityIdentifier));
    t.notOk(await gone());
    await server.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(gone);
  });

  t.test('a subscriber that may not subscribe says so, and tries again', async (t) => {
    const settings = fresh();
    await load(await openRegistry(t, settings), [esme]);
    await server.client.call('ACL', 'SETUSER', 'deaf', 'on', '>secret', '+@all', '~*', 'resetchannels');
    const address = { ...settings.address, username: 'deaf', password: 'secret' };
    const subscriber = await connected(t, { ...settings, address });
    const errors: Error[] = [];
    subscriber.on('error', (error: Error) => errors.push(error));
    const cache = { max: 1, foundForMs: 60_000, notFoundForMs: 60_000, subscriber };
    const registry = await openRegistry(t, settings, { cache });
    await eventually(() => errors.length > 1);
    t.match(errors[0], { message: /NOPERM/ });
    t.strictSame(await registry.find(esme.entityIdentifier), esme);
    await server.client.call('ACL', 'SETUSER', 'deaf', 'allchannels');
    const channel = `{${settings.keyPrefix}}:devices:changed`;
    await eventually(async () => Number((await server.client.pubsub('NUMSUB', channel))[1]) === 1);
  });
});
