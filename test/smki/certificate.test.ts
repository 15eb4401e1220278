import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import {
  attribute,
  type CertificateFields,
  extension,
  type Subject,
} from '../../src/mock-dsp/certificate-builder.js';
import * as der from '../../src/mock-dsp/der.js';
import type { RejectionKind } from '../../src/rejection.js';
import {
  keyUsageNames,
  type OrganisationCertificate,
  readOrganisationCertificate,
  readSmkiCertificate,
  shownName,
} from '../../src/smki/certificate.js';
import { issue, pki } from '../fixtures.js';

const rejects = (t: Test, base64: string, kind: RejectionKind, detail: string): void => {
  t.strictSame(readOrganisationCertificate(base64), { ok: false, rejection: { kind, detail } }, detail);
};

/** The certificate with some fields changed before it was signed. */
const altered = (alter: (fields: CertificateFields) => Partial<CertificateFields>): string =>
  issue({ spec: { alter } }).base64;

const subjectOf = (subject: Subject, ...more: der.Node[]): der.Node =>
  der.sequence(
    ...(subject.role === '' ? [] : [attribute('2.5.4.11', der.utf8String(subject.role))]),
    ...(subject.entityIdentifier === undefined ? [] : [uid(Buffer.from(subject.entityIdentifier, 'hex'))]),
    ...more,
  );
const uid = (octets: Buffer, unusedBits = 0): der.Node =>
  attribute('2.5.4.45', der.bitString(octets, unusedBits));
const eui = '0200000000010010';

t.test('a Network Operator certificate', async (t) => {
  const built = issue({ spec: { serialNumber: Buffer.from('4fc0252e553ecd05d4f72dcfad55c8e7', 'hex') } });
  const read = readOrganisationCertificate(built.base64);
  t.ok(read.ok);
  if (!read.ok) return;
  const {
    extensions,
    der: bytes,
    fingerprint,
    tbs,
    signature,
    publicKey,
    subjectKeyIdentifier,
    authorityKeyIdentifier,
    ...rest
  } = read.value;
  t.strictSame(rest, {
    signatureAlgorithm: '1.2.840.10045.4.3.2',
    tbsSignatureAlgorithm: '1.2.840.10045.4.3.2',
    serialNumber: '4FC0252E553ECD05D4F72DCFAD55C8E7',
    issuer: 'CN=Z1,OU=07',
    subject: '2.5.4.45=02-00-00-00-00-01-00-10,OU=03',
    role: { code: '03', name: 'networkOperator' },
    issuerRole: { code: '07', name: 'issuingAuthority' },
    commonName: undefined,
    entityIdentifier: '02-00-00-00-00-01-00-10',
    notBefore: new Date('2025-06-15T12:00:00Z'),
    notAfter: new Date('2035-06-15T12:00:00Z'),
    keyUsage: ['digitalSignature'],
    certificatePolicies: ['1.2.826.0.1.8641679.1.2.1.4'],
    basicConstraints: undefined,
  });
  t.strictSame(bytes, built.der);
  t.equal(fingerprint, createHash('sha256').update(built.der).digest('hex').toUpperCase());
  const parts = der.raw(built.der).value as der.Node[];
  t.strictSame(tbs, der.encode(parts[0]!));
  t.strictSame(der.encode(der.bitString(signature)), der.encode(parts[2]!));
  t.strictSame(publicKey, built.keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(-65));
  t.match(subjectKeyIdentifier, /^[0-9A-F]{16}$/);
  const ca = readSmkiCertificate(pki.issuingCa.base64);
  t.equal(authorityKeyIdentifier, ca.ok && ca.value.subjectKeyIdentifier);
  t.strictSame(
    extensions.map(({ oid, critical }) => [oid, critical]),
    [
      ['2.5.29.15', true],
      ['2.5.29.32', true],
      ['2.5.29.14', false],
      ['2.5.29.35', false],
    ],
  );
});

