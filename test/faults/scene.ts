import type { Test } from 'tap';
import { type RedisServer, startRedis } from '../redis-server.js';
import { type Proxy, startProxy } from './proxy.js';
import {
  type Asking,
  keepAsking,
  type Publisher,
  publisherOf,
  type Replica,
  startReplica,
} from './replica.js';

/** A replica that decides by version 1 from Redis, and is asked all the time. */
export interface Scene {
  readonly redis: RedisServer;
  readonly publisher: Publisher;
  readonly replica: Replica;
  readonly asking: Asking;
}

export interface SceneSpec {
  /** Arguments of redis-server. */
  readonly redis?: readonly string[];
  /** What the replica is told of where Redis is, if it is not the truth. */
  readonly urlOf?: (redis: RedisServer) => Promise<string> | string;
}

export async function startScene(
  t: Test,
  { redis: extra = [], urlOf = ({ url }) => url }: SceneSpec = {},
): Promise<Scene> {
  const redis = await startRedis(t, extra);
  const publisher = publisherOf(t, redis);
  await publisher.publish(1);
  const replica = await startReplica(t, { REDIS_URL: await urlOf(redis) });
  await replica.decidesBy(1);
  const asking = keepAsking(t, replica, publisher.published);
  await asking.more(10);
  return { redis, publisher, replica, asking };
}

/** A replica that has its Redis behind a proxy, while whoever publishes has not. */
export async function behindProxy(t: Test): Promise<Scene & { readonly proxy: Proxy }> {
  let proxy: Proxy | undefined;
  const scene = await startScene(t, {
    urlOf: async ({ port }) => {
      proxy = await startProxy(t, port);
      return `redis://127.0.0.1:${String(proxy.port)}`;
    },
  });
  return { ...scene, proxy: proxy! };
}

/** What is in force stays and is decided by, the replica is ready, and says why its source cannot be asked. */
export async function staysInForce(t: Test, { replica, asking }: Scene, trouble: RegExp): Promise<void> {
  const found = await replica.until(`it says ${String(trouble)}`, (state) =>
    trouble.test(state.trouble ?? ''),
  );
  t.match(found, {
    code: 200,
    status: 'ready',
    referenceData: { inForce: { version: 1 }, freshness: 'current', confirmedAt: String },
  });
  await asking.more(20);
}

/** The same, and the replica says what it does not take, and why. */
export async function refuses(
  t: Test,
  { replica, asking }: Scene,
  version: number | null,
  reason: RegExp,
): Promise<void> {
  const found = await replica.until(
    `it refuses version ${String(version)}, since it ${String(reason)}`,
    ({ refused }) => refused?.version === version && reason.test(refused.reasons[0] ?? ''),
  );
  t.match(found, { code: 200, status: 'ready', referenceData: { inForce: { version: 1 }, trouble: null } });
  await asking.more(20);
}

/** The next version is taken, without a restart, and nothing else was decided by in between. */
export async function recovers(t: Test, { replica, publisher, asking }: Scene, version = 2): Promise<void> {
  await publisher.publish(version);
  t.match(await replica.decidesBy(version), { code: 200, referenceData: { inForce: { source: 'redis' } } });
  await asking.more(10);
  t.strictSame((await asking.stop()).versions, [1, version]);
}
