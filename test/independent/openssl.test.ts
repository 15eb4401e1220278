import t from 'tap';
import { type Certificate, extension, keyPairFrom } from '../../src/mock-dsp/certificate-builder.js';
import * as der from '../../src/mock-dsp/der.js';
import { buildRevocationList, type RevocationListSpec } from '../../src/mock-dsp/revocation-list-builder.js';
import { readOrganisationCertificate, readSmkiCertificate } from '../../src/smki/certificate.js';
import { pathFinder, validityFlaws } from '../../src/smki/certification-path.js';
import { profileCheck } from '../../src/smki/profile.js';
import { hasSigned } from '../../src/smki/public-key.js';
import { revocationFlaws } from '../../src/smki/revocation.js';
import { readRevocationList, type RevocationList } from '../../src/smki/revocation-list.js';
import { TrustSet } from '../../src/smki/trust-set.js';
import { issue, now, pki } from '../fixtures.js';
import { adding, authority, readAuthority, replacing } from '../smki/authorities.js';
import { pem, skip, workshop } from './openssl.js';

/** Our judgement and that of openssl, held against each other: what one accepts, the other does. */

const list = (issuer: Certificate, change: Partial<RevocationListSpec> = {}): Buffer =>
  buildRevocationList({
    issuer,
    thisUpdate: new Date('2026-06-01T00:00:00Z'),
    nextUpdate: new Date('2026-07-01T00:00:00Z'),
    ...change,
  });

function readList(bytes: Buffer): RevocationList {
  const read = readRevocationList(bytes);
  if (!read.ok) throw new Error(read.rejection.detail);
  return read.value;
}

const revoking = ({ base64 }: Certificate): Pick<RevocationListSpec, 'revoked'> => {
  const read = readSmkiCertificate(base64);
  if (!read.ok) throw new Error(read.rejection.detail);
  const serialNumber = Buffer.from(read.value.serialNumber, 'hex');
  return { revoked: [{ serialNumber, revocationDate: new Date('2026-05-01T00:00:00Z') }] };
};

const withParts = (
  certificate: Certificate,
  change: (...parts: [der.Node, der.Node, der.Node]) => der.Node[],
): Certificate => {
  const parts = der.raw(certificate.der).value as [der.Node, der.Node, der.Node];
  const bytes = der.encode(der.sequence(...change(...parts)));
  return { ...certificate, der: bytes, base64: bytes.toString('base64') };
};

interface Case {
  readonly certificate?: Certificate;
  readonly companions?: readonly Certificate[];
  readonly anchors?: readonly Certificate[];
  /** Left out where revocation is not asked about. */
  readonly lists?: readonly Buffer[];
  readonly at?: Date;
  /** What we find, by name; nothing where it is accepted. */
  readonly flaws: readonly string[];
  /** What openssl says of it. */
  readonly says: RegExp;
}

const good = issue();
const { root, issuingCa } = pki;
const crl = list(issuingCa);
const arl = list(root, { scope: 'authorities' });
const accepted = /: OK\n$/;

const top = authority('Top');
const under = (issuer: Certificate): Certificate => issue({ spec: { issuer } });
const between = (
  change: Parameters<typeof authority>[1],
): Pick<Case, 'certificate' | 'companions' | 'anchors'> => {
  const middle = authority('Middle', { issuer: top, ...change });
  return { certificate: under(middle), companions: [middle], anchors: [top] };
};
const chain = (...pathLengths: readonly (number | undefined)[]): ReturnType<typeof between> => {
  const authorities: Certificate[] = [];
  for (const [place, pathLength] of pathLengths.entries()) {
    const issuer = authorities.at(-1);
    authorities.push(
      authority(`Level ${String(place)}`, { pathLength, ...(issuer !== undefined && { issuer }) }),
    );
  }
  const [anchor, ...companions] = authorities;
  return { certificate: under(authorities.at(-1)!), companions, anchors: [anchor!] };
};
const renewed = (pathLength: number | undefined): ReturnType<typeof between> => {
  const old = authority('Top', { pathLength });
  const next = authority('Top', { issuer: old, keys: keyPairFrom('next'), serialNumber: Buffer.from([2]) });
  return { certificate: under(next), companions: [next], anchors: [old] };
};
const forgedRoot = authority('ZA', { subject: { commonName: 'ZA', role: '00' } });
const forgedCa = authority('Z1', { issuer: forgedRoot });
const dated = (from: string, to: string): Certificate =>
  issue({ spec: { notBefore: new Date(from), notAfter: new Date(to) } });
const unknownExtension = extension('1.2.3.4', true, der.sequence());

