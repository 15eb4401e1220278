import { createHash } from 'node:crypto';
import t, { type Test } from 'tap';
import { attribute, extension } from '../../src/mock-dsp/certificate-builder.js';
import * as der from '../../src/mock-dsp/der.js';
import {
  buildRevocationList,
  type RevocationListFields,
  type RevocationListSpec,
} from '../../src/mock-dsp/revocation-list-builder.js';
import type { RejectionKind } from '../../src/rejection.js';
import { hasSigned } from '../../src/smki/public-key.js';
import { readRevocationList, type RevocationList } from '../../src/smki/revocation-list.js';
import { issue, pki, readCertificate } from '../fixtures.js';
import { readAuthority } from './authorities.js';

const thisUpdate = new Date('2026-06-15T00:00:00Z');
const nextUpdate = new Date('2026-07-15T00:00:00Z');

const build = (change: Partial<RevocationListSpec> = {}): Buffer =>
  buildRevocationList({ issuer: pki.issuingCa, thisUpdate, nextUpdate, ...change });

const altered = (alter: (fields: RevocationListFields) => Partial<RevocationListFields>): Buffer =>
  build({ alter });

function readOk(bytes: Buffer): RevocationList {
  const read = readRevocationList(bytes);
  if (!read.ok) throw new Error(read.rejection.detail);
  return read.value;
}

const rejects = (t: Test, bytes: Buffer, kind: RejectionKind, detail: string): void => {
  t.strictSame(readRevocationList(bytes), { ok: false, rejection: { kind, detail } }, detail);
};

const revocationDate = new Date('2026-06-01T10:00:00Z');
const serialOf = (text: string): Buffer => Buffer.from(text, 'hex');

const pemOf = (bytes: Buffer, label = 'X509 CRL'): string =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

t.test('a list', async (t) => {
  const bytes = build({ revoked: [{ serialNumber: serialOf('4fc0'), revocationDate }] });
  const { tbs, signature, ...rest } = readOk(bytes);
  const issuer = readAuthority(pki.issuingCa);
  t.strictSame(rest, {
    fingerprint: createHash('sha256').update(bytes).digest('hex').toUpperCase(),
    signatureAlgorithm: '1.2.840.10045.4.3.2',
    tbsSignatureAlgorithm: '1.2.840.10045.4.3.2',
    issuer: 'CN=Z1,OU=07',
    authorityKeyIdentifier: issuer.subjectKeyIdentifier,
    thisUpdate,
    nextUpdate,
    scope: 'all',
    revoked: new Map([['4FC0', revocationDate]]),
  });
  const parts = der.raw(bytes).value as der.Node[];
  t.strictSame(tbs, der.encode(parts[0]!));
  t.strictSame(der.encode(der.bitString(signature)), der.encode(parts[2]!));
  t.equal(hasSigned(issuer, readOk(bytes)), true);
  t.equal(hasSigned(readAuthority(pki.root), readOk(bytes)), false);
});

t.test('DER and PEM are the same list', async (t) => {
  const bytes = build({ revoked: [{ serialNumber: serialOf('01'), revocationDate }] });
  t.strictSame(readOk(Buffer.from(`Certificate Revocation List\n${pemOf(bytes)}`)), readOk(bytes));
  const notPem = 'it is not one PEM block, X509 CRL';
  rejects(t, Buffer.alloc(0), 'certificate-not-x509', notPem);
  rejects(t, Buffer.from(pemOf(bytes, 'CERTIFICATE')), 'certificate-not-x509', notPem);
  rejects(t, Buffer.from(pemOf(bytes) + pemOf(bytes)), 'certificate-not-x509', notPem);
  rejects(t, bytes.subarray(1), 'certificate-not-x509', notPem);
});

t.test('a list of nobody', async (t) => {
  t.strictSame(readOk(build()).revoked, new Map());
  // RFC 5280 section 5.1.2.6 has no such sequence, and it says the same.
  const [tbs, ...rest] = der.raw(build()).value as der.Node[];
  const fields = [...(tbs!.value as der.Node[])];
  fields.splice(5, 0, der.sequence());
  t.strictSame(readOk(der.encode(der.sequence(der.sequence(...fields), ...rest))).revoked, new Map());
});