t.test('a common name, quoted where it has to be', async (t) => {
  const read = readOrganisationCertificate(
    issue({ role: '02', commonName: ' Power, Light+Co = #1 é ' }).base64,
  );
  t.match(read, {
    value: {
      commonName: ' Power, Light+Co = #1 é ',
      subject: '2.5.4.45=02-00-00-00-00-01-00-10,OU=02,CN=\\ Power\\, Light\\+Co \\= \\#1 é\\ ',
    },
  });
  t.match(readOrganisationCertificate(issue({ commonName: 'a\0b' }).base64), {
    value: { subject: /CN=a\\00b$/ },
  });
});

t.test('an issuing CA is a certificate, but not of an organisation', async (t) => {
  t.match(readSmkiCertificate(pki.issuingCa.base64), {
    ok: true,
    value: {
      role: { name: 'issuingAuthority' },
      commonName: 'Z1',
      entityIdentifier: undefined,
      keyUsage: ['keyCertSign', 'cRLSign'],
      basicConstraints: { isCa: true, pathLength: 0 },
      issuerRole: { code: '00', name: 'root' },
    },
  });
  rejects(
    t,
    pki.issuingCa.base64,
    'certificate-not-smki',
    'its subject has no x500UniqueIdentifier (2.5.4.45)',
  );
});

t.test('any Entity Identifier, those too that look like ASN.1', async (t) => {
  const anyEui = fc.oneof(
    fc.uint8Array({ minLength: 8, maxLength: 8 }),
    // A tag and the length of what is left: an OCTET STRING, SEQUENCE, INTEGER or BIT STRING to a reader that guesses.
    fc
      .tuple(
        fc.constantFrom(0x02, 0x03, 0x04, 0x05, 0x0c, 0x30, 0x31, 0xa0),
        fc.uint8Array({ minLength: 6, maxLength: 6 }),
      )
      .map(([tag, rest]) => Uint8Array.from([tag, 6, ...rest])),
  );
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(anyEui, fc.constantFrom('02', '03', '04', '87'), (octets, role) => {
        const entityIdentifier = Array.from(octets, (octet) =>
          octet.toString(16).padStart(2, '0').toUpperCase(),
        ).join('-');
        const read = readOrganisationCertificate(issue({ role, entityIdentifier }).base64);
        return read.ok && read.value.entityIdentifier === entityIdentifier && read.value.role.code === role;
      }),
      { numRuns: 60 },
    );
  });
});

t.test('no change of one byte reads as another organisation, save inside its own fields', async (t) => {
  const { der: good } = issue();
  const identity = (base64: string): string => {
    const read = readOrganisationCertificate(base64);
    return read.ok ? `${read.value.entityIdentifier} ${read.value.role.code}` : read.rejection.kind;
  };
  const found = good.indexOf(Buffer.from(`03090002`, 'hex'));
  const inField = (offset: number): boolean => offset >= found + 3 && offset < found + 11;
  const role = good.indexOf(Buffer.from('0c023033', 'hex')) + 2;
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 }), (offset, flip) => {
        const changed = Buffer.from(good);
        changed[offset] = (changed[offset] ?? 0) ^ flip;
        const now = identity(changed.toString('base64'));
        const same = now === '02-00-00-00-00-01-00-10 03' || now.startsWith('certificate-');
        return same || inField(offset) || offset === role || offset === role + 1;
      }),
      { numRuns: 2000 },
    );
  });
});

t.test('no bytes at all crash it', async (t) => {
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const read = readOrganisationCertificate(Buffer.from(bytes).toString('base64'));
        return !read.ok && read.rejection.kind.startsWith('certificate-');
      }),
    );
  });
});

t.test('base64', async (t) => {
  const { base64 } = issue();
  rejects(t, '', 'certificate-not-base64', 'it is empty');
  for (const text of [
    `${base64} `,
    base64.replace(/^M/, '-M'),
    base64.slice(0, -1),
    `${base64}=`,
    'MIIB!',
    '====',
    'M',
    // Buffer.from reads the URL alphabet too.
    base64.replace(/[+/]/, '_'),
    // The last character holds bits that are not part of any byte.
    'AB==',
    '-----BEGIN CERTIFICATE-----',
  ]) {
    rejects(t, text, 'certificate-not-base64', 'it is not canonical base64');
  }
});

