type Counts = Uint32Array | Float64Array;

/** Adds one to a count. Outside of them there is nothing to add to. */
export const increment = (counts: Counts, at: number): void => {
  counts[at] = countAt(counts, at) + 1;
};

/** Outside of them, 0. */
export const countAt = (counts: Counts, at: number): number => counts[at] ?? 0;
