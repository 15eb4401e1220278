import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t, { type Test } from 'tap';
import { type Certificate, extension, keyPairFrom } from '../../src/mock-dsp/certificate-builder.js';
import * as der from '../../src/mock-dsp/der.js';
import type { SmkiCertificate } from '../../src/smki/certificate.js';
import {
  type CertificationPath,
  certificationPathRequirements,
  pathFinder,
  validityFlaws,
  whyNotAuthority,
} from '../../src/smki/certification-path.js';
import { TrustSet } from '../../src/smki/trust-set.js';
import { issue, now, pki, readCertificate } from '../fixtures.js';
import { adding, authority, constraints, readAuthority, replacing } from './authorities.js';

const root = readAuthority(pki.root);
const issuingCa = readAuthority(pki.issuingCa);
const leaf = readCertificate(issue());

const trusting = (...anchors: readonly SmkiCertificate[]): TrustSet => new TrustSet(anchors, []);

/** Looks for a path without what was found before. */
const find = (
  certificate: SmkiCertificate,
  companions: readonly SmkiCertificate[],
  ...anchors: readonly SmkiCertificate[]
): CertificationPath => pathFinder(1)(certificate, companions, trusting(...anchors));

const asserted = new Set<string>();

/** There is no path, for one reason; what is found is the certificate alone. */
const refuses = (
  t: Test,
  found: CertificationPath,
  ...flaws: readonly (readonly [name: string, got: string])[]
): void => {
  for (const [name] of flaws) asserted.add(name);
  t.equal(found.path.length, 1);
  t.strictSame(
    found.flaws,
    flaws.map(([name, got]) => ({ name, got })),
  );
};

const named = ({ subject, serialNumber }: SmkiCertificate): string => `${subject} (${serialNumber})`;
const leafName = named(leaf);

/** A certificate of an organisation that an authority of the test has issued. */
const under = (issuer: Certificate) => readCertificate(issue({ spec: { issuer } }));

t.test('from an anchor directly', async (t) => {
  t.strictSame(find(leaf, [], issuingCa), { path: [leaf, issuingCa], flaws: [] });
  t.strictSame(find(leaf, [], root, issuingCa), { path: [leaf, issuingCa], flaws: [] }, 'to the nearest');
  const again = readAuthority(pki.issuingCa);
  t.strictSame(find(leaf, [again, root], issuingCa), { path: [leaf, issuingCa], flaws: [] });
});

t.test('through the issuing authority in the request', async (t) => {
  t.strictSame(find(leaf, [issuingCa], root), { path: [leaf, issuingCa, root], flaws: [] });
  t.strictSame(find(leaf, [root, leaf, issuingCa, issuingCa], root), {
    path: [leaf, issuingCa, root],
    flaws: [],
  });
});

t.test('what the request brings never anchors', async (t) => {
  const nobody = (who: SmkiCertificate): [string, string] => [
    'certificate-path-not-found',
    `${named(who)}: nobody known here is its issuer ${who.issuer}`,
  ];
  refuses(t, find(leaf, []), nobody(leaf));
  refuses(t, find(leaf, [], root), nobody(leaf));
  refuses(t, find(leaf, [issuingCa, root]), nobody(root));
  refuses(t, find(leaf, [issuingCa]), nobody(issuingCa));
  refuses(t, find(leaf, [issuingCa], readAuthority(authority('another root'))), nobody(issuingCa));
});

t.test('a forged root and issuing authority of the same names', async (t) => {
  const forgedRoot = authority('ZA', { subject: { commonName: 'ZA', role: '00' } });
  const forgedCa = authority('Z1', { issuer: forgedRoot });
  const forged = under(forgedCa);
  const companions = [readAuthority(forgedCa), readAuthority(forgedRoot)];
  for (const anchors of [[issuingCa], [root], [root, issuingCa]]) {
    const { path, flaws } = find(forged, companions, ...anchors);
    t.strictSame(path, [forged]);
    t.not(flaws.length, 0);
  }
  // The forger's authority leads nowhere, which is less wrong than not to be signed by the true one.
  refuses(t, find(forged, companions, issuingCa), [
    'certificate-path-not-found',
    'CN=ZA,OU=00 (01): nobody known here is its issuer CN=ZA,OU=00',
  ]);
});

