import type { RejectionKind, Result } from '../rejection.js';

/** The columns of an estate, in any order. */
export const estateColumns = [
  'device',
  'deviceType',
  'mpxn',
  'certificate',
  'entityIdentifier',
  'networkOperator',
  'supplier',
  'installedOn',
] as const;

export type EstateColumn = (typeof estateColumns)[number];

/** The cells of a row, without the white space around them; what is left out is empty. */
export type EstateRow = Readonly<Record<EstateColumn, string>>;

/** Why a row cannot be read, where the service has no word for it. */
export const rowFaults = {
  'row-empty': 'there is nothing in the row',
  'row-too-long': 'the row is longer than any row of an estate',
  'row-not-text': 'the row is not UTF-8 text',
  'row-not-csv': 'a quote in the row is not closed, or stands inside a cell; a cell ends with its row',
  'row-not-of-header': 'the row has more or fewer cells than the header',
  'row-not-json': 'the row is not one JSON object that can be read in one way only',
  'row-not-of-strings': 'a member that stands for a column is neither a string nor null',
  'invalid-device': 'the device must be an EUI-64: eight hyphenated octets',
  'invalid-entity-identifier': 'the Entity Identifier must be an EUI-64: eight hyphenated octets',
  'invalid-supplier': 'the Supplier must be an EUI-64: eight hyphenated octets',
  'invalid-network-operator':
    'the Network Operator must be one to eight upper-case letters and digits, with a letter among them',
  'invalid-installed-on': 'the day of installation must be YYYY-MM-DD or YYYY-MM',
  'no-certificate': 'the row has neither a certificate nor its Entity Identifier',
  'certificate-of-another': 'the certificate has another Entity Identifier than the row',
} as const;

export type RowFaultName = keyof typeof rowFaults;

/** Why a row cannot be read: a stable name, and words that quote nothing of the row. */
export interface RowFault {
  readonly kind: RowFaultName | RejectionKind;
  readonly detail: string;
}

export const rowFault = (kind: RowFaultName): Result<never, RowFault> => ({
  ok: false,
  rejection: { kind, detail: rowFaults[kind] },
});

/** Takes what was read of each row, in order. */
export type TakeRow = (row: Result<EstateRow, RowFault>) => void;
