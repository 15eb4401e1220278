import type { Clock } from '../clock.js';
import type { Buckets } from './device-buckets.js';
import { LoadRefused } from './device-store.js';
import type { StoreObserver } from './observed.js';
import type { RedisClient } from './redis.js';
import type { RegistryStateStore } from './registry-state.js';
import { StoreUnavailable } from './unavailable.js';

/** What the parts of the registry in Redis have in common. */
export interface RegistryParts {
  readonly client: RedisClient;
  readonly state: RegistryStateStore;
  readonly buckets: Buckets;
  readonly clock: Clock;
  /** For a lookup, and for each step of anything else. */
  readonly deadlineMs: number;
  /** Of lookups. */
  readonly observe: StoreObserver;
}

/** Whatever goes wrong while Redis is asked means that the registry is not available; but for a refusal. */
export async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LoadRefused ? error : unavailable(error);
  }
}

export const unavailable = (cause: unknown): StoreUnavailable =>
  new StoreUnavailable('the device registry', { cause });
