import t, { type Test } from 'tap';
import { ukDayOf } from '../../src/clock.js';
import type { Answer } from '../../src/duis/json/response.js';
import { toJson } from '../../src/mock-dsp/message.js';
import { directoryDataSets } from '../../src/stores/directory-data-sets.js';
import { euis, issue, message, now } from '../fixtures.js';
import { dataSetOf, listsOf, questions, type Side, wrongWith } from './opposites.js';
import { publisherTo, type Replica, startReplica, temporaryDirectory } from './replica.js';

const hour = 3_600_000;
const day = 24 * hour;
/** Of the day from which on each operator has what the other had. */
const midnight = Date.parse('2026-06-15T23:00:00Z');

/** A clock that stands still until it is put somewhere else. */
function settableClock(): { readonly clock: () => Date; readonly put: (time: number) => void } {
  let time = now.getTime();
  return {
    clock: () => new Date(time),
    put: (to) => {
      time = to;
    },
  };
}

async function start(
  t: Test,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ replica: Replica; put: (time: number) => void }> {
  const { networkOperators = [] } = listsOf(1);
  const [a, b] = networkOperators as [object, object];
  const ofDay = (before: string, after: string): object => ({
    operates: [
      { distributorId: before, effectiveTo: '2026-06-15' },
      { distributorId: after, effectiveFrom: '2026-06-16' },
    ],
  });
  const lists = {
    networkOperators: [
      { ...a, ...ofDay('12', '15') },
      { ...b, ...ofDay('15', '12') },
    ],
  };
  const directory = await temporaryDirectory(t);
  await publisherTo(
    t,
    directoryDataSets(directory, () => now),
  ).publish(1, dataSetOf(1, { lists }));
  const { clock, put } = settableClock();
  const replica = await startReplica(t, { DATA_SET_DIR: directory, ...settings }, { clock });
  return { replica, put };
}

/** Every question, each by the day of the instant that its answer names. */
async function decidesByTheDay(t: Test, replica: Replica, at: number): Promise<void> {
  const swapped = (side: Side): Side => (side === 'a' ? 'b' : 'a');
  for (const question of questions) {
    const { status, body } = await replica.ask(question);
    const when = new Date(at).toISOString();
    if (!t.equal(status, 200, `${question.name}, at ${when}`)) continue;
    const answer = body as Answer;
    t.equal(answer.responseDateTime, when);
    const isAfter = ukDayOf(new Date(at)) >= '2026-06-16';
    const operatorIn = (): Side => (isAfter ? swapped(question.operatorIn(1)) : question.operatorIn(1));
    t.strictSame(wrongWith({ ...question, operatorIn }, answer), []);
  }
}

t.test('a clock that jumps: each decision is by its own day', async (t) => {
  const { replica, put } = await start(t);
  const jumps = [0, day, -day, 9 * hour, -9 * hour, 10 * day, -10 * day, 0.2 * hour, -0.2 * hour];
  for (const from of [midnight - 1, midnight]) {
    for (const jump of jumps) {
      put(from + jump);
      await decidesByTheDay(t, replica, from + jump);
    }
  }
});

t.test('small steps back, as time is set over a network, around midnight', async (t) => {
  const { replica, put } = await start(t);
  for (const step of [-700, -1, 250, -250, 3, -3, 0, -1, 1, -500, 500, -20, 900]) {
    put(midnight + step);
    await decidesByTheDay(t, replica, midnight + step);
  }
});

t.test(
  'certificates and revocation lists are judged by the new time, and again by the old one',
  async (t) => {
    const { replica, put } = await start(t);
    const question = questions[0]!;
    const findingsAt = async (time: number): Promise<unknown> => {
      put(time);
      const { status, body } = await replica.ask(question);
      const { findings } = body as Answer;
      return [
        status,
        findings
          .filter(({ verdict, effect }) => verdict === 'fail' && effect === 'refuse')
          .map(({ rule }) => rule),
      ];
    };
    const { notBefore, notAfter } = {
      notBefore: Date.parse('2025-06-15T12:00:00Z'),
      notAfter: Date.parse('2035-06-15T12:00:00Z'),
    };
    const right = [200, []];
    const times: readonly (readonly [number, unknown])[] = [
      [now.getTime(), right],
      [notBefore - 1_000, [422, ['certificate-not-yet-valid', 'revocation-list-not-current']]],
      [now.getTime(), right],
      [
        notAfter + 1_000,
        [422, ['certificate-expired', 'revocation-list-not-current', 'certificate-party-mpan-mismatch']],
      ],
      [now.getTime(), right],
    ];
    for (const [time, expected] of times) {
      t.strictSame(await findingsAt(time), expected, new Date(time).toISOString());
    }
  },
);

t.test('a RequestID is remembered for its time, by whatever the clock then says', async (t) => {
  const { replica, put } = await start(t, { REQUEST_HISTORY_SECONDS: '3600' });
  const device = { deviceType: 'ESME', importMpxn: '1200023305967' };
  const ask = async (certificates: ReturnType<typeof message>['certificates']): Promise<number> =>
    (await replica.ask({ ...questions[0]!, body: toJson(message({ counter: 77n, certificates }), device) }))
      .status;
  const first = { digitalSigning: issue().base64 };
  const other = { digitalSigning: issue({ entityIdentifier: euis.operatorOf15 }).base64 };
  t.equal(await ask(first), 200);
  t.equal(await ask(other), 409);
  put(now.getTime() - 5 * day);
  t.equal(await ask(other), 409, 'put back, it forgets nothing');
  t.equal(await ask(first), 200);
  put(now.getTime() + hour - 1_000);
  t.equal(await ask(other), 409);
  put(now.getTime() + hour + 1_000);
  t.equal(await ask(other), 200, 'put forward past its time, it has forgotten');
  t.equal(await ask(first), 409);
});

t.test('how old the reference data is follows the clock, and its source', async (t) => {
  const { replica, put } = await start(t, {
    REFERENCE_DATA_STALE_SECONDS: '300',
    REFERENCE_DATA_TOO_OLD_SECONDS: '600',
  });
  for (const time of [now.getTime() + 30 * day, now.getTime() - 30 * day, now.getTime()]) {
    put(time);
    // Its source, which it asks all the time, confirms it at once.
    const found = await replica.until(
      'it is confirmed by the new time',
      ({ confirmedAt }) => confirmedAt === new Date(time).toISOString(),
    );
    t.match(found, { code: 200, status: 'ready', referenceData: { freshness: 'current', ageSeconds: 0 } });
  }
});