const cases: Readonly<Record<string, Case>> = {
  'through the issuing authority in the request': { flaws: [], says: accepted },
  'from the issuing authority as the anchor': {
    companions: [],
    anchors: [issuingCa],
    lists: [crl],
    flaws: [],
    says: accepted,
  },
  'with current lists': { lists: [crl, arl], flaws: [], says: accepted },
  'with a list about end entities': {
    lists: [list(issuingCa, { scope: 'end-entities' }), arl],
    flaws: [],
    says: accepted,
  },
  'with a path as long as it may be': { ...chain(2, 1, 0), flaws: [], says: accepted },
  'with a self-issued authority': { ...renewed(0), flaws: [], says: accepted },
  'with an extension that is not known, and not critical': {
    certificate: issue({ spec: { alter: adding(extension('1.2.3.4', false, der.sequence())) } }),
    flaws: [],
    says: accepted,
  },
  'in its first second': {
    certificate: dated('2026-06-15T12:00:00Z', '2027-01-01T00:00:00Z'),
    flaws: [],
    says: accepted,
  },
  'a second before it': {
    certificate: dated('2026-06-15T12:00:01Z', '2027-01-01T00:00:00Z'),
    flaws: ['certificate-not-yet-valid'],
    says: /error 9 at 0 depth/,
  },
  // In the last second itself openssl calls it expired, and RFC 5280 section 4.1.2.5 does not.
  'a second before its last': {
    certificate: dated('2026-01-01T00:00:00Z', '2026-06-15T12:00:01Z'),
    flaws: [],
    says: accepted,
  },
  'a second after it': {
    certificate: dated('2026-01-01T00:00:00Z', '2026-06-15T11:59:59Z'),
    flaws: ['certificate-expired'],
    says: /error 10 at 0 depth/,
  },
  'under an anchor that has expired': {
    ...chain(undefined, undefined),
    anchors: [authority('Level 0', { notAfter: new Date('2026-06-15T11:59:59Z') })],
    flaws: ['certificate-expired'],
    says: /error 10 at 2 depth/,
  },
  'with a forged signature': {
    certificate: withParts(good, (tbs, algorithm, signature) => {
      const bits = Buffer.from(signature.value as string, 'latin1');
      bits[20] = bits[20]! ^ 1;
      return [tbs, algorithm, der.bitString(bits.subarray(1))];
    }),
    flaws: ['certificate-signature-wrong'],
    says: /error 7 at 0 depth/,
  },
  'with another algorithm outside': {
    certificate: withParts(good, (tbs, _, signature) => [
      tbs,
      der.sequence(der.oid('1.2.840.10045.4.3.3')),
      signature,
    ]),
    flaws: ['certificate-signature-wrong'],
    says: /error 7 at 0 depth/,
  },
  'of another authority': {
    companions: [authority('Z2', { issuer: root })],
    flaws: ['certificate-path-not-found'],
    says: /error 20 at 0 depth/,
  },
  'of another authority of the same name': {
    companions: [authority('Z1', { issuer: root })],
    flaws: ['certificate-key-identifiers-differ', 'certificate-signature-wrong'],
    says: /error (?:20|30) at 0 depth/,
  },
  'of a forged root and authority of the same names': {
    certificate: under(forgedCa),
    companions: [forgedCa, forgedRoot],
    // Of the forged root: the true one has not signed it.
    flaws: ['certificate-key-identifiers-differ', 'certificate-signature-wrong'],
    says: /error 19 at 2 depth/,
  },
  'of an authority whose path is too long': {
    ...chain(undefined, 0, undefined),
    flaws: ['certificate-path-too-long'],
    says: /error 25 at 2 depth/,
  },
  'of an authority whose anchor allows fewer': {
    ...chain(1, undefined, undefined),
    flaws: ['certificate-path-too-long'],
    says: /error 25 at 3 depth/,
  },
  'of an authority without the cA flag': {
    ...between({ alter: replacing('2.5.29.19') }),
    flaws: ['certificate-issuer-not-an-authority'],
    says: /error (?:24|79) at 1 depth/,
  },
  'of an authority that says that it is none': {
    ...between({ alter: replacing('2.5.29.19', extension('2.5.29.19', true, der.sequence())) }),
    flaws: ['certificate-issuer-not-an-authority'],
    says: /error (?:24|79) at 1 depth/,
  },
  'of an authority without keyCertSign': {
    ...between({
      alter: replacing('2.5.29.15', extension('2.5.29.15', true, der.bitString(Buffer.from([2]), 1))),
    }),
    flaws: ['certificate-issuer-not-an-authority'],
    says: /error 32 at 1 depth/,
  },
  'of an authority with a critical extension that is not known': {
    ...between({ alter: adding(unknownExtension) }),
    flaws: ['certificate-issuer-not-an-authority'],
    says: /error 34 at 1 depth/,
  },
  'that names another key of its issuer': {
    certificate: issue({
      spec: {
        alter: replacing(
          '2.5.29.35',
          extension('2.5.29.35', false, der.sequence(der.implicit(0, Buffer.alloc(8, 1)))),
        ),
      },
    }),
    flaws: ['certificate-key-identifiers-differ'],
    says: /error (?:20|30) at 0 depth/,
  },
  'that is revoked': {
    lists: [list(issuingCa, revoking(good)), arl],
    flaws: ['certificate-revoked'],
    says: /error 23 at 0 depth/,
  },
  'that is on hold': {
    lists: [
      list(issuingCa, {
        revoked: revoking(good).revoked!.map((entry) => ({
          ...entry,
          extensions: [extension('2.5.29.21', false, der.raw(Buffer.from([0x0a, 1, 6])))],
        })),
      }),
      arl,
    ],
    flaws: ['certificate-revoked'],
    says: /error 23 at 0 depth/,
  },
  'of an authority that is revoked': {
    lists: [crl, list(root, { scope: 'authorities', ...revoking(issuingCa) })],
    flaws: ['certificate-revoked'],
    says: /error 23 at 1 depth/,
  },
  'without a list of its issuer': {
    lists: [arl],
    flaws: ['revocation-list-missing'],
    says: /error 3 at 0 depth/,
  },
  'with a list about authorities only': {
    lists: [list(issuingCa, { scope: 'authorities' }), arl],
    flaws: ['revocation-list-missing'],
    says: /error (?:3|44) at 0 depth/,
  },
  'with a list that is no longer current': {
    lists: [list(issuingCa, { nextUpdate: new Date('2026-06-15T11:59:59Z') }), arl],
    flaws: ['revocation-list-not-current'],
    says: /error 12 at 0 depth/,
  },
  'with a list that is not in force yet': {
    lists: [list(issuingCa, { thisUpdate: new Date('2026-06-15T12:00:01Z') }), arl],
    flaws: ['revocation-list-not-current'],
    says: /error 11 at 0 depth/,
  },
};

