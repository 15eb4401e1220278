import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { buildCertificate, extension, keyPairFrom } from '../../src/mock-dsp/certificate-builder.js';
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
import { derMutation, oddLengths, resigned } from './mutate.js';

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
      const asItsOriginOrNot = fc.property(derMutation, (mutate) => {
        const got = accepted(mutate(good));
        return got === undefined || got === origin;
      });
      holds(t, asItsOriginOrNot, 1500, 'what is accepted says what its origin says');
      const notAtAll = fc.property(oddLengths, (mutate) => {
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
