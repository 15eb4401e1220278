import { type Clock, ukDayOf } from '../clock.js';
import type { RejectionKind } from '../rejection.js';
import type { ValidationDeps } from '../validate.js';
import type { Exchange } from '../witness.js';
import { isJudged, kindOf, withoutCode } from './answer-kind.js';
import { Columns } from './columns.js';
import { RecentRefusals } from './recent-refusals.js';
import { Ring } from './ring.js';
import { type DashboardLimits, Tally } from './tally.js';

/** How far back answers are counted over time, and in which steps: 800 kB for the rings of all of them. */
export const ranges = {
  '3h': { stepSeconds: 60, steps: 180 },
  '24h': { stepSeconds: 600, steps: 144 },
  '14d': { stepSeconds: 3600, steps: 336 },
} as const;

export type Range = keyof typeof ranges;

export const rangeNames = Object.keys(ranges) as Range[];

const defaultLimits: DashboardLimits = { codes: 92, organisations: 1_000, originators: 10_000, refusals: 60 };

export interface AggregateDeps extends Pick<ValidationDeps, 'referenceData'> {
  readonly clock: Clock;
  readonly limits?: DashboardLimits;
}

/**
 * What the dashboard shows of this process: counts since it started, and since the midnight of the UK's day. In memory of
 * fixed bounds, and gone with the process.
 */
export class Aggregates {
  readonly startedAt: Date;
  readonly columns: Columns;
  readonly refusals: RecentRefusals;
  readonly rings: Readonly<Record<Range, Ring>>;
  readonly #deps: AggregateDeps;
  readonly #limits: DashboardLimits;
  /** The column of the rings, behind those of answers, that counts the judged. */
  readonly judgedColumn: number;
  readonly #sinceStart: Tally;
  #today: Tally;
  #yesterday: Tally | undefined;
  #day: string;

  constructor(deps: AggregateDeps) {
    this.#deps = deps;
    this.#limits = deps.limits ?? defaultLimits;
    this.startedAt = deps.clock();
    this.columns = new Columns(this.#limits.codes);
    this.judgedColumn = this.columns.length;
    this.refusals = new RecentRefusals(this.#limits.refusals);
    const ringOf = (range: Range): Ring =>
      new Ring(ranges[range].stepSeconds, ranges[range].steps, this.columns.length + 1);
    this.rings = { '3h': ringOf('3h'), '24h': ringOf('24h'), '14d': ringOf('14d') };
    this.#day = ukDayOf(this.startedAt);
    this.#sinceStart = this.#newTally(this.startedAt);
    this.#today = this.#newTally(this.startedAt);
  }

  /** Counts a decision that is answered. */
  readonly decided = (exchange: Exchange): void => {
    const { decision } = exchange;
    const kind = kindOf(decision);
    const column = this.columns.indexOf(kind, decision.code ?? withoutCode);
    const at = decision.decidedAt;
    this.#count(at, column);
    if (isJudged(kind, decision)) this.#countInRings(at, this.judgedColumn);
    const isListed = this.#isListed(exchange);
    this.#sinceStart.add(kind, column, exchange, isListed);
    this.#today.add(kind, column, exchange, isListed);
    this.refusals.add(kind, exchange);
  };

  /** Counts an answer that is a problem. One that stands for a decision has been counted with it. */
  readonly problem = (kind: RejectionKind): void => {
    if (kind === withoutCode) return;
    const column = this.columns.indexOf('problem', kind);
    this.#count(this.#deps.clock(), column);
    this.#sinceStart.addAnswer(column);
    this.#today.addAnswer(column);
  };

  sinceStart(): Tally {
    return this.#sinceStart;
  }

  /** Of the UK's day at an instant. */
  today(at: Date): Tally {
    this.#reach(at);
    return this.#today;
  }

  /** Of the day before, as far as this process ran on it; undefined where it did not. */
  yesterday(at: Date): Tally | undefined {
    this.#reach(at);
    return this.#yesterday;
  }

  #count(at: Date, column: number): void {
    this.#reach(at);
    this.#countInRings(at, column);
  }

  #countInRings(at: Date, column: number): void {
    const seconds = at.getTime() / 1000;
    this.rings['3h'].add(seconds, column);
    this.rings['24h'].add(seconds, column);
    this.rings['14d'].add(seconds, column);
  }

  /** Begins a day. What was decided before midnight, and comes in after, is counted with the new one. */
  #reach(at: Date): void {
    const day = ukDayOf(at);
    // A clock that was ahead, and is set right, begins its day anew: it would be that of all until it comes again.
    const isSetBack = this.#today.since.getTime() - at.getTime() > dayMs;
    if (day <= this.#day && !isSetBack) return;
    const dayBefore = ukDayOf(new Date(at.getTime() - dayMs));
    this.#yesterday = dayBefore === this.#day ? this.#today : undefined;
    this.#today = this.#newTally(at);
    this.#day = day;
  }

  #newTally(since: Date): Tally {
    return new Tally(this.columns.length, this.#limits, since);
  }

  #isListed({ decision: { decidedAt, request } }: Exchange): boolean {
    const deciding = this.#deps.referenceData(decidedAt);
    const { originator } = request.requestId;
    return deciding.ok && deciding.value.referenceData.userName(originator, ukDayOf(decidedAt)) !== undefined;
  }
}

// Of local time: 23 to 25 hours. At the one end it is the day before all the same; at the other, an hour of no consequence.
const dayMs = 86_400_000;
