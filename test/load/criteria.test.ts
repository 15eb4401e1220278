import t from 'tap';
import { criteria } from './criteria.js';
import type { Measured, Phase } from './measure.js';
import type { Observation } from './observer.js';
import { report } from './report.js';
import type { Tally } from './tally.js';

const phase = (change: Partial<Tally> = {}, took: Partial<Observation> = {}): Phase => ({
  tally: {
    sent: 1000,
    right: 1000,
    shed: 0,
    wrong: 0,
    failed: 0,
    dropped: 0,
    seconds: 1,
    ratePerSecond: 1000,
    latencyMs: { median: 10, p99: 30, max: 40 },
    faults: [],
    ...change,
  },
  took: {
    eventLoopDelay: { median: 1, p99: 20, max: 30 },
    peakRss: 200e6,
    liveHeap: 40e6,
    cpu: 1e6,
    ...took,
  },
});

const turn = (service = phase(), noOp = phase({ ratePerSecond: 5000 })): Measured['turns'][number] => ({
  service,
  noOp,
});

const overload = (
  change: Partial<Tally> = {},
  rest: Partial<Measured['overload']> = {},
): Measured['overload'] => ({
  ...phase({ right: 400, shed: 600, latencyMs: { median: 300, p99: 700, max: 800 }, ...change }),
  connections: 500,
  probes: [200, 200],
  ...rest,
});

const good: Measured = {
  first: phase(),
  warmUp: phase(),
  turns: [turn(), turn(), turn()],
  overload: overload(),
  recoveryMs: 100,
  recovered: phase(),
};

t.test('all are met where all is well', async (t) => {
  const judged = criteria(good);
  t.strictSame(
    judged.filter(({ isMet }) => !isMet),
    [],
  );
  t.match(report(good, judged), /Every criterion is met\.$/);
});

t.test('each is missed for its own reason', async (t) => {
  const slow = turn(phase({ ratePerSecond: 100 }));
  const late = turn(phase({}, { eventLoopDelay: { median: 1, p99: 300, max: 300 } }));
  const cases: [string, Partial<Measured>][] = [
    ['wrong answers', { turns: [turn(), turn(), turn(phase({ right: 999, wrong: 1 }))] }],
    ['wrong answers', { overload: overload({ right: 399, wrong: 1 }) }],
    ['server errors that are not load shedding', { warmUp: phase({ failed: 1 }) }],
    ['requests without an answer', { first: phase({ dropped: 1 }) }],
    ['requests without an answer', { recovered: phase({ dropped: 1 }) }],
    ['requests without an answer', { overload: overload({ dropped: 1 }) }],
    ['turned away while it can keep up', { recovered: phase({ shed: 1 }) }],
    [
      'of the no-op server without an answer',
      { turns: [turn(phase(), phase({ ratePerSecond: 5000, dropped: 1 }))] },
    ],
    [
      'requests a second, to those of a no-op server',
      { turns: [slow, slow, slow], recovered: phase({ ratePerSecond: 100 }) },
    ],
    ['event-loop delay under load, 99th of 100, in ms', { turns: [late, late, turn()] }],
    ['turned away past saturation', { overload: overload({ right: 1000, shed: 0 }) }],
    ['turned away past saturation', { overload: overload({ right: 0, shed: 1000 }) }],
    [
      'wait of those let in, in answers on every connection',
      { overload: overload({ latencyMs: { median: 1, p99: 9000, max: 9000 } }) },
    ],
    [
      'wait of those let in, in answers on every connection',
      { overload: overload({ latencyMs: { median: NaN, p99: NaN, max: NaN } }) },
    ],
    ['health past saturation', { overload: overload({}, { probes: [200, 503] }) }],
    ['health past saturation', { overload: overload({}, { probes: [] }) }],
    [
      'memory at its peak past saturation, to before',
      { overload: overload({}, { took: { ...phase().took, peakRss: 2e9 } }) },
    ],
    ['requests a second once it has recovered, to before', { recovered: phase({ ratePerSecond: 100 }) }],
    ['live heap once it has recovered, to before', { recovered: phase({}, { liveHeap: 90e6 }) }],
  ];
  const reached = new Set<string>();
  for (const [name, change] of cases) {
    const judged = criteria({ ...good, ...change });
    const missed = judged.filter(({ isMet }) => !isMet).map((criterion) => criterion.name);
    t.ok(missed.includes(name), `${name} is missed`);
    t.ok(missed.length <= 2, missed.join('; '));
    t.match(report({ ...good, ...change }, judged), `FAILED: ${missed.join('; ')}.`);
    reached.add(name);
  }
  t.strictSame(
    [...reached].sort(),
    criteria(good)
      .map(({ name }) => name)
      .sort(),
    'there is a case for each',
  );
});
