import { LRUCache } from 'lru-cache';
import type { CertificateType } from '../duis/vocabulary.js';
import { accept, type Result } from '../rejection.js';
import type { CertificateFacts } from '../rules/facts.js';
import { readOrganisationCertificate } from '../smki/certificate.js';
import { type EntityIdentifier, entityIdentifierPattern } from '../smki/entity-identifier.js';
import type { CertificateRole } from '../smki/remote-party-role.js';
import { type Device, networkOperatorIdPattern } from '../stores/device-store.js';
import { describeDevice, readCallerDevice, type TargetDevice } from '../target-device.js';
import { type EstateRow, type RowFault, rowFault } from './row.js';

type Held = Pick<CertificateFacts, 'certificateType' | 'certificate'>;

/** A certificate in the Network Operator's slot of a meter, as far as rules look at it. */
export interface HeldCertificate extends Held {
  /** No other has it that the same reader has read. */
  readonly id: number;
}

/** A meter as its row and the list of devices have it. */
export interface Meter extends Pick<TargetDevice, 'deviceType' | 'mpxn' | 'networkOperatorId'> {
  readonly device: EntityIdentifier;
  readonly held: HeldCertificate;
  /** Empty where it is not given, as is the month. */
  readonly supplier: string;
  /** YYYY-MM. */
  readonly month: string;
}

export type MeterReader = (row: EstateRow) => Result<Meter, RowFault>;

export interface MeterReaderSettings {
  /** Asked of every meter, as the service does. */
  readonly listed: (device: EntityIdentifier) => Device | undefined;
  /** How many certificates are remembered, right or wrong. */
  readonly certificates: number;
}

/**
 * Reads meters, and holds each row to what the service holds a request to, in its order. What a row says of the device wins, then the
 * list of devices; a Network Operator in the row is who is registered, whatever the list says.
 */
export function meterReader({ listed, certificates }: MeterReaderSettings): MeterReader {
  let id = 0;
  const nextId = (): number => (id += 1);
  const readCertificate = remembered(readHeldCertificate, certificates, nextId);
  const readIdentifier = remembered(readHeldIdentifier, certificates, nextId);
  return (row) => {
    if (!entityIdentifierPattern.test(row.device)) return rowFault('invalid-device');
    const device = row.device.toUpperCase() as EntityIdentifier;
    const { networkOperator, supplier, installedOn } = row;
    const held = readHeld(row, readCertificate, readIdentifier);
    if (!held.ok) return held;
    const stated = readCallerDevice({
      deviceType: given(row.deviceType),
      importMpxn: given(row.mpxn),
    });
    if (!stated.ok) return stated;
    const described = describeDevice(stated.value, listed(device));
    if (!described.ok) return described;
    if (networkOperator !== '' && !networkOperatorIdPattern.test(networkOperator)) {
      return rowFault('invalid-network-operator');
    }
    if (supplier !== '' && !entityIdentifierPattern.test(supplier)) return rowFault('invalid-supplier');
    if (!isMonthOrDay(installedOn)) return rowFault('invalid-installed-on');
    const { deviceType, mpxn, networkOperatorId } = described.value;
    return accept({
      device,
      deviceType,
      mpxn,
      networkOperatorId: given(networkOperator) ?? networkOperatorId,
      held: held.value,
      supplier: supplier.toUpperCase(),
      month: installedOn.slice(0, 7),
    });
  };
}

const given = (cell: string): string | undefined => (cell === '' ? undefined : cell);

const monthOrDay = /^(?:[0-9]{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?$/;

/** A month is all that is made of it, so that a 31st is not held against the length of its month. */
const isMonthOrDay = (cell: string): boolean => monthOrDay.test(cell);

type HeldReader = (cell: string) => Result<HeldCertificate, RowFault>;

function readHeld(
  { certificate, entityIdentifier }: EstateRow,
  readCertificate: HeldReader,
  readIdentifier: HeldReader,
): Result<HeldCertificate, RowFault> {
  if (certificate === '') {
    return entityIdentifier === '' ? rowFault('no-certificate') : readIdentifier(entityIdentifier);
  }
  if (entityIdentifier === '') return readCertificate(certificate);
  const [stated, held] = [readIdentifier(entityIdentifier), readCertificate(certificate)];
  if (!stated.ok || !held.ok) return stated.ok ? held : stated;
  const isSame = stated.value.certificate.entityIdentifier === held.value.certificate.entityIdentifier;
  return isSame ? held : rowFault('certificate-of-another');
}

/**
 * An Entity Identifier holds certificates of several roles, and does not say which of them is on the meter: it is taken to
 * be a Network Operator's, for digital signing.
 */
const readHeldIdentifier = (cell: string): Result<Held, RowFault> =>
  entityIdentifierPattern.test(cell)
    ? accept(heldCertificate(cell.toUpperCase() as EntityIdentifier, networkOperator, 'DigitalSigning'))
    : rowFault('invalid-entity-identifier');

const networkOperator: CertificateRole = { code: '03', name: 'networkOperator' };

/** The slot is not in the row: a rule names the one that goes with what the certificate is for. */
const readHeldCertificate = (cell: string): Result<Held, RowFault> => {
  const read = readOrganisationCertificate(cell);
  if (!read.ok) return read;
  const { entityIdentifier, role, keyUsage } = read.value;
  const certificateType = keyUsage.includes('keyAgreement') ? 'KeyAgreement' : 'DigitalSigning';
  return accept(heldCertificate(entityIdentifier, role, certificateType));
};

const heldCertificate = (
  entityIdentifier: EntityIdentifier,
  role: CertificateRole,
  certificateType: CertificateType,
): Held => ({ certificateType, certificate: { entityIdentifier, role } });

/** An estate has few certificates, each on many meters; and what is wrong with one is wrong on all of them. */
function remembered(
  read: (cell: string) => Result<Held, RowFault>,
  max: number,
  nextId: () => number,
): HeldReader {
  const known = new LRUCache<string, Result<HeldCertificate, RowFault>>({
    max,
    maxSize: max * realCertificateLength,
    sizeCalculation: (_, { length }) => length,
  });
  return (cell) => {
    const before = known.get(cell);
    if (before !== undefined) return before;
    // A slice would keep all of the text that it was cut out of for as long as it is remembered.
    const own = Buffer.from(cell).toString();
    const held = read(own);
    const result = held.ok ? accept({ ...held.value, id: nextId() }) : held;
    known.set(own, result);
    return result;
  };
}

// In base64.
const realCertificateLength = 600;
