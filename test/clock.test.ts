import t from 'tap';
import { ukDayOf } from '../src/clock.js';

t.test('the day is that of UK local time', async (t) => {
  t.equal(ukDayOf(new Date('2026-01-31T23:59:59Z')), '2026-01-31');
  t.equal(ukDayOf(new Date('2026-06-30T22:59:59Z')), '2026-06-30');
  t.equal(ukDayOf(new Date('2026-06-30T23:00:00Z')), '2026-07-01', 'an hour ahead of UTC in summer');
});
