import { type Move, versions } from './moving-distributor.js';
import type { Lost, Outcome } from './pipeline.js';
import { expectedText, gotText } from './report.js';
import type { Scenario } from './scenarios.js';

/** What came of sending to replicas while another version was published. */
export interface Observed {
  readonly move: Move;
  readonly replicas: number;
  /** In milliseconds since 1970, as the times of outcomes. */
  readonly publishedAt: number;
  readonly outcomes: readonly Outcome[];
  readonly lost: readonly Lost[];
  /** What each replica says that it took from the publish to the new version; null where it does not have it. */
  readonly takenAfterMs: readonly (number | null)[];
}

interface Counts {
  /** Answers by the version that they name. */
  readonly before: number;
  readonly after: number;
  /** Answers in XML, and problems. */
  readonly unnamed: number;
}

interface Replica extends Counts {
  readonly replica: number;
  readonly answers: number;
  readonly takenAfterMs: number | null;
  /** From the publish until an answer named the new version; null where none did. */
  readonly answeredAfterMs: number | null;
  readonly wrong: number;
  readonly lost: number;
  /** Answers by the old version to what was sent after one by the new version had come. */
  readonly wentBack: number;
}

export interface Timeline {
  readonly isRight: boolean;
  readonly answers: number;
  readonly wrong: number;
  readonly lost: number;
  readonly wentBack: number;
  readonly publishedAt: string;
  readonly moved: { readonly distributorId: string; readonly from: string; readonly to: string };
  readonly replicas: readonly Replica[];
  readonly slices: readonly {
    /** When it begins, from the publish. */
    readonly fromMs: number;
    /** One for each replica. */
    readonly answers: readonly Counts[];
  }[];
  /** What is not as it should be, in words; the first of them. */
  readonly faults: readonly string[];
}

const sliceMs = 250;
const takenWithinMs = 1_000;
const faultsShown = 10;

export function timelineOf(observed: Observed): Timeline {
  const { move, publishedAt, outcomes, lost } = observed;
  const numbers = Array.from({ length: observed.replicas }, (_, index) => index);
  const wentBack = numbers.flatMap((index) =>
    wentBackOf(outcomes.filter(({ replica }) => replica === index)),
  );
  const wrong = outcomes.filter(({ isRight }) => !isRight);
  const replicas = numbers.map((index): Replica => {
    const isOwn = ({ replica }: { readonly replica: number }): boolean => replica === index;
    const own = outcomes.filter(isOwn);
    const first = firstBy(versions.after, own);
    return {
      replica: index + 1,
      answers: own.length,
      ...countsOf(own),
      takenAfterMs: observed.takenAfterMs[index] ?? null,
      answeredAfterMs: first === Infinity ? null : Math.round(first - publishedAt),
      wrong: wrong.filter(isOwn).length,
      lost: lost.filter(isOwn).length,
      wentBack: wentBack.filter(isOwn).length,
    };
  });
  const where = (at: number, { replica, scenario }: { replica: number; scenario: Scenario }): string =>
    `${signed(at - publishedAt)} s, replica ${String(replica + 1)}, ${scenario.name}`;
  const faults = [
    ...replicas.flatMap(faultsOf),
    ...wrong.map(
      (each) => `${where(each.answeredAt, each)}: ${said(each)}, and not ${expectedText(each.expected)}`,
    ),
    ...wentBack.map((each) => `${where(each.answeredAt, each)}: answered by version 1 again`),
    ...lost.map((each) => `${where(each.lostAt, each)}: no answer (${each.reason})`),
  ];
  return {
    isRight: faults.length === 0,
    answers: outcomes.length,
    wrong: wrong.length,
    lost: lost.length,
    wentBack: wentBack.length,
    publishedAt: new Date(publishedAt).toISOString(),
    moved: { distributorId: move.distributorId, from: move.former.name, to: move.next.name },
    replicas,
    slices: slicesOf(observed, numbers),
    faults: faults.slice(0, faultsShown),
  };
}

const said = ({ got }: Outcome): string =>
  got.version === undefined ? gotText(got) : `${gotText(got)} by version ${String(got.version)}`;

function firstBy(version: number, outcomes: readonly Outcome[]): number {
  const named = outcomes.filter(({ got }) => got.version === version);
  return named.reduce((first, { answeredAt }) => Math.min(first, answeredAt), Infinity);
}

/** What was in flight together may be answered in any order. */
function wentBackOf(outcomes: readonly Outcome[]): Outcome[] {
  const first = firstBy(versions.after, outcomes);
  return outcomes.filter(({ got, sentAt }) => got.version === versions.before && sentAt > first);
}

