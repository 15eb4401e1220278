import type { DeviceType } from '../duis/vocabulary.js';
import { type Mpxn, mpxnText } from '../metering-point/mpxn.js';
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
 * Where devices are looked up. A device that is not found is undefined; a store that cannot be asked rejects:
 * unavailable is not unknown. Every implementation passes the suite in test/contract/device-store.ts.
 */
export interface DeviceStore {
  find(entityIdentifier: EntityIdentifier): Promise<Device | undefined>;
}

/** A device as the list of devices has it. */
export function deviceEntry({ importMpxn, secondaryImportMpan, exportMpan, ...rest }: Device): DeviceEntry {
  return {
    ...rest,
    ...(importMpxn !== undefined && { importMpxn: mpxnText(importMpxn) }),
    ...(secondaryImportMpan !== undefined && { secondaryImportMpan: mpxnText(secondaryImportMpan) }),
    ...(exportMpan !== undefined && { exportMpan: mpxnText(exportMpan) }),
  };
}

type MeteringPointMember = 'importMpxn' | 'secondaryImportMpan' | 'exportMpan';
export type DeviceEntry = Omit<Device, MeteringPointMember> &
  Partial<Readonly<Record<MeteringPointMember, string>>>;
