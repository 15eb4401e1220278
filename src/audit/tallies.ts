import type { MpanCheck } from '../rules/mpan-check.js';
import type { MeterJudgement } from './judge.js';
import type { Meter } from './meter.js';
import type { RowFault } from './row.js';
import type { Tally } from './summary.js';

/** What was counted, of some rows or of all so far; plain values, to be passed on and written down. */
export interface Tallies {
  readonly rows: number;
  readonly checks: Readonly<Partial<Record<MpanCheck, number>>>;
  readonly suppliers: Readonly<Record<string, Tally>>;
  readonly distributors: Readonly<Record<string, Tally>>;
  readonly months: Readonly<Record<string, Tally>>;
  /** By holder and operator, with a space between them. */
  readonly matrix: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, { readonly rows: number; readonly firstRow: number }>>;
  /** By operator. */
  readonly workLists: Readonly<Record<string, number>>;
}

/**
 * A file with a hostile column is not to fill the memory: Suppliers and months after so many others are counted together,
 * under this key.
 */
export const maxKeys = 10_000;
export const otherKeys = '*';

/**
 * Counts rows. Adding up tallies of parts, in their order, comes to the same however the rows were parted: parts have no
 * bound on their keys but their rows.
 */
export class Counter {
  #rows = 0;
  readonly #checks: Partial<Record<MpanCheck, number>> = {};
  readonly #suppliers: Groups;
  readonly #distributors: Groups;
  readonly #months: Groups;
  readonly #matrix: Record<string, number> = {};
  readonly #faults: Record<string, { rows: number; firstRow: number }> = {};
  readonly #workLists: Record<string, number> = {};
  readonly #judgements = new Map<MeterJudgement, number>();

  constructor(max = Infinity) {
    this.#suppliers = new Groups(max);
    this.#distributors = new Groups(max);
    this.#months = new Groups(max);
  }

  meter({ supplier, month }: Meter, judgement: MeterJudgement): void {
    this.#rows += 1;
    this.#suppliers.count(supplier, judgement.group);
    this.#months.count(month, judgement.group);
    this.#judgements.set(judgement, (this.#judgements.get(judgement) ?? 0) + 1);
  }

  bad({ kind }: RowFault, row: number): void {
    this.#rows += 1;
    this.#faultsOf(kind, 1, row);
  }

  add(tallies: Tallies): void {
    this.#rows += tallies.rows;
    for (const [check, rows] of entriesOf(tallies.checks)) increase(this.#checks, check, rows);
    this.#suppliers.add(tallies.suppliers);
    this.#distributors.add(tallies.distributors);
    this.#months.add(tallies.months);
    for (const [pair, rows] of Object.entries(tallies.matrix)) increase(this.#matrix, pair, rows);
    for (const [kind, { rows, firstRow }] of Object.entries(tallies.faults)) {
      this.#faultsOf(kind, rows, firstRow);
    }
    for (const [operator, rows] of Object.entries(tallies.workLists)) {
      increase(this.#workLists, operator, rows);
    }
  }

  get rows(): number {
    return this.#rows;
  }

  tallies(): Tallies {
    this.#fold();
    return {
      rows: this.#rows,
      checks: this.#checks,
      suppliers: this.#suppliers.counts(),
      distributors: this.#distributors.counts(),
      months: this.#months.counts(),
      matrix: this.#matrix,
      faults: this.#faults,
      workLists: this.#workLists,
    };
  }

  /** Many meters share a judgement: what follows from it alone is counted once for all of them. */
  #fold(): void {
    for (const [{ check, group, distributorId, holder, operator }, rows] of this.#judgements) {
      increase(this.#checks, check, rows);
      this.#distributors.count(distributorId, group, rows);
      // Whose certificate is on a device that the check is not about, says nothing.
      if (check !== 'not-applicable') increase(this.#matrix, `${holder} ${operator}`, rows);
      if (group === 'mismatched') increase(this.#workLists, operator, rows);
    }
    this.#judgements.clear();
  }

  #faultsOf(kind: string, rows: number, firstRow: number): void {
    const fault = (this.#faults[kind] ??= { rows: 0, firstRow });
    fault.rows += rows;
    fault.firstRow = Math.min(fault.firstRow, firstRow);
  }
}

class Groups {
  readonly #max: number;
  readonly #counts = new Map<string, Tally>();

  constructor(max: number) {
    this.#max = max;
  }

  count(key: string, group: MeterJudgement['group'], rows = 1): void {
    const tally = this.#of(key);
    tally.rows += rows;
    if (group !== 'judged') tally[group] += rows;
  }

  add(counts: Readonly<Record<string, Tally>>): void {
    for (const [key, { rows, mismatched, unknown }] of Object.entries(counts)) {
      const tally = this.#of(key);
      tally.rows += rows;
      tally.mismatched += mismatched;
      tally.unknown += unknown;
    }
  }

  counts(): Record<string, Tally> {
    return Object.fromEntries(this.#counts);
  }

  #of(key: string): Tally {
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    if (this.#counts.size >= this.#max && key !== otherKeys) return this.#of(otherKeys);
    const tally = { rows: 0, mismatched: 0, unknown: 0 };
    this.#counts.set(key, tally);
    return tally;
  }
}

function increase<Key extends string>(counts: Partial<Record<Key, number>>, key: Key, by: number): void {
  counts[key] = (counts[key] ?? 0) + by;
}

const entriesOf = <Key extends string, Value>(
  record: Readonly<Partial<Record<Key, Value>>>,
): [Key, Value][] => Object.entries(record) as [Key, Value][];
