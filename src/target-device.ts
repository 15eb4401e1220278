import { type DeviceType, deviceTypes } from './duis/vocabulary.js';
import type { ServiceRequest } from './duis/request.js';
import { type Mpxn, parseMpxn } from './metering-point/mpxn.js';
import { accept, reject, type Result } from './rejection.js';
import type { Device, DeviceStore } from './stores/device-store.js';

/** What the caller says of the target device, as it came: DUIS has no place for it. */
export interface CallerDevice {
  readonly deviceType?: string | undefined;
  readonly importMpxn?: string | undefined;
}

export interface TargetDevice {
  readonly deviceType: DeviceType | undefined;
  readonly mpxn: Mpxn | undefined;
}

/**
 * What is known of the device that a request is for. What the caller says wins, then what a 6.23 says of itself,
 * then the inventory, unless the caller says that the device is of another type than the inventory has. Where there
 * is no import MPAN, the export one counts: both are of one network.
 */
export async function findTargetDevice(
  store: DeviceStore,
  request: ServiceRequest,
  said: CallerDevice,
): Promise<Result<TargetDevice>> {
  const saidType = deviceTypes.find((type) => type === said.deviceType);
  if (said.deviceType !== undefined && saidType === undefined) {
    return reject('invalid-device-type', `The Device Type must be one of ${deviceTypes.join(', ')}.`);
  }
  const saidMpxn = readMpxn(said.importMpxn, 'import MPxN of the device');
  if (!saidMpxn.ok) return saidMpxn;
  const ownMpxn = readMpxn(request.credentialsUpdate.importMpxn, 'ImportMPxN of the request');
  if (!ownMpxn.ok) return ownMpxn;
  const statedMpxn = saidMpxn.value ?? ownMpxn.value;

  const isAllStated = saidType !== undefined && statedMpxn !== undefined;
  const listed = isAllStated ? undefined : await store.find(request.requestId.target);
  const deviceType = saidType ?? listed?.deviceType;
  const mpxn = statedMpxn ?? (listed?.deviceType === deviceType ? meteringPointOf(listed) : undefined);
  if (deviceType === 'ESME' && mpxn?.kind === 'mprn') {
    return reject('mpxn-not-of-device-type', 'The target device is an ESME, and its MPxN is an MPRN.');
  }
  return accept({ deviceType, mpxn });
}

/** The number is personal data, and so is in no message. */
function readMpxn(text: string | undefined, where: string): Result<Mpxn | undefined> {
  const mpxn = text === undefined ? undefined : parseMpxn(text);
  return text === undefined || mpxn !== undefined
    ? accept(mpxn)
    : reject('invalid-mpxn', `The ${where} is neither an MPAN nor an MPRN.`);
}

const meteringPointOf = (device: Device | undefined): Mpxn | undefined =>
  device?.importMpxn ?? device?.secondaryImportMpan ?? device?.exportMpan;
