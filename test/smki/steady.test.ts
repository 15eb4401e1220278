import fc from 'fast-check';
import t from 'tap';
import { steady } from '../../src/smki/steady.js';

t.test('between two instants, what was said is not said again', async (t) => {
  const asked: number[] = [];
  const said = steady(
    (thing: { readonly instants: readonly number[] }, at: Date) => {
      asked.push(at.getTime());
      return thing.instants.filter((instant) => instant <= at.getTime()).length;
    },
    ({ instants }) => instants,
  );
  const thing = { instants: [10, 20] };
  const other = { instants: [15] };
  t.strictSame(
    [0, 9, 10, 19, 12, 20, 9_999, 19, 0].map((at) => said(thing, new Date(at))),
    [0, 0, 1, 1, 1, 2, 2, 1, 0],
  );
  t.strictSame(asked, [0, 10, 20, 19, 0]);
  t.equal(said(other, new Date(12)), 0, 'of each thing by itself');
});

t.test('it is what would have been said', async (t) => {
  const time = fc.integer({ min: -20, max: 20 });
  const property = fc.property(fc.array(time), fc.array(time), (instants, times) => {
    const say = (thing: { readonly instants: readonly number[] }, at: Date): number =>
      thing.instants.filter((instant) => instant <= at.getTime()).length;
    const said = steady(say, (thing) => thing.instants);
    const thing = { instants };
    return times.every((at) => said(thing, new Date(at)) === say(thing, new Date(at)));
  });
  t.doesNotThrow(() => {
    fc.assert(property);
  });
});