t.test('DER', async (t) => {
  const { der: good } = issue();
  const incomplete = 'it is not complete, definite-length ASN.1 with nothing after it';
  const notDer = (bytes: Buffer, detail: string): void => {
    rejects(t, bytes.toString('base64'), 'certificate-not-der', detail);
  };
  notDer(good.subarray(0, -1), incomplete);
  notDer(Buffer.concat([good, Buffer.from([0])]), incomplete);
  // Of indefinite length.
  const indefinite = Buffer.concat([Buffer.from([0x30, 0x80]), good.subarray(4), Buffer.alloc(2)]);
  notDer(indefinite, 'its encoding is not canonical');
  // The outer length in three octets where two do.
  notDer(Buffer.concat([Buffer.from([0x30, 0x83, 0x00]), good.subarray(2)]), 'its encoding is not canonical');
  notDer(Buffer.concat([good, Buffer.alloc(4096)]), 'it is over 4096 bytes long');
  notDer(nested(40), incomplete);
});

/** SEQUENCEs in each other. */
function nested(depth: number): Buffer {
  let inner: Buffer = Buffer.alloc(0);
  for (let level = 0; level < depth; level += 1)
    inner = Buffer.concat([Buffer.from([0x30, inner.length]), inner]);
  return inner;
}

t.test('X.509', async (t) => {
  const notX509 = (base64: string, detail: string): void => {
    rejects(t, base64, 'certificate-not-x509', detail);
  };
  const structure = (...parts: der.Node[]): string => der.encode(der.sequence(...parts)).toString('base64');
  notX509(
    der.encode(der.integer(Buffer.from([1]))).toString('base64'),
    'the certificate is missing or not of its type',
  );
  notX509(structure(), 'the certificate has not three parts');
  const parts = der.raw(issue().der).value as der.Node[];
  notX509(structure(...parts, der.bool(true)), 'the certificate has not three parts');
  notX509(structure(...parts.slice(0, 1)), 'signatureAlgorithm is missing or not of its type');
  notX509(structure(...parts.slice(0, 2)), 'signatureValue is missing or not of its type');
  notX509(
    structure(...parts.slice(0, 2), der.bitString(Buffer.from([0x30, 0]), 1)),
    'signatureValue is not whole octets',
  );
  notX509(structure(der.sequence(), ...parts.slice(1)), 'version is missing or not of its type');
  const tbs = parts[0]?.value as der.Node[];
  notX509(
    structure(der.sequence(...tbs, der.bool(true)), ...parts.slice(1)),
    'tbsCertificate has more fields than a v3 certificate without unique identifiers',
  );

  notX509(
    altered(() => ({ version: der.explicit(0, der.integer(Buffer.from([1]))) })),
    'its version is not v3',
  );
  notX509(
    altered(() => ({ version: der.explicit(1, der.integer(Buffer.from([2]))) })),
    'version is missing or not of its type',
  );
  const two = der.integer(Buffer.from([2]));
  notX509(
    altered(() => ({ version: der.explicit(0, two, two) })),
    'version has more than one number',
  );
  const algorithm = der.oid('1.2.840.10045.4.3.2');
  notX509(
    altered(() => ({ signatureAlgorithm: der.sequence(algorithm, der.bool(true), der.bool(true)) })),
    'signatureAlgorithm has more than an algorithm and its parameters',
  );
  notX509(
    structure(
      der.sequence(...tbs.map((field, place) => (place === 2 ? der.sequence() : field))),
      ...parts.slice(1),
    ),
    'tbsCertificate.signature is missing or not of its type',
  );
  const serial = 'its serialNumber is not a positive number of at most 20 octets';
  notX509(
    altered(() => ({ serialNumber: der.integer(Buffer.from([0])) })),
    serial,
  );
  notX509(
    altered(() => ({ serialNumber: der.integer(Buffer.alloc(0)) })),
    serial,
  );
  notX509(
    altered(() => ({ serialNumber: der.integer(Buffer.alloc(21, 0x11)) })),
    serial,
  );
  const negative = der.integer(Buffer.from([0x7f]));
  negative.value = '\x85';
  notX509(
    altered(() => ({ serialNumber: negative })),
    serial,
  );

  notX509(
    altered(() => ({ validity: der.sequence(der.time(new Date(0))) })),
    'notAfter is missing or not of its type',
  );
  const times = (...texts: string[]): string =>
    altered(() => ({ validity: der.sequence(...texts.map(utcTime)) }));
  notX509(times('260101000000Z', '270101000000Z', '280101000000Z'), 'validity has more than two times');
  for (const text of [
    '2601010000Z',
    '260101000000',
    '260101000000+0000',
    '20260101000000Z',
    ' 60101000000Z',
  ]) {
    notX509(times(text, '270101000000Z'), 'notBefore is not a time of RFC 5280');
  }
  for (const text of ['260231000000Z', '260101240000Z', '261301000000Z', '260101000060Z']) {
    notX509(times('260101000000Z', text), 'notAfter is not a date');
  }

  const twoAttributes = der.sequence(der.oid('2.5.4.11'), der.utf8String('03'), der.bool(true));
  notX509(
    altered(() => ({ subject: der.sequence(der.set(twoAttributes)) })),
    'an attribute of subject has more than a type and a value',
  );
  notX509(
    altered(() => ({ subject: der.sequence(attribute('2.5.4.11', der.bool(true))) })),
    'the OU of subject is neither a UTF8String nor a PrintableString',
  );
  notX509(
    altered(() => ({ subject: der.sequence(attribute('2.5.4.11', der.sequence())) })),
    'the OU of subject is not a string',
  );
  notX509(
    altered(() => ({ subject: der.sequence(attribute('2.5.4.3', der.printableString('a@b'))) })),
    'the CN of subject is neither a UTF8String nor a PrintableString',
  );
  const notUtf8 = der.utf8String('x');
  notUtf8.value = '\xff';
  notX509(
    altered(() => ({ subject: der.sequence(attribute('2.5.4.3', notUtf8)) })),
    'the CN of subject is not UTF-8',
  );
  notX509(
    altered(({ subjectPublicKeyInfo }) => ({
      subjectPublicKeyInfo: der.sequence(...(subjectPublicKeyInfo.value as der.Node[]), der.bool(true)),
    })),
    'subjectPublicKeyInfo has more than two parts',
  );
  notX509(
    altered(({ extensions: [first] }) => ({ extensions: [first!, first!] })),
    'it has the extension 2.5.29.15 twice',
  );
  notX509(
    altered(() => ({ extensions: [der.sequence(der.oid('2.5.29.15'))] })),
    'the extension 2.5.29.15 has not two or three parts',
  );
  notX509(
    altered(() => ({
      extensions: [extension('2.5.29.15', true, der.bitString(Buffer.from([0xff, 0xc0]), 6))],
    })),
    'its keyUsage has a bit that RFC 5280 does not name',
  );
});

