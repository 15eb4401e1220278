import { Processes } from '../src/mock-dsp/processes.js';
import { packageRoot } from '../src/package-root.js';
import { parseMpxn } from '../src/metering-point/mpxn.js';
import { openRegistry } from '../src/redis-stores.js';
import { parseRedisAddress } from '../src/stores/redis-address.js';
import type { EntityIdentifier } from '../src/smki/entity-identifier.js';
import { deviceOf, importMpxn } from './messages.js';

/**
 * Starts a redis-server with the lists that are shipped and the devices of the samples, for as long as the processes run.
 * Gives the settings of a service that looks each of them up there, and remembers next to none.
 */
export async function registryOfSamples(
  processes: Processes,
  count: number,
): Promise<Record<string, string>> {
  const REDIS_URL = await processes.redis();
  const settings = {
    REDIS_URL,
    REDIS_KEY_PREFIX: 'bench',
    DEVICE_REGISTRY: 'redis',
    DEVICE_CACHE_SIZE: '1',
    DEVICE_CACHE_SECONDS: '1',
  };
  const lists = `${packageRoot}/reference-data`;
  await processes.tool(['publish', lists], {
    PATH: process.env.PATH,
    REDIS_URL,
    REDIS_KEY_PREFIX: settings.REDIS_KEY_PREFIX,
  });
  const address = parseRedisAddress(REDIS_URL);
  if (address === undefined) throw new Error(`${REDIS_URL} is no address`);
  const keyPrefix = settings.REDIS_KEY_PREFIX;
  const { registry, close } = await openRegistry(
    { address, keyPrefix, tlsCaFile: undefined, commandTimeoutMs: 30_000 },
    () => new Date(),
  );
  try {
    const load = await registry.beginLoad('bench', count);
    const mpxn = parseMpxn(importMpxn);
    await load.add(
      Array.from({ length: count }, (_, index) => ({
        entityIdentifier: deviceOf(index + 1) as EntityIdentifier,
        deviceType: 'ESME',
        importMpxn: mpxn,
      })),
    );
    await load.finish(count);
  } finally {
    close();
  }
  return settings;
}
