import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { faultIn } from '../duis/value-fault.js';
import { isJsonObject, parseJson } from '../json.js';
import { checkDataSet, type Fault } from './check.js';
import { listFile, type ReferenceList } from './list.js';
import { listEntries, lists } from './lists/index.js';
import { type DataSet, ReferenceData } from './snapshot.js';
import type { TrustSet } from '../smki/trust-set.js';
import { readTrust, trustDirectories } from './trust.js';

/** The reference data cannot be used. An operator has to act: nothing starts on half of it. */
export class ReferenceDataError extends Error {
  constructor(readonly faults: readonly Fault[]) {
    super(
      [
        'The reference data has faults:',
        ...faults.map(
          ({ file, entry, message }) => `  ${file}${entry === undefined ? '' : `, ${entry}`}: ${message}`,
        ),
      ].join('\n'),
    );
    this.name = 'ReferenceDataError';
  }
}

/** Reads every list from a directory, checks it whole, and builds its snapshot. Throws a ReferenceDataError. */
export async function loadReferenceData(directory: string): Promise<ReferenceData> {
  const names = Object.values(lists).map(({ name }) => `${name}.json`);
  const trusted = await Promise.all(trustDirectories.map((name) => filesIn(directory, name)));
  const files = await Promise.all(
    [...names, ...trusted.flat()].map(async (file): Promise<[string, Buffer | Error]> => {
      try {
        return [file, await readFile(path.join(directory, file))];
      } catch (error) {
        return [file, error as Error];
      }
    }),
  );
  return buildReferenceData(new Map(files));
}

/** The files of a directory that may be missing, in their order. Hidden ones are not the publisher's. */
async function filesIn(directory: string, name: string): Promise<string[]> {
  const found = await readdir(path.join(directory, name)).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new ReferenceDataError([
      { file: `${name}/`, entry: undefined, message: `cannot be read: ${message}` },
    ]);
  });
  return found
    .filter((file) => !file.startsWith('.'))
    .sort()
    .map((file) => `${name}/${file}`);
}

/** Builds the snapshot from the bytes of each file; an Error stands for a file that could not be read. */
export function buildReferenceData(files: ReadonlyMap<string, Buffer | Error>): ReferenceData {
  const faults: Fault[] = [];
  const read = Object.fromEntries(
    listEntries.map(([member, list]) => [member, readList(list, files.get(`${list.name}.json`), faults)]),
  ) as Partial<DataSet>;
  checkDataSet(read, faults);
  const trust = readTrust(files, faults);
  if (faults.length > 0) throw new ReferenceDataError(faults);
  const data = read as DataSet;
  const testAnchors = [...files.keys()].filter((file) => file.startsWith('trust/test-'));
  return new ReferenceData(deepFreeze(data), trust, testAnchors, versionOf(data, trust));
}

function readList(
  list: ReferenceList,
  bytes: Buffer | Error | undefined,
  faults: Fault[],
): readonly unknown[] | undefined {
  const file = `${list.name}.json`;
  const fault = (message: string, entry?: string): void => void faults.push({ file, entry, message });
  if (bytes === undefined || bytes instanceof Error) {
    fault(`cannot be read: ${bytes?.message ?? 'there is no such file'}`);
    return undefined;
  }
  const json = parseJson(bytes);
  if (!json.ok) {
    fault(json.rejection.detail);
    return undefined;
  }
  const { entries, ...rest } = isJsonObject(json.value) ? json.value : {};
  const head = listFile(list).omit({ entries: true }).safeParse(rest);
  for (const issue of head.error?.issues ?? []) fault(sentence(issue));
  if (!Array.isArray(entries) || (entries.length === 0 && list.mayBeEmpty !== true)) {
    fault('entries: must be a list that is not empty');
    return undefined;
  }
  // An entry with a fault leaves a hole, so that the others are still checked, and keep their places.
  const read: unknown[] = [];
  read.length = entries.length;
  entries.forEach((entry: unknown, index) => {
    const parsed = list.entry.safeParse(entry);
    if (parsed.success) read[index] = parsed.data;
    for (const issue of parsed.error?.issues ?? []) {
      fault(sentence(issue), `entry ${String(index + 1)}${nameOf(entry, list.nameMember)}`);
    }
  });
  return read;
}

function sentence(issue: z.core.$ZodIssue): string {
  const field = issue.path.map(String).join('.');
  return field === '' ? faultIn(issue) : `${field}: ${faultIn(issue)}`;
}

/** Shown only where it could be a name: anything might stand there, and a list of devices holds personal data. */
function nameOf(entry: unknown, member = ''): string {
  const name = isJsonObject(entry) ? entry[member] : undefined;
  return typeof name === 'string' && /^[0-9A-Za-z-]{1,40}$/.test(name) && !/[0-9]{6}/.test(name)
    ? ` (${name})`
    : '';
}

function versionOf(data: DataSet, trust: TrustSet): string {
  return createHash('sha256').update(JSON.stringify(data)).update(trust.id).digest('hex').slice(0, 16);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
