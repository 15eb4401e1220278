/** How often a cache had what was asked for, and how often not, since it was made. Whoever looks into the cache counts. */
export interface CacheTally {
  hits: number;
  misses: number;
}

export const newTally = (): CacheTally => ({ hits: 0, misses: 0 });