t.test('a list of 20,000', async (t) => {
  const revoked = Array.from({ length: 20_000 }, (_, place) => {
    const serialNumber = Buffer.alloc(16, 0x40);
    serialNumber.writeUInt32BE(place, 12);
    return { serialNumber, revocationDate };
  });
  const bytes = build({ revoked });
  const list = readOk(bytes);
  t.equal(list.revoked.size, 20_000);
  t.strictSame(list.revoked.get('40404040404040404040404000004E1F'), revocationDate);
  t.equal(readOk(Buffer.from(pemOf(bytes))).fingerprint, list.fingerprint);
});

t.test('a serial number is the same in a list and in a certificate', async (t) => {
  // DER writes a zero octet before one with a high bit.
  for (const [octets, written] of [
    ['01', '01'],
    ['7f00', '7F00'],
    ['80', '0080'],
    ['ff'.repeat(16), `00${'FF'.repeat(16)}`],
  ] as const) {
    const serialNumber = serialOf(octets);
    t.equal(readCertificate(issue({ spec: { serialNumber } })).serialNumber, written);
    const list = readOk(build({ revoked: [{ serialNumber, revocationDate }] }));
    t.strictSame([...list.revoked.keys()], [written]);
  }
});

t.test('whom it is about', async (t) => {
  t.equal(readOk(build({ scope: 'authorities' })).scope, 'authorities');
  t.equal(readOk(build({ scope: 'end-entities' })).scope, 'end-entities');
  const distributionPoint = (...parts: der.Node[]): Buffer =>
    altered(({ extensions }) => ({
      extensions: [...extensions, extension('2.5.29.28', true, der.sequence(...parts))],
    }));
  t.equal(readOk(distributionPoint()).scope, 'all');
  const flag = (tag: number, octet = 0xff): der.Node => der.implicit(tag, Buffer.from([octet]));
  const more = 'its issuingDistributionPoint says more than whom the list is about';
  for (const parts of [
    [der.explicit(0, der.explicit(0))],
    [flag(0)],
    [flag(3)],
    // An indirect list, and one about attribute certificates.
    [flag(4)],
    [flag(5)],
    [flag(1), flag(4)],
    [flag(1), flag(2)],
    [der.bool(true)],
  ]) {
    rejects(t, distributionPoint(...parts), 'certificate-not-smki', more);
  }
  const notDer = 'its issuingDistributionPoint is not DER';
  rejects(t, distributionPoint(flag(1, 0)), 'certificate-not-der', notDer);
  rejects(t, distributionPoint(flag(2, 1)), 'certificate-not-der', notDer);
  rejects(t, distributionPoint(der.explicit(1, der.bool(true))), 'certificate-not-der', notDer);
});

t.test('extensions', async (t) => {
  const having = (...more: der.Node[]): Buffer =>
    altered(({ extensions }) => ({ extensions: [...extensions, ...more] }));
  for (const critical of [true, false]) {
    const delta = extension('2.5.29.27', critical, der.integer(Buffer.from([1])));
    rejects(t, having(delta), 'certificate-not-x509', 'it is a delta list');
  }
  rejects(
    t,
    having(extension('1.2.3', true, der.sequence())),
    'certificate-not-x509',
    'it has the critical extension 1.2.3, which is not known',
  );
  t.equal(readRevocationList(having(extension('1.2.3', false, der.sequence()))).ok, true);
  rejects(
    t,
    having(extension('2.5.29.20', false, der.integer(Buffer.from([1])))),
    'certificate-not-x509',
    'it has the extension 2.5.29.20 twice',
  );
  t.equal(readOk(altered(() => ({ extensions: [] }))).authorityKeyIdentifier, undefined);
  rejects(
    t,
    altered(() => ({ extensions: [extension('2.5.29.35', false, der.sequence())] })),
    'certificate-not-smki',
    'its authorityKeyIdentifier is not a keyIdentifier alone',
  );
});

t.test('entries', async (t) => {
  const entry = (...more: der.Node[]): der.Node =>
    der.sequence(der.integer(Buffer.from([1])), der.time(revocationDate), ...more);
  const entries = (...revokedCertificates: der.Node[]): Buffer => altered(() => ({ revokedCertificates }));
  // Why, and even that it was for a time only: revoked is revoked.
  const reason = der.oid('2.5.29.21');
  for (const code of [1, 6, 8]) {
    const enumerated = Buffer.from([0x0a, 1, code]);
    const extensions = der.sequence(der.sequence(reason, der.octetString(enumerated)));
    t.strictSame([...readOk(entries(entry(extensions))).revoked], [['01', revocationDate]]);
  }
  t.equal(readOk(entries(entry(), entry())).revoked.size, 1);
  const notX509 = (bytes: Buffer, detail: string): void => {
    rejects(t, bytes, 'certificate-not-x509', detail);
  };
  notX509(
    entries(entry(der.sequence(extension('2.5.29.29', true, der.sequence())))),
    'it has the critical extension 2.5.29.29, which is not known',
  );
  notX509(entries(entry(der.sequence(), der.sequence())), 'an entry of the list has more than three parts');
  notX509(entries(entry(der.bool(true))), 'extensions is missing or not of its type');
  notX509(entries(der.bool(true)), 'an entry of the list is missing or not of its type');
  notX509(entries(der.sequence()), 'serialNumber is missing or not of its type');
  notX509(
    entries(der.sequence(der.integer(Buffer.from([1])))),
    'the revocation date is missing or not of its type',
  );
  notX509(
    entries(der.sequence(der.integer(Buffer.from([0])), der.time(revocationDate))),
    'its serialNumber is not a positive number of at most 20 octets',
  );
});