const utcTime = (text: string): der.Node => {
  const node = der.time(new Date(0));
  node.value = text;
  return node;
};

t.test('times before 2000 and from 2050', async (t) => {
  for (const [from, to] of [
    ['1950-01-01T00:00:00Z', '2049-12-31T23:59:59Z'],
    ['1999-12-31T23:59:59Z', '2050-01-01T00:00:00Z'],
    ['2000-01-01T00:00:00Z', '9999-12-31T23:59:59Z'],
  ] as const) {
    const spec = { notBefore: new Date(from), notAfter: new Date(to) };
    t.match(readOrganisationCertificate(issue({ spec }).base64), { value: spec });
  }
  const early = der.time(new Date('2050-01-01T00:00:00Z'));
  early.value = '20491231235959Z';
  rejects(
    t,
    altered(() => ({ validity: der.sequence(der.time(new Date(0)), early) })),
    'certificate-not-x509',
    'notAfter is before 2050, and not a UTCTime',
  );
});

t.test('a tag is its class and its number', async (t) => {
  // Each with the right number and the wrong class.
  const context = (node: der.Node): der.Node => ({ ...node, tagClass: 0x80 });
  const universal = (node: der.Node): der.Node => ({ ...node, tagClass: 0 });
  const missing = (what: string): string => `${what} is missing or not of its type`;
  const notX509 = (base64: string, detail: string): void => {
    rejects(t, base64, 'certificate-not-x509', detail);
  };
  notX509(
    altered(({ serialNumber }) => ({ serialNumber: context(serialNumber) })),
    missing('serialNumber'),
  );
  notX509(
    altered(({ validity }) => ({ validity: context(validity) })),
    missing('validity'),
  );
  notX509(
    altered(({ version }) => ({ version: universal(version) })),
    missing('version'),
  );
  const ou = context(der.utf8String('03'));
  notX509(
    altered(() => ({ subject: der.sequence(attribute('2.5.4.11', ou)) })),
    'the OU of subject is not a string',
  );
});

