import t from 'tap';
import type { Lost, Outcome } from '../../src/mock-dsp/pipeline.js';
import type { Operator } from '../../src/mock-dsp/world.js';
import { type Observed, renderTimeline, timelineOf } from '../../src/mock-dsp/timeline.js';
import { scenarios } from '../../src/mock-dsp/scenarios.js';

const publishedAt = Date.parse('2026-11-20T12:00:00Z');
const scenario = { ...scenarios[0]!, name: 'a probe' };

const operator = (name: string): Operator => ({ organisationId: name, name, ranges: [], operates: [] });

/** An answer so long after the publish, by a version. */
const answered = (replica: number, afterMs: number, version?: number, change = {}): Outcome => ({
  scenario,
  contentType: 'application/json',
  expected: { status: 200, responseCode: 'I0', mpanCheck: 'matched' },
  replica,
  sentAt: publishedAt + afterMs - 5,
  answeredAt: publishedAt + afterMs,
  got: { status: 200, answer: 'I0', mpanCheck: 'matched', ...(version !== undefined && { version }) },
  isRight: true,
  ...change,
});

const observed = (change: Partial<Observed> = {}): Observed => ({
  move: { distributorId: '19', former: operator('the former'), next: operator('the next') },
  replicas: 2,
  publishedAt,
  outcomes: [
    answered(0, -260, 1),
    answered(0, -10, 1),
    answered(1, -10, 1),
    answered(0, 30, 1),
    answered(0, 60, 2),
    answered(1, 70, 2),
    answered(1, 80),
    answered(1, 700, 2),
  ],
  lost: [],
  takenAfterMs: [41, 1_000],
  ...change,
});

t.test('answers are counted by slice from the publish on, by replica, and by version', async (t) => {
  const { slices, replicas, ...timeline } = timelineOf(observed());
  const of = (before: number, after: number, unnamed = 0): object => ({ before, after, unnamed });
  t.strictSame(slices, [
    { fromMs: -500, answers: [of(1, 0), of(0, 0)] },
    { fromMs: -250, answers: [of(1, 0), of(1, 0)] },
    { fromMs: 0, answers: [of(1, 1), of(0, 1, 1)] },
    { fromMs: 250, answers: [of(0, 0), of(0, 0)] },
    { fromMs: 500, answers: [of(0, 0), of(0, 1)] },
  ]);
  const none = { wrong: 0, lost: 0, wentBack: 0 };
  t.strictSame(replicas, [
    { replica: 1, answers: 4, ...of(3, 1), takenAfterMs: 41, answeredAfterMs: 60, ...none },
    { replica: 2, answers: 4, ...of(1, 2, 1), takenAfterMs: 1_000, answeredAfterMs: 70, ...none },
  ]);
  t.strictSame(timeline, {
    isRight: true,
    answers: 8,
    ...none,
    publishedAt: '2026-11-20T12:00:00.000Z',
    moved: { distributorId: '19', from: 'the former', to: 'the next' },
    faults: [],
  });
});

t.test('as text', async (t) => {
  t.equal(
    renderTimeline(timelineOf(observed())),
    `Version 2 moves distributor ID 19
  from the former
  to   the next.

Answers by the version that they name, in each quarter of a second, from the publish on:

 seconds replica 1 replica 2
            v1  v2    v1  v2
   -0.50     1   .     .   .
   -0.25     1   .     1   .
-- version 2 published -----
   +0.00     1   1     .   1
   +0.25     .   .     .   .
   +0.50     .   .     .   1

               has it answers by it                              no
  replica       after         after  answers     v1     v2  version  wrong  lost
        1       41 ms         60 ms        4      3      1        0      0     0
        2     1000 ms         70 ms        4      1      2        1      0     0

Answers in XML, and problems, name no version.
8 answers: 0 wrong, 0 lost, 0 by version 1 after version 2. All is as it should be.`,
  );
});

t.test('nine replicas have room in 100 columns', async (t) => {
  const outcomes = Array.from({ length: 9 * 200 }, (_, index) =>
    answered(index % 9, index < 900 ? -1 : 1, index < 900 ? 1 : 2),
  );
  const takenAfterMs = Array<number>(9).fill(1_000);
  const text = renderTimeline(timelineOf(observed({ replicas: 9, outcomes, takenAfterMs })));
  t.match(text, `   +0.00${'     . 100'.repeat(9)}`);
  t.ok(text.split('\n').every((line) => line.length <= 100));
});

t.test('what is not as it should be', async (t) => {
  const usual = observed().outcomes;
  const faultsOf = (change: Partial<Observed>): readonly string[] => {
    const timeline = timelineOf(observed(change));
    t.equal(timeline.isRight, timeline.faults.length === 0);
    return timeline.faults;
  };

  const wrong = answered(1, 90, 2, { isRight: false });
  t.strictSame(faultsOf({ outcomes: [...usual, wrong] }), [
    '+0.09 s, replica 2, a probe: I0 matched by version 2, and not I0 matched',
  ]);

  const lost: Lost = { scenario, replica: 0, lostAt: publishedAt - 40, reason: 'fetch failed' };
  t.strictSame(faultsOf({ lost: [lost] }), ['-0.04 s, replica 1, a probe: no answer (fetch failed)']);

  t.strictSame(
    faultsOf({ outcomes: [...usual, answered(0, 66, 1)] }),
    ['+0.07 s, replica 1, a probe: answered by version 1 again'],
    'sent after an answer by version 2 had come',
  );
  t.strictSame(faultsOf({ outcomes: [...usual, answered(0, 64, 1)] }), [], 'in flight together');
  t.strictSame(faultsOf({ outcomes: [...usual, answered(0, 66, 1, { replica: 1 })] }), [], 'another replica');

  t.strictSame(faultsOf({ takenAfterMs: [41, 1_001] }), [
    'replica 2 took 1001 ms to decide by version 2, and should take a second at most',
  ]);
  t.strictSame(faultsOf({ takenAfterMs: [null, 41] }), ['replica 1 does not decide by version 2']);
  t.strictSame(faultsOf({ outcomes: usual.filter(({ replica }) => replica === 1) }), [
    'replica 1 never answered by version 1',
    'replica 1 never answered by version 2',
  ]);
});

t.test('a wrong answer is told in the text, the first of many', async (t) => {
  const wrong = Array.from({ length: 12 }, () =>
    answered(0, 90, undefined, {
      isRight: false,
      expected: {
        byVersion: new Map([
          [1, { status: 200, responseCode: 'I0', mpanCheck: 'matched' }],
          [2, { status: 200, responseCode: 'E061510', mpanCheck: 'mismatched' }],
        ]),
      },
    }),
  );
  const lines = renderTimeline(timelineOf(observed({ outcomes: wrong, takenAfterMs: [null, 3] }))).split(
    '\n',
  );
  t.equal(lines.filter((line) => line.startsWith('WRONG: ')).length, 10);
  t.match(
    lines.at(-2),
    'a probe: I0 matched, and not I0 matched by version 1, E061510 mismatched by version 2',
  );
  t.equal(lines.at(-1), '12 answers: 12 wrong, 0 lost, 0 by version 1 after version 2. NOT as it should be.');
  t.match(lines, /never/);
});
