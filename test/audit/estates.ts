import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Test } from 'tap';
import { chunkAuditor, type ChunkAudit, type ChunkSettings } from '../../src/audit/audit-chunk.js';
import { generateEstate, type GenerateSettings } from '../../src/audit/generate.js';
import { layoutOf } from '../../src/audit/layout.js';
import { measureLines } from '../../src/audit/lines.js';
import { type AuditOutcome, type AuditSettings, runAudit } from '../../src/audit/run.js';
import { readListFiles } from '../../src/reference-data/lists-directory.js';
import { sealListFiles } from '../../src/reference-data/load.js';
import { shipped } from '../decisions.js';
import { temporaryDirectory } from '../directories.js';
import { now } from '../fixtures.js';

export const day = '2026-06-15';

const dataSet = sealListFiles(await readListFiles('reference-data'));

/** An estate of the lists that are shipped, on the day of the fixtures. */
export async function generated(
  t: Test,
  change: Partial<GenerateSettings> = {},
): Promise<{ readonly estate: string; readonly truth: readonly Record<string, string>[] }> {
  const { estate, truth } = await generateEstate({
    directory: await temporaryDirectory(t),
    referenceData: shipped,
    now,
    day,
    seed: 1,
    rows: 3_000,
    wrong: 0.1,
    unknown: 0.02,
    bad: 0.02,
    certificates: false,
    gasIsJudged: true,
    ...change,
  });
  return { estate, truth: records(await readFile(truth, 'utf8')) };
}

/** Of CSV whose cells have no quotes, commas or line feeds in what is looked at. */
export function records(text: string): Record<string, string>[] {
  const [header = '', ...rows] = text.trimEnd().split('\n');
  const names = header.split(',');
  return rows.map((row) => {
    const cells = row.split(',');
    return Object.fromEntries(names.map((name, place) => [name, cells[place] ?? '']));
  });
}

export interface Audited extends AuditOutcome {
  /** What the directory of the audit holds, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Audits a file, in a directory that goes with the test. */
export async function audited(
  t: Test,
  estate: string,
  change: Partial<AuditSettings> = {},
): Promise<Audited> {
  const directory = change.directory ?? (await temporaryDirectory(t));
  const outcome = await runAudit({ ...auditSettings(estate, directory), ...change });
  return { ...outcome, files: await filesIn(directory) };
}

export const auditSettings = (estate: string, directory: string): AuditSettings => ({
  estate,
  input: Readable.from([]),
  directory,
  referenceData: shipped,
  dataSet,
  day,
  gasIsJudged: true,
  listsDevices: true,
  findings: 'csv',
  workers: 1,
  chunkBytes: 1,
  checkpointEveryMs: 0,
  restart: false,
  auditedAt: now,
  report: { begun: () => undefined, progressed: () => undefined, ended: () => undefined },
});

export async function filesIn(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [file, await readFile(path.join(directory, file), 'utf8')] as const),
    ),
  );
}

export async function fileWith(t: Test, name: string, content: string | Buffer): Promise<string> {
  const file = path.join(await temporaryDirectory(t), name);
  await writeFile(file, content);
  return file;
}

/** Audits the bytes of a small estate, in one chunk. */
export function auditedBytes(
  estate: string | Buffer,
  change: Partial<ChunkSettings> = {},
): ChunkAudit & {
  /** The number and the fault of each row that could not be read. */
  readonly bad: readonly string[];
} {
  const bytes = Buffer.from(estate);
  const { layout, firstRowAt } = layoutOf(bytes);
  const rows = bytes.subarray(firstRowAt);
  const devices = new Map(shipped.devices.map((device) => [device.entityIdentifier, device]));
  const audit = chunkAuditor({
    referenceData: shipped,
    day,
    gasIsJudged: true,
    listed: (device) => devices.get(device),
    layout,
    findings: 'csv',
    ...change,
  })({ bytes: rows, firstRow: 1, ...measureLines(rows) });
  return {
    ...audit,
    bad: (audit.outputs.get('bad-rows.csv') ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(',').slice(0, 2).join(' ')),
  };
}
