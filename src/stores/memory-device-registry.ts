import type { Clock } from '../clock.js';
import type { EntityIdentifier } from '../smki/entity-identifier.js';
import { assertDevices, deviceFault } from './device-fault.js';
import {
  type Device,
  type DeviceLoad,
  type DeviceRegistry,
  LoadRefused,
  type RegistryStatus,
  type RowFault,
} from './device-store.js';
import { StoreUnavailable } from './unavailable.js';

type Inventory = NonNullable<RegistryStatus['current']> & {
  readonly devices: ReadonlyMap<EntityIdentifier, Device>;
};

interface RunningLoad {
  readonly id: string;
  readonly begunAt: Date;
  readonly devices: Map<EntityIdentifier, Device>;
  /** Undefined where a device was removed. */
  readonly changes: Map<EntityIdentifier, Device | undefined>;
  rows: number;
  faults: number;
  /** Whoever took it over last. */
  holder: object;
}

/** A registry of this process alone, for tests and trials: to see what depends on one, without Redis. */
export function memoryDeviceRegistry(clock: Clock): DeviceRegistry {
  let current: Inventory | undefined;
  let running: RunningLoad | undefined;

  const loaded = (): Inventory => {
    if (current !== undefined) return current;
    throw new StoreUnavailable('the device registry', { cause: new Error('no inventory has been loaded') });
  };

  const apply = (changes: ReadonlyMap<EntityIdentifier, Device | undefined>): void => {
    if (running === undefined || current !== undefined) {
      const inventory = loaded();
      current = { ...inventory, devices: withChanges(inventory.devices, changes) };
    }
    for (const [entityIdentifier, device] of changes) running?.changes.set(entityIdentifier, device);
  };

  const open = (load: RunningLoad): DeviceLoad => {
    const holder = {};
    load.holder = holder;
    const check = (): void => {
      if (running?.holder === holder) return;
      throw new LoadRefused('not-this-load', `load ${load.id} was given up, finished or taken over`);
    };
    return {
      get rows() {
        return load.rows;
      },
      add: async (devices) => {
        check();
        const faults = devices.flatMap((device, place): RowFault[] => {
          const { entityIdentifier } = device;
          const fault = deviceFault(device) ?? (load.devices.has(entityIdentifier) ? 'repeated' : undefined);
          if (fault !== undefined) return [{ row: load.rows + place, entityIdentifier, fault }];
          load.devices.set(entityIdentifier, device);
          return [];
        });
        load.rows += devices.length;
        load.faults += faults.length;
        return faults;
      },
      finish: async (rows) => {
        check();
        if (load.faults > 0 || load.rows !== rows) {
          throw new LoadRefused('not-whole', `load ${load.id} is not whole`);
        }
        const devices = withChanges(load.devices, load.changes);
        current = { loadId: load.id, rows, loadedAt: clock(), devices };
        running = undefined;
      },
    };
  };

  return {
    find: async (entityIdentifier) => loaded().devices.get(entityIdentifier),
    put: async (devices) => {
      assertDevices(devices);
      apply(new Map(devices.map((device) => [device.entityIdentifier, device])));
    },
    remove: async (entityIdentifiers) => {
      apply(new Map(entityIdentifiers.map((entityIdentifier) => [entityIdentifier, undefined])));
    },
    beginLoad: async (id) => {
      if (running !== undefined && running.id !== id) {
        throw new LoadRefused('another-load-is-running', `load ${running.id} is running`);
      }
      const fresh = { devices: new Map(), changes: new Map(), rows: 0, faults: 0, holder: {} };
      running ??= { id, begunAt: clock(), ...fresh };
      return open(running);
    },
    abandonLoad: async (id) => {
      if (running?.id !== id) throw new LoadRefused('not-this-load', `there is no load ${id}`);
      running = undefined;
    },
    status: async () => ({
      current: current && { loadId: current.loadId, rows: current.rows, loadedAt: current.loadedAt },
      load: running && {
        id: running.id,
        begunAt: running.begunAt,
        rows: running.rows,
        faults: running.faults,
      },
    }),
  };
}

function withChanges(
  devices: ReadonlyMap<EntityIdentifier, Device>,
  changes: ReadonlyMap<EntityIdentifier, Device | undefined>,
): ReadonlyMap<EntityIdentifier, Device> {
  const changed = new Map(devices);
  for (const [entityIdentifier, device] of changes) {
    if (device === undefined) changed.delete(entityIdentifier);
    else changed.set(entityIdentifier, device);
  }
  return changed;
}
