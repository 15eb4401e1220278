import fc from 'fast-check';
import { attacks } from '../../src/mock-dsp/xml-attacks.js';
import { signer } from '../duis/xml/judge.js';
import { xmlMutation } from '../duis/xml/mutate.js';
import { type AttackClass, type Attempt, sentAlone } from './attack.js';
import { type Original, originals } from './originals.js';
import type { Sent } from './oracle.js';

/** What is done to the bytes of a body, and to the markup of XML. */

const judged = new Set([200, 400, 409, 422]);

export const oneOf = (isWanted: (original: Original) => boolean = () => true): fc.Arbitrary<Original> =>
  fc.constantFrom(...originals.filter(isWanted));

export const isXml = ({ mediaType }: Original): boolean => mediaType === 'xml';

/** A request as its original is, and then with another body. */
export function sentOf(original: Original, change: (good: Buffer) => Buffer = (good) => good): Sent {
  const good = original.write(original.message());
  return { original, good, body: change(good), mediaType: original.mediaType, headers: original.headers };
}

/** Nothing is done to it: what is right is accepted, and what is wrong is not. */
export const control: AttackClass = {
  name: 'nothing',
  statuses: new Set([200]),
  weight: 0.2,
  attempts: oneOf().map((original) =>
    sentAlone(original.name, sentOf(original), {
      isAccepted: original.isAccepted,
      isNeverAccepted: !original.isAccepted,
    }),
  ),
};

interface ByteChange {
  readonly at: number;
  readonly count: number;
  readonly how: 'flip' | 'remove' | 'repeat' | 'insert' | 'end' | 'from another';
  readonly octets: Uint8Array;
}

const byteChange: fc.Arbitrary<ByteChange> = fc.record({
  at: fc.nat(),
  count: fc.integer({ min: 1, max: 40 }),
  how: fc.constantFrom('flip', 'remove', 'repeat', 'insert', 'end', 'from another'),
  octets: fc.uint8Array({ minLength: 1, maxLength: 4 }),
});

function changedBytes(good: Buffer, { at, count, how, octets }: ByteChange, another: Buffer): Buffer {
  const place = at % good.length;
  const [before, after] = [good.subarray(0, place), good.subarray(place)];
  switch (how) {
    case 'flip': {
      const flipped = Buffer.from(good);
      flipped[place] = flipped[place]! ^ (octets[0]! || 1);
      return flipped;
    }
    case 'remove':
      return Buffer.concat([before, after.subarray(count)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, count), after]);
    case 'insert':
      return Buffer.concat([before, octets, after]);
    case 'end':
      return before;
    case 'from another':
      return Buffer.concat([before, another.subarray(place)]);
  }
}

export const bytes: AttackClass = {
  name: 'bytes of a body',
  statuses: judged,
  weight: 1.5,
  attempts: fc
    .tuple(oneOf(), oneOf(), fc.array(byteChange, { minLength: 1, maxLength: 3 }))
    .map(([original, another, changes]) => {
      const other = { original: another, good: another.write(another.message()) };
      const sent = sentOf(original, (good) =>
        changes.reduce(
          (body, change) => (body.length === 0 ? body : changedBytes(body, change, other.good)),
          good,
        ),
      );
      const what = changes.map(({ how, at }) => `${how} at ${String(at)}`).join(', ');
      return sentAlone(`${original.name} and ${another.name}, ${what}`, { ...sent, other });
    }),
};

export const markup: AttackClass = {
  name: 'markup of XML',
  statuses: judged,
  weight: 1.5,
  attempts: fc
    .tuple(oneOf(isXml), fc.array(fc.tuple(xmlMutation, fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 }))
    .map(([original, changes]) =>
      sentAlone(
        `${original.name}, its markup at ${changes.map(([, at, to]) => `${String(at)} and ${String(to)}`).join(', ')}`,
        sentOf(original, (good) =>
          Buffer.from(changes.reduce((xml, [mutate, at, to]) => mutate(xml, at, to), good.toString())),
        ),
      ),
    ),
};

/** What is known of attacks on XML signatures, each with the verdict that it has to have by what was done. */
export const signatureAttacks: AttackClass = {
  name: 'XML signatures',
  statuses: judged,
  weight: 0.5,
  attempts: fc
    .tuple(
      oneOf(({ isSigned, name }) => isSigned && !name.includes('lines') && !name.includes('Pre-Command')),
      fc.constantFrom(...(Object.keys(attacks) as (keyof typeof attacks)[])),
    )
    .map(([original, name]): Attempt => {
      const { attack, expected } = attacks[name];
      // Taken out, there is no signature that could be wrong: what is left is judged as what nobody has signed.
      const isWithout = name === 'no Signature';
      const sent = sentOf(original, (good) => Buffer.from(attack(good.toString(), signer)));
      return sentAlone(`${original.name}, ${name}`, sent, {
        isNeverAccepted: expected === 'refused' && !isWithout,
      });
    }),
};
