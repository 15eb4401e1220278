import type { ListValues } from '../reference-data/data-set.js';

/** How many entries each list has, or files each directory. */
export function countedLists(lists: ListValues): Record<string, number> {
  const count = (value: unknown): number => {
    const { entries = value } = (value ?? {}) as { readonly entries?: unknown };
    return Array.isArray(entries) ? entries.length : Object.keys(entries ?? {}).length;
  };
  return Object.fromEntries(Object.entries(lists).map(([name, value]) => [name, count(value)]));
}

/** "1 fault", "2 faults". */
export const counted = (count: number, noun: string): string =>
  `${String(count)} ${noun}${count === 1 ? '' : 's'}`;

/** "3 s", "5 min", "2 h" or "4 days". */
export function inTime(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${String(seconds)} s`;
  if (seconds < 7_200) return `${String(Math.round(seconds / 60))} min`;
  return seconds < 172_800
    ? `${String(Math.round(seconds / 3_600))} h`
    : `${String(Math.round(seconds / 86_400))} days`;
}
