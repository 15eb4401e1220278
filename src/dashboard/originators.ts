import type { Decision } from '../validate.js';
import { type AnswerKind, isJudged } from './answer-kind.js';

/** What came of the requests of an originator, or of several. */
export interface OriginatorCounts {
  readonly mismatched: number;
  /** Held against an operator, the mismatched among them. */
  readonly judged: number;
  /** Refused for another reason. */
  readonly refused: number;
  readonly decisions: number;
}

export interface OriginatorReading {
  /** Those with the most mismatches, the most first. */
  readonly top: readonly (OriginatorCounts & { readonly entityIdentifier: string })[];
  /** Listed Users that are not among them. */
  readonly others: OriginatorCounts & { readonly originators: number };
  /** Whoever is in no list of Users. */
  readonly unlisted: OriginatorCounts;
}

type Counts = { -readonly [Name in keyof OriginatorCounts]: number };

const none = (): Counts => ({ mismatched: 0, judged: 0, refused: 0, decisions: 0 });

/**
 * Counts requests by their Business Originator. Each listed User is counted for itself, exactly; everybody else together.
 * An Entity Identifier in a request is what its sender wrote, and a crowd of made-up ones so pushes nobody out.
 */
export class Originators {
  readonly #listed = new Map<string, Counts>();
  readonly #overLimit = none();
  readonly #unlisted = none();

  constructor(readonly maxListed: number) {}

  add(kind: AnswerKind, decision: Decision, isListed: boolean): void {
    const counts = isListed ? this.#countsOf(decision.request.requestId.originator) : this.#unlisted;
    counts.decisions += 1;
    if (isJudged(kind, decision)) counts.judged += 1;
    if (kind === 'mismatched') counts.mismatched += 1;
    if (kind === 'refused') counts.refused += 1;
  }

  read(shown: number): OriginatorReading {
    const sorted = [...this.#listed].sort(
      ([one, a], [other, b]) =>
        b.mismatched - a.mismatched || b.decisions - a.decisions || (one < other ? -1 : 1),
    );
    const rest = sorted.slice(shown);
    const others = { ...this.#overLimit };
    for (const [, counts] of rest) addTo(others, counts);
    return {
      top: sorted.slice(0, shown).map(([entityIdentifier, counts]) => ({ entityIdentifier, ...counts })),
      others: { originators: rest.length, ...others },
      unlisted: { ...this.#unlisted },
    };
  }

  #countsOf(originator: string): Counts {
    const known = this.#listed.get(originator);
    if (known !== undefined) return known;
    if (this.#listed.size >= this.maxListed) return this.#overLimit;
    const counts = none();
    // A copy: a part of a body would keep all of it.
    this.#listed.set(Buffer.from(originator).toString(), counts);
    return counts;
  }
}

function addTo(sum: Counts, counts: OriginatorCounts): void {
  sum.mismatched += counts.mismatched;
  sum.judged += counts.judged;
  sum.refused += counts.refused;
  sum.decisions += counts.decisions;
}
