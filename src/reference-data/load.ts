import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { successCode } from '../rules/evaluate.js';
import { serviceReferenceVariants } from '../duis/vocabulary.js';
import { listFile, type Period, periodsOverlap, type ReferenceList } from './list.js';
import { lists } from './lists/index.js';
import { type DataSet, ReferenceData } from './snapshot.js';

/** One thing that is wrong with the reference data. */
export interface Fault {
  readonly file: string;
  /** The entry's place in the file, from 1, and its key; undefined where the fault is the file's. */
  readonly entry: string | undefined;
  readonly message: string;
}

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
  const texts = await Promise.all(
    Object.values(lists).map(async ({ name }): Promise<[string, string | Error]> => {
      const file = `${name}.json`;
      try {
        return [file, await readFile(path.join(directory, file), 'utf8')];
      } catch (error) {
        return [file, error instanceof Error ? error : new Error(String(error))];
      }
    }),
  );
  return buildReferenceData(new Map(texts));
}

/** Builds the snapshot from the text of each list's file; an Error stands for a file that could not be read. */
export function buildReferenceData(files: ReadonlyMap<string, string | Error>): ReferenceData {
  const faults: Fault[] = [];
  const data = Object.fromEntries(
    (Object.entries(lists) as [string, ReferenceList][]).map(([member, list]) => [
      member,
      readList(list, files.get(`${list.name}.json`), faults),
    ]),
  ) as unknown as DataSet;
  // A list that could not be read would be missed by all that refer to it.
  if (faults.length === 0) checkTogether(data, faults);
  if (faults.length > 0) throw new ReferenceDataError(faults);
  return new ReferenceData(deepFreeze(data), versionOf(data));
}

function readList<Entry extends z.ZodType>(
  list: ReferenceList<Entry>,
  text: string | Error | undefined,
  faults: Fault[],
): readonly z.output<Entry>[] {
  const file = `${list.name}.json`;
  const fault = (message: string, entry?: string): void => void faults.push({ file, entry, message });
  if (text === undefined || text instanceof Error) {
    fault(`cannot be read: ${text?.message ?? 'there is no such file'}`);
    return [];
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    fault('is not JSON');
    return [];
  }
  const parsed = listFile(list.entry).safeParse(json);
  if (parsed.success) return parsed.data.entries;
  for (const {
    path: [member, index, ...rest],
    message,
  } of parsed.error.issues) {
    const inEntry = member === 'entries' && typeof index === 'number';
    const field = (inEntry ? rest : [member, index, ...rest])
      .filter((part) => part !== undefined)
      .map(String)
      .join('.');
    fault(
      field === '' ? message : `${field}: ${message}`,
      inEntry ? `entry ${String(index + 1)}` : undefined,
    );
  }
  return [];
}

/** What a schema of one entry cannot see: periods, repeated keys, ranges that overlap, references to nothing. */
function checkTogether(data: DataSet, faults: Fault[]): void {
  for (const [member, list] of Object.entries(lists) as [keyof DataSet, ReferenceList][]) {
    checkEntries(list, data[member] as readonly Period[], faults);
  }
  checkNetworkOperators(data, faults);
  checkDevices(data, faults);
  checkResponseCodes(data, faults);
}

const inList = (list: ReferenceList, faults: Fault[]) => (index: number, key: string, message: string) => {
  faults.push({ file: `${list.name}.json`, entry: `entry ${String(index + 1)} (${key})`, message });
};

function checkEntries(list: ReferenceList, entries: readonly Period[], faults: Fault[]): void {
  const fault = inList(list, faults);
  const seen = new Map<string, { readonly index: number; readonly entry: Period }[]>();
  entries.forEach((entry, index) => {
    const key = list.key(entry);
    if (endsBeforeStart(entry)) fault(index, key, 'effectiveTo is before effectiveFrom');
    const earlier = seen.get(key) ?? [];
    const twin = earlier.find((other) => periodsOverlap(other.entry, entry));
    if (twin !== undefined)
      fault(index, key, `is there already for the same days, as entry ${String(twin.index + 1)}`);
    seen.set(key, [...earlier, { index, entry }]);
  });
}

