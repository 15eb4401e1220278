import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import { type EntityIdentifier, entityIdentifierFromOctets } from '../smki/entity-identifier.js';
import { within } from './deadline.js';
import { bucketsFor, deviceBuckets, type Generation, sentinel } from './device-buckets.js';
import { DeviceCache, type DeviceCacheSettings } from './device-cache.js';
import { assertDevices } from './device-fault.js';
import { encodeDevice, octetsOf, removedRecord } from './device-record.js';
import {
  type Device,
  type DeviceLoad,
  type DeviceRegistry,
  LoadRefused,
  type RegistryStatus,
} from './device-store.js';
import { inSlices, places } from './in-slices.js';
import type { StoreObserver } from './observed.js';
import { type RedisClient, redisKeys } from './redis.js';
import { RedisDeviceLoad } from './redis-device-load.js';
import { RedisDeviceReader } from './redis-device-reader.js';
import { asking, type RegistryParts } from './registry-parts.js';
import { type LoadState, type RegistryState, RegistryStateStore, retire } from './registry-state.js';

export interface RedisDeviceRegistrySettings {
  readonly client: RedisClient;
  readonly keyPrefix: string;
  readonly clock: Clock;
  /** No lookup takes longer, and no step of anything else. */
  readonly deadlineMs: number;
  /** How long after a switch the generation before it is kept: much longer than any lookup may take. */
  readonly graceMs: number;
  /** Is told of lookups: one for all that go together. */
  readonly observe?: StoreObserver;
  /** Without it every lookup asks Redis. */
  readonly cache?:
    | (DeviceCacheSettings & {
        /** From connectSubscriber, for this alone: what is changed elsewhere is heard through it. */
        readonly subscriber: RedisClient;
      })
    | undefined;
}

/** Clients are closed by who made them. */
export interface RedisDeviceRegistry extends DeviceRegistry {
  /** Deletes generations whose grace is over. `beginLoad` does, too. */
  collect(): Promise<void>;
}

/**
 * The registry in Redis. A load writes a generation of its own, and finishing it names that one the current one; changes go
 * to both. What is wrong with Redis, or in it, is StoreUnavailable: a bucket or a generation that is lost is never one in
 * which nothing is found.
 */
export const redisDeviceRegistry = (settings: RedisDeviceRegistrySettings): RedisDeviceRegistry =>
  new Registry(settings);

/** Writes a record into each bucket that is there; gives how many were. */
const writeRecord = `
local written = 0
for i = 1, #KEYS do
  if redis.call('HEXISTS', KEYS[i], ARGV[1]) == 1 then
    redis.call('HSET', KEYS[i], ARGV[2], ARGV[3])
    written = written + 1
  end
end
return written`;

// A load begins, is taken over or ends: more often than this during one change is trouble.
const turnsPerChange = 5;

interface Change {
  readonly entityIdentifier: EntityIdentifier;
  readonly record: Buffer;
}

class Registry implements RedisDeviceRegistry {
  readonly #parts: RegistryParts;
  readonly #graceMs: number;
  readonly #channel: string;
  readonly #cache: DeviceCache | undefined;
  readonly #reader: RedisDeviceReader;

  constructor({
    client,
    keyPrefix,
    clock,
    deadlineMs,
    graceMs,
    observe = () => undefined,
    cache,
  }: RedisDeviceRegistrySettings) {
    const { together } = redisKeys(keyPrefix);
    const state = new RegistryStateStore(client, together('devices'), deadlineMs);
    this.#parts = { client, state, buckets: deviceBuckets(keyPrefix), clock, deadlineMs, observe };
    this.#graceMs = graceMs;
    this.#channel = together('devices:changed');
    if (cache !== undefined) {
      this.#cache = new DeviceCache(cache, clock);
      this.#listen(this.#cache, cache.subscriber);
    }
    this.#reader = new RedisDeviceReader(this.#parts, this.#cache);
  }

  find(entityIdentifier: EntityIdentifier): Promise<Device | undefined> {
    return this.#reader.find(entityIdentifier);
  }

