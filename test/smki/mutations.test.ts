import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import {
  buildCertificate,
  extension,
  keyPairFrom,
  signWith,
} from '../../src/mock-dsp/certificate-builder.js';
import * as der from '../../src/mock-dsp/der.js';
import { buildRevocationList } from '../../src/mock-dsp/revocation-list-builder.js';
import { readOrganisationCertificate, readSmkiCertificate } from '../../src/smki/certificate.js';
import { pathFinder } from '../../src/smki/certification-path.js';
import { profileCheck } from '../../src/smki/profile.js';
import { hasSigned } from '../../src/smki/public-key.js';
import { readRevocationList } from '../../src/smki/revocation-list.js';
import { TrustSet } from '../../src/smki/trust-set.js';
import { issue, pki } from '../fixtures.js';
import { readAuthority, replacing } from './authorities.js';

/** Changes of valid certificates and lists: what is accepted of them says what its origin says, and nothing throws. */

const root = readAuthority(pki.root);
const issuingCa = readAuthority(pki.issuingCa);
const check = profileCheck(['1.2.826.0.1.8641679.1.2.1.4']);
const anchoredAtCa = new TrustSet([issuingCa], []);
const anchoredAtRoot = new TrustSet([root], []);

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What is accepted as an organisation's certificate, by what its issuer signed; undefined where it is not. */
function acceptedCertificate(bytes: Buffer): string | undefined {
  const read = readOrganisationCertificate(bytes.toString('base64'));
  if (!read.ok || check(read.value).length > 0) return undefined;
  const { flaws } = pathFinder(1)(read.value, [], anchoredAtCa);
  return flaws.length === 0 ? digest(read.value.tbs) : undefined;
}

/** The same for an authority on which the path of a certificate depends. */
const leaf = readOrganisationCertificate(issue().base64);
function acceptedAuthority(bytes: Buffer): string | undefined {
  const read = readSmkiCertificate(bytes.toString('base64'));
  if (!read.ok || !leaf.ok) return undefined;
  const { flaws } = pathFinder(1)(leaf.value, [read.value], anchoredAtRoot);
  return flaws.length === 0 ? digest(read.value.tbs) : undefined;
}

function acceptedList(bytes: Buffer): string | undefined {
  const read = readRevocationList(bytes);
  return read.ok && hasSigned(issuingCa, read.value) ? digest(read.value.tbs) : undefined;
}

const certificates = [
  issue(),
  issue({ role: '02', commonName: 'Supplier', keyUsage: 'keyAgreement' }),
  issue({ spec: { serialNumber: Buffer.alloc(16, 0xff), notAfter: new Date('2050-01-01T00:00:00Z') } }),
];
const list = buildRevocationList({
  issuer: pki.issuingCa,
  thisUpdate: new Date('2026-06-01T00:00:00Z'),
  nextUpdate: new Date('2026-07-01T00:00:00Z'),
  scope: 'end-entities',
  revoked: [1, 0x80, 3].map((octet) => ({
    serialNumber: Buffer.from([octet, 1]),
    revocationDate: new Date('2026-05-01T00:00:00Z'),
    extensions: [extension('2.5.29.21', false, der.raw(Buffer.from([0x0a, 1, octet & 3])))],
  })),
});

const subjects: readonly (readonly [string, readonly Buffer[], (bytes: Buffer) => string | undefined])[] = [
  ['certificates', certificates.map((certificate) => certificate.der), acceptedCertificate],
  ['an authority in the request', [pki.issuingCa.der], acceptedAuthority],
  ['a revocation list', [list], acceptedList],
];

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

type Mutation = (good: Buffer) => Buffer;

const flips: fc.Arbitrary<Mutation> = fc
  .array(fc.tuple(fc.nat(), fc.nat({ max: 7 })), { minLength: 1, maxLength: 3 })
  .map((places) => (good) => {
    const bytes = Buffer.from(good);
    for (const [place, bit] of places) {
      const offset = place % bytes.length;
      bytes[offset] = bytes[offset]! ^ (1 << bit);
    }
    return bytes;
  });

const cuts: fc.Arbitrary<Mutation> = fc
  .tuple(fc.nat(), fc.nat({ max: 3 }), fc.uint8Array({ maxLength: 3 }))
  .map(([place, removed, added]) => (good) => {
    const offset = place % (good.length + 1);
    return Buffer.concat([good.subarray(0, offset), added, good.subarray(offset + removed)]);
  });

/** Changes the structure, and leaves the signature as it was. */
const structures: fc.Arbitrary<Mutation> = fc
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

