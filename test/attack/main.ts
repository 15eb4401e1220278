import { Command } from 'commander';
import { table } from 'table';
import { criteria as fuzzCriteria } from '../fuzz/report.js';
import { attackClasses, fuzz, type FuzzResult } from '../fuzz/run.js';
import { type Criterion, criteria as loadCriteria } from '../load/criteria.js';
import type { Measured } from '../load/measure.js';
import { runLoad } from '../load/run.js';
import { type FaultTally, runFaults } from './faults.js';

/**
 * Inputs, faults and load, one after the other, in one table: what was tried, what was held, and that nothing was lost. Exits with
 * 1 where anything was, and with 2 where the run could not be made.
 */

interface Row {
  readonly what: string;
  readonly tried: number;
  /** Right, or refused as it should be. */
  readonly held: number;
  readonly note: string;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function inputRows({ tallies, seed, service }: FuzzResult): Row[] {
  const failures = tallies.filter(({ failure }) => failure !== undefined).length;
  const tried = sum(tallies.map((tally) => tally.tried));
  const acceptances = sum(tallies.map((tally) => tally.acceptances));
  return [
    {
      what: 'inputs that are wrong, odd or hostile',
      tried,
      held: tried - failures,
      note: `seed ${String(seed)}`,
    },
    {
      what: 'of them accepted, and by our own reading rightly',
      tried: acceptances,
      held: failures === 0 ? acceptances : 0,
      note: `liveness answered within ${service.slowestLivenessMs.toFixed(0)} ms`,
    },
  ];
}

const faultRow = (faults: readonly FaultTally[]): Row => ({
  what: 'faults',
  tried: sum(faults.map(({ survived, failed }) => survived + failed.length)),
  held: sum(faults.map(({ survived }) => survived)),
  note: `${String(sum(faults.map(({ skipped }) => skipped)))} skipped; ${faults.map(({ name }) => name).join(', ')}`,
});

function loadRows({ first, warmUp, turns, recovered, overload }: Measured): Row[] {
  const within = [first, warmUp, ...turns.map(({ service }) => service), recovered].map(({ tally }) => tally);
  const { tally: past } = overload;
  return [
    {
      what: 'requests as fast as they are answered',
      tried: sum(within.map(({ sent }) => sent)),
      held: sum(within.map(({ right }) => right)),
      note: `up to ${Math.max(...within.map(({ ratePerSecond }) => ratePerSecond)).toFixed(0)} a second`,
    },
    {
      what: 'requests past what it can do',
      tried: past.sent,
      held: past.right + past.shed,
      note: `${String(past.right)} right, ${String(past.shed)} turned away, over ${String(overload.connections)} connections`,
    },
  ];
}

const { seconds, seed } = new Command('npm run attack --')
  .description(
    'Runs the fuzz suite, the fault tests and the load test, and prints what was tried and what held.',
  )
  .option('--seconds <count>', 'how long inputs are tried', Number, 60)
  .option('--seed <number>', 'of the inputs', Number, Date.now() % 1_000_000_000)
  .parse()
  .opts<{ readonly seconds: number; readonly seed: number }>();

const tell = (text: string): void => {
  console.error(text);
};

try {
  tell('Inputs ...');
  const inputs = await fuzz({ seed, seconds, runs: Number.MAX_SAFE_INTEGER, classes: attackClasses });
  const faults = await runFaults(tell);
  const load = await runLoad(tell);
  const rows = [...inputRows(inputs), faultRow(faults), ...loadRows(load)];
  console.log(
    table(
      [
        ['what', 'tried', 'held', 'lost', ''],
        ...rows.map(({ what, tried, held, note }) => [
          what,
          ...[tried, held, tried - held].map((count) => count.toLocaleString('en')),
          note,
        ]),
      ],
      {
        columns: [
          {},
          ...Array.from({ length: 3 }, () => ({ alignment: 'right' as const })),
          { width: 60, wrapWord: true },
        ],
      },
    ),
  );
  const missed = [...fuzzCriteria(inputs), ...loadCriteria(load)].filter(({ isMet }: Criterion) => !isMet);
  for (const { name, measured, wanted } of missed)
    console.log(`FAILED  ${name}: ${measured}, wanted ${wanted}`);
  for (const { failure } of inputs.tallies)
    if (failure !== undefined) console.log(`WRONG  ${failure.description}: ${failure.fault}`);
  for (const { name, failed } of faults) for (const title of failed) console.log(`FAILED  ${name}: ${title}`);
  const isAllWell = missed.length === 0 && rows.every(({ tried, held }) => tried === held);
  console.log(isAllWell ? 'Nothing was lost.' : 'Something was lost.');
  process.exitCode = isAllWell ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 2;
}