t.test('certificate-signature-wrong', async (t) => {
  const name = 'certificate-signature-wrong';
  const notSigned = `${leafName} is not signed by ${named(issuingCa)}`;
  const signature = Buffer.from(leaf.signature);
  signature[20] = signature[20]! ^ 1;
  refuses(t, find({ ...leaf, signature }, [], issuingCa), [name, notSigned]);
  const otherKey = { ...issuingCa, fingerprint: 'another', publicKey: root.publicKey };
  refuses(t, find(leaf, [], otherKey), [name, notSigned]);
  // An authority that says that it is signed in another way, outside or inside.
  for (const change of [
    { signatureAlgorithm: '1.2.840.10045.4.3.3' },
    { tbsSignatureAlgorithm: '1.2.840.10045.4.3.3' },
    { signatureAlgorithm: '1.2.840.10045.4.3.2 with parameters' },
  ]) {
    refuses(t, find(leaf, [{ ...issuingCa, ...change }], root), [
      name,
      `${named(issuingCa)} is not signed by ${named(root)}`,
    ]);
  }
});

t.test('certificate-issuer-not-an-authority', async (t) => {
  const name = 'certificate-issuer-not-an-authority';
  const anchor = authority('A');
  const issued = (alter: ReturnType<typeof adding>): [SmkiCertificate, SmkiCertificate] => {
    const issuer = authority('B', { issuer: anchor, alter });
    return [under(issuer), readAuthority(issuer)];
  };
  const usage = extension('2.5.29.15', true, der.bitString(Buffer.from([2]), 1));
  for (const [alter, why] of [
    [replacing('2.5.29.19'), 'it has no cA flag'],
    [replacing('2.5.29.19', extension('2.5.29.19', true, der.sequence())), 'it has no cA flag'],
    [replacing('2.5.29.15', usage), 'its key is not for keyCertSign'],
    [adding(extension('2.5.29.30', true, der.sequence())), 'the critical extension 2.5.29.30'],
  ] as const) {
    const [certificate, issuer] = issued(alter);
    t.equal(whyNotAuthority(issuer), why);
    const flaw = [name, `CN=B,OU=07 (01): ${why}`] as const;
    refuses(t, find(certificate, [issuer], readAuthority(anchor)), flaw);
    refuses(t, find(certificate, [], issuer), flaw);
  }
  t.equal(whyNotAuthority(issuingCa), undefined);
  const [certificate, issuer] = issued(adding(extension('2.5.29.30', false, der.sequence())));
  t.strictSame(find(certificate, [issuer], readAuthority(anchor)).flaws, []);
});

t.test('an organisation issues nothing', async (t) => {
  const organisation = issue({ role: '02' });
  const certificate = under(organisation);
  refuses(t, find(certificate, [readCertificate(organisation)], issuingCa), [
    'certificate-issuer-not-an-authority',
    `${named(readCertificate(organisation))}: it has no cA flag`,
  ]);
});

/** Authorities each of which issued the next; the last is the issuer of what they are asked about. */
function chain(...pathLengths: readonly (number | undefined)[]): Certificate[] {
  const authorities: Certificate[] = [];
  for (const [place, pathLength] of pathLengths.entries()) {
    const above = authorities.at(-1);
    authorities.push(
      authority(`Level ${String(place)}`, { pathLength, ...(above !== undefined && { issuer: above }) }),
    );
  }
  return authorities;
}

