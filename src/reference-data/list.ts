import { z } from 'zod';
import { type EntityIdentifier, entityIdentifierPattern } from '../smki/entity-identifier.js';
import type { DistributorId } from '../metering-point/mpan.js';

/** A reference list: one file of entries, with where they come from. */
export interface ReferenceList<Entry extends z.ZodType = z.ZodType> {
  /** The file is `<name>.json`. */
  readonly name: string;
  /** What an entry is called in a sentence. */
  readonly noun: string;
  readonly entry: Entry;
  /** What names an entry in a message. No two entries have the same key on the same day. */
  key(entry: z.output<Entry>): string;
  /** The member that names an entry before it is valid; left out where no single one does. */
  readonly nameMember?: string;
  /** Whether the service can do without any entry. */
  readonly mayBeEmpty?: boolean;
  /** Whether a directory may be without its file, as those are that were put together before there was such a list. */
  readonly mayBeMissing?: boolean;
}

export const defineList = <Entry extends z.ZodType>(list: ReferenceList<Entry>): ReferenceList<Entry> => list;

/** The file of a list: its entries, and whose word they are. */
export const listFile = <Entry extends z.ZodType>({
  entry,
  mayBeEmpty = false,
}: ReferenceList<Entry>): z.ZodObject<{
  $schema: z.ZodOptional<z.ZodString>;
  source: z.ZodString;
  retrieved: z.ZodISODate;
  entries: z.ZodArray<Entry>;
}> =>
  z.strictObject({
    $schema: z.string().optional(),
    source: words.describe('Who publishes the list, or why it is made up'),
    retrieved: day.describe('The day on which it was taken from there'),
    entries: z.array(entry).min(mayBeEmpty ? 0 : 1, 'must not be empty'),
  });

const day = z.iso.date('must be a day, as YYYY-MM-DD');

/** Something to read: not empty, and not of white space alone. */
export const words = z.string().regex(/\S/, 'must not be empty');

/** The days on which an entry holds, both included; without one, since ever or until further notice. */
export const period = {
  effectiveFrom: day.optional(),
  effectiveTo: day.optional(),
};

export interface Period {
  readonly effectiveFrom?: string | undefined;
  readonly effectiveTo?: string | undefined;
}

/** A day as YYYY-MM-DD, which orders as text. */
export const holdsOn = ({ effectiveFrom, effectiveTo }: Period, day: string): boolean =>
  (effectiveFrom === undefined || effectiveFrom <= day) && (effectiveTo === undefined || day <= effectiveTo);

/** The next day, as YYYY-MM-DD. */
export const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

export const periodsOverlap = (one: Period, other: Period): boolean =>
  (one.effectiveFrom ?? '') <= (other.effectiveTo ?? '9') &&
  (other.effectiveFrom ?? '') <= (one.effectiveTo ?? '9');

export const entityIdentifier = z
  .string()
  .regex(entityIdentifierPattern, 'must be an EUI-64: eight hyphenated octets')
  .transform((text) => text.toUpperCase() as EntityIdentifier);

export const distributorId = z
  .string()
  .regex(/^[0-9]{2}$/, 'must be two digits')
  .transform((text) => text as DistributorId);

export const organisationId = z
  .string()
  .regex(/^[a-z0-9-]+$/, 'must be lower-case letters, digits and hyphens');

export const userRole = z
  .string()
  .regex(/^[A-Z]{2,3}$/, 'must be the abbreviation of a User Role, such as IS');
