/** Something that was said of several lines: what, how often, and the first lines that it was said of. */
export interface Tally {
  readonly text: string;
  readonly count: number;
  /** Lines of the file, from 1; empty where it was said of the whole file. */
  readonly examples: readonly number[];
}

/** One thing that is wrong with a file. No message quotes an MPxN, which is personal data. */
export interface ImportFault {
  /** From 1, the header being 1; undefined where the fault is the whole file's. */
  readonly line: number | undefined;
  /** As the messages call it, which may not be how the file spells it. */
  readonly column: string | undefined;
  readonly message: string;
}

/** What an import did, bounded however long its file is. */
export interface ImportReport {
  /** Rows that were taken. */
  readonly taken: number;
  readonly skipped: readonly Tally[];
  /** The first faults. With a single one nothing is imported. */
  readonly faults: readonly ImportFault[];
  /** How many there were in all. */
  readonly faultCount: number;
  /** What somebody should know or do, although nothing is wrong. */
  readonly notes: readonly Tally[];
}

/** What an import of a whole list gives: its entries, in the order of the list, where there was no fault. */
export interface ListImport<Entry> {
  readonly entries: readonly Entry[] | undefined;
  readonly report: ImportReport;
}

const maxExamples = 5;
const maxTallies = 100;
const maxFaults = 100;

/** Collects what an import has to say. It keeps the first of everything, and counts the rest. */
export class ImportLog {
  #taken = 0;
  #faultCount = 0;
  readonly #faults: ImportFault[] = [];
  readonly #skipped = new Map<string, { count: number; examples: number[] }>();
  readonly #notes = new Map<string, { count: number; examples: number[] }>();

  take(): void {
    this.#taken += 1;
  }

  skip(reason: string, line: number): void {
    tally(this.#skipped, reason, line);
  }

  note(text: string, line?: number): void {
    tally(this.#notes, text, line);
  }

  fault(line: number | undefined, column: string | undefined, message: string): void {
    this.#faultCount += 1;
    if (this.#faults.length < maxFaults) this.#faults.push({ line, column, message });
  }

  get taken(): number {
    return this.#taken;
  }

  /** Whether anything is wrong so far, so that a bulk load can stop, or goes on to find the rest. */
  get hasFaults(): boolean {
    return this.#faultCount > 0;
  }

  report(): ImportReport {
    return {
      taken: this.#taken,
      skipped: listed(this.#skipped),
      faults: [...this.#faults],
      faultCount: this.#faultCount,
      notes: listed(this.#notes),
    };
  }
}

function tally(
  tallies: Map<string, { count: number; examples: number[] }>,
  text: string,
  line: number | undefined,
): void {
  // A file of hostile length may give any number of reasons.
  const name = tallies.has(text) || tallies.size < maxTallies ? text : 'for other reasons';
  const known = tallies.get(name) ?? { count: 0, examples: [] };
  tallies.set(name, known);
  known.count += 1;
  if (line !== undefined && known.examples.length < maxExamples) known.examples.push(line);
}

const listed = (tallies: ReadonlyMap<string, { count: number; examples: number[] }>): Tally[] =>
  [...tallies].map(([text, { count, examples }]) => ({ text, count, examples: [...examples] }));
