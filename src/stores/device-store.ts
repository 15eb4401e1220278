import type { DeviceType } from '../duis/vocabulary.js';
import type { Mpxn } from '../metering-point/mpxn.js';
import type { EntityIdentifier } from '../smki/entity-identifier.js';

export const smetsVersions = ['SMETS1', 'SMETS2+'] as const;

/**
 * How registration data names a Network Operator: a Market Participant Id in electricity, a short code in gas. With a letter
 * in it, since a finding shows it, and digits alone could be somebody's MPRN.
 */
export const networkOperatorIdPattern = /^(?=[0-9]*[A-Z])[A-Z0-9]{1,8}$/;

/** What the device inventory and registration data know of a device. */
export interface Device {
  readonly entityIdentifier: EntityIdentifier;
  readonly deviceType: DeviceType;
  readonly importMpxn?: Mpxn | undefined;
  readonly secondaryImportMpan?: Mpxn | undefined;
  readonly exportMpan?: Mpxn | undefined;
  /** Who is registered as the Network Operator of each of the three. */
  readonly importNetworkOperator?: string | undefined;
  readonly secondaryImportNetworkOperator?: string | undefined;
  readonly exportNetworkOperator?: string | undefined;
  readonly smetsVersion?: (typeof smetsVersions)[number] | undefined;
  readonly responsibleSupplier?: EntityIdentifier | undefined;
}

/**
 * Where devices are looked up. A device that is not found is undefined; a store that cannot be asked rejects with
 * StoreUnavailable: unavailable is not unknown. Every implementation passes the suite in test/contract/device-store.ts.
 */
export interface DeviceStore {
  find(entityIdentifier: EntityIdentifier): Promise<Device | undefined>;
}

/**
 * Where devices are looked up and kept. It holds one inventory at a time: changes are written into it as they come, and a
 * bulk load replaces it whole.
 */
export interface DeviceRegistry extends DeviceStore {
  /**
   * Adds devices, or replaces what was known of them. What a change says outlives a load that is running. Rejects with
   * InvalidDevice before anything is written; after any other rejection some of it may have been: repeat it.
   */
  put(devices: readonly Device[]): Promise<void>;

  /** Takes devices out; one that is not there is no error. Rejects as `put` does. */
  remove(entityIdentifiers: readonly EntityIdentifier[]): Promise<void>;

  /**
   * Begins a bulk load, or takes over the one that was begun with this id, wherever that stopped. Rejects with LoadRefused
   * where another load is running. Changes survive a load from here on: begin it before the extract is taken.
   */
  beginLoad(id: string, expectedDevices: number): Promise<DeviceLoad>;

  /** Gives up the load with this id, whoever runs it. Rejects with LoadRefused where there is none. */
  abandonLoad(id: string): Promise<void>;

  status(): Promise<RegistryStatus>;
}

/** A bulk load, for as long as nobody else takes it over. */
export interface DeviceLoad {
  /** How many rows of the input are confirmed already; it goes on behind them. */
  readonly rows: number;

  /**
   * Adds the next rows of the input, in its order, one call at a time. Resolves when they are confirmed, with what is wrong
   * with any: such a row is not loaded, and the load is not finished. Rejects with LoadRefused where the load is no
   * longer this one's. After any other rejection, begin it again with its id: that says how far it came.
   */
  add(devices: readonly Device[]): Promise<readonly RowFault[]>;

  /**
   * Switches to what was loaded, in one step for all who look up. Rejects with LoadRefused where it is not whole: unless
   * `rows`, the number of rows of the input, have been added, each of them rightly. After any other rejection, `status`
   * says whether it is current.
   */
  finish(rows: number): Promise<void>;
}

/** What is wrong with a row of a load. It never says an MPxN. */
export interface RowFault {
  /** From 0, of the whole input. */
  readonly row: number;
  readonly entityIdentifier: string;
  /** The first member that is not valid, or that the same device was in a row before. */
  readonly fault: keyof Device | 'repeated';
}

export interface RegistryStatus {
  /** What is looked up in; undefined where nothing has been loaded. */
  readonly current: { readonly loadId: string; readonly rows: number; readonly loadedAt: Date } | undefined;
  readonly load:
    | { readonly id: string; readonly begunAt: Date; readonly rows: number; readonly faults: number }
    | undefined;
}

export class InvalidDevice extends Error {
  constructor(
    readonly entityIdentifier: string,
    readonly member: keyof Device,
  ) {
    super(`device ${entityIdentifier}: ${member} is not valid`);
    this.name = 'InvalidDevice';
  }
}

/** A load may not do what was asked of it; nothing was changed by asking. */
export class LoadRefused extends Error {
  constructor(
    readonly reason: 'another-load-is-running' | 'not-this-load' | 'not-whole',
    detail: string,
  ) {
    super(detail);
    this.name = 'LoadRefused';
  }
}