t.test('a certificate', { skip }, async (t) => {
  const { write, run } = workshop(t);
  const bundle = (name: string, certificates: readonly Certificate[]): string =>
    write(name, certificates.map((certificate) => pem('CERTIFICATE', certificate.der)).join(''));
  for (const [name, one] of Object.entries(cases)) {
    const { certificate = good, companions = [issuingCa], anchors = [root], lists, at = now } = one;
    const read = readOrganisationCertificate(certificate.base64);
    if (!read.ok) throw new Error(read.rejection.detail);
    const trust = new TrustSet(anchors.map(readAuthority), (lists ?? []).map(readList));
    const { path, flaws } = pathFinder(1)(read.value, companions.map(readAuthority), trust);
    const all = [
      ...flaws,
      ...validityFlaws(path, at),
      ...(lists === undefined ? [] : revocationFlaws(path, trust, at)),
    ];
    t.strictSame(
      all.map((flaw) => flaw.name),
      one.flaws,
      name,
    );

    const crls = (lists ?? []).map((bytes) => pem('X509 CRL', bytes)).join('');
    const { status, said } = run(
      'verify',
      ...['-no-CApath', '-no-CAstore', '-attime', String(at.getTime() / 1000)],
      // As we do, it then takes an anchor that is no root.
      ...['-partial_chain', '-CAfile', bundle('anchors.pem', anchors)],
      ...(companions.length === 0 ? [] : ['-untrusted', bundle('companions.pem', companions)]),
      ...(lists === undefined ? [] : ['-CRLfile', write('lists.pem', crls)]),
      // Of an anchor it would ask for a list as well, which we do not.
      ...(lists === undefined ? [] : [anchors.includes(root) ? '-crl_check_all' : '-crl_check']),
      bundle('certificate.pem', [certificate]),
    );
    t.match(said, one.says, `${name}: openssl`);
    t.equal(status === 0, one.flaws.length === 0, `${name}: the same to both`);
  }
});

