import t from 'tap';
import {
  clockTime,
  dayAndTime,
  duration,
  failureText,
  kinds,
  moment,
  stepDay,
  stepTime,
} from '../../src/dashboard/page/words.js';
import { answerKinds } from '../../src/dashboard/answer-kind.js';

t.test('times are those of the UK', async (t) => {
  const summer = '2026-06-15T12:00:05Z';
  t.equal(clockTime(summer), '13:00:05');
  t.equal(stepTime(Date.parse(summer) / 1000), '13:00');
  t.equal(stepDay(Date.parse('2026-06-15T23:30:00Z') / 1000), '16 Jun');
  t.equal(dayAndTime(summer), '15 Jun, 13:00');
  t.equal(moment(summer), '15 June 2026 at 13:00 BST');
});

t.test('durations', async (t) => {
  t.strictSame([-1, 0, 119, 120, 7_199, 7_200, 172_799, 172_800].map(duration), [
    '0 s',
    '0 s',
    '119 s',
    '2 min',
    '120 min',
    '2 h',
    '48 h',
    '2 days',
  ]);
});

t.test('every kind of answer has a word', async (t) => {
  t.strictSame(kinds, [...answerKinds]);
});

t.test('every failure has words of its own', async (t) => {
  const answered = (status: number, detail?: string): string =>
    failureText({ kind: 'answered', status, detail });
  const all = [
    failureText({ kind: 'unreachable' }),
    ...[401, 403, 404, 429, 503, 500].map((status) => answered(status)),
  ];
  t.equal(new Set(all).size, all.length);
  t.match(answered(401, 'There is no bearer token.'), 'It says: There is no bearer token.');
  t.match(answered(418), 'HTTP 418');
});
