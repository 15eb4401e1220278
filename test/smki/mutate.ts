import fc from 'fast-check';
import { keyPairFrom, signWith } from '../../src/mock-dsp/certificate-builder.js';
import * as der from '../../src/mock-dsp/der.js';
import { pki } from '../fixtures.js';

/** Every node of a structure, as the way to it from the root. */
function ways(node: der.Node, way: readonly number[] = []): (readonly number[])[] {
  const parts = typeof node.value === 'string' ? [] : node.value;
  return [way, ...parts.flatMap((part, place) => ways(part, [...way, place]))];
}

function nodeAt(root: der.Node, way: readonly number[]): der.Node {
  let node = root;
  for (const place of way) node = (node.value as der.Node[])[place]!;
  return node;
}

/** Writes ASN.1 with one node's length in another form, in more octets or of indefinite length. */
function write(node: der.Node, odd: der.Node, form: number): Buffer {
  const tag = (node.tagClass as number) | (typeof node.value === 'string' ? 0 : 0x20) | (node.type as number);
  const content =
    typeof node.value === 'string'
      ? Buffer.from(node.value, 'latin1')
      : Buffer.concat(node.value.map((part) => write(part, odd, form)));
  const length = content.length;
  const shortest =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  const oddForms = [[0x83, 0, length >> 8, length & 0xff], [0x84, 0, 0, length >> 8, length & 0xff], [0x80]];
  const header = node === odd ? oddForms[form]! : shortest;
  const end = node === odd && form === 2 ? [0, 0] : [];
  return Buffer.concat([Buffer.from([tag, ...header]), content, Buffer.from(end)]);
}

/** Changes DER, or what else a certificate is sent as. */
export type DerMutation = (good: Buffer) => Buffer;

const flips: fc.Arbitrary<DerMutation> = fc
  .array(fc.tuple(fc.nat(), fc.nat({ max: 7 })), { minLength: 1, maxLength: 3 })
  .map((places) => (good) => {
    const bytes = Buffer.from(good);
    for (const [place, bit] of places) {
      const offset = place % bytes.length;
      bytes[offset] = bytes[offset]! ^ (1 << bit);
    }
    return bytes;
  });

const cuts: fc.Arbitrary<DerMutation> = fc
  .tuple(fc.nat(), fc.nat({ max: 3 }), fc.uint8Array({ maxLength: 3 }))
  .map(([place, removed, added]) => (good) => {
    const offset = place % (good.length + 1);
    return Buffer.concat([good.subarray(0, offset), added, good.subarray(offset + removed)]);
  });

/** Changes the structure, and leaves the signature as it was. */
const structures: fc.Arbitrary<DerMutation> = fc
  .tuple(fc.nat(), fc.nat(), fc.constantFrom('swap', 'copy', 'remove', 'retag', 'reverse'))
  .map(([one, other, how]) => (good) => {
    const tree = der.raw(good);
    const all = ways(tree);
    const [first, second] = [nodeAt(tree, all[one % all.length]!), nodeAt(tree, all[other % all.length]!)];
    const kept = { ...first };
    if (how === 'swap') Object.assign(first, der.raw(der.encode(second)));
    if (how === 'swap' && !all[other % all.length]!.join().startsWith(all[one % all.length]!.join()))
      Object.assign(second, kept);
    if (how === 'copy' && typeof second.value !== 'string') second.value.push(der.raw(der.encode(first)));
    if (how === 'remove' && typeof first.value !== 'string') first.value.splice(other % 4, 1);
    if (how === 'retag') first.type = (first.type as number) ^ (1 + (other % 31));
    if (how === 'reverse' && typeof first.value !== 'string') first.value.reverse();
    return der.encode(tree);
  });

/** One length in more octets than it needs, or of indefinite length. */
export const oddLengths: fc.Arbitrary<DerMutation> = fc
  .tuple(fc.nat(), fc.nat({ max: 2 }))
  .map(([place, form]) => (good) => {
    const tree = der.raw(good);
    const all = ways(tree);
    return write(tree, nodeAt(tree, all[place % all.length]!), form);
  });

const signatures: fc.Arbitrary<DerMutation> = fc
  .oneof(
    fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.uint8Array({ maxLength: 33 }), fc.uint8Array({ maxLength: 33 }))
      .map((numbers) =>
        der.encode(der.sequence(...numbers.map((octets) => der.integer(Buffer.from(octets))))),
      ),
    // Of other bytes by the true issuer.
    fc
      .constant((der.raw(pki.issuingCa.der).value as der.Node[])[2]!)
      .map(({ value }) => Buffer.from(value as string, 'latin1').subarray(1)),
  )
  .map((signature) => (good) => {
    const [tbs, algorithm] = der.raw(good).value as der.Node[];
    return der.encode(der.sequence(tbs!, algorithm!, der.bitString(signature)));
  });

const strangers = keyPairFrom('a stranger');
/** Signed by a stranger. */
export const resigned: DerMutation = (good) => {
  const [tbs, algorithm] = der.raw(good).value as der.Node[];
  return signWith(strangers, tbs!, algorithm!);
};

export const derMutation: fc.Arbitrary<DerMutation> = fc.oneof(
  { arbitrary: flips, weight: 4 },
  { arbitrary: cuts, weight: 2 },
  { arbitrary: structures, weight: 4 },
  { arbitrary: oddLengths, weight: 2 },
  { arbitrary: signatures, weight: 2 },
  // Nothing of what a stranger signs is accepted, whatever else was changed.
  {
    arbitrary: fc.oneof(flips, structures).map(
      (change): DerMutation =>
        (good) =>
          tryResigned(change(good)),
    ),
    weight: 1,
  },
  { arbitrary: fc.constant(resigned), weight: 1 },
);

function tryResigned(bytes: Buffer): Buffer {
  try {
    return resigned(bytes);
  } catch {
    // It is not ASN.1 any more.
    return bytes;
  }
}
