import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { mpanChecks } from '../rules/mpan-check.js';
import { orMissing, writeDurably } from '../stores/durable-file.js';
import type { EstateId } from './estate.js';
import { tally } from './summary.js';

const count = z.int().min(0);
const tallies = z.record(z.string(), tally);

const checkpoint = z.strictObject({
  format: z.literal(1),
  /** What the audit is of: another is not gone on with. */
  of: z.strictObject({
    estate: z.strictObject({
      file: z.strictObject({ size: count, modified: z.number() }).optional(),
      head: z.string(),
    }),
    referenceData: z.strictObject({ version: count, sha256: z.string() }),
    day: z.string(),
    options: z.record(z.string(), z.union([z.string(), z.boolean()])),
  }),
  begunAt: z.iso.datetime(),
  /** The offset behind the last row that counts. */
  offset: count,
  tallies: z.strictObject({
    rows: count,
    checks: z.partialRecord(z.enum(mpanChecks), count),
    suppliers: tallies,
    distributors: tallies,
    months: tallies,
    matrix: z.record(z.string(), count),
    faults: z.record(z.string(), z.strictObject({ rows: count, firstRow: count })),
    workLists: z.record(z.string(), count),
  }),
  lengths: z.record(z.string().regex(/^(?:work-lists\/)?[a-z0-9-]+\.(?:csv|ndjson)$/), count),
});

/** How far an audit has come. */
export type Checkpoint = z.output<typeof checkpoint>;

export interface AuditOf {
  readonly estate: EstateId;
  readonly referenceData: Checkpoint['of']['referenceData'];
  readonly day: string;
  /** Whatever else its outcome depends on. */
  readonly options: Readonly<Record<string, string | boolean>>;
}

/** There is a checkpoint that cannot be gone on with. */
export class CheckpointRefused extends Error {}

const fileIn = (directory: string): string => path.join(directory, 'checkpoint.json');

/** Undefined where there is none. Throws a CheckpointRefused where it is one of another audit, or cannot be read. */
export async function readCheckpoint(directory: string, of: AuditOf): Promise<Checkpoint | undefined> {
  const bytes = await readFile(fileIn(directory)).catch(orMissing);
  if (bytes === undefined) return undefined;
  const read = checkpoint.safeParse(parsed(bytes));
  if (!read.success) throw refused(directory, 'cannot be read');
  const differs = (['estate', 'referenceData', 'day', 'options'] as const).filter(
    (member) => !isDeepStrictEqual(plain(read.data.of[member]), plain(of[member])),
  );
  if (differs.length === 0) return read.data;
  throw refused(
    directory,
    `is of another ${differs.map((member) => names[member]).join(', and of another ')}`,
  );
}

const names = {
  estate: 'estate',
  referenceData: 'data set',
  day: 'day',
  options: 'set of options',
} as const;

const refused = (directory: string, why: string): CheckpointRefused =>
  new CheckpointRefused(
    `${fileIn(directory)} ${why}: audit into another directory, or begin anew with --restart`,
  );

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** As it comes back from a file. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Once it resolves, all of it is on the disk, and before that what was there. */
export const writeCheckpoint = async (directory: string, text: string): Promise<void> =>
  writeDurably(fileIn(directory), text);

export const checkpointText = (
  of: AuditOf,
  progress: Pick<Checkpoint, 'begunAt' | 'offset' | 'tallies' | 'lengths'>,
): string => JSON.stringify({ format: 1, of, ...progress });

export const removeCheckpoint = async (directory: string): Promise<void> =>
  rm(fileIn(directory), { force: true });
