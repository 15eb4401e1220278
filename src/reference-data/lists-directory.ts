import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isJsonObject, parseJson } from '../json.js';
import { dataSetHead, type DataSetHead, isSealable, type ListValues, sentence } from './data-set.js';
import { type Fault, ReferenceDataError } from './fault.js';
import { reject } from '../rejection.js';
import { listEntries, lists } from './lists/index.js';
import { type TrustFiles, trustDirectories } from './trust.js';

/** The file of a directory of lists that says which version they are. */
export const headFile = 'data-set.json';

/** The bytes of each file of a directory of lists; an Error stands for one that could not be read. */
export type ListFiles = ReadonlyMap<string, Buffer | Error>;

/**
 * Reads the files of a directory of lists. Throws a ReferenceDataError where a directory in it cannot be read. Who changes
 * lists changes their version last: read first, it never stands for lists that are older than it.
 */
export async function readListFiles(directory: string): Promise<ListFiles> {
  const read = async (file: string): Promise<[string, Buffer | Error]> => {
    try {
      return [file, await readFile(path.join(directory, file))];
    } catch (error) {
      return [file, error as Error];
    }
  };
  const head = await read(headFile);
  const names = Object.values(lists).map(({ name }) => `${name}.json`);
  const trusted = await Promise.all(trustDirectories.map((name) => filesIn(directory, name)));
  const found = await Promise.all([...names, ...trusted.flat()].map(read));
  return new Map([head, ...found.filter(([file, bytes]) => !(mayBeMissing.has(file) && isMissing(bytes)))]);
}

const mayBeMissing = new Set(
  listEntries.filter(([, list]) => list.mayBeMissing === true).map(([, { name }]) => `${name}.json`),
);

const isMissing = (bytes: Buffer | Error): boolean => 'code' in bytes && bytes.code === 'ENOENT';

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

/** The lists as a data set has them, and its head where the files have one without a fault. */
export interface DirectoryContent {
  readonly head: DataSetHead | undefined;
  /** Without what could not be read. */
  readonly lists: ListValues;
}

/** What the files of a directory say. What cannot be read leaves a fault, and is left out. */
export function contentOf(files: ListFiles, faults: Fault[]): DirectoryContent {
  const head = headOf(parse(headFile, files, faults), faults);
  const values: Record<string, unknown> = {};
  for (const { name } of Object.values(lists)) {
    if (mayBeMissing.has(`${name}.json`) && !files.has(`${name}.json`)) continue;
    const value = parse(`${name}.json`, files, faults);
    if (value !== undefined) values[name] = value;
  }
  for (const directory of trustDirectories) {
    const inDirectory = [...files].filter(([file]) => file.startsWith(`${directory}/`));
    values[directory] = Object.fromEntries(
      inDirectory.flatMap(([file, bytes]) =>
        bytes instanceof Error ? [] : [[file.slice(directory.length + 1), bytes.toString('base64')]],
      ),
    );
  }
  return { head, lists: values };
}

export const trustFilesIn = (files: ListFiles): TrustFiles =>
  new Map(
    [...files].filter(([file]) => trustDirectories.some((directory) => file.startsWith(`${directory}/`))),
  );

/** What a JSON file holds, but for `$schema`, which is for editors alone. */
function parse(file: string, files: ListFiles, faults: Fault[]): unknown {
  const bytes = files.get(file) ?? new Error('there is no such file');
  const json =
    bytes instanceof Error ? reject('malformed-body', `cannot be read: ${bytes.message}`) : parseJson(bytes);
  if (!json.ok) {
    faults.push({ file, entry: undefined, message: json.rejection.detail });
    return undefined;
  }
  if (!isSealable(json.value)) {
    faults.push({ file, entry: undefined, message: 'has half a surrogate pair, or is nested too deeply' });
    return undefined;
  }
  if (!isJsonObject(json.value)) return json.value;
  return Object.fromEntries(Object.entries(json.value).filter(([name]) => name !== '$schema'));
}

/** In a directory, lists are effective from when they were issued, unless it says otherwise. */
const directoryHead = z.preprocess(
  (value) => (isJsonObject(value) ? { effectiveFrom: value.issuedAt, ...value } : value),
  dataSetHead,
);

function headOf(value: unknown, faults: Fault[]): DataSetHead | undefined {
  if (value === undefined) return undefined;
  const read = directoryHead.safeParse(value);
  for (const issue of read.error?.issues ?? []) {
    faults.push({ file: headFile, entry: undefined, message: sentence(issue) });
  }
  return read.data;
}