t.test('an OBJECT IDENTIFIER has one spelling', async (t) => {
  const spelt = (octets: string): string => {
    const type = der.oid('2.5.4.11');
    type.value = octets;
    return altered(() => ({ subject: der.sequence(der.set(der.sequence(type, der.utf8String('03')))) }));
  };
  for (const octets of [
    '',
    '\x55\x04\x0b\x81',
    '\x55\x04\x80\x0b',
    '\x55\x04\xff\xff\xff\xff\xff\xff\xff\xff\x7f',
  ]) {
    rejects(
      t,
      spelt(octets),
      'certificate-not-der',
      'an attribute type of subject is not an OBJECT IDENTIFIER in DER',
    );
  }
});

t.test('a BIT STRING has one spelling', async (t) => {
  const withUid = (value: string): string => {
    const bits = der.bitString(Buffer.alloc(8));
    bits.value = value;
    return altered(() => ({
      subject: der.sequence(attribute('2.5.4.11', der.utf8String('03')), attribute('2.5.4.45', bits)),
    }));
  };
  for (const value of ['', '\x08\0', '\x01', '\x01\x01']) {
    rejects(
      t,
      withUid(value),
      'certificate-not-der',
      'the x500UniqueIdentifier of subject is not a BIT STRING in DER',
    );
  }
});