const lengths: fc.Arbitrary<Mutation> = fc
  .tuple(fc.nat(), fc.nat({ max: 2 }))
  .map(([place, form]) => (good) => {
    const tree = der.raw(good);
    const all = ways(tree);
    return write(tree, nodeAt(tree, all[place % all.length]!), form);
  });

const signatures: fc.Arbitrary<Mutation> = fc
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
const resigned: Mutation = (good) => {
  const [tbs, algorithm] = der.raw(good).value as der.Node[];
  return signWith(strangers, tbs!, algorithm!);
};

const mutations = fc.oneof(
  { arbitrary: flips, weight: 4 },
  { arbitrary: cuts, weight: 2 },
  { arbitrary: structures, weight: 4 },
  { arbitrary: lengths, weight: 2 },
  { arbitrary: signatures, weight: 2 },
  // Nothing of what a stranger signs is accepted, whatever else was changed.
  {
    arbitrary: fc.oneof(flips, structures).map(
      (change): Mutation =>
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

const holds = (t: Test, property: fc.IProperty<unknown>, numRuns: number, what: string): void => {
  t.doesNotThrow(() => {
    fc.assert(property, { numRuns });
  }, what);
};

for (const [what, goods, accepted] of subjects) {
  t.test(`${what}, changed in any way`, async (t) => {
    for (const good of goods) {
      const origin = accepted(good);
      t.not(origin, undefined, 'unchanged, it is accepted');
      const asItsOriginOrNot = fc.property(mutations, (mutate) => {
        const got = accepted(mutate(good));
        return got === undefined || got === origin;
      });
      holds(t, asItsOriginOrNot, 1500, 'what is accepted says what its origin says');
      const notAtAll = fc.property(lengths, (mutate) => {
        const changed = mutate(good);
        return changed.equals(good) || accepted(changed) === undefined;
      });
      holds(t, notAtAll, 300, 'nothing is accepted that is not canonical');
      t.equal(accepted(resigned(good)), undefined, 'nor what a stranger has signed');
      t.equal(accepted(Buffer.concat([good, Buffer.alloc(1)])), undefined, 'nor what has bytes after it');
    }
  });

  t.test(`${what}, with every bit flipped in turn`, async (t) => {
    for (const good of goods) {
      const got: string[] = [];
      for (let bit = 0; bit < good.length * 8; bit += 1) {
        const bytes = Buffer.from(good);
        bytes[bit >> 3] = bytes[bit >> 3]! ^ (1 << (bit & 7));
        if (accepted(bytes) !== undefined) got.push(`bit ${String(bit)}`);
      }
      t.strictSame(got, []);
    }
  });

  t.test(`${what}, with the other signature that is as good`, async (t) => {
    // Whoever has (r, s) has (r, n - s), with no key: other bytes, and not another meaning.
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    for (const good of goods) {
      const [tbs, algorithm, bits] = der.raw(good).value as der.Node[];
      const [r, s] = der.raw(Buffer.from(bits!.value as string, 'latin1').subarray(1)).value as der.Node[];
      const negated = order - BigInt(`0x${Buffer.from(s!.value as string, 'latin1').toString('hex')}`);
      const octets = Buffer.from(
        negated
          .toString(16)
          .padStart(64, '0')
          .replace(/^(?:00)+/, ''),
        'hex',
      );
      const signature = der.encode(der.sequence(r!, der.integer(octets)));
      const other = der.encode(der.sequence(tbs!, algorithm!, der.bitString(signature)));
      t.notSame(other, good);
      t.equal(accepted(other), accepted(good));
    }
  });
}

t.test('a certificate for another purpose, though its issuer has signed it', async (t) => {
  // One key usage alone is accepted, and of it two kinds.
  const accepting: number[] = [];
  for (let octet = 1; octet < 256; octet += 1) {
    const unusedBits = 31 - Math.clz32(octet & -octet);
    const usage = extension('2.5.29.15', true, der.bitString(Buffer.from([octet]), unusedBits));
    const other = issue({ spec: { alter: replacing('2.5.29.15', usage) } });
    if (acceptedCertificate(other.der) !== undefined) accepting.push(octet);
  }
  t.strictSame(accepting, [0x08, 0x80]);
});

t.test('an organisation that makes itself an authority', async (t) => {
  const keys = keyPairFrom('an organisation');
  const subject = { role: '07', commonName: 'Z1' };
  const own = {
    keys,
    serialNumber: Buffer.from([1]),
    notBefore: new Date(0),
    notAfter: new Date('2049-01-01'),
  };
  const usurper = buildCertificate({ ...own, subject, keyUsage: 'keyCertSign and cRLSign' });
  const forged = issue({ spec: { issuer: usurper } });
  t.equal(acceptedCertificate(forged.der), undefined);
  t.equal(acceptedAuthority(usurper.der), undefined);
});
