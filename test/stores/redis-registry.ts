import { setTimeout } from 'node:timers/promises';
import type { Test } from 'tap';
import {
  redisDeviceRegistry,
  type RedisDeviceRegistry,
  type RedisDeviceRegistrySettings,
} from '../../src/stores/redis-device-registry.js';
import {
  connectRedis,
  connectSubscriber,
  type RedisClient,
  type RedisSettings,
} from '../../src/stores/redis.js';
import { now } from '../fixtures.js';

/** A client that is ready, and closed with the test. */
export async function connected(
  t: Test,
  settings: RedisSettings,
  connect: typeof connectRedis = connectRedis,
): Promise<RedisClient> {
  const client = connect(settings, () => undefined);
  t.teardown(() => {
    client.disconnect();
  });
  await eventually(() => client.status === 'ready');
  return client;
}

/** Polls, for as long as a test may take; gives what `ask` gives once that is not undefined or false. */
export async function eventually<T>(ask: () => Promise<T> | T): Promise<NonNullable<T>> {
  for (let left = 1_000; ; left -= 1) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (left === 0) throw new Error('it does not come to that');
    await setTimeout(10);
  }
}

/** A registry with a client of its own, and without a cache. */
export async function openRegistry(
  t: Test,
  settings: RedisSettings,
  change: Partial<RedisDeviceRegistrySettings> = {},
): Promise<RedisDeviceRegistry> {
  return redisDeviceRegistry({
    client: change.client ?? (await connected(t, settings)),
    keyPrefix: settings.keyPrefix,
    clock: () => now,
    deadlineMs: 2_000,
    graceMs: 60_000,
    ...change,
  });
}

/** The same with a cache, which hears of changes: once this is there. */
export async function openCachedRegistry(
  t: Test,
  settings: RedisSettings,
  change: Partial<RedisDeviceRegistrySettings> = {},
): Promise<RedisDeviceRegistry> {
  const subscriber = connectSubscriber(settings, () => undefined);
  t.teardown(() => {
    subscriber.disconnect();
  });
  const cache = { max: 100, foundForMs: 60_000, notFoundForMs: 60_000, subscriber };
  const registry = await openRegistry(t, settings, { cache, ...change });
  const client = await connected(t, settings);
  const channel = `{${settings.keyPrefix}}:devices:changed`;
  await eventually(async () => Number((await client.pubsub('NUMSUB', channel))[1]) > 0);
  return registry;
}
