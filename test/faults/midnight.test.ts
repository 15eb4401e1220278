import t, { type Test } from 'tap';
import { type Clock, ukDayOf } from '../../src/clock.js';
import type { Answer } from '../../src/duis/json/response.js';
import { directoryDataSets } from '../../src/stores/directory-data-sets.js';
import { now } from '../fixtures.js';
import { until } from '../until.js';
import { dataSetOf, listsOf, questions, type Side, wrongWith } from './opposites.js';
import { keepAsking, publisherTo, type Replica, startReplica, temporaryDirectory } from './replica.js';
import { startWithSlowHistory } from './slow-history.js';

const connections = 6;

/** A clock that goes a millisecond ahead whenever it is read, from just before midnight in the UK, which is on summer time. */
const midnight = Date.parse('2026-06-15T23:00:00Z');

function clockUpTo(msBefore: number): Clock & { readonly time: () => number } {
  let time = midnight - msBefore;
  return Object.assign(() => new Date((time += 1)), { time: () => time });
}

t.test('a merger takes effect at midnight in the UK, exactly', async (t) => {
  t.equal(ukDayOf(new Date(midnight - 1)), '2026-06-15');
  t.equal(ukDayOf(new Date(midnight)), '2026-06-16');

  // From the day on, each has the distributor of the other.
  const { networkOperators = [] } = listsOf(1);
  const [a, b] = networkOperators as [object, object];
  const until15 = { effectiveTo: '2026-06-15' };
  const from16 = { effectiveFrom: '2026-06-16' };
  const merged = dataSetOf(1, {
    lists: {
      networkOperators: [
        {
          ...a,
          operates: [
            { distributorId: '12', ...until15 },
            { distributorId: '15', ...from16 },
          ],
        },
        {
          ...b,
          operates: [
            { distributorId: '15', ...until15 },
            { distributorId: '12', ...from16 },
          ],
        },
      ],
    },
  });

  /** Asks across midnight, on several connections, and holds each answer against the instant at which it was decided. */
  const across = async (
    t: Test,
    replica: Replica,
    clock: { readonly time: () => number },
    wrongOf: (question: (typeof questions)[number], answer: Answer) => string[],
  ): Promise<void> => {
    const wrong: string[] = [];
    const decided: number[] = [];
    const loop = async (first: number): Promise<void> => {
      for (let place = first; clock.time() < midnight + 1_500; place += 1) {
        const question = questions[place % questions.length]!;
        const { status, body } = await replica.ask(question);
        if (status !== 200) wrong.push(`${String(status)} ${JSON.stringify(body)}`);
        else {
          const answer = body as Answer;
          decided.push(Date.parse(answer.responseDateTime));
          wrong.push(...wrongOf(question, answer).map((each) => `${answer.responseDateTime}: ${each}`));
        }
      }
    };
    await Promise.all(Array.from({ length: connections }, (_, place) => loop(place)));
    t.strictSame(wrong.slice(0, 10), [], `${String(decided.length)} answers`);
    const before = decided.filter((at) => at < midnight);
    const after = decided.filter((at) => at >= midnight);
    t.ok(before.length > 100 && after.length > 100, `${String(before.length)} of them before midnight`);
    t.comment(
      `from ${String(Math.max(...before) - midnight)} to ${String(Math.min(...after) - midnight)} ms`,
    );
  };

  t.test('as entries of one version', async (t) => {
    const directory = await temporaryDirectory(t);
    const clock = clockUpTo(2_500);
    await publisherTo(
      t,
      directoryDataSets(directory, () => now),
    ).publish(1, merged);
    const replica = await startWithSlowHistory(t, { DATA_SET_DIR: directory }, clock);
    await across(t, replica, clock, (question, answer) => {
      const isAfter = Date.parse(answer.responseDateTime) >= midnight;
      const swapped = (side: Side): Side => (side === 'a' ? 'b' : 'a');
      const inForce = question.operatorIn(1);
      return wrongWith({ ...question, operatorIn: () => (isAfter ? swapped(inForce) : inForce) }, answer);
    });
  });

  t.test('as a version that waits for its time', async (t) => {
    const directory = await temporaryDirectory(t);
    const clock = clockUpTo(2_500);
    const publisher = publisherTo(
      t,
      directoryDataSets(directory, () => now),
    );
    await publisher.publish(1);
    const replica = await startWithSlowHistory(t, { DATA_SET_DIR: directory }, clock);
    await publisher.publish(2, dataSetOf(2, { effectiveFrom: new Date(midnight).toISOString() }));
    await replica.until('it waits for its time', ({ pending }) => pending?.version === 2);
    await across(t, replica, clock, (question, answer) => {
      const version = Date.parse(answer.responseDateTime) >= midnight ? 2 : 1;
      return [
        ...wrongWith(question, answer),
        ...(answer.referenceData.version === version
          ? []
          : [`decided by version ${String(answer.referenceData.version)}`]),
      ];
    });
  });

  t.test('as version upon version, each a few milliseconds ahead', async (t) => {
    const directory = await temporaryDirectory(t);
    const clock = clockUpTo(0);
    const publisher = publisherTo(
      t,
      directoryDataSets(directory, () => now),
    );
    await publisher.publish(1);
    const replica = await startReplica(t, { DATA_SET_DIR: directory }, { clock });
    const asking = keepAsking(t, replica, publisher.published, { connections, pauseMs: 0 });
    for (let version = 2; version <= 30; version += 1) {
      const effectiveFrom = new Date(clock.time() + 40).toISOString();
      await publisher.publish(version, dataSetOf(version, { effectiveFrom }));
      await until(`version ${String(version)} is decided by`, () =>
        asking.soFar().versions.includes(version),
      );
    }
    await asking.stop();
  });
});
