import { fromBase64 } from '../base64.js';
import type { TrustSet } from '../smki/trust-set.js';
import { isJsonObject } from '../json.js';
import { checkEntriesTogether } from './check.js';
import {
  type DataSetId,
  type ListValues,
  type OpenedDataSet,
  sealDataSet,
  type SealedDataSet,
  sentence,
} from './data-set.js';
import { type Fault, ReferenceDataError } from './fault.js';
import { listFile, type ReferenceList } from './list.js';
import { contentOf, type ListFiles, readListFiles, trustFilesIn } from './lists-directory.js';
import { listEntries, lists } from './lists/index.js';
import { type Entries, ReferenceData } from './snapshot.js';
import { readTrust, trustDirectories, type TrustFiles } from './trust.js';

const noEntries = { source: 'none', retrieved: '0001-01-01', entries: [] };

/** In the place of those that a directory may be without. */
const missingLists: ListValues = Object.fromEntries(
  listEntries.flatMap(([, { name, mayBeMissing = false }]) => (mayBeMissing ? [[name, noEntries]] : [])),
);

/** Reads every list from a directory, checks it whole, and builds its snapshot. Throws a ReferenceDataError. */
export const loadReferenceData = async (directory: string): Promise<ReferenceData> =>
  buildReferenceData(await readListFiles(directory));

/** Builds the snapshot from the files of a directory of lists. Throws a ReferenceDataError. */
export function buildReferenceData(files: ListFiles): ReferenceData {
  const faults: Fault[] = [];
  const { head, lists: values } = contentOf(files, faults);
  // Of the files that are there: a directory is the same data set as before there was another list.
  const id = head === undefined ? undefined : sealDataSet({ ...head, lists: values });
  return build({ ...missingLists, ...values }, trustFilesIn(files), id, faults);
}

/**
 * Makes a data set of the files of a directory of lists, whole; whether the lists are right is not looked into. Throws a
 * ReferenceDataError where a file cannot be read, with the faults inside the others as well.
 */
export function sealListFiles(files: ListFiles): SealedDataSet {
  const faults: Fault[] = [];
  const { head, lists: values } = contentOf(files, faults);
  const isWhole = ![...files.values()].some((bytes) => bytes instanceof Error);
  if (head !== undefined && faults.length === 0 && isWhole) return sealDataSet({ ...head, lists: values });
  readLists(values, trustFilesIn(files), faults);
  throw new ReferenceDataError(faults);
}

/** Builds the snapshot from a data set that was published. Throws a ReferenceDataError. */
export function buildOpened({ id, lists: published }: OpenedDataSet): ReferenceData {
  const faults: Fault[] = [];
  const values: Record<string, unknown> = { ...published };
  const known = [...Object.values(lists).map(({ name }) => name), ...trustDirectories];
  for (const name of Object.keys(values).filter((each) => !known.includes(each))) {
    faults.push({ file: name, entry: undefined, message: 'is no list that this service knows' });
  }
  for (const { name, mayBeEmpty = false } of Object.values(lists)) {
    if (values[name] !== undefined) continue;
    // A list that the service has learnt since, say; one that it cannot do without is a fault.
    if (mayBeEmpty) values[name] = noEntries;
    else faults.push({ file: `${name}.json`, entry: undefined, message: 'is missing' });
  }
  return build(values, trustFilesOf(values, faults), id, faults);
}

function trustFilesOf(values: ListValues, faults: Fault[]): TrustFiles {
  const files = new Map<string, Buffer>();
  for (const directory of trustDirectories) {
    const value = values[directory] ?? {};
    const entries = isJsonObject(value) ? Object.entries(value) : [['', undefined] as const];
    for (const [name, base64] of entries) {
      const bytes = typeof base64 === 'string' ? fromBase64(base64) : undefined;
      const file = `${directory}/${name}`;
      if (bytes === undefined)
        faults.push({ file, entry: undefined, message: 'is not the base64 of a file' });
      else files.set(file, bytes);
    }
  }
  return files;
}

function build(
  values: ListValues,
  trustFiles: TrustFiles,
  id: DataSetId | undefined,
  faults: Fault[],
): ReferenceData {
  const { read, trust } = readLists(values, trustFiles, faults);
  if (faults.length > 0 || id === undefined) throw new ReferenceDataError(faults);
  const testAnchors = [...trustFiles.keys()].filter((file) => file.startsWith('trust/test-'));
  const dataSet = Object.freeze({ version: id.version, sha256: id.sha256 });
  return new ReferenceData(deepFreeze(read as Entries), trust, testAnchors, dataSet);
}

/** A list that could not be read has left its fault already, and is not there. */
function readLists(
  values: ListValues,
  trustFiles: TrustFiles,
  faults: Fault[],
): { readonly read: Partial<Entries>; readonly trust: TrustSet } {
  const read = Object.fromEntries(
    listEntries.map(([member, list]) => [member, readEntries(list, values[list.name], faults)]),
  ) as Partial<Entries>;
  checkEntriesTogether(read, faults);
  return { read, trust: readTrust(trustFiles, faults) };
}

function readEntries(list: ReferenceList, value: unknown, faults: Fault[]): readonly unknown[] | undefined {
  if (value === undefined) return undefined;
  const file = `${list.name}.json`;
  const fault = (message: string, entry?: string): void => void faults.push({ file, entry, message });
  const { entries, ...rest } = isJsonObject(value) ? value : {};
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

/** Shown only where it could be a name: anything might stand there, and a list of devices holds personal data. */
function nameOf(entry: unknown, member = ''): string {
  const name = isJsonObject(entry) ? entry[member] : undefined;
  return typeof name === 'string' && /^[0-9A-Za-z-]{1,40}$/.test(name) && !/[0-9]{6}/.test(name)
    ? ` (${name})`
    : '';
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
