import type { z } from 'zod';
import { type Period, periodsOverlap } from '../list.js';
import { distributors } from '../lists/distributors.js';
import { inListOrder } from '../write-list.js';
import { type Cell, readCell, readDay, readOptionalDay } from './cells.js';
import { type Columns, type CsvRow, readCsv } from './csv.js';
import type { ByteSource } from './gunzip.js';
import { ImportLog, type ListImport } from './import-log.js';

/** An entry of distributors.json, as it stands in the file. */
export type DistributorEntry = z.input<typeof distributors.entry>;

const columns = {
  mpid: { names: ['Market Participant Id'] },
  role: { names: ['Market Participant Role Code'] },
  effectiveFrom: { names: ['Effective From Date {MPR}'] },
  effectiveTo: { names: ['Effective To Date {MPR}'] },
  distributorId: { names: ['Distributor Short Code'] },
} as const satisfies Columns<string>;

type ColumnName = keyof typeof columns;

interface Taken {
  readonly line: number;
  readonly entry: DistributorEntry & { readonly effectiveFrom: string };
}

/**
 * The list of distributors from the Market_Participant_Role file of the industry's Market Domain Data (CSV): its rows
 * of role R, keyed by Market Participant Id and date. The file is the whole list, and it keeps what has ended: it is a
 * fault where it lacks a distributor ID of the present list.
 *
 * Names, kinds, licence areas and groups are not in the file, and stay as the present list has them for the same
 * distributor ID and Market Participant Id. A new holder is named by its Market Participant Id, and has the kind that
 * the distributor ID had, or else IDNO, since no other kind has been added for decades; a note says so.
 */
export async function importDistributors(
  source: ByteSource,
  present: readonly DistributorEntry[],
): Promise<ListImport<DistributorEntry>> {
  const log = new ImportLog();
  const taken = new Map<string, Taken>();
  for await (const rows of readCsv(source, columns, log)) {
    for (const row of rows) {
      const entry = readRow(row, present, log);
      if (entry !== undefined) add({ line: row.line, entry }, taken, log);
    }
  }
  const found = [...taken.values()];
  checkPeriods(found, log);
  if (!log.hasFaults) compare(found, present, log);
  return {
    entries: log.hasFaults ? undefined : inListOrder(found.map(({ entry }) => entry)),
    report: log.report(),
  };
}

function readRow(
  { line, cells }: CsvRow<ColumnName>,
  present: readonly DistributorEntry[],
  log: ImportLog,
): Taken['entry'] | undefined {
  if (!/^[A-Z0-9]$/.test(cells.role)) {
    log.fault(line, columns.role.names[0], 'must be a role code, an upper-case letter or a digit');
    return undefined;
  }
  if (cells.role !== 'R') {
    log.skip(`of role ${cells.role}, and not R`, line);
    return undefined;
  }
  const value = <T>(name: ColumnName, cell: Cell<T>): T | undefined => {
    if (cell.ok) return cell.value;
    log.fault(line, columns[name].names[0], cell.rejection);
    return undefined;
  };
  const { shape } = distributors.entry;
  const mpid = value('mpid', readCell(cells.mpid, shape.mpid));
  const distributorId = value('distributorId', readDistributorId(cells.distributorId));
  const effectiveFrom = value('effectiveFrom', readDay(cells.effectiveFrom));
  const effectiveTo = value('effectiveTo', readOptionalDay(cells.effectiveTo));
  if (mpid === undefined || distributorId === undefined || effectiveFrom === undefined) return undefined;
  const { name, kind, licenceArea, group } = knownOf(distributorId, mpid, effectiveFrom, present) ?? {
    name: mpid,
    kind: present.find((entry) => entry.distributorId === distributorId)?.kind ?? 'IDNO',
  };
  return {
    distributorId,
    mpid,
    name,
    kind,
    effectiveFrom,
    ...(effectiveTo !== undefined && { effectiveTo }),
    ...(licenceArea !== undefined && { licenceArea }),
    ...(group !== undefined && { group }),
  };
}

function readDistributorId(text: string): Cell<string> {
  if (/^[0-9]$/.test(text)) {
    return {
      ok: false,
      rejection: 'has one digit: must be two digits (a spreadsheet takes a zero in front away)',
    };
  }
  return readCell(text, distributors.entry.shape.distributorId);
}

/** What the present list has of a holder: of its several entries that of the same day, if there is one. */
function knownOf(
  distributorId: string,
  mpid: string,
  effectiveFrom: string,
  present: readonly DistributorEntry[],
): (Partial<DistributorEntry> & Pick<DistributorEntry, 'name' | 'kind'>) | undefined {
  const same = present.filter((entry) => entry.distributorId === distributorId && entry.mpid === mpid);
  return same.find((entry) => entry.effectiveFrom === effectiveFrom) ?? same.at(-1);
}

/** One Market Participant has role R once from one day on. */
function add(row: Taken, taken: Map<string, Taken>, log: ImportLog): void {
  const key = `${row.entry.mpid} ${row.entry.effectiveFrom}`;
  const earlier = taken.get(key);
  if (earlier === undefined) {
    taken.set(key, row);
    log.take();
  } else if (
    earlier.entry.distributorId === row.entry.distributorId &&
    earlier.entry.effectiveTo === row.entry.effectiveTo
  ) {
    log.skip('there already, with nothing else in them', row.line);
  } else {
    log.fault(
      row.line,
      columns.mpid.names[0],
      `has role R from the same day in line ${String(earlier.line)}, and something else there`,
    );
  }
}

function checkPeriods(found: readonly Taken[], log: ImportLog): void {
  const earlier = new Map<string, Taken[]>();
  for (const row of found) {
    const { distributorId, effectiveFrom, effectiveTo } = row.entry;
    if (effectiveTo !== undefined && effectiveTo < effectiveFrom) {
      log.fault(row.line, columns.effectiveTo.names[0], 'is before the day that it is effective from');
    }
    const others = earlier.get(distributorId) ?? [];
    const twin = others.find(({ entry }) => periodsOverlap(entry, row.entry));
    if (twin !== undefined) {
      const message = `${distributorId} is held on the same days by the row in line ${String(twin.line)}`;
      log.fault(row.line, columns.distributorId.names[0], message);
    }
    earlier.set(distributorId, [...others, row]);
  }
}

/** Says what is other than before, and refuses a file that is not whole. */
function compare(found: readonly Taken[], present: readonly DistributorEntry[], log: ImportLog): void {
  if (found.length === 0) log.fault(undefined, undefined, 'the file has no row of role R');
  for (const { distributorId, mpid } of present) {
    if (found.some(({ entry }) => entry.distributorId === distributorId && entry.mpid === mpid)) continue;
    log.fault(
      undefined,
      columns.distributorId.names[0],
      `${distributorId} of ${mpid} is in distributors.json and not in the file, which is not whole: Market Domain Data keeps what has ended. If it was never there, take it out of distributors.json first`,
    );
  }
  for (const { line, entry } of found) {
    const { distributorId, mpid, name, kind } = entry;
    const same = present.filter((other) => other.distributorId === distributorId && other.mpid === mpid);
    if (same.length === 0) {
      log.note(
        `${distributorId} of ${mpid} is new and needs a name and kind: it is called ${name}, and is of kind ${kind} until somebody enters them`,
        line,
      );
    } else if (!same.some((other) => isSamePeriod(other, entry))) {
      log.note(`${distributorId} of ${mpid} is effective on other days than before`, line);
    }
  }
}

const isSamePeriod = (one: Period, other: Period): boolean =>
  one.effectiveFrom === other.effectiveFrom && one.effectiveTo === other.effectiveTo;
