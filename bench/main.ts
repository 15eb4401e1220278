import { table } from 'table';
import { cases, requestsPerRun } from './cases.js';

/**
 * Measures what each check adds to a request, from its bytes to those of the answer, inside the process. The cases run
 * in turn, several rounds on the same machine: the median of each is told as a ratio to that of the first.
 */

const rounds = 31;
const warmUpRounds = 9;

const times = new Map<string, number[]>(cases.map(({ name }) => [name, []]));
for (let round = -warmUpRounds; round < rounds; round += 1) {
  // Each round begins with another case: what the one before leaves to be collected falls on all of them alike.
  const first = (round + warmUpRounds) % cases.length;
  for (const { name, run } of [...cases.slice(first), ...cases.slice(0, first)]) {
    const started = performance.now();
    await run();
    const perRequest = ((performance.now() - started) * 1000) / requestsPerRun;
    if (round >= 0) times.get(name)?.push(perRequest);
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;

const medians = cases.map(({ name }) => ({ name, microseconds: median(times.get(name) ?? []) }));
const base = medians[0]?.microseconds ?? Number.NaN;
const results = medians.map(({ name, microseconds }) => ({
  name,
  microseconds: Math.round(microseconds * 10) / 10,
  ratio: Math.round((microseconds / base) * 100) / 100,
}));

if (process.argv.includes('--json')) {
  console.log(JSON.stringify(results, undefined, 2));
} else {
  const rows = results.map(({ name, microseconds, ratio }) => [
    name,
    microseconds.toFixed(1),
    ratio.toFixed(2),
  ]);
  const columns = [{}, { alignment: 'right' as const }, { alignment: 'right' as const }];
  console.log(table([['a request', 'µs', 'ratio'], ...rows], { columns }));
}