t.test('certificate-path-too-long', async (t) => {
  const name = 'certificate-path-too-long';
  const any = undefined;
  const search = (...pathLengths: readonly (number | undefined)[]): CertificationPath => {
    const authorities = chain(...pathLengths);
    const [anchor, ...others] = authorities.map(readAuthority);
    return find(under(authorities.at(-1)!), others, anchor!);
  };
  const tooLong = (level: number, below: number, allowed: number): [string, string] => [
    name,
    `CN=Level ${String(level)},OU=07 (01) has ${String(below)} authorities below it, and may have ${String(allowed)}`,
  ];
  // RFC 5280 section 4.2.1.9: the certificate at the end is not counted.
  for (const lengths of [[0], [1, 0], [2, 1, 0], [3, 2, 1, 0], [127, any], [any, any, any, any]]) {
    const found = search(...lengths);
    t.strictSame(found.flaws, [], lengths.join());
    t.equal(found.path.length, lengths.length + 1);
  }
  refuses(t, search(0, any), tooLong(0, 1, 0));
  refuses(t, search(any, 0, any), tooLong(1, 1, 0));
  refuses(t, search(1, any, any), tooLong(0, 2, 1));
  refuses(t, search(2, any, any, any), tooLong(0, 3, 2));
  refuses(t, search(any, any, any, any, any), tooLong(0, 4, 3));
  refuses(t, search(127, any, any, any, any), tooLong(0, 4, 3));
});

t.test('a self-issued authority does not count against a path length', async (t) => {
  // With its old key an authority vouches for its new one.
  const old = authority('A', { pathLength: 0 });
  const renewed = authority('A', {
    keys: keyPairFrom('the new key of A'),
    issuer: old,
    serialNumber: Buffer.from([2]),
  });
  const anchor = readAuthority(old);
  const found = find(under(renewed), [readAuthority(renewed)], anchor);
  t.strictSame(found.flaws, []);
  t.strictSame(found.path.slice(1), [readAuthority(renewed), anchor]);
  const further = authority('B', { issuer: renewed });
  refuses(t, find(under(further), [readAuthority(renewed), readAuthority(further)], anchor), [
    'certificate-path-too-long',
    'CN=A,OU=07 (01) has 2 authorities below it, and may have 0',
  ]);
});

t.test('certificate-key-identifiers-differ', async (t) => {
  const name = 'certificate-key-identifiers-differ';
  const identifier = extension('2.5.29.35', false, der.sequence(der.implicit(0, Buffer.alloc(8, 1))));
  const has = String(issuingCa.subjectKeyIdentifier);
  const certificate = readCertificate(issue({ spec: { alter: replacing('2.5.29.35', identifier) } }));
  refuses(t, find(certificate, [], issuingCa), [
    name,
    `${leafName} names the key 0101010101010101; CN=Z1,OU=07 (${issuingCa.serialNumber}) has ${has}`,
  ]);
  const without = readCertificate(issue({ spec: { alter: replacing('2.5.29.35') } }));
  refuses(t, find(without, [], issuingCa), [
    name,
    `${leafName} names the key none; CN=Z1,OU=07 (${issuingCa.serialNumber}) has ${has}`,
  ]);
  const anchor = authority('A', { alter: replacing('2.5.29.14') });
  refuses(t, find(under(anchor), [], readAuthority(anchor)), [
    name,
    `${leafName} names the key ${String(under(anchor).authorityKeyIdentifier)}; CN=A,OU=07 (01) has none`,
  ]);
});

t.test('several things wrong with one link', async (t) => {
  const imposter = authority('Z1', { alter: replacing('2.5.29.19') });
  const { subjectKeyIdentifier } = readAuthority(imposter);
  refuses(
    t,
    find(leaf, [], readAuthority(imposter)),
    ['certificate-issuer-not-an-authority', 'CN=Z1,OU=07 (01): it has no cA flag'],
    [
      'certificate-key-identifiers-differ',
      `${leafName} names the key ${String(leaf.authorityKeyIdentifier)}; CN=Z1,OU=07 (01) has ${String(subjectKeyIdentifier)}`,
    ],
    ['certificate-signature-wrong', `${leafName} is not signed by CN=Z1,OU=07 (01)`],
  );
});

