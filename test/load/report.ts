import { table, type TableUserConfig } from 'table';
import type { Criterion } from './criteria.js';
import type { Measured, Phase } from './measure.js';

const faultsShown = 10;

/** The figures, the criteria, and what was wrong. */
export function report(measured: Measured, criteria: readonly Criterion[]): string {
  const { first, warmUp, turns, overload, recovered, recoveryMs } = measured;
  const header = [
    'what',
    'sent',
    'right',
    'shed',
    'wrong',
    'a second',
    'CPU µs',
    'ms median',
    'ms p99',
    'loop p99',
    'RSS MB',
    'heap MB',
  ];
  const figures = [
    row('first', first),
    row('warm', warmUp),
    ...turns.flatMap(({ service, noOp }, turn) => [
      row(`service, turn ${String(turn + 1)}`, service),
      row('no-op', noOp, false),
    ]),
    row(`overload, ${String(overload.connections)} connections`, overload),
    row('recovered', recovered),
  ];
  const layout: TableUserConfig = {
    columns: [{}, ...header.slice(1).map(() => ({ alignment: 'right' as const }))],
    drawHorizontalLine: (line, count) => line < 2 || line === count,
  };
  const judged = criteria.map(({ name, measured: value, wanted, isMet }) => [
    name,
    value,
    wanted,
    isMet ? 'ok' : 'FAILED',
  ]);
  const faults = new Set(
    [first, warmUp, ...turns.map(({ service }) => service), overload, recovered].flatMap(
      ({ tally }) => tally.faults,
    ),
  );
  const missed = criteria.filter(({ isMet }) => !isMet);
  return [
    table([header, ...figures], layout),
    table([['criterion', 'measured', 'wanted', ''], ...judged], {
      drawHorizontalLine: (line, count) => line < 2 || line === count,
    }),
    `It took requests again ${(recoveryMs / 1000).toFixed(1)} s after the overload.`,
    ...[...faults].slice(0, faultsShown).map((fault) => `WRONG  ${fault}`),
    missed.length === 0 ? 'Every criterion is met.' : `FAILED: ${missed.map(({ name }) => name).join('; ')}.`,
  ].join('\n');
}

function row(name: string, { tally, took }: Phase, isJudged = true): string[] {
  const answered = tally.sent - tally.dropped;
  return [
    name,
    String(tally.sent),
    isJudged ? String(tally.right) : '',
    isJudged ? String(tally.shed) : '',
    isJudged ? String(tally.wrong) : '',
    tally.ratePerSecond.toFixed(0),
    (took.cpu / answered).toFixed(0),
    tally.latencyMs.median.toFixed(1),
    tally.latencyMs.p99.toFixed(1),
    took.eventLoopDelay.p99.toFixed(1),
    (took.peakRss / 1e6).toFixed(0),
    (took.liveHeap / 1e6).toFixed(0),
  ];
}
