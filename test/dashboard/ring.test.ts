import fc from 'fast-check';
import t from 'tap';
import { Ring } from '../../src/dashboard/ring.js';

const noon = 1_800_000_000 - (1_800_000_000 % 60);

t.test('counts by step and column, the oldest first', async (t) => {
  const ring = new Ring(60, 3, 2);
  ring.add(noon, 0);
  ring.add(noon + 59, 0);
  ring.add(noon + 60, 1);
  const { from, of } = ring.read(noon + 60);
  t.equal(from, noon - 60);
  t.strictSame(of(0), [0, 2, 0]);
  t.strictSame(of(1), [0, 0, 1]);
});

t.test('steps without anything are there, and what is older than the ring is not', async (t) => {
  const ring = new Ring(60, 3, 1);
  ring.add(noon, 0);
  t.strictSame(ring.read(noon + 120).of(0), [1, 0, 0]);
  t.strictSame(ring.read(noon + 180).of(0), [0, 0, 0]);
  ring.add(noon + 180, 0);
  t.strictSame(ring.read(noon + 1_800).of(0), [0, 0, 0]);
});

t.test('a clock that goes back a little counts where it says', async (t) => {
  const ring = new Ring(60, 3, 1);
  ring.add(noon + 120, 0);
  ring.add(noon, 0);
  const { from, of } = ring.read(noon + 60);
  t.equal(from, noon);
  t.strictSame(of(0), [1, 0, 1]);
});

t.test('one that goes back by more than the ring begins it anew', async (t) => {
  const ring = new Ring(60, 3, 1);
  ring.add(noon + 86_400, 0);
  ring.add(noon, 0);
  t.strictSame(ring.read(noon).of(0), [0, 0, 1]);
});

t.test('holds what a list of all events has of the last steps', async () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(200), fc.nat(1)), { maxLength: 60 }), fc.nat(200), (gaps, rest) => {
      const ring = new Ring(60, 5, 2);
      const events: [number, number][] = [];
      let seconds = noon;
      for (const [gap, column] of gaps) {
        seconds += gap;
        ring.add(seconds, column);
        events.push([seconds, column]);
      }
      const { from, of } = ring.read(seconds + rest);
      return [0, 1].every((column) =>
        of(column).every(
          (count, index) =>
            count ===
            events.filter(
              ([at, its]) => its === column && Math.floor((at - from) / 60) === index && at >= from,
            ).length,
        ),
      );
    }),
  );
});
