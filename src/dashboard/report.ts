import { type Clock, ukDayOf } from '../clock.js';
import { shownReferenceData } from '../http/health.js';
import type { LiveStatus } from '../live-reference-data.js';
import type { DistributorId } from '../metering-point/mpan.js';
import type { ReferenceData } from '../reference-data/snapshot.js';
import { type RejectionKind, rejectionKinds } from '../rejection.js';
import type { EntityIdentifier } from '../smki/entity-identifier.js';
import { type Aggregates, type Range, ranges } from './aggregates.js';
import { withoutCode } from './answer-kind.js';
import { type Column, otherCodes } from './columns.js';
import { countAt } from './counts.js';
import type { Dashboard, Period } from './shape.js';
import type { Tally } from './tally.js';

export interface ReportDeps {
  readonly aggregates: Aggregates;
  readonly referenceDataStatus: () => LiveStatus;
  readonly clock: Clock;
  /** Names this process to whoever asks several. */
  readonly replica: string;
}

export interface Question {
  readonly period: Period;
  readonly range: Range;
  readonly after: string;
}

const originatorsShown = 15;

/** What GET /v1/dashboard answers. Names are those of the reference data in force. */
export function reportOn(deps: ReportDeps, { period, range, after }: Question): Dashboard {
  const { aggregates, replica } = deps;
  const now = deps.clock();
  const status = deps.referenceDataStatus();
  const referenceData = status.inForce?.referenceData;
  const names = namesIn(referenceData, ukDayOf(now));
  const today = aggregates.today(now);
  const yesterday = aggregates.yesterday(now);
  const { refusals } = aggregates;
  return {
    replica,
    startedAt: aggregates.startedAt.toISOString(),
    now: now.toISOString(),
    today: {
      day: ukDayOf(now),
      ...shareOf(today),
      yesterday: yesterday === undefined ? null : shareOf(yesterday),
    },
    overTime: overTimeOf(aggregates, range, now),
    counts: countsOf(aggregates, period, period === 'today' ? today : aggregates.sinceStart(), names),
    refusals: refusals.after(sequenceIn(after, replica)).map((refusal) => ({
      ...refusal,
      findings: refusal.findings.map((finding) => ({ ...finding })),
      originatorName: names.user(refusal.originator),
    })),
    cursor: `${replica}.${String(refusals.sequence)}`,
    referenceData: shownReferenceData(status),
  };
}

const shareOf = ({ mismatched, judged }: Tally): Dashboard['counts']['share'] => ({ mismatched, judged });

/** A cursor of another process says nothing of this one's refusals. */
function sequenceIn(cursor: string, replica: string): number {
  const [of, sequence = ''] = cursor.split('.');
  return of === replica && /^[0-9]{1,15}$/.test(sequence) ? Number(sequence) : 0;
}

function overTimeOf(aggregates: Aggregates, range: Range, now: Date): Dashboard['overTime'] {
  const { from, of } = aggregates.rings[range].read(now.getTime() / 1000);
  return {
    range,
    from,
    stepSeconds: ranges[range].stepSeconds,
    answers: aggregates.columns
      .all()
      .map((column, index) => ({ ...column, counts: of(index) }))
      .filter(({ counts }) => counts.some((each) => each > 0)),
    judged: of(aggregates.judgedColumn),
  };
}

function countsOf({ columns }: Aggregates, period: Period, tally: Tally, names: Names): Dashboard['counts'] {
  const rows = tally.claims.rows();
  const ids = new Set(rows.flatMap(({ cells }) => cells.map(({ distributorId }) => distributorId)));
  const { top, others, unlisted } = tally.originators.read(originatorsShown);
  return {
    period,
    since: tally.since.toISOString(),
    answers: columns.all().flatMap((column, index) => {
      const count = countAt(tally.answers, index);
      return count === 0 ? [] : [{ ...column, description: names.answer(column), count }];
    }),
    share: shareOf(tally),
    claims: {
      distributors: [...ids]
        .sort()
        .map((distributorId) => ({ distributorId, name: names.distributor(distributorId) })),
      rows: rows.map(({ claim, cells }) => ({ ...claim, cells: cells.map((cell) => ({ ...cell })) })),
    },
    originators: {
      top: top.map((each) => ({ ...each, name: names.user(each.entityIdentifier) })),
      others: { ...others },
      unlisted: { ...unlisted },
    },
  };
}

interface Names {
  readonly user: (entityIdentifier: string) => string | null;
  readonly distributor: (distributorId: string) => string | null;
  readonly answer: (column: Column) => string;
}

function namesIn(referenceData: ReferenceData | undefined, day: string): Names {
  return {
    user: (entityIdentifier) => referenceData?.userName(entityIdentifier as EntityIdentifier, day) ?? null,
    distributor: (distributorId) =>
      referenceData?.distributor(distributorId as DistributorId, day)?.name ?? null,
    answer: ({ kind, code }) => {
      if (code === otherCodes) return 'Codes that came when too many others had';
      if (kind === 'problem' || code === withoutCode) return rejectionKinds[code as RejectionKind].title;
      return referenceData?.meaningOf(code) ?? code;
    },
  };
}