t.test('a list', { skip }, async (t) => {
  const { write, run } = workshop(t);
  const tampered = Buffer.from(list(issuingCa, revoking(good)));
  const signature = tampered.length - 8;
  tampered[signature] = tampered[signature]! ^ 1;
  for (const [name, bytes, signer, signed] of [
    ['a list of nobody', crl, issuingCa, true],
    ['a list of somebody', list(issuingCa, revoking(good)), issuingCa, true],
    ['a list about authorities', arl, root, true],
    ['a list with a signature that is wrong', tampered, issuingCa, false],
    ['a list of an authority of the same name', crl, forgedCa, false],
  ] as const) {
    t.equal(hasSigned(readAuthority(signer), readList(bytes)), signed, name);
    write('list.der', bytes);
    write('signer.pem', pem('CERTIFICATE', signer.der));
    const { said } = run('crl', '-inform', 'DER', '-in', 'list.der', '-noout', '-CAfile', 'signer.pem');
    t.equal(said.includes('verify OK'), signed, `${name}: openssl says ${said.trim()}`);
  }
});

const dn = ['[dn]', 'OU = 07', 'CN = Z9'];

/** A tbsCertificate for openssl to write: the BIT STRING of its subject no option of openssl asks for. */
const organisation = (point: string, authorityKey: string): string[] => [
  ...['[tbs]', 'version = EXPLICIT:0,INTEGER:2', 'serial = INTEGER:0x4fc0252e553ecd05d4f72dcfad55c8e7'],
  ...['algorithm = SEQUENCE:algorithm', 'issuer = SEQUENCE:issuer', 'validity = SEQUENCE:validity'],
  ...['subject = SEQUENCE:subject', 'key = SEQUENCE:key', 'extensions = EXPLICIT:3,SEQUENCE:extensions'],
  ...['[algorithm]', 'oid = OID:ecdsa-with-SHA256'],
  ...['[issuer]', 'ou = SET:issuer_ou', 'cn = SET:issuer_cn'],
  ...['[issuer_ou]', 'pair = SEQUENCE:issuer_ou_pair', '[issuer_ou_pair]', 'oid = OID:OU', 'value = UTF8:07'],
  ...['[issuer_cn]', 'pair = SEQUENCE:issuer_cn_pair', '[issuer_cn_pair]', 'oid = OID:CN', 'value = UTF8:Z9'],
  ...['[validity]', 'from = UTCTIME:200101000000Z', 'to = UTCTIME:491231235959Z'],
  ...['[subject]', 'ou = SET:ou', 'id = SET:id'],
  ...['[ou]', 'pair = SEQUENCE:ou_pair', '[ou_pair]', 'oid = OID:OU', 'value = UTF8:03'],
  ...['[id]', 'pair = SEQUENCE:id_pair', '[id_pair]', 'oid = OID:x500UniqueIdentifier'],
  'value = FORMAT:HEX,BITSTRING:0200000000010010',
  ...['[key]', 'algorithm = SEQUENCE:key_algorithm', `point = FORMAT:HEX,BITSTRING:${point}`],
  ...['[key_algorithm]', 'type = OID:id-ecPublicKey', 'curve = OID:prime256v1'],
  ...['[extensions]', 'ku = SEQUENCE:ku', 'cp = SEQUENCE:cp', 'ski = SEQUENCE:ski', 'aki = SEQUENCE:aki'],
  ...['[ku]', 'oid = OID:keyUsage', 'critical = BOOLEAN:true', 'value = OCTWRAP,FORMAT:BITLIST,BITSTRING:0'],
  ...[
    '[cp]',
    'oid = OID:certificatePolicies',
    'critical = BOOLEAN:true',
    'value = OCTWRAP,SEQUENCE:policies',
  ],
  ...['[policies]', 'policy = SEQUENCE:policy', '[policy]', 'oid = OID:1.2.826.0.1.8641679.1.2.1.4'],
  ...['[ski]', 'oid = OID:subjectKeyIdentifier', 'value = OCTWRAP,FORMAT:HEX,OCT:0102030405060708'],
  ...['[aki]', 'oid = OID:authorityKeyIdentifier', 'value = OCTWRAP,SEQUENCE:aki_value'],
  ...['[aki_value]', `key = IMPLICIT:0,FORMAT:HEX,OCT:${authorityKey}`],
];

