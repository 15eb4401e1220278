import { sentinel } from './device-buckets.js';
import { deviceFault } from './device-fault.js';
import { decodeRecord, encodeDevice, octetsOf } from './device-record.js';
import { type Device, type DeviceLoad, LoadRefused, type RowFault } from './device-store.js';
import { inSlices, places } from './in-slices.js';
import { asking, type RegistryParts } from './registry-parts.js';
import { type LoadState, type RegistryState, retire } from './registry-state.js';

interface Row {
  readonly row: number;
  readonly device: Device;
}

type Outcome = 'written' | 'changed' | 'repeated';

/** A load into a generation of its own, that nobody looks up in before it is whole. */
export class RedisDeviceLoad implements DeviceLoad {
  readonly #parts: RegistryParts;
  readonly #onSwitch: () => Promise<void>;
  // As this one last knew it.
  #load: LoadState;
  // Rows below this one may have been written by a process that did not live to confirm them.
  readonly #mayBeThereBelow: number;

  constructor(parts: RegistryParts, load: LoadState, onSwitch: () => Promise<void>) {
    this.#parts = parts;
    this.#onSwitch = onSwitch;
    this.#load = load;
    this.#mayBeThereBelow = load.attempted;
  }

  /** Puts its sentinel into each bucket, where that has not been done. */
  async prepare(): Promise<void> {
    if (this.#load.isReady) return;
    const { client, buckets, deadlineMs } = this.#parts;
    await inSlices(places(this.#load.buckets), deadlineMs, async (place) => {
      await client.hset(buckets.keyAt(this.#load, place), sentinel, 1);
    });
    await this.#update((load) => ({ ...load, isReady: true }));
  }

  get rows(): number {
    return this.#load.rows;
  }

  add(devices: readonly Device[]): Promise<readonly RowFault[]> {
    return asking(() => this.#add(devices));
  }

  finish(rows: number): Promise<void> {
    return asking(() => this.#finish(rows));
  }

  async #add(devices: readonly Device[]): Promise<readonly RowFault[]> {
    const first = this.#load.rows;
    const end = first + devices.length;
    await this.#update((load) => ({ ...load, attempted: Math.max(load.attempted, end) }));
    const faults: RowFault[] = [];
    const rows: Row[] = [];
    const seen = new Set<string>();
    devices.forEach((device, place) => {
      const { entityIdentifier } = device;
      const fault = deviceFault(device) ?? (seen.has(entityIdentifier) ? 'repeated' : undefined);
      seen.add(entityIdentifier);
      if (fault === undefined) rows.push({ row: first + place, device });
      else faults.push({ row: first + place, entityIdentifier, fault });
    });
    let written = 0;
    await inSlices(rows, this.#parts.deadlineMs, async ({ row, device }) => {
      const outcome = await this.#write(row, device);
      if (outcome === 'written') written += 1;
      if (outcome === 'repeated') {
        faults.push({ row, entityIdentifier: device.entityIdentifier, fault: 'repeated' });
      }
    });
    await this.#update((load) => ({
      ...load,
      rows: end,
      written: load.written + written,
      faults: load.faults + faults.length,
    }));
    return faults.toSorted((one, other) => one.row - other.row);
  }

  /** Never over what is there: a change may have come first, and says more. */
  async #write(row: number, device: Device): Promise<Outcome> {
    const field = octetsOf(device.entityIdentifier);
    const key = this.#parts.buckets.keyOf(this.#load, field);
    const value = encodeDevice(device, 'load');
    if ((await this.#parts.client.hsetnx(key, field, value)) === 1) return 'written';
    const there = (await this.#parts.client.hgetBuffer(key, field)) ?? Buffer.alloc(0);
    const record = decodeRecord(device.entityIdentifier, there);
    if (record === undefined) throw new Error('a record cannot be read');
    if (record.origin === 'change') return 'changed';
    return row < this.#mayBeThereBelow && value.equals(there) ? 'written' : 'repeated';
  }

  async #finish(rows: number): Promise<void> {
    const load = await this.#update((load) => load);
    const { id, generation, buckets, faults } = load;
    if (faults > 0) throw new LoadRefused('not-whole', `load ${id} has ${String(faults)} rows with a fault`);
    if (load.rows !== rows) {
      throw new LoadRefused('not-whole', `load ${id} has ${String(load.rows)} of ${String(rows)} rows`);
    }
    await this.#checkBuckets();
    const now = this.#parts.clock();
    await this.#parts.state.update((state) => {
      this.#check(state);
      const current = { generation, buckets, loadId: id, rows, loadedAt: now.toISOString() };
      const retired = state.current === undefined ? state.retired : retire(state, state.current, now);
      return { current, load: undefined, retired };
    });
    await this.#onSwitch();
  }

  /** What was written is there; a bucket could have been lost since. */
  async #checkBuckets(): Promise<void> {
    const { id, buckets, written } = this.#load;
    let devices = 0;
    let missing = 0;
    const { client, deadlineMs } = this.#parts;
    await inSlices(places(buckets), deadlineMs, async (place) => {
      const key = this.#parts.buckets.keyAt(this.#load, place);
      const [isThere, entries] = await Promise.all([client.hexists(key, sentinel), client.hlen(key)]);
      devices += entries - isThere;
      missing += 1 - isThere;
    });
    if (missing === 0 && devices >= written) return;
    throw new LoadRefused('not-whole', `load ${id} has lost ${missing === 0 ? 'devices' : 'buckets'}`);
  }

  async #update(change: (load: LoadState) => LoadState): Promise<LoadState> {
    let load = this.#load;
    await this.#parts.state.update((state) => {
      load = change(this.#check(state));
      return { ...state, load };
    });
    this.#load = load;
    return load;
  }

  #check({ load }: RegistryState): LoadState {
    const { id, holder } = this.#load;
    if (load?.holder === holder) return load;
    throw new LoadRefused('not-this-load', `load ${id} was given up, finished or taken over`);
  }
}
