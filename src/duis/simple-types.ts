import { z } from 'zod';
import { type EntityIdentifier, entityIdentifierPattern } from '../smki/entity-identifier.js';
import { remotePartyRoles } from './vocabulary.js';

/**
 * The simple types of a DUIS request.
 *
 * One zod schema stands for both media types. JSON is held against it directly. The XML reader takes the element
 * names from `xml.name` (the keyword of OpenAPI), the sequence from the order of the keys, and the rest from the
 * schema's own optionality and bounds.
 */

/** Gives a member the name of its element. */
export const element = <T extends z.ZodType>(name: string, schema: T): T => schema.meta({ xml: { name } });

const floorMessage = 'must be a whole number from 0 to 2^63-1';
const maxCounter = 2n ** 64n - 1n;
const maxFloorSeqNumber = 2n ** 63n - 1n;

/** RequestID: originator EUI, target EUI, counter (0 to 2^64-1, no leading zeros). */
export interface RequestId {
  /** As the sender wrote it. */
  readonly text: string;
  readonly originator: EntityIdentifier;
  readonly target: EntityIdentifier;
  readonly counter: bigint;
}

const eui = entityIdentifierPattern.source.slice(1, -1);

export const requestId = z
  .string()
  .regex(new RegExp(`^${eui}:${eui}:(?:0|[1-9][0-9]{0,19})$`), {
    error: 'must be an originator EUI, a target EUI and a counter, joined by colons',
    // What follows takes the pattern for granted.
    abort: true,
  })
  .refine((text) => BigInt(text.slice(text.lastIndexOf(':') + 1)) <= maxCounter, 'has a counter over 2^64-1')
  .transform((text): RequestId => {
    const [originator = '', target = '', counter = ''] = text.split(':');
    return {
      text,
      originator: originator.toUpperCase() as EntityIdentifier,
      target: target.toUpperCase() as EntityIdentifier,
      counter: BigInt(counter),
    };
  });

/** A floor sequence number, 0 to 2^63-1; in JSON a string, since a number would be rounded. */
export const floorSeqNumber = z
  .string()
  .regex(/^[+-]?[0-9]{1,20}$/, { error: floorMessage, abort: true })
  .transform((text) => BigInt(text.replace('+', '')))
  .refine((value) => value >= 0n && value <= maxFloorSeqNumber, floorMessage);

const dateTimePattern =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?$/;

/** xs:dateTime from the year 0001 to 9999, without the hour 24. */
export const dateTime = z
  .string()
  .regex(dateTimePattern, { error: 'must be an xs:dateTime', abort: true })
  .refine((text) => {
    const [year, month, day] = [
      Number(text.slice(0, 4)),
      Number(text.slice(5, 7)),
      Number(text.slice(8, 10)),
    ];
    const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
    return year !== 0 && day <= lastDay;
  }, 'is not a date of the calendar');

/** The base64 of a certificate. Whether it is base64, and of what, the certificate reader says, naming the slot. */
export const certificate = z
  .string()
  .meta({ contentEncoding: 'base64', contentMediaType: 'application/pkix-cert' });

export const remotePartyRole = z.enum(remotePartyRoles, `must be one of ${remotePartyRoles.join(', ')}`);

export const serviceReference = z.string().regex(/^[0-9]{1,2}\.[0-9]{1,2}$/, 'must be like 6.15');

export const serviceReferenceVariant = z
  .string()
  .regex(/^[0-9]{1,2}\.[0-9]{1,2}(?:\.[0-9]{1,2})?$/, 'must be like 6.15.1');

/** schemaVersion is an xs:decimal; which versions are read is judged after it is valid. */
export const schemaVersion = z
  .string()
  .regex(/^[+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})$/, 'must be a decimal number');
