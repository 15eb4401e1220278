import type { z } from 'zod';
import { type Period, periodsOverlap } from '../list.js';
import { networkOperators } from '../lists/network-operators.js';
import { byRangeStart } from '../snapshot.js';
import { inListOrder } from '../write-list.js';
import { type Cell, readCell, readOptionalDay } from './cells.js';
import { type Columns, type CsvRow, readCsv } from './csv.js';
import type { ByteSource } from './gunzip.js';
import { ImportLog, type ListImport } from './import-log.js';

/** An entry of network-operators.json, as it stands in the file. */
export type NetworkOperatorEntry = z.input<typeof networkOperators.entry>;

type Range = NetworkOperatorEntry['ranges'][number];

const columns = {
  organisationId: { names: ['Organisation Id', 'Party Id'], optional: true },
  name: { names: ['Name', 'Organisation Name', 'Organisation', 'Party Name', 'Party'], optional: true },
  from: { names: ['From', 'Range From', 'EUI-64 From'] },
  to: { names: ['To', 'Range To', 'EUI-64 To'] },
  effectiveFrom: { names: ['Effective From', 'Effective From Date'], optional: true },
  effectiveTo: { names: ['Effective To', 'Effective To Date'], optional: true },
} as const satisfies Columns<string>;

type ColumnName = keyof typeof columns;

interface RangeRow {
  readonly line: number;
  readonly range: Range;
}

/**
 * The network operators with the ranges of EUI-64s that a CSV file allots to Parties. The ranges of an organisation
 * that the file has are those of the file, and no others; everything else of it stays, and so do the organisations that
 * the file does not have, which a note names.
 *
 * A Party is found by the Organisation Id, where the row has one, and else by its name, written as in the list. An
 * allotment is of all Parties, and most of them operate no network: a Party that no organisation of the list is, is
 * skipped. With `addUnknown` it becomes an organisation that operates nothing until somebody enters what, which a note says.
 */
export async function importRanges(
  source: ByteSource,
  present: readonly NetworkOperatorEntry[],
  { addUnknown = false }: { readonly addUnknown?: boolean } = {},
): Promise<ListImport<NetworkOperatorEntry>> {
  const log = new ImportLog();
  const organisations = new Map(present.map((entry) => [entry.organisationId, entry]));
  const idByName = namesOf(present);
  const allotted = new Map<string, RangeRow[]>();
  for await (const rows of readCsv(source, columns, log, hasParty)) {
    for (const row of rows) {
      const range = readRange(row, log);
      const organisationId = findParty(row, organisations, idByName, addUnknown, log);
      if (range === undefined || organisationId === undefined) continue;
      const earlier = allotted.get(organisationId) ?? [];
      allotted.set(organisationId, earlier);
      if (earlier.some((other) => isSameRange(other.range, range))) {
        log.skip('there already, with nothing else in them', row.line);
        continue;
      }
      earlier.push({ line: row.line, range });
      log.take();
    }
  }
  if (!log.hasFaults && log.taken === 0) {
    log.fault(undefined, undefined, 'the file has no range of an organisation in network-operators.json');
  }
  checkOverlaps(allotted, organisations, log);
  const entries = [...organisations.values()].map((entry) => withRanges(entry, allotted, log));
  return { entries: log.hasFaults ? undefined : inListOrder(entries), report: log.report() };
}

const hasParty = (has: ReadonlySet<ColumnName>): string | undefined =>
  has.has('organisationId') || has.has('name')
    ? undefined
    : 'a column Organisation Id or Name is missing, to say whose a range is';

/** Organisations by name; a name that two have finds neither. */
function namesOf(present: readonly NetworkOperatorEntry[]): Map<string, string | undefined> {
  const names = new Map<string, string | undefined>();
  for (const { name, organisationId } of present) {
    names.set(name, names.has(name) ? undefined : organisationId);
  }
  return names;
}

function readRange({ line, cells }: CsvRow<ColumnName>, log: ImportLog): Range | undefined {
  const value = <T>(name: ColumnName, cell: Cell<T>): T | undefined => {
    if (cell.ok) return cell.value;
    log.fault(line, columns[name].names[0], cell.rejection);
    return undefined;
  };
  const { shape } = networkOperators.entry.shape.ranges.element;
  const from = value('from', readCell(cells.from, shape.from));
  const to = value('to', readCell(cells.to, shape.to));
  const effectiveFrom = value('effectiveFrom', readOptionalDay(cells.effectiveFrom));
  const effectiveTo = value('effectiveTo', readOptionalDay(cells.effectiveTo));
  if (from === undefined || to === undefined) return undefined;
  if (to < from) log.fault(line, columns.to.names[0], 'is before the identifier that the range is from');
  if (effectiveFrom !== undefined && effectiveTo !== undefined && effectiveTo < effectiveFrom) {
    log.fault(line, columns.effectiveTo.names[0], 'is before the day that it is effective from');
  }
  return {
    from,
    to,
    ...(effectiveFrom !== undefined && { effectiveFrom }),
    ...(effectiveTo !== undefined && { effectiveTo }),
  };
}

