import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from '../json.js';
import type { ListValues } from './data-set.js';
import { dayAfter, type Period, type ReferenceList } from './list.js';
import { listEntries, lists } from './lists/index.js';
import { trustDirectories } from './trust.js';

/** One difference between two data sets. */
export interface Change {
  /** The name of the list. */
  readonly list: string;
  /** In the words of whoever keeps the lists: "distributor 52 added (Example Networks)". */
  readonly text: string;
}

type Entry = Readonly<Record<string, unknown>> & Period;

/**
 * What is different in a data set, in a steward's words, list by list. Entries are told by their keys; in the list of
 * network operators, the ranges and distributor IDs that move from one organisation to another are told as that.
 */
export function diffDataSets(before: ListValues, after: ListValues): Change[] {
  return [
    ...listEntries.flatMap(([member, list]) => {
      const [old, now] = [entriesOf(list, before[list.name]), entriesOf(list, after[list.name])];
      const texts = member === 'networkOperators' ? diffOperators(old, now) : diffEntries(list, old, now);
      return texts.map((text) => ({ list: list.name, text }));
    }),
    ...trustDirectories.flatMap((directory) =>
      diffFiles(before[directory], after[directory]).map((text) => ({ list: directory, text })),
    ),
  ];
}

/**
 * As the service reads them, so that a way of writing is no difference. One that it cannot read is taken as it is, if it has
 * what is compared, and else is as if it were not there.
 */
function entriesOf(list: ReferenceList, value: unknown): readonly Entry[] {
  const { entries } = (value ?? {}) as { readonly entries?: unknown };
  return (Array.isArray(entries) ? entries : []).flatMap((entry: unknown): Entry[] => {
    const read = list.entry.safeParse(entry);
    if (read.success) return [read.data as Entry];
    return isJsonObject(entry) && hasKey(list, entry) && list !== lists.networkOperators ? [entry] : [];
  });
}

function hasKey(list: ReferenceList, entry: Entry): boolean {
  try {
    return !list.key(entry).includes('undefined');
  } catch {
    return false;
  }
}

/** Entries of one key are told apart by the day from which they hold. */
function diffEntries(list: ReferenceList, old: readonly Entry[], now: readonly Entry[]): string[] {
  const keyed = (entries: readonly Entry[]): Map<string, Entry> =>
    new Map(entries.map((entry) => [`${list.key(entry)}${from(entry)}`, entry]));
  const [before, after] = [keyed(old), keyed(now)];
  const name = (entry: Entry): string => `${list.noun} ${list.key(entry)}`;
  const texts: string[] = [];
  for (const [key, entry] of after) {
    const earlier = before.get(key);
    if (earlier === undefined) texts.push(`${name(entry)} added${from(entry)}${nameIn(entry)}`);
    else if (!isDeepStrictEqual(earlier, entry)) texts.push(`${name(entry)}: ${changesOf(earlier, entry)}`);
  }
  for (const [key, entry] of before) {
    if (!after.has(key)) texts.push(`${name(entry)} removed${nameIn(entry)}`);
  }
  return texts;
}

const from = ({ effectiveFrom }: Period): string =>
  effectiveFrom === undefined ? '' : ` from ${effectiveFrom}`;

const nameIn = ({ name }: Entry): string => (typeof name === 'string' ? ` (${name})` : '');

