import type { Logger } from 'pino';
import { type CacheTally, newTally } from './cache-tally.js';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import { redisSettings } from './data-set-repository.js';
import type { Sources } from './dependencies.js';
import type { SharedCounts } from './http/rate-limit.js';
import { observedHistory, type StoreName, type StoreObserver } from './stores/observed.js';
import { connectRedis, connectSubscriber, type RedisSettings, untilReady } from './stores/redis.js';
import { redisDeviceRegistry, type RedisDeviceRegistry } from './stores/redis-device-registry.js';
import { redisRequestHistory } from './stores/redis-request-history.js';
import { StoreUnavailable } from './stores/unavailable.js';

/** What every replica shares in the path of a request. */
export interface RedisStores extends Pick<Sources, 'deviceStore' | 'requestHistory'> {
  /** Whether each can be asked. */
  readonly areUp: () => Readonly<Partial<Record<StoreName, boolean>>>;
  /** Undefined where each process counts for itself. */
  readonly rateLimitCounts: SharedCounts | undefined;
  /** Undefined where devices are not in Redis. */
  readonly deviceCache: CacheTally | undefined;
  readonly close: () => void;
}

/**
 * The stores that the settings have in Redis. It may be away: a request that needs one then says so, and no other does.
 */
export function redisStores(
  config: Config,
  clock: Clock,
  logger: Logger,
  observe: StoreObserver,
): RedisStores {
  const settings = redisSettings(config, config.REDIS_TIMEOUT_MS);
  const [hasRegistry, hasHistory, hasCounts] = [
    config.DEVICE_REGISTRY === 'redis',
    config.REQUEST_HISTORY === 'redis',
    config.RATE_LIMIT === 'redis',
  ];
  if (settings === undefined || !(hasRegistry || hasHistory || hasCounts)) return nothingInRedis;
  const onError = ({ message }: Error): void => {
    logger.debug({ message }, 'Redis');
  };
  const client = connectRedis(settings, onError);
  const subscriber = hasRegistry ? connectSubscriber(settings, onError) : undefined;
  const { keyPrefix } = settings;
  const deviceCache = hasRegistry ? newTally() : undefined;
  return {
    deviceStore:
      subscriber &&
      redisDeviceRegistry({
        client,
        keyPrefix,
        clock,
        deadlineMs: config.REDIS_TIMEOUT_MS,
        graceMs,
        observe,
        cache: {
          max: config.DEVICE_CACHE_SIZE,
          foundForMs: config.DEVICE_CACHE_SECONDS * 1000,
          notFoundForMs: config.DEVICE_CACHE_NOT_FOUND_SECONDS * 1000,
          subscriber,
          ...(deviceCache !== undefined && { tally: deviceCache }),
        },
      }),
    requestHistory: hasHistory
      ? observedHistory(
          redisRequestHistory(client, keyPrefix, config.REQUEST_HISTORY_SECONDS, clock),
          observe,
        )
      : undefined,
    rateLimitCounts: hasCounts
      ? { client, namespace: `${keyPrefix}:rate-limits`, deadlineMs: config.REDIS_TIMEOUT_MS, observe }
      : undefined,
    areUp: () => {
      const isUp = client.status === 'ready';
      return {
        ...(hasRegistry && { 'device-registry': isUp }),
        ...(hasHistory && { 'request-history': isUp }),
        ...(hasCounts && { 'rate-limits': isUp }),
      };
    },
    deviceCache,
    close: () => {
      client.disconnect();
      subscriber?.disconnect();
    },
  };
}

const nothingInRedis: RedisStores = {
  areUp: () => ({}),
  rateLimitCounts: undefined,
  deviceCache: undefined,
  close: () => undefined,
};

// A replica that looks up in the generation before the switch has long been answered.
const graceMs = 60_000;

// A step of a load may take longer than any request would wait.
const loadTimeoutMs = 10_000;

/** The registry for whoever loads and changes it, with no cache. Throws a StoreUnavailable. */
export async function openRegistry(
  settings: RedisSettings,
  clock: Clock,
): Promise<{ readonly registry: RedisDeviceRegistry; readonly close: () => void }> {
  const client = connectRedis({ ...settings, commandTimeoutMs: loadTimeoutMs }, () => undefined);
  try {
    await untilReady(client, loadTimeoutMs);
  } catch (cause) {
    client.disconnect();
    throw new StoreUnavailable('the device registry', { cause });
  }
  const registry = redisDeviceRegistry({
    client,
    keyPrefix: settings.keyPrefix,
    clock,
    deadlineMs: loadTimeoutMs,
    graceMs,
  });
  return {
    registry,
    close: () => {
      client.disconnect();
    },
  };
}