t.test('an anchor vouches for others, and not for itself', async (t) => {
  const again = readAuthority(pki.root);
  for (const certificate of [root, again]) {
    refuses(t, find(certificate, [again, root], root), [
      'certificate-path-not-found',
      `${named(root)}: nobody known here is its issuer CN=ZA,OU=00`,
    ]);
  }
  refuses(t, find(leaf, [leaf], leaf), [
    'certificate-path-not-found',
    `${leafName}: nobody known here is its issuer CN=Z1,OU=07`,
  ]);
  // Nor by way of another: each of the two has issued the other.
  const a = readAuthority(authority('A', { issuer: authority('B') }));
  const b = readAuthority(authority('B', { issuer: authority('A') }));
  refuses(t, find(a, [b, a], a), [
    'certificate-path-not-found',
    'CN=B,OU=07 (01): nobody known here is its issuer CN=A,OU=07',
  ]);
  t.strictSame(find(leaf, [], leaf, issuingCa), { path: [leaf, issuingCa], flaws: [] });
});

t.test('a certificate that is signed with its own key', async (t) => {
  const keys = keyPairFrom('self-signed');
  const selfSigned = readCertificate(
    issue({ spec: { keys, issuer: { ...pki.issuingCa, keys }, alter: adding(constraints()) } }),
  );
  t.equal(find(selfSigned, [selfSigned], issuingCa).path.length, 1);
  t.strictSame(
    find(selfSigned, [selfSigned], issuingCa).flaws.map(({ name }) => name),
    ['certificate-key-identifiers-differ', 'certificate-signature-wrong'],
  );
});

/** Counts how often the search reads a signature, to verify it, and a subject, to see who may be whose issuer. */
function counted(
  certificate: SmkiCertificate,
  counts: { signature: number; subject: number },
): SmkiCertificate {
  const counting = (field: 'signature' | 'subject'): PropertyDescriptor => ({
    get: () => {
      counts[field] += 1;
      return certificate[field];
    },
  });
  return Object.defineProperties(
    { ...certificate },
    { signature: counting('signature'), subject: counting('subject') },
  );
}

t.test('authorities of one name and key that have all signed each other', async (t) => {
  const crowd = Array.from({ length: 8 }, (_, place) =>
    authority('A', { serialNumber: Buffer.from([place + 1]) }),
  );
  const counts = { signature: 0, subject: 0 };
  const companions = crowd.map((certificate) => counted(readAuthority(certificate), counts));
  const certificate = counted(under(crowd[0]!), counts);
  const { path, flaws } = find(certificate, companions, root);
  t.equal(path.length, 1);
  t.equal(flaws.length, 1);
  // They have one key, by which the certificate and each of the eight is verified once.
  t.equal(counts.signature, 1 + 8);
  // Each of the eight has four places in a path, and is held against all. Every path of them: over 200,000.
  t.ok(counts.subject < 4096, String(counts.subject));

  const anchor = authority('R');
  const signedByAnchor = readAuthority(authority('A', { issuer: anchor }));
  const found = find(certificate, [...companions, signedByAnchor], readAuthority(anchor));
  t.strictSame(found.flaws, []);
  t.strictSame(found.path, [certificate, signedByAnchor, readAuthority(anchor)], 'the shortest of many');
});

t.test('two authorities that have signed each other, and the anchor one of them', async (t) => {
  const anchor = authority('R');
  const a = authority('A');
  const b = authority('B', { issuer: a });
  const others = [authority('A', { issuer: b }), b, authority('B', { issuer: anchor })];
  const companions = others.map(readAuthority);
  const { flaws, path } = find(under(a), companions, readAuthority(anchor));
  t.strictSame(flaws, []);
  t.strictSame(
    path.map(({ subject }) => subject),
    [leaf.subject, 'CN=A,OU=07', 'CN=B,OU=07', 'CN=R,OU=07'],
  );
});

t.test('the order of the companions is of no matter', async (t) => {
  const finder = pathFinder(10);
  const [anchor, middle, last] = chain(undefined, undefined, undefined);
  const other = readAuthority(authority('Level 2', { serialNumber: Buffer.from([9]) }));
  const certificate = under(last!);
  const companions = [readAuthority(middle!), readAuthority(last!), other];
  const trust = trusting(readAuthority(anchor!));
  const verdict = finder(certificate, companions, trust);
  t.equal(verdict.path.length, 4);
  t.equal(finder(certificate, companions.toReversed(), trust), verdict);
  t.equal(finder(certificate, [...companions, ...companions], trust), verdict);
  const forwards = find(certificate, companions.slice(1), readAuthority(anchor!));
  const backwards = find(certificate, companions.slice(1).reverse(), readAuthority(anchor!));
  t.not(forwards.flaws.length, 0);
  t.strictSame(backwards, forwards);
});

