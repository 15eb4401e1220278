import { type AnswerKind, answerKinds } from './answer-kind.js';

/** What one column of every count is of. */
export interface Column {
  readonly kind: AnswerKind;
  /** A response code, or a kind of problem. */
  readonly code: string;
}

/** What stands for the codes of a kind that came when all columns were taken. */
export const otherCodes = 'others';

/**
 * Gives each code of a kind a column of its own, in the order in which they come, until all are taken; those that come later
 * share one for each kind. Codes are those of a list that may be published anew, and so are not bounded by themselves.
 */
export class Columns {
  /** How many there are at the most. */
  readonly length: number;
  readonly #columns: Column[] = [];
  readonly #ofKind: Readonly<Record<AnswerKind, Map<string, number>>> = {
    accepted: new Map(),
    mismatched: new Map(),
    refused: new Map(),
    problem: new Map(),
  };
  #free: number;

  constructor(own: number) {
    this.#free = own;
    this.length = own + answerKinds.length;
  }

  indexOf(kind: AnswerKind, code: string): number {
    const codes = this.#ofKind[kind];
    return codes.get(code) ?? (this.#free > 0 ? this.#take(kind, code) : this.#shared(kind));
  }

  /** Those that are taken. */
  all(): readonly Column[] {
    return this.#columns;
  }

  #take(kind: AnswerKind, code: string): number {
    this.#free -= 1;
    return this.#add(kind, code);
  }

  #shared(kind: AnswerKind): number {
    return this.#ofKind[kind].get(otherCodes) ?? this.#add(kind, otherCodes);
  }

  #add(kind: AnswerKind, code: string): number {
    const index = this.#columns.push({ kind, code }) - 1;
    this.#ofKind[kind].set(code, index);
    return index;
  }
}
