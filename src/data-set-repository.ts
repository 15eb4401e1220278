import type { Clock } from './clock.js';
import type { Config } from './config.js';
import type { DataSetSource } from './reference-data/activation.js';
import type { DataSetRepository } from './stores/data-set-repository.js';
import { directoryDataSets } from './stores/directory-data-sets.js';
import type { RedisSettings } from './stores/redis.js';
import { redisDataSets } from './stores/redis-data-sets.js';

export interface Repository {
  readonly source: Extract<DataSetSource, 'redis' | 'directory'>;
  readonly repository: DataSetRepository;
}

// A data set may be large, and no request waits for it.
const repositoryTimeoutMs = 5_000;

/** Where the settings say that data sets are published; undefined where they say nothing of it. */
export function repositoryOf(
  config: Config,
  clock: Clock,
  onError: (error: Error) => void,
): Repository | undefined {
  const redis = redisSettings(config, repositoryTimeoutMs);
  if (redis !== undefined) return { source: 'redis', repository: redisDataSets(redis, clock, onError) };
  if (config.DATA_SET_DIR === undefined) return undefined;
  return { source: 'directory', repository: directoryDataSets(config.DATA_SET_DIR, clock) };
}

/** Undefined where the settings name no Redis. */
export function redisSettings(
  { REDIS_URL: address, REDIS_KEY_PREFIX: keyPrefix, REDIS_TLS_CA_FILE: tlsCaFile }: Config,
  commandTimeoutMs: number,
): RedisSettings | undefined {
  return address && { address, keyPrefix, tlsCaFile, commandTimeoutMs };
}