t.test('a verdict is remembered', async (t) => {
  const finder = pathFinder(10);
  const trust = trusting(root);
  const verdict = finder(leaf, [issuingCa], trust);
  t.equal(finder(readCertificate(issue()), [issuingCa], trusting(root)).flaws.length, 0);
  t.equal(finder(leaf, [readAuthority(pki.issuingCa)], trusting(root)), verdict, 'by what the bytes are');
  const refused = finder(leaf, [], trust);
  t.equal(finder(leaf, [], trust), refused, 'one that refuses, too');
  const others = [
    finder(leaf, [issuingCa, root], trust),
    finder(leaf, [issuingCa], trusting(issuingCa)),
    finder(leaf, [issuingCa], trusting(root, issuingCa)),
    finder(leaf, [issuingCa], trusting()),
    finder(readCertificate(issue({ role: '02' })), [issuingCa], trust),
    refused,
  ];
  t.equal(new Set([verdict, ...others]).size, 7);
  t.not(finder(leaf, [issuingCa], trusting()).flaws.length, 0, 'an anchor that is no longer there');

  const one = pathFinder(1);
  const first = one(leaf, [issuingCa], trust);
  one(leaf, [], trust);
  const second = one(leaf, [issuingCa], trust);
  t.not(second, first, 'not for ever');
  t.strictSame(second, first);
});

t.test('validity', async (t) => {
  const from = new Date('2026-01-01T00:00:00Z');
  const to = new Date('2026-12-31T23:59:59Z');
  const always = readCertificate(
    issue({ spec: { notBefore: new Date(0), notAfter: new Date('2050-01-01T00:00:00Z') } }),
  );
  const end = readCertificate(issue({ spec: { notBefore: from, notAfter: to } }));
  const anchor = readAuthority(authority('A', { notBefore: from, notAfter: to }));
  const at = (time: string): Date => new Date(time);
  for (const [path, who] of [
    [[end, issuingCa], end],
    [[always, anchor], anchor],
  ] as const) {
    const early = {
      name: 'certificate-not-yet-valid',
      got: `${named(who)} is valid from 2026-01-01T00:00:00.000Z`,
    };
    const late = { name: 'certificate-expired', got: `${named(who)} was valid to 2026-12-31T23:59:59.000Z` };
    t.strictSame(validityFlaws(path, at('2025-12-31T23:59:59.999Z')), [early]);
    t.strictSame(validityFlaws(path, from), []);
    t.strictSame(validityFlaws(path, to), []);
    t.strictSame(validityFlaws(path, at('2026-12-31T23:59:59.999Z')), [], 'the last second is a whole one');
    t.strictSame(validityFlaws(path, at('2027-01-01T00:00:00.000Z')), [late]);
    asserted.add(early.name).add(late.name);
  }
  t.strictSame(
    validityFlaws([end, anchor], at('2027-01-01T00:00:00Z')).map(({ name }) => name),
    ['certificate-expired', 'certificate-expired'],
  );
  t.strictSame(validityFlaws([leaf, issuingCa, root], now), []);
});

t.test('every requirement has a path that does not meet it', async (t) => {
  t.strictSame([...asserted].sort(), Object.keys(certificationPathRequirements).sort());
});

t.test('what came with a certificate that is remembered is not held on to', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const finder = pathFinder(10);
  const trust = trusting(root, issuingCa);
  const companion = (): WeakRef<SmkiCertificate> => {
    const came = readAuthority(authority('Z9'));
    finder(leaf, [came], trust);
    return new WeakRef(came);
  };
  const references = Array.from({ length: 5 }, companion);
  // A reference holds until the end of the turn that made it.
  await setImmediate();
  collect();
  t.equal(references.filter((reference) => reference.deref() !== undefined).length, 0);
});