t.test('what openssl issues', { skip }, async (t) => {
  const { write, run, make } = workshop(t);
  const authorityKey = 'A1A2A3A4A5A6A7A8';
  for (const key of ['ca.key', 'organisation.key'])
    make('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', key);
  const config = [
    ...['[req]', 'distinguished_name = dn', 'prompt = no', 'string_mask = utf8only', ...dn],
    ...['[ca_extensions]', 'basicConstraints = critical,CA:true,pathlen:0'],
    ...['keyUsage = critical,keyCertSign,cRLSign', `subjectKeyIdentifier = ${authorityKey}`],
    ...['[ca]', 'default_ca = authority', '[authority]', 'database = index.txt', 'crlnumber = crlnumber'],
    ...[
      'default_md = sha256',
      'crl_extensions = crl_extensions',
      'certificate = ca.pem',
      'private_key = ca.key',
    ],
    ...['[crl_extensions]', 'authorityKeyIdentifier = keyid:always'],
  ];
  write('openssl.cnf', config.join('\n'));
  make(
    ...['req', '-x509', '-config', 'openssl.cnf', '-extensions', 'ca_extensions', '-sha256'],
    ...['-key', 'ca.key', '-days', '3650', '-out', 'ca.pem'],
  );
  const ca = readSmkiCertificate(make('x509', '-in', 'ca.pem', '-outform', 'DER').toString('base64'));
  if (!ca.ok) throw new Error(ca.rejection.detail);
  t.match(ca.value, {
    subject: 'CN=Z9,OU=07',
    issuer: 'CN=Z9,OU=07',
    role: { name: 'issuingAuthority' },
    basicConstraints: { isCa: true, pathLength: 0 },
    keyUsage: ['keyCertSign', 'cRLSign'],
    subjectKeyIdentifier: authorityKey,
  });
  t.equal(hasSigned(ca.value, ca.value), true);

  const point = make('pkey', '-in', 'organisation.key', '-pubout', '-outform', 'DER').subarray(-65);
  const sections = organisation(point.toString('hex'), authorityKey);
  write('tbs.cnf', ['asn1 = SEQUENCE:tbs', ...sections].join('\n'));
  make('asn1parse', '-genconf', 'tbs.cnf', '-noout', '-out', 'tbs.der');
  const signature = make('dgst', '-sha256', '-sign', 'ca.key', 'tbs.der').toString('hex');
  const whole = ['[whole]', 'tbs = SEQUENCE:tbs', 'algorithm = SEQUENCE:algorithm'];
  const signed = [...whole, `signature = FORMAT:HEX,BITSTRING:${signature}`];
  write('certificate.cnf', ['asn1 = SEQUENCE:whole', ...signed, ...sections].join('\n'));
  make('asn1parse', '-genconf', 'certificate.cnf', '-noout', '-out', 'certificate.der');
  make('x509', '-inform', 'DER', '-in', 'certificate.der', '-out', 'certificate.pem');
  t.match(run('verify', '-CAfile', 'ca.pem', 'certificate.pem').said, accepted);

  const base64 = make('x509', '-in', 'certificate.pem', '-outform', 'DER').toString('base64');
  const read = readOrganisationCertificate(base64);
  if (!read.ok) throw new Error(read.rejection.detail);
  const certificate = read.value;
  t.match(certificate, {
    subject: '2.5.4.45=02-00-00-00-00-01-00-10,OU=03',
    issuer: 'CN=Z9,OU=07',
    serialNumber: '4FC0252E553ECD05D4F72DCFAD55C8E7',
    entityIdentifier: '02-00-00-00-00-01-00-10',
    publicKey: point,
    keyUsage: ['digitalSignature'],
    certificatePolicies: ['1.2.826.0.1.8641679.1.2.1.4'],
    notAfter: new Date('2049-12-31T23:59:59Z'),
  });
  t.strictSame(profileCheck(['1.2.826.0.1.8641679.1.2.1.4'])(certificate), []);

  const gencrl = (): RevocationList => {
    make(
      ...['ca', '-config', 'openssl.cnf', '-gencrl', '-out', 'list.pem'],
      ...['-crl_lastupdate', '20200101000000Z', '-crl_nextupdate', '20491231235959Z'],
    );
    return readList(make('crl', '-in', 'list.pem'));
  };
  write('crlnumber', '01\n');
  write('index.txt', '');
  const empty = gencrl();
  t.equal(hasSigned(ca.value, empty), true);
  t.match(empty, { issuer: 'CN=Z9,OU=07', authorityKeyIdentifier: authorityKey, scope: 'all' });
  t.equal(empty.revoked.size, 0);
  const at = ca.value.notBefore;
  const trusted = new TrustSet([ca.value], [empty]);
  const { path, flaws } = pathFinder(1)(certificate, [], trusted);
  t.strictSame([...flaws, ...validityFlaws(path, at), ...revocationFlaws(path, trusted, at)], []);
  t.strictSame(path, [certificate, ca.value]);

  make('ca', '-config', 'openssl.cnf', '-revoke', 'certificate.pem', '-crl_reason', 'keyCompromise');
  const full = gencrl();
  t.equal(hasSigned(ca.value, full), true);
  t.strictSame(
    revocationFlaws(path, new TrustSet([ca.value], [full]), at).map(({ name }) => name),
    ['certificate-revoked'],
  );
});
