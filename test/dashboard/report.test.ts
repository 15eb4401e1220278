import t from 'tap';
import { Aggregates } from '../../src/dashboard/aggregates.js';
import { type Question, reportOn } from '../../src/dashboard/report.js';
import { type Dashboard, dashboard } from '../../src/dashboard/shape.js';
import { accept } from '../../src/rejection.js';
import { shipped, statusOf } from '../decisions.js';
import { euis, now } from '../fixtures.js';
import { exchange, type Made, mismatched, notGenuine } from './exchanges.js';

function reporting(at: Date = now): {
  readonly decide: (made: Made) => void;
  readonly aggregates: Aggregates;
  readonly clock: { now: Date };
  readonly ask: (question?: Partial<Question>, isWithout?: boolean) => Dashboard;
} {
  const clock = { now: at };
  const aggregates = new Aggregates({
    clock: () => clock.now,
    referenceData: () => accept({ referenceData: shipped, freshness: 'current' }),
    limits: { codes: 4, organisations: 9, originators: 40, refusals: 9 },
  });
  return {
    aggregates,
    clock,
    decide: (made) => {
      aggregates.decided(exchange({ at: clock.now, ...made }));
    },
    ask: (question = {}, isWithout = false) => {
      const status = statusOf(shipped);
      const report = reportOn(
        {
          aggregates,
          clock: () => clock.now,
          replica: 'one',
          referenceDataStatus: () => (isWithout ? { ...status, inForce: undefined } : status),
        },
        { period: 'today', range: '3h', after: '', ...question },
      );
      return dashboard.parse(report);
    },
  };
}

t.test('nothing has been counted yet', async (t) => {
  const { ask } = reporting();
  t.match(ask(), {
    replica: 'one',
    startedAt: now.toISOString(),
    today: { day: '2026-06-15', judged: 0, mismatched: 0, yesterday: null },
    overTime: { answers: [], stepSeconds: 60 },
    counts: { answers: [], claims: { distributors: [], rows: [] }, originators: { top: [] } },
    refusals: [],
    cursor: 'one.0',
    referenceData: { inForce: { version: 1 }, freshness: 'current' },
  });
  t.equal(ask().overTime.judged.length, 180);
});

t.test('figures, with the names that the lists have', async (t) => {
  const { ask, decide, aggregates } = reporting();
  decide({});
  decide(mismatched);
  decide(notGenuine);
  aggregates.problem('malformed-body');
  const report = ask();
  t.strictSame(
    report.counts.answers.map(({ kind, code, description, count }) => [kind, code, description, count]),
    [
      ['accepted', 'I0', 'Success', 1],
      [
        'mismatched',
        'E061510',
        'Certificate Party / MPAN mismatch: the Certificate Party is not correct for the MPAN',
        1,
      ],
      [
        'refused',
        'refused-without-code',
        'The request is refused, and DUIS publishes no code for the reason',
        1,
      ],
      ['problem', 'malformed-body', 'The body is not well-formed', 1],
    ],
  );
  t.match(report.counts, {
    share: { judged: 2, mismatched: 1 },
    claims: { distributors: [{ distributorId: '12', name: 'London Power Networks' }] },
    originators: {
      top: [{ entityIdentifier: euis.supplier, name: 'Invented Supplier 1', mismatched: 1, refused: 1 }],
    },
  });
  t.match(report.refusals, [
    { sequence: 2, kind: 'refused', originatorName: 'Invented Supplier 1' },
    { sequence: 1, kind: 'mismatched' },
  ]);
  t.strictSame(
    report.overTime.answers.map(({ code, counts }) => [code, counts.at(-1)]),
    [
      ['I0', 1],
      ['E061510', 1],
      ['refused-without-code', 1],
      ['malformed-body', 1],
    ],
  );
});

t.test('what no list has any longer, or there is none, goes by what it is', async (t) => {
  const { ask, decide } = reporting();
  decide({ ...mismatched, mpxn: '9900000000004', code: 'E9' });
  decide(mismatched);
  decide({ code: 'E10', outcome: 'refused' });
  decide({ code: 'E11', outcome: 'refused' });
  decide({ code: 'E12', outcome: 'refused' });
  t.strictSame(
    ask().counts.answers.map(({ code, description }) => [code, description]),
    [
      ['E9', 'E9'],
      ['E061510', 'Certificate Party / MPAN mismatch: the Certificate Party is not correct for the MPAN'],
      ['E10', 'E10'],
      ['E11', 'E11'],
      ['others', 'Codes that came when too many others had'],
    ],
  );
  t.match(ask({}, true), {
    counts: {
      answers: [{ description: 'E9' }],
      claims: { distributors: [{ name: null }, { name: null }] },
      originators: { top: [{ name: null }] },
    },
    refusals: [{ originatorName: null }],
    referenceData: { inForce: null },
  });
});

t.test('today and yesterday, or since the start', async (t) => {
  const { ask, decide, clock } = reporting();
  decide(mismatched);
  clock.now = new Date(now.getTime() + 86_400_000);
  decide({});
  t.match(ask(), {
    today: { day: '2026-06-16', judged: 1, mismatched: 0, yesterday: { judged: 1, mismatched: 1 } },
    counts: { period: 'today', share: { judged: 1, mismatched: 0 } },
  });
  t.match(ask({ period: 'since-start' }), {
    counts: { period: 'since-start', since: now.toISOString(), share: { judged: 2, mismatched: 1 } },
  });
  t.strictSame(
    ask().counts.answers.map(({ code }) => code),
    ['I0'],
  );
});

t.test('each range has its steps', async (t) => {
  const { ask, decide } = reporting();
  decide({});
  for (const [range, stepSeconds, steps] of [
    ['3h', 60, 180],
    ['24h', 600, 144],
    ['14d', 3600, 336],
  ] as const) {
    const { overTime } = ask({ range });
    t.match(overTime, { range, stepSeconds });
    t.equal(overTime.judged.length, steps);
    t.equal(overTime.judged.at(-1), 1);
    t.equal(
      overTime.from + (steps - 1) * stepSeconds,
      Math.floor(now.getTime() / 1000 / stepSeconds) * stepSeconds,
    );
  }
});

t.test('refusals after a cursor, where it is of this process', async (t) => {
  const { ask, decide } = reporting();
  decide(mismatched);
  const { cursor } = ask();
  t.equal(cursor, 'one.1');
  decide(mismatched);
  const after = (text: string): number[] => ask({ after: text }).refusals.map(({ sequence }) => sequence);
  t.strictSame(after(cursor), [2]);
  for (const other of ['', 'two.1', 'one', 'one.', 'one.x', 'one.1e3', '.1']) {
    t.strictSame(after(other), [2, 1], other);
  }
});
