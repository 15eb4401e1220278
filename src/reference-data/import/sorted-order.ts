import { at } from './growing-array.js';

interface Sorted {
  readonly keys: Float64Array;
  readonly order: Uint32Array;
}

const digitSize = 0x1_0000;

/**
 * Sorts whole numbers from 0 to 2^48 in place, and says which place each had before: undefined where they were in
 * order already, as extracts mostly are. Equal ones keep their order. A radix sort, by 16 bits at a time: tens of
 * millions take seconds, and no order of them takes longer.
 */
export function sortedOrder(keys: Float64Array): Uint32Array | undefined {
  if (isSorted(keys)) return undefined;
  let from: Sorted = { keys, order: Uint32Array.from(keys, (_, place) => place) };
  let to: Sorted = { keys: new Float64Array(keys.length), order: new Uint32Array(keys.length) };
  for (let unit = 1; unit < digitSize ** 3; unit *= digitSize) {
    const next = new Uint32Array(digitSize);
    for (const key of from.keys) next[digitOf(key, unit)] = at(next, digitOf(key, unit)) + 1;
    let start = 0;
    for (let digit = 0; digit < digitSize; digit += 1) {
      const count = at(next, digit);
      next[digit] = start;
      start += count;
    }
    for (let place = 0; place < keys.length; place += 1) {
      const key = at(from.keys, place);
      const digit = digitOf(key, unit);
      const target = at(next, digit);
      next[digit] = target + 1;
      to.keys[target] = key;
      to.order[target] = at(from.order, place);
    }
    [from, to] = [to, from];
  }
  keys.set(from.keys);
  return from.order;
}

const digitOf = (key: number, unit: number): number => Math.floor(key / unit) % digitSize;

function isSorted(keys: Float64Array): boolean {
  for (let place = 1; place < keys.length; place += 1) {
    if (at(keys, place - 1) > at(keys, place)) return false;
  }
  return true;
}
