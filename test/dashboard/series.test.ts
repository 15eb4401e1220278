import t from 'tap';
import type { Dashboard } from '../../src/dashboard/shape.js';
import {
  countsByKind,
  stacked,
  stepsOf,
  tenth,
  trendOf,
  windowWords,
} from '../../src/dashboard/page/series.js';

const overTime = (change: Partial<Dashboard['overTime']> = {}): Dashboard['overTime'] => ({
  range: '24h',
  from: 1_800_000_000,
  stepSeconds: 600,
  answers: [
    { kind: 'accepted', code: 'I0', counts: [9, 0, 4] },
    { kind: 'mismatched', code: 'E061510', counts: [1, 0, 0] },
    { kind: 'mismatched', code: 'E062106', counts: [0, 0, 1] },
    { kind: 'problem', code: 'malformed-body', counts: [0, 2, 0] },
  ],
  judged: [10, 0, 5],
  ...change,
});

t.test('the steps, and the answers of each kind', async (t) => {
  t.strictSame(stepsOf(overTime()), [1_800_000_000, 1_800_000_600, 1_800_001_200]);
  const counts = countsByKind(overTime());
  t.strictSame(counts, {
    accepted: [9, 0, 4],
    mismatched: [1, 0, 1],
    refused: [0, 0, 0],
    problem: [0, 2, 0],
  });
  t.strictSame(stacked(counts), [
    [9, 0, 4],
    [10, 0, 5],
    [10, 0, 5],
    [10, 2, 5],
  ]);
});

t.test('the share in the window that ends with each step', async (t) => {
  t.strictSame(trendOf(overTime()), [0.1, 0.1, 2 / 15]);
  t.equal(windowWords(overTime()), 'hour');
  t.equal(tenth, 0.1);
  const steps = 10;
  const judged = Array.from({ length: steps }, (_, index) => (index === 0 ? 2 : 0));
  const answers = [{ kind: 'mismatched', code: 'E', counts: judged }] as const;
  t.strictSame(
    trendOf(overTime({ judged, answers: [...answers] })),
    [1, 1, 1, 1, 1, 1, null, null, null, null],
    'six steps of ten minutes, and nothing after',
  );
  t.strictSame(trendOf(overTime({ judged: [0, 3], answers: [] })), [null, 0]);
});
