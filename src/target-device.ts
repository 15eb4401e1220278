import { deviceTypes } from './duis/vocabulary.js';
import type { ServiceRequest } from './duis/request.js';
import { isSameMpxn, type Mpxn, parseMpxn } from './metering-point/mpxn.js';
import { accept, reject, type Result } from './rejection.js';
import type { Facts } from './rules/facts.js';
import { judgedBy } from './rules/mpan-check.js';
import type { Device, DeviceStore } from './stores/device-store.js';
import { StoreUnavailable } from './stores/unavailable.js';

/** What the caller says of the target device, as it came: DUIS has no place for it. */
export interface CallerDevice {
  readonly deviceType?: string | undefined;
  readonly importMpxn?: string | undefined;
}

export interface TargetDevice extends Pick<Facts, 'deviceType' | 'deviceRegistry'> {
  readonly mpxn: Mpxn | undefined;
  /** Who is registered as the Network Operator of the MPxN, as registration data names it. */
  readonly networkOperatorId: string | undefined;
  /** As the registry has it; undefined where it does not, or was not asked, or could not be. */
  readonly listed: Device | undefined;
}

/** How devices are looked up. */
export interface DeviceLookup {
  readonly store: DeviceStore;
  /** A device of a registry that cannot be asked is not judged, or judged as if nothing were known of it. */
  readonly whenUnavailable: 'refuse' | 'accept';
  /** Whether the certificates of gas devices are judged in the service. */
  readonly gasIsJudged: boolean;
}

/**
 * What is known of the device that a request is for. What the caller says wins, then what a 6.23 says of itself,
 * then the inventory, unless the caller says that the device is of another type than the inventory has. Where there
 * is no import MPAN, the export one counts: both are of one network.
 *
 * Who is registered only the inventory knows, so that it is asked wherever that counts, once, and else where something is
 * left to know. A registration is that of a number: where the caller states one, it has to be that number. Throws a
 * StoreUnavailable, unless that is to be accepted.
 */
export async function findTargetDevice(
  lookup: DeviceLookup,
  request: ServiceRequest,
  said: CallerDevice,
): Promise<Result<TargetDevice>> {
  const { remotePartyRole, importMpxn } = request.credentialsUpdate;
  const stated = readCallerDevice(said);
  if (!stated.ok) return stated;
  const ownMpxn = readMpxn(importMpxn, 'ImportMPxN of the request');
  if (!ownMpxn.ok) return ownMpxn;
  const { deviceType, mpxn = ownMpxn.value } = stated.value;

  const { gasIsJudged } = lookup;
  const isAllStated = deviceType !== undefined && mpxn !== undefined;
  const isJudged = judgedBy({ remotePartyRole, deviceType, mpxn, gasIsJudged }) !== undefined;
  const found = isAllStated && !isJudged ? notAsked : await lookUp(lookup, request.requestId.target);
  const described = describeDevice({ deviceType, mpxn }, found.listed);
  return described.ok ? accept({ ...described.value, ...found }) : described;
}

/** What is stated of a device, where it could be read. */
export type StatedDevice = Pick<TargetDevice, 'deviceType' | 'mpxn'>;

export function readCallerDevice({ deviceType: type, importMpxn }: CallerDevice): Result<StatedDevice> {
  const deviceType = deviceTypes.find((each) => each === type);
  if (type !== undefined && deviceType === undefined) {
    return reject('invalid-device-type', `The Device Type must be one of ${deviceTypes.join(', ')}.`);
  }
  const mpxn = readMpxn(importMpxn, 'import MPxN of the device');
  return mpxn.ok ? accept({ deviceType, mpxn: mpxn.value }) : mpxn;
}

/** Puts what is stated of a device together with what the inventory has. */
export function describeDevice(
  stated: StatedDevice,
  listed: Device | undefined,
): Result<StatedDevice & Pick<TargetDevice, 'networkOperatorId'>> {
  const deviceType = stated.deviceType ?? listed?.deviceType;
  const points = listed !== undefined && listed.deviceType === deviceType ? meteringPointsOf(listed) : [];
  const mpxn = stated.mpxn ?? points[0]?.mpxn;
  if (deviceType === 'ESME' && mpxn?.kind === 'mprn') {
    return reject('mpxn-not-of-device-type', 'The target device is an ESME, and its MPxN is an MPRN.');
  }
  const registered = points.find(
    (point) => mpxn !== undefined && isSameMpxn(point.mpxn, mpxn) && point.networkOperatorId !== undefined,
  );
  return accept({ deviceType, mpxn, networkOperatorId: registered?.networkOperatorId });
}

/** The number is personal data, and so is in no message. */
function readMpxn(text: string | undefined, where: string): Result<Mpxn | undefined> {
  const mpxn = text === undefined ? undefined : parseMpxn(text);
  return text === undefined || mpxn !== undefined
    ? accept(mpxn)
    : reject('invalid-mpxn', `The ${where} is neither an MPAN nor an MPRN.`);
}

/** What a look-up comes to. */
export interface Found {
  readonly listed: Device | undefined;
  readonly deviceRegistry: Facts['deviceRegistry'];
}

const notAsked: Found = { listed: undefined, deviceRegistry: 'not-asked' };

/** Asks the registry for a device. Throws a StoreUnavailable, unless that is to be accepted. */
export async function lookUp(
  { store, whenUnavailable }: Pick<DeviceLookup, 'store' | 'whenUnavailable'>,
  target: Device['entityIdentifier'],
): Promise<Found> {
  try {
    return { listed: await store.find(target), deviceRegistry: 'answered' };
  } catch (error) {
    if (whenUnavailable === 'refuse' || !(error instanceof StoreUnavailable)) throw error;
    return { listed: undefined, deviceRegistry: 'unavailable' };
  }
}

interface MeteringPoint {
  readonly mpxn: Mpxn;
  readonly networkOperatorId: string | undefined;
}

/** In the order in which they count. */
function meteringPointsOf(device: Device): MeteringPoint[] {
  const points = [
    [device.importMpxn, device.importNetworkOperator],
    [device.secondaryImportMpan, device.secondaryImportNetworkOperator],
    [device.exportMpan, device.exportNetworkOperator],
  ] as const;
  return points.flatMap(([mpxn, networkOperatorId]) =>
    mpxn === undefined ? [] : [{ mpxn, networkOperatorId }],
  );
}
