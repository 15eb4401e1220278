import { type DeviceType, deviceTypes } from '../duis/vocabulary.js';
import { parseMpan } from '../metering-point/mpan.js';
import { parseMprn } from '../metering-point/mprn.js';
import type { Mpxn } from '../metering-point/mpxn.js';
import { type EntityIdentifier, entityIdentifierFromOctets } from '../smki/entity-identifier.js';
import { type Device, networkOperatorIdPattern } from './device-store.js';

/**
 * What is kept of a device under its identifier, in at most 56 bytes: Redis packs a hash whose values are below 64.
 *
 * octet 0: the form: 0 removed (and nothing follows), 1 from a load, 2 from a change
 * octets 1 and 2: device type (4 bits), SMETS version (2), whether there is an operator for each of the three MPxNs (1 each),
 * kind of each of the MPxNs (2 each), whether there is a supplier (1)
 * then each of the MPxNs: the core of an MPAN in 6 octets; length and value of an MPRN in 5
 * then each of the operators: its length in an octet, and its characters
 * then the 8 octets of the supplier
 *
 * A value has one encoding: what decodes, encodes to the same octets again.
 */
export interface DeviceRecord {
  /** A change outlives the rows of a load that is running. */
  readonly origin: 'load' | 'change';
  /** Undefined where the device was removed. */
  readonly device: Device | undefined;
}

const forms = { load: 1, change: 2 } as const;

// Not places in the list of the vocabulary, whose order may change: these are in databases.
const deviceTypeCodes: Readonly<Record<DeviceType, number>> = {
  ESME: 0,
  GSME: 1,
  GPF: 2,
  CHF: 3,
  HCALCS: 4,
  PPMID: 5,
  IHD: 6,
  CAD: 7,
};
const smetsVersionsByCode = [undefined, 'SMETS1', 'SMETS2+'] as const;
const mpxnKindsByCode = [undefined, 'mpan', 'mprn'] as const;

const mpxnMembers = ['importMpxn', 'secondaryImportMpan', 'exportMpan'] as const;
const operatorMembers = [
  'importNetworkOperator',
  'secondaryImportNetworkOperator',
  'exportNetworkOperator',
] as const;

const mpxnOctets = { mpan: 6, mprn: 5 } as const;
// An MPRN keeps its leading zeros: its length stands above the 34 bits of its value.
const mprnValues = 2 ** 34;

export const removedRecord = Buffer.from([0]);

/** The eight octets of an identifier. */
export const octetsOf = (identifier: EntityIdentifier): Buffer =>
  Buffer.from(identifier.replaceAll('-', ''), 'hex');

/** Encodes a device that is valid. */
export function encodeDevice(device: Device, origin: DeviceRecord['origin']): Buffer {
  const { deviceType, smetsVersion, responsibleSupplier } = device;
  const mpxns = mpxnMembers.map((member) => device[member]);
  const operators = operatorMembers.map((member) => device[member]);
  let what = (deviceTypeCodes[deviceType] << 12) | (smetsVersionsByCode.indexOf(smetsVersion) << 10);
  const parts: Buffer[] = [];
  mpxns.forEach((mpxn, place) => {
    what |= mpxnKindsByCode.indexOf(mpxn?.kind) << (5 - 2 * place);
    if (mpxn !== undefined) parts.push(encodeMpxn(mpxn));
  });
  operators.forEach((operator, place) => {
    if (operator === undefined) return;
    what |= 1 << (9 - place);
    parts.push(Buffer.from([operator.length]), Buffer.from(operator, 'latin1'));
  });
  if (responsibleSupplier !== undefined) {
    what |= 1;
    parts.push(octetsOf(responsibleSupplier));
  }
  return Buffer.concat([Buffer.from([forms[origin], what >> 8, what & 0xff]), ...parts]);
}

function encodeMpxn(mpxn: Mpxn): Buffer {
  const number =
    mpxn.kind === 'mpan' ? Number(mpxn.core) : mpxn.number.length * mprnValues + Number(mpxn.number);
  const octets = Buffer.alloc(mpxnOctets[mpxn.kind]);
  octets.writeUIntBE(number, 0, octets.length);
  return octets;
}

/** Undefined where the octets are not a record: the store that they came from is broken. */
export function decodeRecord(entityIdentifier: EntityIdentifier, octets: Buffer): DeviceRecord | undefined {
  if (octets.equals(removedRecord)) return { origin: 'change', device: undefined };
  const [form, high = 0, low = 0] = octets;
  const what = (high << 8) | low;
  const origin = form === forms.load ? 'load' : 'change';
  let end = 3;
  const take = (length: number): Buffer => octets.subarray(end, (end += length));
  const device: { -readonly [Member in keyof Device]: Device[Member] } = {
    entityIdentifier,
    deviceType: deviceTypes.find((type) => deviceTypeCodes[type] === what >> 12) ?? 'ESME',
  };
  mpxnMembers.forEach((member, place) => {
    const kind = mpxnKindsByCode[(what >> (5 - 2 * place)) & 3];
    if (kind !== undefined) device[member] = decodeMpxn(kind, take(mpxnOctets[kind]));
  });
  operatorMembers.forEach((member, place) => {
    if ((what & (1 << (9 - place))) === 0) return;
    const operator = take(take(1)[0] ?? 0).toString('latin1');
    if (networkOperatorIdPattern.test(operator)) device[member] = operator;
  });
  const smetsVersion = smetsVersionsByCode[(what >> 10) & 3];
  if (smetsVersion !== undefined) device.smetsVersion = smetsVersion;
  if ((what & 1) !== 0) {
    device.responsibleSupplier = entityIdentifierFromOctets(take(8).toString('latin1'));
  }
  // Whatever was not valid above has been left out or changed, and shows here.
  const isRecord = end === octets.length && encodeDevice(device, origin).equals(octets);
  return isRecord ? { origin, device } : undefined;
}

function decodeMpxn(kind: Mpxn['kind'], octets: Buffer): Mpxn | undefined {
  const number = Number.parseInt(`0${octets.toString('hex')}`, 16);
  if (kind === 'mpan') return parseMpan(String(number).padStart(13, '0'));
  return parseMprn(String(number % mprnValues).padStart(Math.floor(number / mprnValues), '0'));
}
