import t from 'tap';
import { freshnessOf } from '../../src/reference-data/freshness.js';

const confirmedAt = new Date('2026-06-15T12:00:00Z');
const after = (seconds: number): Date => new Date(confirmedAt.getTime() + seconds * 1000);
const limits = { warnAfterSeconds: 300, tooOldAfterSeconds: 3600 };

t.test('by how long ago its source confirmed it', async (t) => {
  for (const [seconds, expected] of [
    [-1, 'current'],
    [0, 'current'],
    [299.999, 'current'],
    [300, 'stale'],
    [3599.999, 'stale'],
    [3600, 'too-old'],
  ] as const) {
    t.equal(
      freshnessOf({ confirmedAt, expiresAt: undefined }, limits, after(seconds)),
      expected,
      String(seconds),
    );
  }
});

t.test('from when it expires it is too old, however often it is confirmed', async (t) => {
  const expiresAt = after(10);
  t.equal(freshnessOf({ confirmedAt, expiresAt }, limits, after(9.999)), 'current');
  t.equal(freshnessOf({ confirmedAt, expiresAt }, limits, after(10)), 'too-old');
  t.equal(freshnessOf({ confirmedAt: after(3600), expiresAt }, limits, after(3600)), 'too-old');
  t.equal(freshnessOf({ confirmedAt, expiresAt: after(4000) }, limits, after(3600)), 'too-old');
});

t.test('limits the other way round: too old goes first', async (t) => {
  const reversed = { warnAfterSeconds: 3600, tooOldAfterSeconds: 300 };
  t.equal(freshnessOf({ confirmedAt, expiresAt: undefined }, reversed, after(300)), 'too-old');
});
