import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import { redisSettings } from './data-set-repository.js';
import type { Sources } from './dependencies.js';
import { connectRedis, connectSubscriber, type RedisSettings, untilReady } from './stores/redis.js';
import { redisDeviceRegistry, type RedisDeviceRegistry } from './stores/redis-device-registry.js';
import { redisRequestHistory } from './stores/redis-request-history.js';
import { StoreUnavailable } from './stores/unavailable.js';

/** What every replica shares in the path of a request. */
export interface RedisStores extends Pick<Sources, 'deviceStore' | 'requestHistory'> {
  readonly close: () => void;
}

/**
 * The stores that the settings have in Redis. It may be away: a request that needs one then says so, and no other does.
 */
export function redisStores(config: Config, clock: Clock, logger: Logger): RedisStores {
  const settings = redisSettings(config, config.REDIS_TIMEOUT_MS);
  const [hasRegistry, hasHistory] = [config.DEVICE_REGISTRY === 'redis', config.REQUEST_HISTORY === 'redis'];
  if (settings === undefined || !(hasRegistry || hasHistory)) return { close: () => undefined };
  const onError = ({ message }: Error): void => {
    logger.debug({ message }, 'Redis');
  };
  const client = connectRedis(settings, onError);
  const subscriber = hasRegistry ? connectSubscriber(settings, onError) : undefined;
  const { keyPrefix } = settings;
  return {
    deviceStore:
      subscriber &&
      redisDeviceRegistry({
        client,
        keyPrefix,
        clock,
        deadlineMs: config.REDIS_TIMEOUT_MS,
        graceMs,
        cache: {
          max: config.DEVICE_CACHE_SIZE,
          foundForMs: config.DEVICE_CACHE_SECONDS * 1000,
          notFoundForMs: config.DEVICE_CACHE_NOT_FOUND_SECONDS * 1000,
          subscriber,
        },
      }),
    requestHistory: hasHistory
      ? redisRequestHistory(client, keyPrefix, config.REQUEST_HISTORY_SECONDS, clock)
      : undefined,
    close: () => {
      client.disconnect();
      subscriber?.disconnect();
    },
  };
}

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
