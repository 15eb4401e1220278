import type { Tally } from '../summary.js';

export interface Share {
  readonly judged: number;
  readonly mismatched: number;
  /** Of the judged; NaN where none was. */
  readonly value: number;
  /** The ends of its 95% interval. */
  readonly low: number;
  readonly high: number;
}

// Of the normal distribution, for 95%.
const z = 1.96;

/** The interval is Wilson's, which holds for small groups and for shares near 0 and 1. */
export function shareOf(mismatched: number, judged: number): Share {
  if (judged === 0) return { judged, mismatched, value: NaN, low: 0, high: 1 };
  const value = mismatched / judged;
  const scale = 1 + z ** 2 / judged;
  const middle = (value + z ** 2 / (2 * judged)) / scale;
  const half = (z * Math.sqrt((value * (1 - value)) / judged + z ** 2 / (4 * judged ** 2))) / scale;
  // Rounding would leave an end a hair off the share itself where that is 0 or 1.
  return {
    judged,
    mismatched,
    value,
    low: Math.max(0, Math.min(value, middle - half)),
    high: Math.min(1, Math.max(value, middle + half)),
  };
}

export const shareOfTally = ({ rows, unknown, mismatched }: Tally): Share =>
  shareOf(mismatched, rows - unknown);
