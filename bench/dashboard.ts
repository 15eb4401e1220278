import { Aggregates } from '../src/dashboard/aggregates.js';
import { accept } from '../src/rejection.js';
import { shipped } from '../test/decisions.js';
import { exchange, mismatched, notGenuine } from '../test/dashboard/exchanges.js';

// What it costs to count a decision for the dashboard: many in a loop, the best of several rounds.
const rounds = 12;
const decisions = 50_000;

const aggregates = new Aggregates({
  clock: () => new Date(),
  referenceData: () => accept({ referenceData: shipped, freshness: 'current' }),
});

for (const [name, made] of Object.entries({ accepted: {}, mismatched, 'not genuine': notGenuine })) {
  const told = exchange(made);
  let best = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    for (let each = 0; each < decisions; each += 1) aggregates.decided(told);
    best = Math.min(best, ((performance.now() - started) * 1000) / decisions);
  }
  console.log(`${name.padEnd(12)} ${best.toFixed(2)} µs`);
}
