import fc from 'fast-check';
import { deviceTypes } from '../../src/duis/vocabulary.js';
import { parseMpxn } from '../../src/metering-point/mpxn.js';
import type { EntityIdentifier } from '../../src/smki/entity-identifier.js';
import { type Device, networkOperatorIdPattern, smetsVersions } from '../../src/stores/device-store.js';

const digits = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength, maxLength });

export const anyEntityIdentifier = fc
  .uint8Array({ minLength: 8, maxLength: 8 })
  .map(
    (octets) => Buffer.from(octets).toString('hex').toUpperCase().match(/../g)?.join('-') as EntityIdentifier,
  );

const mpxn = fc.oneof(digits(13, 13), digits(1, 10)).map((text) => parseMpxn(text)!);

const operator = fc
  .string({
    unit: fc.constantFrom(...Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')),
    minLength: 1,
    maxLength: 8,
  })
  .filter((text) => networkOperatorIdPattern.test(text));

/** Any device that there can be. */
export const anyDevice: fc.Arbitrary<Device> = fc.record(
  {
    entityIdentifier: anyEntityIdentifier,
    deviceType: fc.constantFrom(...deviceTypes),
    importMpxn: mpxn,
    secondaryImportMpan: mpxn,
    exportMpan: mpxn,
    importNetworkOperator: operator,
    secondaryImportNetworkOperator: operator,
    exportNetworkOperator: operator,
    smetsVersion: fc.constantFrom(...smetsVersions),
    responsibleSupplier: anyEntityIdentifier,
  },
  { requiredKeys: ['entityIdentifier', 'deviceType'], noNullPrototype: true },
);

/** The device with this number, one of a run as a manufacturer makes them. */
export const deviceNumber = (number: number, change: Partial<Device> = {}): Device => ({
  entityIdentifier:
    `02-00-00-00-${number.toString(16).padStart(8, '0').toUpperCase().match(/../g)?.join('-') ?? ''}` as EntityIdentifier,
  deviceType: 'ESME',
  importMpxn: parseMpxn(String(1_200_000_000_000 + number))!,
  ...change,
});