/** Whose the range of a row is; undefined where that is skipped or a fault, which is in the log. */
function findParty(
  { line, cells: { organisationId, name } }: CsvRow<ColumnName>,
  organisations: Map<string, NetworkOperatorEntry>,
  idByName: Map<string, string | undefined>,
  addUnknown: boolean,
  log: ImportLog,
): string | undefined {
  if (organisationId === '' && name === '') {
    log.fault(
      line,
      undefined,
      `${columns.organisationId.names[0]} and ${columns.name.names[0]} are both empty`,
    );
    return undefined;
  }
  if (organisationId === '' && idByName.has(name)) {
    const found = idByName.get(name);
    if (found === undefined) {
      log.fault(line, columns.name.names[0], 'is that of two organisations: give the Organisation Id');
    }
    return found;
  }
  if (organisations.has(organisationId)) return organisationId;
  if (!addUnknown) {
    log.skip('of a Party that network-operators.json does not have', line);
    return undefined;
  }
  const id = readCell(
    organisationId === '' ? idOf(name) : organisationId,
    networkOperators.entry.shape.organisationId,
  );
  if (!id.ok) {
    log.fault(line, columns.organisationId.names[0], id.rejection);
    return undefined;
  }
  if (organisations.has(id.value)) {
    log.fault(line, columns.name.names[0], `makes the id ${id.value}, which another organisation has`);
    return undefined;
  }
  organisations.set(id.value, {
    organisationId: id.value,
    name: name === '' ? id.value : name,
    ranges: [],
    operates: [],
  });
  if (name !== '') idByName.set(name, idByName.has(name) ? undefined : id.value);
  log.note(`${id.value} is new, and operates nothing until somebody enters what`, line);
  return id.value;
}

const idOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

const isSamePeriod = (one: Period, other: Period): boolean =>
  one.effectiveFrom === other.effectiveFrom && one.effectiveTo === other.effectiveTo;

const isSameRange = (one: Range, other: Range): boolean =>
  one.from === other.from && one.to === other.to && isSamePeriod(one, other);

/** An identifier is of one organisation on a day. Ranges that stay take part, since the file may be at odds with them. */
function checkOverlaps(
  allotted: ReadonlyMap<string, readonly RangeRow[]>,
  organisations: ReadonlyMap<string, NetworkOperatorEntry>,
  log: ImportLog,
): void {
  const stay = [...organisations.values()].filter(({ organisationId }) => !allotted.has(organisationId));
  const all = [
    ...stay.flatMap(({ organisationId, ranges }) =>
      ranges.map((range) => ({ ...upper(range), organisationId, line: undefined })),
    ),
    ...[...allotted].flatMap(([organisationId, rows]) =>
      rows.map(({ line, range }) => ({ ...range, organisationId, line })),
    ),
  ].sort(byRangeStart);
  let open: typeof all = [];
  for (const range of all) {
    open = open.filter(({ to }) => to >= range.from);
    const other = open.find((earlier) => periodsOverlap(earlier, range));
    open.push(range);
    if (other === undefined) continue;
    const [later, first] = range.line === undefined ? [other, range] : [range, other];
    const where = first.line === undefined ? 'which the file does not have' : `in line ${String(first.line)}`;
    log.fault(
      later.line,
      columns.from.names[0],
      `the range overlaps one of ${first.organisationId}, ${where}`,
    );
  }
}

const upper = (range: Range): Range => ({
  ...range,
  from: range.from.toUpperCase(),
  to: range.to.toUpperCase(),
});

function withRanges(
  entry: NetworkOperatorEntry,
  allotted: ReadonlyMap<string, readonly RangeRow[]>,
  log: ImportLog,
): NetworkOperatorEntry {
  const rows = allotted.get(entry.organisationId);
  if (rows === undefined) {
    log.note(`${entry.organisationId} is not in the file, and keeps the ranges that it has`);
    return entry;
  }
  const ranges = rows
    .map(({ range }) => range)
    .sort((one, other) => byRangeStart(one, other) || byDay(one, other));
  return { ...entry, ranges };
}

/** What has no first day is the oldest. */
const byDay = (one: Period, other: Period): number =>
  (one.effectiveFrom ?? '') < (other.effectiveFrom ?? '') ? -1 : 1;
