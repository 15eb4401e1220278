import type { AnswerKind } from '../answer-kind.js';
import type { Dashboard } from '../shape.js';
import { kinds } from './words.js';

type OverTime = Dashboard['overTime'];

/** The tenth of certificates that are wrong without a check: what is to fall. */
export const tenth = 0.1;

/** Over how many steps a share is taken: of one alone it would be of a handful of requests. */
const windows: Readonly<Record<OverTime['range'], { readonly steps: number; readonly words: string }>> = {
  '3h': { steps: 15, words: 'quarter of an hour' },
  '24h': { steps: 6, words: 'hour' },
  '14d': { steps: 24, words: 'day' },
};

/** "Of each quarter of an hour": what a point of the trend is the share of. */
export const windowWords = ({ range }: OverTime): string => windows[range].words;

/** When each step began, in seconds since 1970. */
export const stepsOf = ({ from, stepSeconds, judged }: OverTime): number[] =>
  judged.map((_, index) => from + index * stepSeconds);

/** Of a step before the first, 0. */
const countAt = (counts: readonly number[], step: number): number => counts[step] ?? 0;

/** Answers of each kind, a count for each step. */
export function countsByKind({ answers, judged }: OverTime): Record<AnswerKind, number[]> {
  const sumOf = (kind: AnswerKind): number[] => {
    const ofKind = answers.filter((each) => each.kind === kind);
    return judged.map((_, index) => ofKind.reduce((sum, { counts }) => sum + countAt(counts, index), 0));
  };
  return {
    accepted: sumOf('accepted'),
    mismatched: sumOf('mismatched'),
    refused: sumOf('refused'),
    problem: sumOf('problem'),
  };
}

/** The share of mismatches in the window that ends with each step; null where nothing was judged in it. */
export function trendOf(overTime: OverTime): (number | null)[] {
  const { steps } = windows[overTime.range];
  const { mismatched } = countsByKind(overTime);
  let judgedSum = 0;
  let mismatchedSum = 0;
  return overTime.judged.map((judged, index) => {
    judgedSum += judged - countAt(overTime.judged, index - steps);
    mismatchedSum += countAt(mismatched, index) - countAt(mismatched, index - steps);
    return judgedSum === 0 ? null : mismatchedSum / judgedSum;
  });
}

/** For each kind the height of its part and of those below it, the lowest first. */
export function stacked(counts: Readonly<Record<AnswerKind, readonly number[]>>): number[][] {
  const below = counts.accepted.map(() => 0);
  return kinds.map((kind) =>
    counts[kind].map((count, index) => (below[index] = countAt(below, index) + count)),
  );
}
