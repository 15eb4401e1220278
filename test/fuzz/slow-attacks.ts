import fc from 'fast-check';
import { type AttackClass, type Attempt, framed } from './attack.js';
import { oneOf, sentOf } from './text-attacks.js';

/** Whoever sends slowly, in odd pieces, only half, or goes away. */

const good = oneOf(({ isAccepted }) => isAccepted);

/** In so many pieces, at places that are drawn. */
function pieces(octets: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % octets.length))].sort((one, other) => one - other);
  return [...cuts, octets.length].map((end, index) => octets.subarray(cuts[index - 1] ?? 0, end));
}

const places = (maxLength: number): fc.Arbitrary<number[]> => fc.array(fc.nat(), { maxLength });

export const slow: AttackClass = {
  name: 'slow and broken connections',
  statuses: new Set([200, 400]),
  weight: 0.3,
  attempts: fc.oneof(
    fc.tuple(good, places(40), fc.constantFrom(0, 1, 3)).map(([original, cuts, pauseMs]): Attempt => {
      const sent = sentOf(original);
      return {
        description: `${original.name}, in ${String(cuts.length)} pieces with ${String(pauseMs)} ms between`,
        segments: pieces(framed(sent), cuts),
        pauseMs,
        answers: 1,
        requests: [sent],
        isAccepted: true,
        waitsMs: cuts.length * pauseMs,
      };
    }),
    fc
      .tuple(good, fc.nat(), fc.constantFrom('half-close', 'reset'))
      .map(([original, at, ending]): Attempt => {
        const sent = sentOf(original);
        const octets = framed(sent);
        return {
          description: `${original.name}, no more than its beginning, then ${ending}`,
          segments: [octets.subarray(0, 1 + (at % (octets.length - 1)))],
          ending,
          // It never was whole.
          requests: [],
          mayBeUnanswered: true,
        };
      }),
    fc.tuple(good, fc.constantFrom('half-close', 'reset')).map(([original, ending]): Attempt => {
      const sent = sentOf(original);
      return {
        description: `${original.name}, whole, then ${ending}`,
        segments: [framed(sent)],
        ending,
        requests: [sent],
        // Node takes whoever has closed one half of a connection for gone.
        mayBeUnanswered: true,
        isAccepted: true,
      };
    }),
  ),
};