t.test('the SMKI profile', async (t) => {
  const notSmki = (base64: string, detail: string): void => {
    rejects(t, base64, 'certificate-not-smki', detail);
  };
  const subject = (node: der.Node): string => altered(() => ({ subject: node }));
  notSmki(
    subject(subjectOf({ role: '' }, uid(Buffer.from(eui, 'hex')))),
    'its subject has no OU, which holds the role',
  );
  notSmki(
    subject(subjectOf({ role: 'NO' })),
    'the OU of its subject is not a role code of two hexadecimal digits',
  );
  notSmki(
    subject(subjectOf({ role: '03', entityIdentifier: eui }, attribute('2.5.4.10', der.utf8String('Org')))),
    'its subject has the attribute 2.5.4.10, which the profile does not',
  );
  notSmki(
    subject(subjectOf({ role: '03', entityIdentifier: eui }, uid(Buffer.from(eui, 'hex')))),
    'its subject has the attribute 2.5.4.45 twice',
  );
  const pairOf = (type: string, value: string): der.Node =>
    der.sequence(der.oid(type), der.utf8String(value));
  notSmki(
    subject(der.sequence(der.set(pairOf('2.5.4.11', '03'), pairOf('2.5.4.3', 'x')))),
    'its subject has an RDN of several attributes',
  );
  for (const bits of [uid(Buffer.alloc(7)), uid(Buffer.alloc(9)), uid(Buffer.alloc(8), 1)]) {
    notSmki(
      subject(subjectOf({ role: '03' }, bits)),
      'the x500UniqueIdentifier of its subject is not an EUI-64',
    );
  }

  const spki = (algorithm: der.Node[], point: Buffer, unusedBits = 0): string =>
    altered(() => ({
      subjectPublicKeyInfo: der.sequence(der.sequence(...algorithm), der.bitString(point, unusedBits)),
    }));
  const ec = der.oid('1.2.840.10045.2.1');
  const p256 = der.oid('1.2.840.10045.3.1.7');
  const point = Buffer.alloc(65, 4);
  notSmki(spki([der.oid('1.2.840.113549.1.1.1')], point), 'its key is not an elliptic-curve key');
  notSmki(spki([ec], point), 'its key is not on the curve P-256');
  notSmki(spki([ec, der.sequence()], point), 'its key is not on the curve P-256');
  notSmki(spki([ec, p256, der.bool(true)], point), 'its key is not on the curve P-256');
  notSmki(spki([ec, der.oid('1.3.132.0.34')], point), 'its key is not on the curve P-256');
  notSmki(spki([ec, p256], point.subarray(1)), 'its key is not an uncompressed point of P-256');
  notSmki(spki([ec, p256], Buffer.alloc(65, 2)), 'its key is not an uncompressed point of P-256');
  notSmki(
    spki([ec, p256], Buffer.concat([point.subarray(1), Buffer.from([0])]), 1),
    'its key is not an uncompressed point of P-256',
  );

  notSmki(withExtensions(), 'it has no extensions');
  notSmki(
    altered(() => ({ extensions: [] })),
    'it has no keyUsage',
  );
  const aki = (...parts: der.Node[]): string =>
    altered(({ extensions }) => ({
      extensions: [...extensions.slice(0, 3), extension('2.5.29.35', false, der.sequence(...parts))],
    }));
  const akiDetail = 'its authorityKeyIdentifier is not a keyIdentifier alone';
  notSmki(aki(), akiDetail);
  notSmki(aki(der.octetString(Buffer.alloc(8))), akiDetail);
  notSmki(aki(der.explicit(0, der.bool(true))), akiDetail);
  notSmki(aki(der.implicit(2, Buffer.alloc(8, 1))), akiDetail);
  notSmki(aki(der.implicit(0, Buffer.alloc(8)), der.implicit(2, Buffer.alloc(8, 1))), akiDetail);
});

/** The certificate with another last field, or none. */
function withExtensions(...field: der.Node[]): string {
  const [tbs, ...rest] = der.raw(issue().der).value as der.Node[];
  const fields = (tbs?.value as der.Node[]).slice(0, -1);
  return der.encode(der.sequence(der.sequence(...fields, ...field), ...rest)).toString('base64');
}

t.test('extensions', async (t) => {
  rejects(
    t,
    withExtensions(der.explicit(3, der.sequence(), der.sequence())),
    'certificate-not-x509',
    'extensions is not one sequence',
  );
  rejects(
    t,
    withExtensions(der.explicit(2, der.sequence())),
    'certificate-not-x509',
    'extensions is missing or not of its type',
  );
  const only = (node: der.Node): string =>
    altered(({ extensions }) => ({ extensions: [node, ...extensions.slice(1)] }));
  const flag = der.bool(true);
  flag.value = '\x01';
  const octets = der.octetString(der.encode(der.bitString(Buffer.from([0x80]), 7)));
  rejects(
    t,
    only(der.sequence(der.oid('2.5.29.15'), flag, octets)),
    'certificate-not-der',
    'the critical flag of 2.5.29.15 is not DER',
  );
  rejects(
    t,
    only(der.sequence(der.oid('2.5.29.15'), der.bool(false), octets)),
    'certificate-not-der',
    'the critical flag of 2.5.29.15 is not DER',
  );
  for (const bits of [
    der.bitString(Buffer.alloc(0)),
    der.bitString(Buffer.from([0x80]), 6),
    der.bitString(Buffer.from([0])),
  ]) {
    rejects(
      t,
      only(extension('2.5.29.15', true, bits)),
      'certificate-not-der',
      'its keyUsage is empty or has trailing zero bits',
    );
  }
  rejects(
    t,
    only(der.sequence(der.oid('2.5.29.15'), der.bool(true), der.octetString(Buffer.from([3, 2, 7])))),
    'certificate-not-der',
    'it is not complete, definite-length ASN.1 with nothing after it',
  );
  const keyUsage = extension('2.5.29.15', true, der.bitString(Buffer.from([0x80]), 7));
  const bare = readOrganisationCertificate(altered(() => ({ extensions: [keyUsage] })));
  t.match(bare, {
    ok: true,
    value: {
      certificatePolicies: [],
      subjectKeyIdentifier: undefined,
      authorityKeyIdentifier: undefined,
      extensions: [{ oid: '2.5.29.15', critical: true }],
    },
  });
});

