import type { Exchange } from '../witness.js';
import { type AnswerKind, isJudged } from './answer-kind.js';
import { Claims } from './claims.js';
import { increment } from './counts.js';
import { Originators } from './originators.js';

/** Bounds of what a process keeps for the dashboard. */
export interface DashboardLimits {
  /** Columns for codes and kinds of problem, besides one for the rest of each kind. */
  readonly codes: number;
  readonly organisations: number;
  readonly originators: number;
  /** Recent refusals that are kept, as many mismatches as others. */
  readonly refusals: number;
}

/** Everything that is counted from one moment on. */
export class Tally {
  readonly answers: Float64Array;
  readonly claims: Claims;
  readonly originators: Originators;
  judged = 0;
  mismatched = 0;

  constructor(
    columns: number,
    { organisations, originators }: DashboardLimits,
    readonly since: Date,
  ) {
    this.answers = new Float64Array(columns);
    this.claims = new Claims(organisations);
    this.originators = new Originators(originators);
  }

  add(kind: AnswerKind, column: number, { decision }: Exchange, isListed: boolean): void {
    this.addAnswer(column);
    if (isJudged(kind, decision)) this.judged += 1;
    if (kind === 'mismatched') this.mismatched += 1;
    this.claims.add(kind, decision);
    this.originators.add(kind, decision, isListed);
  }

  addAnswer(column: number): void {
    increment(this.answers, column);
  }
}