  async put(devices: readonly Device[]): Promise<void> {
    assertDevices(devices);
    const changes = devices.map((device) => ({
      entityIdentifier: device.entityIdentifier,
      record: encodeDevice(device, 'change'),
    }));
    await asking(() => this.#apply(changes));
  }

  async remove(entityIdentifiers: readonly EntityIdentifier[]): Promise<void> {
    const changes = entityIdentifiers.map((entityIdentifier) => ({
      entityIdentifier,
      record: removedRecord,
    }));
    await asking(() => this.#apply(changes));
  }

  beginLoad(id: string, expectedDevices: number): Promise<DeviceLoad> {
    return asking(async () => {
      await this.#collect();
      const mine: LoadState = {
        generation: randomBytes(6).toString('base64url'),
        buckets: bucketsFor(expectedDevices),
        id,
        begunAt: this.#parts.clock().toISOString(),
        holder: randomBytes(6).toString('base64url'),
        isReady: false,
        ...{ rows: 0, attempted: 0, written: 0, faults: 0 },
      };
      const { load = mine } = await this.#parts.state.update((state) => {
        if (state.load === undefined) return { ...state, load: mine };
        if (state.load.id === id) return { ...state, load: { ...state.load, holder: mine.holder } };
        throw new LoadRefused('another-load-is-running', `load ${state.load.id} is running`);
      });
      const begun = new RedisDeviceLoad(this.#parts, load, () => this.#announce([]));
      await begun.prepare();
      return begun;
    });
  }

  async abandonLoad(id: string): Promise<void> {
    const now = this.#parts.clock();
    await asking(() =>
      this.#parts.state.update((state) => {
        if (state.load?.id !== id) throw new LoadRefused('not-this-load', `there is no load ${id}`);
        return { ...state, load: undefined, retired: retire(state, state.load, now) };
      }),
    );
  }

  async status(): Promise<RegistryStatus> {
    const { current, load } = await asking(() => this.#parts.state.read());
    return {
      current: current && {
        loadId: current.loadId,
        rows: current.rows,
        loadedAt: new Date(current.loadedAt),
      },
      load: load && { id: load.id, begunAt: new Date(load.begunAt), rows: load.rows, faults: load.faults },
    };
  }

  collect(): Promise<void> {
    return asking(() => this.#collect());
  }

  /**
   * Writes to every generation that is read now or will be, and again where these have changed meanwhile. Each device is
   * changed in all of them in one step: two changes at once leave the same one behind everywhere.
   */
  async #apply(changes: readonly Change[]): Promise<void> {
    const { client, state, buckets, deadlineMs } = this.#parts;
    let targets = targetsOf(await state.read());
    for (let turn = 0; turn < turnsPerChange; turn += 1) {
      if (targets.length === 0) throw new Error('no inventory has been loaded');
      let missed = 0;
      await inSlices(changes, deadlineMs, async ({ entityIdentifier, record }) => {
        const field = octetsOf(entityIdentifier);
        const keys = targets.map((target) => buckets.keyOf(target, field));
        const written = await client.eval(writeRecord, keys.length, ...keys, sentinel, field, record);
        missed += keys.length - Number(written);
      });
      const then = targets;
      targets = targetsOf(await state.read());
      if (!isSame(then, targets)) continue;
      await this.#announce(changes.map(({ entityIdentifier }) => entityIdentifier));
      if (missed > 0) throw new Error('a bucket of the inventory is missing');
      return;
    }
    throw new Error('the registry was switched again and again');
  }

  /** Which devices have changed; with none, that all of them may have. */
  async #announce(entityIdentifiers: readonly EntityIdentifier[]): Promise<void> {
    const { client, deadlineMs } = this.#parts;
    const message = Buffer.concat(entityIdentifiers.map(octetsOf));
    this.#forget(message);
    await within(deadlineMs, client.publish(this.#channel, message));
  }

  #listen(cache: DeviceCache, subscriber: RedisClient): void {
    const subscribe = async (): Promise<void> => {
      try {
        await subscriber.subscribe(this.#channel);
      } catch (error) {
        subscriber.emit('error', error);
        // It is tried again with the next connection.
        subscriber.disconnect(true);
      }
      // What changed before was not heard.
      cache.clear();
    };
    subscriber.on('ready', () => void subscribe());
    if (subscriber.status === 'ready') void subscribe();
    subscriber.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
      this.#forget(message);
    });
  }

  #forget(message: Buffer): void {
    if (message.length === 0 || message.length % identifierOctets !== 0) {
      this.#cache?.clear();
      return;
    }
    const octets = message.toString('latin1');
    for (let start = 0; start < octets.length; start += identifierOctets) {
      this.#cache?.drop([entityIdentifierFromOctets(octets.slice(start, start + identifierOctets))]);
    }
  }

  async #collect(): Promise<void> {
    const { client, state, buckets, clock, deadlineMs } = this.#parts;
    const due = clock().getTime() - this.#graceMs;
    for (const generation of (await state.read()).retired) {
      if (Date.parse(generation.retiredAt) > due) continue;
      await inSlices(places(generation.buckets), deadlineMs, async (place) => {
        await client.unlink(buckets.keyAt(generation, place));
      });
      await state.update((now) => ({
        ...now,
        retired: now.retired.filter((each) => each.generation !== generation.generation),
      }));
    }
  }
}

const identifierOctets = 8;

const targetsOf = ({ current, load }: RegistryState): readonly Generation[] =>
  [current, load?.isReady === true ? load : undefined].filter((target) => target !== undefined);

const isSame = (some: readonly Generation[], others: readonly Generation[]): boolean =>
  some.length === others.length &&
  some.every(({ generation }, place) => generation === others[place]?.generation);
