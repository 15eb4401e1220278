import { within } from './deadline.js';

// Few enough for a command at the end of a slice to be well within its time on a busy machine.
const sliceSize = 500;

/**
 * Does it for each, so many at a time, which go to Redis together: no other command waits long behind them. Rejects with
 * the first failure, or where a slice takes longer than the deadline.
 */
export async function inSlices<T>(
  items: Iterable<T>,
  deadlineMs: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let slice: T[] = [];
  for (const item of items) {
    slice.push(item);
    if (slice.length < sliceSize) continue;
    await within(deadlineMs, Promise.all(slice.map(work)));
    slice = [];
  }
  await within(deadlineMs, Promise.all(slice.map(work)));
}

/** 0 and so on, as many. */
export const places = (count: number): Iterable<number> => Array.from({ length: count }).keys();