const endsBeforeStart = ({ effectiveFrom, effectiveTo }: Period): boolean =>
  effectiveFrom !== undefined && effectiveTo !== undefined && effectiveTo < effectiveFrom;

function checkNetworkOperators({ networkOperators, distributors }: DataSet, faults: Fault[]): void {
  const fault = inList(lists.networkOperators, faults);
  const known = new Set<string>(distributors.map(({ distributorId }) => distributorId));
  networkOperators.forEach(({ organisationId, ranges, operates }, index) => {
    for (const range of ranges) {
      if (range.to < range.from)
        fault(index, organisationId, `the range from ${range.from} ends before it starts`);
      if (endsBeforeStart(range))
        fault(index, organisationId, `the range from ${range.from}: effectiveTo is before effectiveFrom`);
    }
    for (const entry of operates) {
      const { distributorId } = entry;
      if (endsBeforeStart(entry))
        fault(index, organisationId, `distributor ${distributorId}: effectiveTo is before effectiveFrom`);
      if (!known.has(distributorId))
        fault(
          index,
          organisationId,
          `operates distributor ${distributorId}, which is not in distributors.json`,
        );
    }
  });
  const byStart = networkOperators
    .flatMap(({ organisationId, ranges }, index) =>
      ranges.map((range) => ({ ...range, organisationId, index })),
    )
    .sort((one, other) => (one.from < other.from ? -1 : 1));
  let open: typeof byStart = [];
  for (const range of byStart) {
    open = open.filter(({ to }) => to >= range.from);
    for (const other of open.filter((earlier) => periodsOverlap(earlier, range))) {
      fault(
        range.index,
        range.organisationId,
        `the range from ${range.from} overlaps that from ${other.from} of ${other.organisationId}`,
      );
    }
    open.push(range);
  }
}

const gasDevices = new Set(['GSME', 'GPF']);

function checkDevices({ devices }: DataSet, faults: Fault[]): void {
  const fault = inList(lists.devices, faults);
  devices.forEach(({ entityIdentifier, deviceType, importMpxn, secondaryImportMpan, exportMpan }, index) => {
    const wanted = gasDevices.has(deviceType) ? 'mprn' : 'mpan';
    if (importMpxn !== undefined && importMpxn.kind !== wanted) {
      fault(
        index,
        entityIdentifier,
        `importMpxn is not an ${wanted.toUpperCase()}, as that of a ${deviceType} is`,
      );
    }
    if (secondaryImportMpan?.kind === 'mprn')
      fault(index, entityIdentifier, 'secondaryImportMpan is not an MPAN');
    if (exportMpan?.kind === 'mprn') fault(index, entityIdentifier, 'exportMpan is not an MPAN');
  });
}

function checkResponseCodes({ responseCodes }: DataSet, faults: Fault[]): void {
  const fault = inList(lists.responseCodes, faults);
  const taken = new Map<string, number>();
  responseCodes.forEach(({ code, rule, serviceReferenceVariants: variants }, index) => {
    for (const variant of variants) {
      const place = `${rule ?? 'success'} in ${variant}`;
      const earlier = taken.get(place);
      if (earlier !== undefined)
        fault(index, code, `${place} has a code already, in entry ${String(earlier + 1)}`);
      taken.set(place, index);
    }
    if ((rule === undefined) !== (code === successCode)) {
      fault(index, code, `${successCode} is the code of success, and of nothing else`);
    }
  });
  for (const variant of serviceReferenceVariants) {
    if (!taken.has(`success in ${variant}`)) {
      faults.push({
        file: 'response-codes.json',
        entry: undefined,
        message: `success in ${variant} has no code`,
      });
    }
  }
}

function versionOf(data: DataSet): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 16);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
