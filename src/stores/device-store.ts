import type { DeviceType } from '../duis/vocabulary.js';
import type { Mpxn } from '../metering-point/mpxn.js';
import type { EntityIdentifier } from '../smki/entity-identifier.js';

/** What the device inventory knows of a device. */
export interface Device {
  readonly entityIdentifier: EntityIdentifier;
  readonly deviceType: DeviceType;
  readonly importMpxn?: Mpxn | undefined;
  readonly secondaryImportMpan?: Mpxn | undefined;
  readonly exportMpan?: Mpxn | undefined;
}

/**
 * Where devices are looked up. A device that is not found is undefined; a store that cannot be asked rejects:
 * unavailable is not unknown. Every implementation passes the suite in test/contract/device-store.ts.
 */
export interface DeviceStore {
  find(entityIdentifier: EntityIdentifier): Promise<Device | undefined>;
}
