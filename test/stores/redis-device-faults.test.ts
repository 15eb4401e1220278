import t, { type Test } from 'tap';
import type { RedisDeviceRegistry } from '../../src/stores/redis-device-registry.js';
import { bare, esme, load } from '../contract/device-store.js';
import { type RedisServer, startRedis, withoutRedis } from '../redis-server.js';
import { connected, eventually, openCachedRegistry, openRegistry } from './redis-registry.js';
import { startProxy } from './tcp-proxy.js';

const deadlineMs = 200;

t.test('when Redis fails', { skip: withoutRedis }, async (t) => {
  const start = async (t: Test): Promise<{ server: RedisServer; registry: RedisDeviceRegistry }> => {
    const server = await startRedis(t);
    await load(await openRegistry(t, server.settings()), [esme]);
    return { server, registry: await openRegistry(t, server.settings(), { deadlineMs }) };
  };
  const find = (registry: RedisDeviceRegistry) => registry.find(esme.entityIdentifier);

  /** Everything that asks Redis says that it is not available, and in time. */
  const isUnavailable = async (t: Test, registry: RedisDeviceRegistry): Promise<void> => {
    const started = performance.now();
    const asked = [
      ...Array.from({ length: 20 }, () => find(registry)),
      registry.find(bare.entityIdentifier),
      registry.put([esme]),
      registry.remove([esme.entityIdentifier]),
      registry.status(),
      registry.beginLoad('second', 1),
      registry.abandonLoad('second'),
      registry.collect(),
    ];
    for (const outcome of await Promise.allSettled(asked)) {
      t.match(outcome, { status: 'rejected', reason: { name: 'StoreUnavailable', cause: Error } });
    }
    // The deadline, and what a busy machine takes to notice.
    t.ok(performance.now() - started < 10 * deadlineMs);
  };
  const recovers = (registry: RedisDeviceRegistry): Promise<unknown> =>
    eventually(() => find(registry).catch(() => undefined));

  t.test('a server that hangs, and goes on', async (t) => {
    const { server, registry } = await start(t);
    t.strictSame(await find(registry), esme);
    server.pause();
    await isUnavailable(t, registry);
    await isUnavailable(t, registry);
    server.resume();
    t.strictSame(await recovers(registry), esme);
  });

  t.test('a server that hangs, when the client itself would wait for a minute', async (t) => {
    const { server } = await start(t);
    const settings = server.settings({ commandTimeoutMs: 60_000 });
    const registry = await openRegistry(t, settings, { deadlineMs });
    const begun = await registry.beginLoad('second', 1);
    server.pause();
    await isUnavailable(t, registry);
    await t.rejects(begun.add([bare]), {
      name: 'StoreUnavailable',
      cause: { message: 'no answer within 200 ms' },
    });
    server.resume();
    t.strictSame(await recovers(registry), esme);
  });

  t.test('a server that is killed, and comes back with nothing in it', async (t) => {
    const { server, registry } = await start(t);
    t.strictSame(await find(registry), esme);
    await server.kill();
    await isUnavailable(t, registry);
    await server.restart();
    // Empty is not a registry without devices: not even for whoever knows the generation that was.
    await eventually(async () => (await server.client.ping().catch(() => '')) === 'PONG');
    await eventually(async () => {
      const outcome: unknown = await find(registry).catch((error: unknown) => error);
      t.match(outcome, { name: 'StoreUnavailable' });
      return outcome instanceof Error && String(outcome.cause).includes('no inventory');
    });
    await load(await openRegistry(t, server.settings()), [bare]);
    t.equal(await find(registry), undefined);
    t.strictSame(await registry.find(bare.entityIdentifier), bare);
  });

  t.test('a cache answers for what it remembers, until its subscriber is back', async (t) => {
    const { server } = await start(t);
    const registry = await openCachedRegistry(t, server.settings(), { deadlineMs });
    t.strictSame(await find(registry), esme);
    await server.kill();
    t.strictSame(await find(registry), esme);
    await t.rejects(registry.find(bare.entityIdentifier), { name: 'StoreUnavailable' });
    await server.restart();
    await eventually(() =>
      find(registry).then(
        () => false,
        () => true,
      ),
    );
  });

  t.test('a connection that is cut amid a reply, at each octet', async (t) => {
    const { server } = await start(t);
    const proxy = await startProxy(t, server.port);
    const address = { ...server.settings().address, hosts: [{ host: '127.0.0.1', port: proxy.port }] };
    const client = await connected(t, server.settings({ address }));
    const registry = await openRegistry(t, server.settings(), { client, deadlineMs });
    t.strictSame(await find(registry), esme);
    let wasCut = 0;
    for (let octets = 0; octets < 260; octets += 7) {
      proxy.cutAfter = octets;
      const found: unknown = await find(registry).catch((error: unknown) => error);
      if (found instanceof Error) {
        wasCut += 1;
        t.match(found, { name: 'StoreUnavailable', cause: Error });
        proxy.cutAfter = Number.POSITIVE_INFINITY;
        t.strictSame(await recovers(registry), esme);
      } else t.strictSame(found, esme);
    }
    t.ok(wasCut > 5, `${String(wasCut)} times`);
  });

  t.test('a load whose server is killed ends, and its changes are as before', async (t) => {
    const { server, registry } = await start(t);
    const second = await registry.beginLoad('second', 1);
    await server.kill();
    await t.rejects(second.add([bare]), { name: 'StoreUnavailable' });
    await t.rejects(second.finish(1), { name: 'StoreUnavailable' });
    await server.restart();
    await eventually(() =>
      second.finish(1).catch((error: unknown) => (error as Error).name === 'LoadRefused'),
    );
  });
});
