import { table } from 'table';
import type { Criterion } from '../load/criteria.js';
import type { ClassTally, FuzzResult } from './run.js';

const mega = (octets: number): string => (octets / 1e6).toFixed(0);

// What is remembered is bounded, and a heap that has just been tidied differs by some megabytes from one time to the next.
const mostHeapGrowth = 1.5;
const mostLivenessMs = 2_000;
const leastAcceptances = 10;

/** What has to be so, beside every single answer. */
export function criteria({ tallies, service }: FuzzResult): Criterion[] {
  const failed = tallies.filter(({ failure }) => failure !== undefined);
  const [before, after] = service.liveHeap;
  const acceptances = tallies.reduce((total, tally) => total + tally.acceptances, 0);
  return [
    {
      name: 'answers that are wrong',
      measured: failed.length === 0 ? 'none' : `in ${failed.map(({ name }) => name).join(', ')}`,
      wanted: 'none',
      isMet: failed.length === 0,
    },
    {
      name: 'acceptances held against the oracle',
      measured: String(acceptances),
      wanted: `at least ${String(leastAcceptances)}`,
      isMet: acceptances >= leastAcceptances,
    },
    {
      name: 'live heap of the service, in MB, before and after',
      measured: `${mega(before)} and ${mega(after)}`,
      wanted: `at most ${String(mostHeapGrowth)} times`,
      isMet: after <= before * mostHeapGrowth,
    },
    {
      name: 'slowest answer of its liveness, in ms',
      measured: service.slowestLivenessMs.toFixed(0),
      wanted: `at most ${String(mostLivenessMs)}`,
      isMet: service.slowestLivenessMs <= mostLivenessMs,
    },
    {
      name: 'fetched what a request names',
      measured: `${String(service.fetched)} times`,
      wanted: 'never',
      isMet: service.fetched === 0,
    },
  ];
}

export function report(result: FuzzResult, judged: readonly Criterion[]): string {
  const { tallies, service, seed, seconds } = result;
  const lines = { drawHorizontalLine: (line: number, count: number) => line < 2 || line === count };
  const total = sum(tallies);
  return [
    table(
      [
        ['inputs', 'tried', 'statuses', 'no answer', 'accepted, and checked', 'slowest, ms'],
        ...[...tallies, total].map((tally) => [
          tally.name,
          String(tally.tried),
          [...tally.statuses]
            .sort(([one], [other]) => one - other)
            .map(([status, count]) => `${String(status)}: ${String(count)}`)
            .join('  '),
          String(tally.unanswered),
          String(tally.acceptances),
          tally.slowestMs.toFixed(0),
        ]),
      ],
      {
        ...lines,
        columns: [
          {},
          { alignment: 'right' },
          { width: 50 },
          { alignment: 'right' },
          { alignment: 'right' },
          { alignment: 'right' },
        ],
      },
    ),
    table(
      [
        ['criterion', 'measured', 'wanted', ''],
        ...judged.map(({ name, measured, wanted, isMet }) => [
          name,
          measured,
          wanted,
          isMet ? 'ok' : 'FAILED',
        ]),
      ],
      lines,
    ),
    `Seed ${String(seed)}, ${seconds.toFixed(1)} s. At its peak the service took ${mega(service.peakRss)} MB, and its longest turn ${service.longestTurnMs.toFixed(0)} ms.`,
    ...tallies.flatMap(({ failure }) =>
      failure === undefined
        ? []
        : [
            `WRONG  ${failure.className}: ${failure.description}\n       ${failure.fault}\n       --seed ${String(failure.seed)}, path ${failure.path}`,
          ],
    ),
  ].join('\n');
}

function sum(tallies: readonly ClassTally[]): ClassTally {
  const statuses = new Map<number, number>();
  for (const tally of tallies) {
    for (const [status, count] of tally.statuses) statuses.set(status, (statuses.get(status) ?? 0) + count);
  }
  const add = (of: (tally: ClassTally) => number): number =>
    tallies.reduce((total, tally) => total + of(tally), 0);
  return {
    name: 'all',
    tried: add(({ tried }) => tried),
    statuses,
    unanswered: add(({ unanswered }) => unanswered),
    acceptances: add(({ acceptances }) => acceptances),
    slowestMs: Math.max(...tallies.map(({ slowestMs }) => slowestMs)),
    failure: undefined,
  };
}