const readOk = (base64: string): OrganisationCertificate => {
  const read = readOrganisationCertificate(base64);
  if (!read.ok) throw new Error(read.rejection.detail);
  return read.value;
};

t.test('basicConstraints', async (t) => {
  const withConstraints = (...parts: der.Node[]): string =>
    altered(({ extensions }) => ({
      extensions: [...extensions, extension('2.5.29.19', true, der.sequence(...parts))],
    }));
  const length = (...octets: number[]): der.Node => {
    const node = der.integer(Buffer.from([0]));
    node.value = Buffer.from(octets).toString('latin1');
    return node;
  };
  for (const [parts, basicConstraints] of [
    [[], { isCa: false, pathLength: undefined }],
    [[der.bool(true)], { isCa: true, pathLength: undefined }],
    [[der.bool(true), length(0)], { isCa: true, pathLength: 0 }],
    [[der.bool(true), length(0x7f)], { isCa: true, pathLength: 127 }],
    // Against RFC 5280 section 4.2.1.9, and without a meaning.
    [[length(1)], { isCa: false, pathLength: 1 }],
  ] as const) {
    t.strictSame(readOk(withConstraints(...parts)).basicConstraints, basicConstraints);
  }
  const notDer = 'the cA flag of basicConstraints is not DER';
  rejects(t, withConstraints(der.bool(false)), 'certificate-not-der', notDer);
  const one = der.bool(true);
  one.value = '\x01';
  rejects(t, withConstraints(one), 'certificate-not-der', notDer);
  const outOfRange = 'the path length of basicConstraints is not 0 to 127';
  for (const octets of [[], [0x80], [0xff], [0, 0x80], [1, 0]]) {
    rejects(t, withConstraints(der.bool(true), length(...octets)), 'certificate-not-x509', outOfRange);
  }
  for (const [parts, detail] of [
    [[der.bool(true), der.bool(true)], 'the path length of basicConstraints is missing or not of its type'],
    [[length(0), der.bool(true)], 'basicConstraints has more than a flag and a path length'],
    [[der.bool(true), length(0), length(0)], 'basicConstraints has more than a flag and a path length'],
    [
      [{ ...der.bool(true), tagClass: 0x80 }],
      'the cA flag of basicConstraints is missing or not of its type',
    ],
  ] as const) {
    rejects(t, withConstraints(...parts), 'certificate-not-x509', detail);
  }
  rejects(
    t,
    altered(({ extensions }) => ({
      extensions: [...extensions, extension('2.5.29.19', true, der.bool(true))],
    })),
    'certificate-not-x509',
    'basicConstraints is missing or not of its type',
  );
});