/** A replica that never answered by one of the versions shows nothing. */
function faultsOf({ replica, before, after, takenAfterMs }: Replica): string[] {
  const name = `replica ${String(replica)}`;
  return [
    ...(takenAfterMs === null ? [`${name} does not decide by version 2`] : []),
    ...((takenAfterMs ?? 0) > takenWithinMs
      ? [`${name} took ${String(takenAfterMs)} ms to decide by version 2, and should take a second at most`]
      : []),
    ...(before === 0 ? [`${name} never answered by version 1`] : []),
    ...(after === 0 ? [`${name} never answered by version 2`] : []),
  ];
}

function countsOf(outcomes: readonly Outcome[]): Counts {
  const by = (version: number): number => outcomes.filter(({ got }) => got.version === version).length;
  const before = by(versions.before);
  const after = by(versions.after);
  return { before, after, unnamed: outcomes.length - before - after };
}

/** Counted from the publish, so that it falls between two of them. */
function slicesOf({ publishedAt, outcomes }: Observed, replicas: readonly number[]): Timeline['slices'] {
  const sliceOf = ({ answeredAt }: Outcome): number => Math.floor((answeredAt - publishedAt) / sliceMs);
  const numbers = outcomes.map(sliceOf);
  const first = numbers.reduce((one, other) => Math.min(one, other), 0);
  const last = numbers.reduce((one, other) => Math.max(one, other), 0);
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const within = outcomes.filter((outcome) => sliceOf(outcome) === first + index);
    return {
      fromMs: (first + index) * sliceMs,
      answers: replicas.map((replica) => countsOf(within.filter((outcome) => outcome.replica === replica))),
    };
  });
}

/** "+0.25", in seconds. */
const signed = (ms: number): string => `${ms < 0 ? '-' : '+'}${(Math.abs(ms) / 1000).toFixed(2)}`;

/** Plain text of at most 100 columns, for up to nine replicas; what is quoted in a fault may be longer. */
export function renderTimeline(timeline: Timeline): string {
  const { moved, slices, replicas, faults } = timeline;
  const cells = (texts: readonly (readonly [string, string])[]): string =>
    texts.map(([one, other]) => `${one.padStart(6)}${other.padStart(4)}`).join('');
  const count = (number: number): string => (number === 0 ? '.' : String(number));
  const row = ({ fromMs, answers }: Timeline['slices'][number]): string =>
    `${signed(fromMs).padStart(8)}${cells(answers.map(({ before, after }) => [count(before), count(after)]))}`;
  const heading = [
    `${'seconds'.padStart(8)}${replicas.map(({ replica }) => `replica ${String(replica)}`.padStart(10)).join('')}`,
    `${''.padStart(8)}${cells(replicas.map(() => ['v1', 'v2']))}`,
  ];
  const published = '-- version 2 published ';
  return [
    `Version 2 moves distributor ID ${moved.distributorId}`,
    `  from ${moved.from}`,
    `  to   ${moved.to}.`,
    '',
    'Answers by the version that they name, in each quarter of a second, from the publish on:',
    '',
    ...heading,
    ...slices.filter(({ fromMs }) => fromMs < 0).map(row),
    published.padEnd(8 + 10 * replicas.length, '-'),
    ...slices.filter(({ fromMs }) => fromMs >= 0).map(row),
    '',
    ...summaryOf(replicas),
    '',
    'Answers in XML, and problems, name no version.',
    ...faults.map((fault) => `WRONG: ${fault}`),
    verdictOf(timeline),
  ].join('\n');
}

function summaryOf(replicas: readonly Replica[]): string[] {
  const afterPublish = (ms: number | null): string => (ms === null ? 'never' : `${String(ms)} ms`);
  const line = (cells: readonly string[]): string =>
    cells.map((cell, index) => cell.padStart([9, 12, 14, 9, 7, 7, 9, 7, 6][index] ?? 0)).join('');
  return [
    line(['', 'has it', 'answers by it', '', '', '', 'no']),
    line(['replica', 'after', 'after', 'answers', 'v1', 'v2', 'version', 'wrong', 'lost']),
    ...replicas.map((each) =>
      line([
        String(each.replica),
        afterPublish(each.takenAfterMs),
        afterPublish(each.answeredAfterMs),
        ...[each.answers, each.before, each.after, each.unnamed, each.wrong, each.lost].map(String),
      ]),
    ),
  ];
}

function verdictOf({ isRight, answers, wrong, lost, wentBack }: Timeline): string {
  const counted = `${String(answers)} answers: ${String(wrong)} wrong, ${String(lost)} lost, ${String(wentBack)} by version 1 after version 2.`;
  return `${counted} ${isRight ? 'All is as it should be.' : 'NOT as it should be.'}`;
}
