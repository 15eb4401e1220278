import fc from 'fast-check';
import t from 'tap';
import { kindOf } from '../../src/dashboard/answer-kind.js';
import { Originators } from '../../src/dashboard/originators.js';
import { exchange, type Made, mismatched, notGenuine } from './exchanges.js';

const add = (originators: Originators, isListed: boolean, made: Made): void => {
  const { decision } = exchange(made);
  originators.add(kindOf(decision), decision, isListed);
};

const counts = { mismatched: 0, judged: 0, refused: 0, decisions: 0 };

t.test('the most mismatches first, then the most decisions, then by identifier', async (t) => {
  const originators = new Originators(9);
  for (const originator of ['d', 'c', 'c', 'b', 'a']) add(originators, true, { originator });
  add(originators, true, { ...mismatched, originator: 'e' });
  add(originators, true, { ...notGenuine, originator: 'a' });
  t.strictSame(originators.read(9).top, [
    { entityIdentifier: 'e', mismatched: 1, judged: 1, refused: 0, decisions: 1 },
    { entityIdentifier: 'a', mismatched: 0, judged: 1, refused: 1, decisions: 2 },
    { entityIdentifier: 'c', mismatched: 0, judged: 2, refused: 0, decisions: 2 },
    { entityIdentifier: 'b', mismatched: 0, judged: 1, refused: 0, decisions: 1 },
    { entityIdentifier: 'd', mismatched: 0, judged: 1, refused: 0, decisions: 1 },
  ]);
});

t.test('a crowd of made-up originators pushes nobody out', async (t) => {
  const originators = new Originators(3);
  for (let index = 0; index < 10_000; index += 1) {
    add(originators, false, { ...mismatched, originator: `made up ${String(index)}` });
  }
  add(originators, true, { ...mismatched, originator: 'true' });
  const { top, unlisted } = originators.read(9);
  t.strictSame(top, [{ entityIdentifier: 'true', mismatched: 1, judged: 1, refused: 0, decisions: 1 }]);
  t.strictSame(unlisted, { ...counts, mismatched: 10_000, judged: 10_000, decisions: 10_000 });
});

t.test('whoever is not shown or not counted for itself is among the others', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom({}, mismatched, notGenuine)), {
        maxLength: 80,
      }),
      fc.nat(6),
      fc.nat(6),
      (events, limit, shown) => {
        const originators = new Originators(limit);
        for (const [who, made] of events) add(originators, true, { ...made, originator: String(who) });
        const { top, others } = originators.read(shown);
        const sum = (name: keyof typeof counts): number =>
          [...top, others].reduce((total, each) => total + each[name], 0);
        return (
          top.length <= Math.min(shown, limit) &&
          sum('decisions') === events.length &&
          sum('mismatched') === events.filter(([, made]) => made === mismatched).length &&
          sum('refused') === events.filter(([, made]) => made === notGenuine).length
        );
      },
    ),
  );
});