t.test('the algorithm of the signature, outside and inside', async (t) => {
  const ecdsa = der.oid('1.2.840.10045.4.3.2');
  const [tbs, , signature] = der.raw(issue().der).value as der.Node[];
  const outside = (...algorithm: der.Node[]): string =>
    der.encode(der.sequence(tbs!, der.sequence(...algorithm), signature!)).toString('base64');
  const algorithms = (base64: string): readonly string[] => {
    const { signatureAlgorithm, tbsSignatureAlgorithm } = readOk(base64);
    return [signatureAlgorithm, tbsSignatureAlgorithm];
  };
  t.strictSame(algorithms(outside(ecdsa, der.sequence())), [
    '1.2.840.10045.4.3.2 with parameters',
    '1.2.840.10045.4.3.2',
  ]);
  t.strictSame(algorithms(outside(der.oid('1.2.840.10045.4.3.3'))), [
    '1.2.840.10045.4.3.3',
    '1.2.840.10045.4.3.2',
  ]);
  const both = altered(() => ({ signatureAlgorithm: der.sequence(ecdsa, der.bool(true)) }));
  t.strictSame(algorithms(both), [
    '1.2.840.10045.4.3.2 with parameters',
    '1.2.840.10045.4.3.2 with parameters',
  ]);
});

t.test('what the extensions hold', async (t) => {
  const with3 = (node: der.Node): string =>
    altered(({ extensions }) => ({ extensions: [extensions[0]!, node, extensions[3]!] }));
  const policies = (...parts: der.Node[]): string =>
    with3(extension('2.5.29.32', true, der.sequence(...parts)));
  const policy = der.oid('1.2.3');
  t.strictSame(
    readOk(policies(der.sequence(policy, der.sequence()), der.sequence(policy))).certificatePolicies,
    ['1.2.3 with qualifiers', '1.2.3'],
  );
  rejects(t, policies(), 'certificate-not-x509', 'certificatePolicies is empty');
  rejects(
    t,
    policies(der.sequence(policy, der.sequence(), der.sequence())),
    'certificate-not-x509',
    'a certificate policy has more than an identifier and qualifiers',
  );
  rejects(
    t,
    with3(extension('2.5.29.14', false, der.octetString(Buffer.alloc(0)))),
    'certificate-not-x509',
    'subjectKeyIdentifier is empty',
  );
  rejects(
    t,
    with3(der.sequence(der.oid('2.5.29.19'), der.bool(true), der.octetString(Buffer.from([0xff, 0xff])))),
    'certificate-not-der',
    'it is not complete, definite-length ASN.1 with nothing after it',
  );
});

t.test('every key usage by its bit', async (t) => {
  for (const [place, name] of keyUsageNames.entries()) {
    const octets = place < 8 ? Buffer.from([0x80 >> place]) : Buffer.from([0, 0x80]);
    const usage = extension('2.5.29.15', true, der.bitString(octets, 7 - (place % 8)));
    t.match(readOrganisationCertificate(altered(() => ({ extensions: [usage] }))), {
      value: { keyUsage: [name] },
    });
  }
});

t.test('no more extensions than sixteen', async (t) => {
  const many = (count: number): string =>
    altered(({ extensions }) => ({
      extensions: [
        ...extensions,
        ...Array.from({ length: count }, (_, index) =>
          extension(`1.2.3.${String(index)}`, false, der.bool(true)),
        ),
      ],
    }));
  t.equal(readOk(many(12)).extensions.length, 16);
  rejects(t, many(13), 'certificate-not-smki', 'it has more than 16 extensions');
});

t.test('a common name is shown where it is short, and begins with a letter', async (t) => {
  for (const name of [
    'CN=Z1,OU=07',
    'CN=Level 0,OU=07',
    'OU=00',
    'OU=07,CN=',
    '2.5.4.45=02-00,OU=03,CN=Z1',
  ]) {
    t.equal(shownName(name), name);
  }
  for (const hidden of ['1200023305967', '1', 'Z23456789', 'MPAN 12000', 'a\\,b', 'é']) {
    t.equal(shownName(`CN=${hidden},OU=07`), 'CN=…,OU=07');
    t.equal(shownName(`OU=07,CN=${hidden}`), 'OU=07,CN=…');
  }
});