t.test('the structure of a list', async (t) => {
  const [tbs, algorithm, signature] = der.raw(
    build({ revoked: [{ serialNumber: serialOf('01'), revocationDate }] }),
  ).value as [der.Node, der.Node, der.Node];
  const fields = tbs.value as der.Node[];
  const of = (...parts: der.Node[]): Buffer => der.encode(der.sequence(...parts));
  const list = (...parts: der.Node[]): Buffer => of(der.sequence(...parts), algorithm, signature);
  const notX509 = (bytes: Buffer, detail: string): void => {
    rejects(t, bytes, 'certificate-not-x509', detail);
  };
  t.equal(readRevocationList(list(...fields)).ok, true);
  notX509(of(), 'the list has not three parts');
  notX509(of(tbs, algorithm, signature, signature), 'the list has not three parts');
  notX509(of(tbs, algorithm), 'signatureValue is missing or not of its type');
  notX509(of(tbs, algorithm, der.bitString(Buffer.from([0]), 1)), 'signatureValue is not whole octets');
  notX509(of(der.bool(true), algorithm, signature), 'tbsCertList is missing or not of its type');
  // A list of version 1 has none.
  notX509(list(...fields.slice(1)), 'version is missing or not of its type');
  notX509(
    altered(() => ({ version: der.integer(Buffer.from([0])) })),
    'its version is not v2',
  );
  notX509(list(...fields.slice(0, -1)), 'crlExtensions is missing or not of its type');
  notX509(list(...fields, der.sequence()), 'tbsCertList has more fields than a v2 list');
  notX509(
    list(...fields.slice(0, -1), der.explicit(1, der.sequence())),
    'crlExtensions is missing or not of its type',
  );
  notX509(
    list(...fields.slice(0, -1), der.explicit(0, der.sequence(), der.sequence())),
    'crlExtensions is not one sequence',
  );
  // RFC 5280 section 5.1.2.5 wants it, though X.509 does not.
  const withoutNextUpdate = fields.filter((_, place) => place !== 4);
  notX509(list(...withoutNextUpdate), 'nextUpdate is missing or not of its type');
  notX509(
    list(...fields.slice(0, 5), { ...fields[5]!, tagClass: 0x80 }),
    'crlExtensions is missing or not of its type',
  );
  notX509(
    list(fields[0]!, der.bool(true), ...fields.slice(2)),
    'tbsCertList.signature is missing or not of its type',
  );
  rejects(
    t,
    altered(() => ({ issuer: der.sequence(attribute('2.5.4.3', der.utf8String('Z1'))) })),
    'certificate-not-smki',
    'its issuer has no OU, which holds the role',
  );
  const thisUpdateOf = der.time(thisUpdate);
  thisUpdateOf.value = '2606150000Z';
  notX509(
    altered(() => ({ thisUpdate: thisUpdateOf })),
    'thisUpdate is not a time of RFC 5280',
  );
});

t.test('DER', async (t) => {
  const bytes = build();
  const incomplete = 'it is not complete, definite-length ASN.1 with nothing after it';
  rejects(t, bytes.subarray(0, -1), 'certificate-not-der', incomplete);
  rejects(t, Buffer.concat([bytes, Buffer.alloc(1)]), 'certificate-not-der', incomplete);
  const nonMinimal = Buffer.concat([Buffer.from([0x30, 0x82, 0]), bytes.subarray(2)]);
  rejects(t, nonMinimal, 'certificate-not-der', 'its encoding is not canonical');
  rejects(t, Buffer.alloc(4 * 1024 * 1024 + 1, 0x30), 'certificate-not-der', 'it is over 4194304 bytes long');
});
