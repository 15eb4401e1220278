import t from 'tap';
import { Aggregates } from '../../src/dashboard/aggregates.js';
import { answerKinds } from '../../src/dashboard/answer-kind.js';
import { accept, reject } from '../../src/rejection.js';
import { shipped } from '../decisions.js';
import { euis, now } from '../fixtures.js';
import { exchange, type Made, mismatched, notGenuine } from './exchanges.js';

const hour = 3_600_000;

/** Aggregates, with a clock that the test sets. */
function aggregatesAt(start: Date): {
  readonly aggregates: Aggregates;
  readonly decide: (made: Made, at?: Date) => void;
  readonly clock: { now: Date };
} {
  const clock = { now: start };
  const aggregates = new Aggregates({
    clock: () => clock.now,
    referenceData: () => accept({ referenceData: shipped, freshness: 'current' }),
  });
  return {
    aggregates,
    clock,
    decide: (made, at = clock.now) => {
      aggregates.decided(exchange({ ...made, at }));
    },
  };
}

const answers = ({ columns }: Aggregates, counts: Float64Array): Record<string, number> =>
  Object.fromEntries(columns.all().map(({ kind, code }, index) => [`${kind} ${code}`, counts[index] ?? 0]));

t.test('counts each decision once, by what was answered', async (t) => {
  const { aggregates, decide } = aggregatesAt(now);
  decide({});
  decide({ mpanCheck: 'mpan-unknown' });
  decide(mismatched);
  decide({ ...mismatched, outcome: 'accepted', code: 'I0', findings: [] });
  decide(notGenuine);
  aggregates.problem('malformed-body');
  aggregates.problem('refused-without-code');
  const { answers: counts, judged, mismatched: wrong } = aggregates.sinceStart();
  t.strictSame(answers(aggregates, counts), {
    'accepted I0': 2,
    'mismatched E061510': 1,
    'mismatched I0': 1,
    'refused refused-without-code': 1,
    'problem malformed-body': 1,
  });
  t.strictSame([judged, wrong], [3, 2]);
  for (const ring of Object.values(aggregates.rings)) {
    const { of } = ring.read(now.getTime() / 1000);
    t.strictSame(
      aggregates.columns.all().map((_, index) => of(index).at(-1)),
      [2, 1, 1, 1, 1],
    );
    t.equal(of(aggregates.judgedColumn).at(-1), 3);
  }
  t.strictSame([...answerKinds], ['accepted', 'mismatched', 'refused', 'problem']);
});

t.test('a listed User is counted by its identifier, and nobody else', async (t) => {
  const { aggregates, decide } = aggregatesAt(now);
  decide(mismatched);
  decide({ ...mismatched, originator: euis.unlisted });
  const { top, unlisted } = aggregates.sinceStart().originators.read(9);
  t.match(top, [{ entityIdentifier: euis.supplier, mismatched: 1 }]);
  t.match(unlisted, { mismatched: 1, decisions: 1 });
});

t.test('without reference data nobody is listed', async (t) => {
  const aggregates = new Aggregates({
    clock: () => now,
    referenceData: () => reject('reference-data-unavailable', ''),
  });
  aggregates.decided(exchange());
  t.equal(aggregates.sinceStart().originators.read(9).unlisted.decisions, 1);
});

t.test('a day is that of the UK, and begins at its midnight', async (t) => {
  // In June the UK's midnight is at 23:00 of the day before in UTC.
  const { aggregates, decide } = aggregatesAt(new Date('2026-06-14T22:00:00Z'));
  decide(mismatched);
  const before = new Date('2026-06-14T22:59:59Z');
  t.equal(aggregates.today(before).judged, 1);
  t.equal(aggregates.yesterday(before), undefined);
  const after = new Date('2026-06-14T23:00:00Z');
  t.equal(aggregates.today(after).judged, 0);
  t.equal(aggregates.yesterday(after)?.judged, 1);
  decide({}, after);
  t.equal(aggregates.today(after).judged, 1);
  t.equal(aggregates.sinceStart().judged, 2);
  t.equal(aggregates.today(after).since.toISOString(), after.toISOString());
});

t.test('what was decided before midnight and comes in after is of the new day', async (t) => {
  const midnight = new Date('2026-06-14T23:00:00Z');
  const { aggregates, decide } = aggregatesAt(midnight);
  decide({}, new Date(midnight.getTime() - 1));
  t.equal(aggregates.today(midnight).judged, 1);
});

t.test('a day on which it did nothing is no yesterday', async (t) => {
  const { aggregates, decide } = aggregatesAt(now);
  decide({});
  t.equal(aggregates.yesterday(new Date(now.getTime() + 48 * hour)), undefined);
});

t.test('a clock that was far ahead, and is set right, begins its day anew', async (t) => {
  const { aggregates, decide, clock } = aggregatesAt(new Date(now.getTime() + 24 * 30 * hour));
  decide({});
  clock.now = now;
  t.equal(aggregates.today(now).judged, 0);
  decide({});
  t.equal(aggregates.today(now).judged, 1);
  t.equal(
    aggregates.rings['3h']
      .read(now.getTime() / 1000)
      .of(0)
      .at(-1),
    1,
  );
});
