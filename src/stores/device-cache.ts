import { LRUCache } from 'lru-cache';
import { type CacheTally, newTally } from '../cache-tally.js';
import type { Clock } from '../clock.js';
import type { EntityIdentifier } from '../smki/entity-identifier.js';
import type { Device } from './device-store.js';

export interface DeviceCacheSettings {
  /** Devices that are remembered at the most, found or not. */
  readonly max: number;
  readonly foundForMs: number;
  readonly notFoundForMs: number;
  readonly tally?: CacheTally;
}

/** A lookup that is under way. */
export interface PendingLookup {
  /** Remembers what was found, unless it was dropped in the meantime. */
  readonly settle: (generation: string, found: ReadonlyMap<EntityIdentifier, Device | undefined>) => void;
}

/** What has been looked up lately in one generation of the registry, and is not known to have changed. */
export class DeviceCache {
  readonly #entries: LRUCache<EntityIdentifier, { readonly device: Device | undefined }>;
  readonly #tally: CacheTally;
  readonly #foundForMs: number;
  readonly #notFoundForMs: number;
  // Of each lookup under way, what may be remembered of it.
  readonly #pending = new Set<Set<EntityIdentifier>>();
  #generation: string | undefined;

  constructor({ max, foundForMs, notFoundForMs, tally = newTally() }: DeviceCacheSettings, clock: Clock) {
    this.#entries = new LRUCache({ max, ttlResolution: 0, perf: { now: () => clock().getTime() } });
    this.#tally = tally;
    this.#foundForMs = foundForMs;
    this.#notFoundForMs = notFoundForMs;
  }

  get(entityIdentifier: EntityIdentifier): { readonly device: Device | undefined } | undefined {
    const entry = this.#entries.get(entityIdentifier);
    if (entry === undefined) this.#tally.misses += 1;
    else this.#tally.hits += 1;
    return entry;
  }

  /** To be called before the question is sent: what is dropped from here on may be older in the answer. */
  async during<T>(
    entityIdentifiers: readonly EntityIdentifier[],
    lookUp: (pending: PendingLookup) => Promise<T>,
  ): Promise<T> {
    const pending = new Set(entityIdentifiers);
    this.#pending.add(pending);
    try {
      return await lookUp({
        settle: (generation, found) => {
          this.#settle(pending, generation, found);
        },
      });
    } finally {
      this.#pending.delete(pending);
    }
  }

  drop(entityIdentifiers: readonly EntityIdentifier[]): void {
    for (const entityIdentifier of entityIdentifiers) {
      this.#entries.delete(entityIdentifier);
      for (const pending of this.#pending) pending.delete(entityIdentifier);
    }
  }

  clear(): void {
    this.#entries.clear();
    for (const pending of this.#pending) pending.clear();
  }

  #settle(
    pending: Set<EntityIdentifier>,
    generation: string,
    found: ReadonlyMap<EntityIdentifier, Device | undefined>,
  ): void {
    // Nothing of it may be remembered: it may be of a generation that is past, too.
    if (pending.size === 0) return;
    if (generation !== this.#generation) {
      this.#pending.delete(pending);
      this.clear();
      this.#generation = generation;
    }
    for (const [entityIdentifier, device] of found) {
      if (!pending.has(entityIdentifier)) continue;
      const ttl = device === undefined ? this.#notFoundForMs : this.#foundForMs;
      this.#entries.set(entityIdentifier, { device }, { ttl });
    }
  }
}