// Some hold a certificate, or a metering point, which is personal data.
const shown = (member: string, value: unknown): string => {
  if (value === undefined) return 'none';
  if (/mp[ax]n|certificate$/i.test(member)) return 'another';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

function changesOf(before: Entry, after: Entry): string {
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return members
    .filter((member) => !isDeepStrictEqual(before[member], after[member]))
    .map((member) => `${member} from ${shown(member, before[member])} to ${shown(member, after[member])}`)
    .join(', ');
}

interface OperatorEntry extends Entry {
  readonly organisationId: string;
  readonly name: string;
  readonly ranges: readonly (Period & { readonly from: string; readonly to: string })[];
  readonly operates: readonly (Period & { readonly distributorId: string })[];
}

/** Something that an organisation has for a time. */
interface Holding extends Period {
  readonly what: string;
  /** The organisationId of who has it. */
  readonly holder: string;
  /** What that organisation is called. */
  readonly name: string;
}

function diffOperators(old: readonly Entry[], now: readonly Entry[]): string[] {
  const [before, after] = [old as readonly OperatorEntry[], now as readonly OperatorEntry[]];
  const withoutHoldings = ({ organisationId, name, test }: OperatorEntry): Entry => ({
    organisationId,
    name,
    test,
  });
  return [
    ...diffEntries(lists.networkOperators, before.map(withoutHoldings), after.map(withoutHoldings)),
    ...diffHoldings(before.flatMap(rangesOf), after.flatMap(rangesOf)),
    ...diffHoldings(before.flatMap(distributorsOf), after.flatMap(distributorsOf)),
  ];
}

const rangesOf = ({ organisationId, name, ranges }: OperatorEntry): Holding[] =>
  ranges.map(({ from: first, to: last, ...period }) => ({
    what: first === last ? first : `${first} to ${last}`,
    holder: organisationId,
    name,
    ...period,
  }));

const distributorsOf = ({ organisationId, name, operates }: OperatorEntry): Holding[] =>
  operates.map(({ distributorId, ...period }) => ({
    what: `distributor ${distributorId}`,
    holder: organisationId,
    name,
    ...period,
  }));

function diffHoldings(before: readonly Holding[], after: readonly Holding[]): string[] {
  const gone = byWhat(without(before, after));
  const come = byWhat(without(after, before));
  const texts: string[] = [];
  for (const what of new Set([...come.keys(), ...gone.keys()])) {
    texts.push(...diffHoldingsOf(what, gone.get(what) ?? [], come.get(what) ?? []));
  }
  return texts;
}

const textOf = ({ what, holder, effectiveFrom, effectiveTo }: Holding): string =>
  JSON.stringify([what, holder, effectiveFrom, effectiveTo]);

function without(holdings: readonly Holding[], others: readonly Holding[]): Holding[] {
  const known = new Set(others.map(textOf));
  return holdings.filter((holding) => !known.has(textOf(holding)));
}

function byWhat(holdings: readonly Holding[]): Map<string, Holding[]> {
  const groups = new Map<string, Holding[]>();
  for (const holding of holdings) groups.set(holding.what, [...(groups.get(holding.what) ?? []), holding]);
  return groups;
}

/** Of one range or distributor ID: what its organisations no longer have in the same way, and what they have instead. */
function diffHoldingsOf(what: string, gone: readonly Holding[], come: readonly Holding[]): string[] {
  const isOf = (holder: string) => (holding: Holding) => holding.holder === holder;
  const losers = gone.filter(
    ({ holder, effectiveTo }) => effectiveTo === undefined || come.some(isOf(holder)),
  );
  const gainers = come.filter(({ holder }) => !gone.some(isOf(holder)));
  const texts: string[] = [];
  const told = new Set<string>();
  for (const gained of gainers) {
    const lost = losers.find(({ holder }) => !told.has(holder));
    if (lost === undefined) {
      texts.push(`${what} is given to ${gained.name}${periodOf(gained)}`);
      continue;
    }
    told.add(lost.holder);
    texts.push(
      `${what} moves from ${lost.name} to ${gained.name}${onDay(gained, come.find(isOf(lost.holder)))}`,
    );
  }
  for (const lost of gone.filter(({ holder }) => !told.has(holder))) {
    const instead = come.find(isOf(lost.holder));
    texts.push(
      instead === undefined
        ? `${what} is taken from ${lost.name}`
        : `${what} stays with ${lost.name}, now${periodOf(instead) || openEnded}, before${periodOf(lost) || openEnded}`,
    );
  }
  return texts;
}

const onDay = ({ effectiveFrom }: Holding, kept: Holding | undefined): string => {
  const ends = kept?.effectiveTo;
  if (effectiveFrom === undefined) return ' at once';
  return ends === undefined || dayAfter(ends) === effectiveFrom
    ? ` on ${effectiveFrom}`
    : ` on ${effectiveFrom}, and stays with the former until ${ends}`;
};

const openEnded = ' until further notice';

const periodOf = ({ effectiveFrom, effectiveTo }: Period): string =>
  `${effectiveFrom === undefined ? '' : ` from ${effectiveFrom}`}${effectiveTo === undefined ? '' : ` until ${effectiveTo}`}`;

function diffFiles(before: unknown, after: unknown): string[] {
  const [old, now] = [(before ?? {}) as Entry, (after ?? {}) as Entry];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return names.flatMap((name) => {
    if (old[name] === now[name]) return [];
    if (old[name] === undefined) return [`file ${name} added`];
    return [now[name] === undefined ? `file ${name} removed` : `file ${name} replaced`];
  });
}
