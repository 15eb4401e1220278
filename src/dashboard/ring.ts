import { countAt, increment } from './counts.js';

/** Counts of the last steps of time, the oldest first. */
export interface RingReading {
  /** When the oldest step began, in seconds since 1970. */
  readonly from: number;
  /** Of one column, a count for each step. */
  readonly of: (column: number) => number[];
}

/** Counts for each of the last steps of time, in memory that does not grow. */
export class Ring {
  readonly #counts: Uint32Array;
  /** The newest step, counted from 1970. */
  #newest = Number.NEGATIVE_INFINITY;

  constructor(
    readonly stepSeconds: number,
    readonly length: number,
    readonly columns: number,
  ) {
    this.#counts = new Uint32Array(length * columns);
  }

  add(seconds: number, column: number): void {
    const step = this.#reach(seconds);
    increment(this.#counts, (step % this.length) * this.columns + column);
  }

  /** The steps up to an instant, or up to the newest that was counted where the clock has gone back since. */
  read(seconds: number): RingReading {
    this.#reach(seconds);
    const first = this.#newest - this.length + 1;
    return {
      from: first * this.stepSeconds,
      of: (column) =>
        Array.from({ length: this.length }, (_, index) =>
          countAt(this.#counts, ((first + index) % this.length) * this.columns + column),
        ),
    };
  }

  /** Makes room for the step of an instant, and gives it. */
  #reach(seconds: number): number {
    const step = Math.floor(seconds / this.stepSeconds);
    // A clock that is set back by more than the ring holds begins it anew, or nothing would count until it has caught up.
    if (step - this.#newest >= this.length || this.#newest - step >= this.length) {
      this.#counts.fill(0);
      this.#newest = step;
    }
    for (; this.#newest < step; this.#newest += 1) {
      const from = ((this.#newest + 1) % this.length) * this.columns;
      this.#counts.fill(0, from, from + this.columns);
    }
    return step;
  }
}
