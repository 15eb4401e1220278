import {
  attribute,
  buildCertificate,
  type Certificate,
  type CertificateSpec,
  extension,
  keyPairFrom,
  nameOf,
} from '../../src/mock-dsp/certificate-builder.js';
import { bitString, bool, integer, octetString, oid, sequence, utf8String } from '../../src/mock-dsp/der.js';
import { inCellsOf } from '../../src/mock-dsp/gbcs.js';
import type { DeviceFacts, Message } from '../../src/mock-dsp/message.js';
import { buildPki, revokedSerialNumber, testSmki } from '../../src/mock-dsp/pki.js';
import { buildRevocationList } from '../../src/mock-dsp/revocation-list-builder.js';
import { attacks } from '../../src/mock-dsp/xml-attacks.js';
import {
  type SignatureChange,
  signXml,
  type XmlSigner,
  xmlSignerOf,
} from '../../src/mock-dsp/xml-signature.js';
import { euis, issue, now, pki, readCertificate } from '../fixtures.js';
import { pem } from '../reference-data/lists.js';
import type { Scenario } from './scenarios.js';

const esme: DeviceFacts = { deviceType: 'ESME', importMpxn: '1200023305967' };
const matched = { code: 'I0', mpanCheck: 'matched' };
const without = (...refusedBy: string[]): Scenario['expected'] => ({
  problem: 'refused-without-code',
  refusedBy,
});

/** The certificates of the operator of 12, the signing one built otherwise. */
const signing = (spec: Partial<CertificateSpec>): Partial<Message> => ({
  certificates: {
    digitalSigning: issue({ spec }).base64,
    keyAgreement: issue({ keyUsage: 'keyAgreement' }).base64,
  },
});
const altered = (alter: CertificateSpec['alter'] & {}): Partial<Message> => signing({ alter });

const keyUsageBits = (octet: number, unusedBits: number, critical = true): ReturnType<typeof extension> =>
  extension('2.5.29.15', critical, bitString(Buffer.from([octet]), unusedBits));

/** Replaces an extension of a certificate, by its place: keyUsage, policies, subject key, authority key. */
const extensionAt =
  (place: number, ...replacement: ReturnType<typeof extension>[]): CertificateSpec['alter'] & {} =>
  ({ extensions }) => ({
    extensions: extensions.flatMap((each, index) => (index === place ? replacement : [each])),
  });

const profile: readonly Scenario[] = [
  {
    name: 'a certificate signed with SHA-384, by its own word',
    message: altered(() => ({ signatureAlgorithm: sequence(oid('1.2.840.10045.4.3.3')) })),
    device: esme,
    expected: without('certificate-algorithm-not-ecdsa-with-sha256', 'certificate-signature-wrong'),
  },
  {
    name: 'a point that is not on the curve',
    message: altered(() => ({
      subjectPublicKeyInfo: sequence(
        sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')),
        bitString(Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)])),
      ),
    })),
    device: esme,
    expected: without('certificate-point-not-on-curve'),
  },
  {
    name: 'a serial number of seventeen octets',
    message: signing({ serialNumber: Buffer.alloc(17, 0x55) }),
    device: esme,
    expected: without('certificate-serial-number-too-long'),
  },
  {
    name: 'an issuer without a common name',
    message: altered(() => ({ issuer: sequence(attribute('2.5.4.11', utf8String('07'))) })),
    device: esme,
    expected: without('certificate-issuer-not-an-issuing-authority', 'certificate-path-not-found'),
  },
  {
    name: 'a Network Operator with a common name',
    message: altered(() => ({
      subject: nameOf({ commonName: 'Operator', role: '03', entityIdentifier: euis.operatorOf12 }),
    })),
    device: esme,
    expected: without('certificate-operator-with-common-name'),
  },
  {
    name: 'a certificate that expires before it becomes valid',
    message: signing({
      notBefore: new Date('2027-01-01T00:00:00Z'),
      notAfter: new Date('2026-01-01T00:00:00Z'),
    }),
    device: esme,
    expected: without('certificate-validity-reversed', 'certificate-not-yet-valid'),
  },
  {
    name: 'a certificate for signing and key agreement',
    message: altered(extensionAt(0, keyUsageBits(0x88, 3))),
    device: esme,
    expected: without('certificate-key-usage-not-single'),
  },
  {
    name: 'a key usage that is not critical',
    message: altered(extensionAt(0, keyUsageBits(0x80, 7, false))),
    device: esme,
    expected: without('certificate-key-usage-not-critical'),
  },
  {
    name: 'another policy',
    message: altered(extensionAt(1, extension('2.5.29.32', true, sequence(sequence(oid('1.2.3')))))),
    device: esme,
    expected: without('certificate-policy-not-accepted'),
  },
  {
    name: 'the same policy, which is configured to be accepted',
    message: altered(extensionAt(1, extension('2.5.29.32', true, sequence(sequence(oid('1.2.3')))))),
    device: esme,
    settings: { CERTIFICATE_POLICIES: '1.2.826.0.1.8641679.1.2.1.4,1.2.3' },
    expected: matched,
  },
  {
    name: 'policies that are not critical',
    message: altered(
      extensionAt(1, extension('2.5.29.32', false, sequence(sequence(oid('1.2.826.0.1.8641679.1.2.1.4'))))),
    ),
    device: esme,
    expected: without('certificate-policies-not-critical'),
  },
  {
    name: 'a subject key identifier of twenty octets',
    message: altered(extensionAt(2, extension('2.5.29.14', false, octetString(Buffer.alloc(20, 1))))),
    device: esme,
    expected: without('certificate-subject-key-identifier-wrong'),
  },
  {
    name: 'no authority key identifier',
    message: altered(extensionAt(3)),
    device: esme,
    expected: without('certificate-authority-key-identifier-wrong', 'certificate-key-identifiers-differ'),
  },
  {
    name: 'an operator that calls itself an authority',
    message: altered(({ extensions }) => ({
      extensions: [...extensions, extension('2.5.29.19', true, sequence(bool(true)))],
    })),
    device: esme,
    expected: without('certificate-is-an-authority'),
  },
  {
    name: 'a critical extension that nobody knows',
    message: altered(({ extensions }) => ({
      extensions: [...extensions, extension('1.2.3.4', true, integer(Buffer.from([1])))],
    })),
    device: esme,
    expected: without('certificate-critical-extension-unknown'),
  },
  {
    name: 'the key agreement certificate in the signing slot',
    message: {
      certificates: { digitalSigning: issue({ keyUsage: 'keyAgreement' }).base64 },
    },
    device: esme,
    expected: without('certificate-key-usage-not-for-slot'),
  },
  {
    name: 'the profile only reports',
    message: altered(extensionAt(0, keyUsageBits(0x80, 7, false))),
    device: esme,
    settings: { CERTIFICATE_PROFILE: 'report' },
    expected: { ...matched, failed: ['certificate-key-usage-not-critical'] },
  },
  {
    name: 'the profile is off',
    message: altered(extensionAt(0, keyUsageBits(0x80, 7, false))),
    device: esme,
    settings: { CERTIFICATE_PROFILE: 'off' },
    expected: matched,
  },
];

const forger = buildPki('forger', now);
/** An authority of the request's own, under the root that is trusted, as far as names go. */
const ownCa = buildCertificate({
  subject: { commonName: 'Z1', role: '07' },
  keyUsage: 'keyCertSign and cRLSign',
  keys: keyPairFrom('own CA'),
  serialNumber: Buffer.alloc(16, 0x41),
  issuer: forger.root,
  notBefore: new Date('2026-01-01T00:00:00Z'),
  notAfter: new Date('2040-01-01T00:00:00Z'),
});
const operator = issue();
const rootAlone = {
  'trust/test-issuing-ca.pem': undefined,
  'revocation-lists/test-issuing-ca.pem': undefined,
};

const path: readonly Scenario[] = [
  {
    name: 'an authority of the same name, with another key',
    message: signing({ issuer: forger.issuingCa }),
    device: esme,
    expected: without('certificate-key-identifiers-differ', 'certificate-signature-wrong'),
  },
  {
    name: 'the same, which the request brings with its root: path certificates never anchor a path',
    message: { ...signing({ issuer: ownCa }), path: [ownCa.base64, forger.root.base64] },
    device: esme,
    expected: without('certificate-key-identifiers-differ', 'certificate-signature-wrong'),
  },
  {
    name: 'an operator that issues certificates itself',
    message: {
      ...signing({ issuer: { ...operator, subject: { role: '03', entityIdentifier: euis.operatorOf12 } } }),
      path: [operator.base64],
    },
    device: esme,
    expected: without('certificate-issuer-not-an-issuing-authority', 'certificate-issuer-not-an-authority'),
  },
  {
    name: 'the path certificate completes the path to a root that is trusted',
    device: esme,
    files: rootAlone,
    expected: { ...matched, failed: ['revocation-list-missing'] },
  },
  {
    name: 'an authority that has renewed its certificate, and its expired one is still trusted',
    device: esme,
    files: { 'trust/a-old.pem': inPem(issuingCaUntil('2026-01-01T00:00:00Z')) },
    expected: matched,
  },
  {
    name: 'the same, found in the other order',
    device: esme,
    files: { 'trust/z-old.pem': inPem(issuingCaUntil('2026-01-01T00:00:00Z')) },
    expected: matched,
  },
  {
    name: 'the same, with nothing but the expired one',
    device: esme,
    files: {
      'trust/test-issuing-ca.pem': undefined,
      'trust/test-root.pem': undefined,
      'revocation-lists/test-root.pem': undefined,
      'trust/a-old.pem': inPem(issuingCaUntil('2026-01-01T00:00:00Z')),
    },
    expected: without('certificate-expired'),
  },
  {
    name: 'a second authority below one that may have none',
    message: belowIssuingCa(),
    device: esme,
    expected: without('certificate-path-too-long'),
  },
  {
    name: 'a certificate in its last second',
    at: '2026-06-30T23:59:59.999Z',
    message: signing({ notAfter: new Date('2026-06-30T23:59:59Z') }),
    device: esme,
    expected: matched,
  },
  {
    name: 'a certificate that has expired',
    at: '2026-07-01T00:00:00Z',
    message: signing({ notAfter: new Date('2026-06-30T23:59:59Z') }),
    device: esme,
    expected: without('certificate-expired'),
  },
  {
    name: 'the same, and the device is told to pass over the time: we do not',
    at: '2026-07-01T00:00:00Z',
    message: {
      ...signing({ notAfter: new Date('2026-06-30T23:59:59Z') }),
      applyTimeBasedCpvChecks: false,
    },
    device: esme,
    expected: without('certificate-expired'),
  },
  {
    name: 'the same in a Signed Pre-Command',
    at: '2026-07-01T00:00:00Z',
    preCommand: {
      replacements: [
        {
          role: '03',
          keyUsage: 'digitalSignature',
          certificate: issue({ spec: { notAfter: new Date('2026-06-30T23:59:59Z') } }).base64,
        },
      ],
      appliesTimeBasedCpvChecks: false,
    },
    device: esme,
    expected: without('certificate-expired'),
  },
  {
    name: 'a certificate that is not valid yet',
    message: signing({ notBefore: new Date('2026-06-15T12:00:01Z') }),
    device: esme,
    expected: without('certificate-not-yet-valid'),
  },
  {
    name: 'paths only report',
    message: signing({ issuer: forger.issuingCa }),
    device: esme,
    settings: { CERTIFICATE_PATH: 'report' },
    expected: {
      ...matched,
      failed: [
        'certificate-key-identifiers-differ',
        'certificate-signature-wrong',
        'revocation-list-missing',
      ],
    },
  },
];

/** The issuing authority's certificate, as it was before it was renewed. */
function issuingCaUntil(notAfter: string): Buffer {
  const { subject, keys } = pki.issuingCa;
  return buildCertificate({
    subject,
    keys,
    keyUsage: 'keyCertSign and cRLSign',
    serialNumber: Buffer.alloc(16, 0x43),
    issuer: pki.root,
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date(notAfter),
  }).der;
}

function inPem(der: Buffer): Buffer {
  return pem('CERTIFICATE', der);
}

/** An issuing authority below the issuing authority, and a certificate of it. */
function belowIssuingCa(): Partial<Message> {
  const second = buildCertificate({
    subject: { commonName: 'Z2', role: '07' },
    keyUsage: 'keyCertSign and cRLSign',
    keys: keyPairFrom('second CA'),
    serialNumber: Buffer.alloc(16, 0x42),
    issuer: pki.issuingCa,
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2040-01-01T00:00:00Z'),
  });
  return { ...signing({ issuer: second }), path: [second.base64, pki.issuingCa.base64] };
}

/** A list of the issuing authority that revokes nothing. */
const list = (thisUpdate: string, nextUpdate: string): Buffer =>
  buildRevocationList({
    issuer: pki.issuingCa,
    thisUpdate: new Date(thisUpdate),
    nextUpdate: new Date(nextUpdate),
  });
const issuingCaRevoked = buildRevocationList({
  issuer: pki.root,
  thisUpdate: new Date('2026-06-01T00:00:00Z'),
  nextUpdate: new Date('2026-07-01T00:00:00Z'),
  revoked: [
    {
      serialNumber: Buffer.from('67107FD1F68C77CDB0BB3EE9275325E4', 'hex'),
      revocationDate: new Date('2026-06-01T00:00:00Z'),
    },
  ],
});
const stale = {
  'revocation-lists/test-issuing-ca.pem': list('2026-05-01T00:00:00Z', '2026-06-01T00:00:00Z'),
};
const none = {
  'revocation-lists/test-issuing-ca.pem': undefined,
  'revocation-lists/test-root.pem': undefined,
};

const revocation: readonly Scenario[] = [
  {
    name: 'a certificate that has been revoked',
    message: signing({ serialNumber: revokedSerialNumber }),
    device: esme,
    expected: without('certificate-revoked'),
  },
  {
    name: 'an issuing authority that its root has revoked, though it is trusted here',
    device: esme,
    files: { 'revocation-lists/authorities.crl': issuingCaRevoked },
    expected: without('certificate-revoked'),
  },
  {
    name: 'a list that should have been followed by another',
    device: esme,
    files: stale,
    expected: without('revocation-list-not-current'),
  },
  {
    name: 'the same, which is configured to be accepted',
    device: esme,
    files: stale,
    settings: { REVOCATION_UNKNOWN: 'accept' },
    expected: { ...matched, failed: ['revocation-list-not-current'] },
  },
  {
    name: 'no list at all',
    device: esme,
    files: none,
    expected: { ...matched, failed: ['revocation-list-missing'] },
  },
  {
    name: 'the same, which is configured to be refused',
    device: esme,
    files: none,
    settings: { REVOCATION_UNKNOWN: 'refuse' },
    expected: without('revocation-list-missing'),
  },
  {
    name: 'revocation only reports',
    message: signing({ serialNumber: revokedSerialNumber }),
    device: esme,
    settings: { CERTIFICATE_REVOCATION: 'report' },
    expected: { ...matched, failed: ['certificate-revoked'] },
  },
];

const users = buildPki(testSmki, now);
const signerOf = (entityIdentifier: string): XmlSigner =>
  xmlSignerOf(users.issue({ role: '87', entityIdentifier }, 'digitalSignature'));
const supplier = signerOf(euis.supplier);
const signed =
  (signer: XmlSigner = supplier, change?: SignatureChange) =>
  (xml: string): string =>
    signXml(xml, signer, change);
const attacked =
  (name: keyof typeof attacks) =>
  (xml: string): string =>
    attacks[name].attack(signXml(xml, supplier), supplier);

/** The supplier's certificate for its GBCS signatures in the list of those for XML signatures. */
const ofWrongRole = users.issue({ role: '02', entityIdentifier: euis.supplier }, 'digitalSignature');
const userCertificates = (certificate: Certificate): Record<string, Buffer> => ({
  'user-certificates.json': Buffer.from(
    JSON.stringify({
      source: 'tests',
      retrieved: '2026-06-15',
      entries: [
        {
          entityIdentifier: euis.supplier,
          serialNumber: readCertificate(certificate).serialNumber,
          certificate: certificate.base64,
        },
      ],
    }),
  ),
});

const requests: readonly Scenario[] = [
  { name: 'a signed request', device: esme, sign: signed(), expected: matched },
  {
    name: 'a signed request, its issuer and signature written otherwise',
    device: esme,
    sign: signed(supplier, { lineLength: 76, issuerLayout: 'OU=07,CN=Z1' }),
    expected: matched,
  },
  {
    name: 'a request that is not signed, where every one has to be',
    device: esme,
    settings: { XML_SIGNATURE: 'require' },
    expected: without('xml-signature-missing'),
  },
  {
    name: 'a signature that nobody looks at',
    device: esme,
    sign: attacked('tampered body'),
    settings: { XML_SIGNATURE: 'off' },
    expected: matched,
  },
  {
    name: 'a value that was changed after signing',
    device: esme,
    sign: attacked('tampered body'),
    expected: without('xml-signature-digest-wrong'),
  },
  {
    name: 'a signed document wrapped in the signature of another',
    device: esme,
    sign: attacked('wrapped in Object'),
    expected: without('xml-signature-malformed'),
  },
  {
    name: 'a signed document wrapped in the body of another',
    device: esme,
    sign: attacked('wrapped in Body'),
    expected: { problem: 'not-schema-valid' },
  },
  {
    name: 'two signatures',
    device: esme,
    sign: attacked('Signature twice'),
    expected: { problem: 'not-schema-valid' },
  },
  {
    name: 'a signature with SHA-1',
    device: esme,
    sign: attacked('ECDSA with SHA-1'),
    expected: without('xml-signature-algorithm-not-allowed', 'xml-signature-value-wrong'),
  },
  {
    name: 'a reference by XPointer',
    device: esme,
    sign: attacked('Reference by XPointer'),
    expected: without('xml-signature-not-of-whole-request'),
  },
  {
    name: 'a comment in a signed request',
    device: esme,
    sign: attacked('comment between elements'),
    expected: without('xml-signature-with-comment'),
  },
  {
    name: 'a namespace that nobody signed',
    device: esme,
    sign: (xml) => signed()(xml).replace('<ds:Signature ', '$&xmlns:more="urn:more" '),
    expected: without('xml-signature-with-foreign-namespace'),
  },
  {
    name: 'a certificate that no list has',
    device: esme,
    sign: attacked('KeyInfo of another certificate'),
    expected: without('xml-signature-certificate-unknown'),
  },
  {
    name: "another's signature under the name of the Supplier's certificate",
    device: esme,
    sign: signed({ ...supplier, privateKey: keyPairFrom('another').privateKey }),
    expected: without('xml-signature-value-wrong'),
  },
  {
    name: 'a signature with a certificate that is not for XML',
    device: esme,
    sign: signed(xmlSignerOf(ofWrongRole)),
    files: userCertificates(ofWrongRole),
    expected: without('xml-signature-certificate-role-wrong'),
  },
  {
    name: 'signed by another User than the Business Originator',
    device: esme,
    sign: signed(signerOf('02-00-00-00-01-02-00-01')),
    expected: without('signer-not-originator'),
  },
  {
    name: 'signed by a Shared Resource Provider, for the Supplier that it acts for',
    message: { originator: '02-00-00-00-01-05-00-01' },
    device: esme,
    sign: signed(signerOf('02-00-00-00-05-00-00-01')),
    expected: matched,
  },
  {
    name: 'the same, on the last day before it acts, UK time',
    at: '2025-12-31T23:59:59Z',
    message: { originator: '02-00-00-00-01-05-00-01' },
    device: esme,
    sign: signed(signerOf('02-00-00-00-05-00-00-01')),
    expected: without('shared-resource-provider-not-on-the-day'),
  },
  {
    name: 'the same, for a request that it may not make',
    message: { originator: '02-00-00-00-01-05-00-01', serviceReferenceVariant: '6.21' },
    device: esme,
    sign: signed(signerOf('02-00-00-00-05-00-00-01')),
    expected: without('shared-resource-provider-not-for-service'),
  },
  {
    name: 'the first User System of a Supplier',
    device: esme,
    userSystem: 'invented-a',
    expected: matched,
  },
  {
    name: 'a second User System that the Security Sub-Committee was told of',
    device: esme,
    userSystem: 'invented-b',
    expected: matched,
  },
  {
    name: 'a third that it was not told of',
    device: esme,
    userSystem: 'invented-c',
    expected: { ...matched, failed: ['user-system-not-notified'] },
  },
  {
    name: 'one that is in no list',
    device: esme,
    userSystem: 'another',
    expected: { ...matched, failed: ['user-system-not-notified'] },
  },
  {
    name: 'one of a User whose systems nobody has listed',
    message: { originator: '02-00-00-00-01-02-00-01' },
    device: esme,
    userSystem: 'another',
    expected: { ...matched, undetermined: ['user-system-not-notified'] },
  },
  {
    name: 'a User System that is no name',
    device: esme,
    userSystem: 'a b',
    expected: { problem: 'invalid-user-system' },
  },
];

const operatorOf15 = {
  digitalSigning: issue({ entityIdentifier: euis.operatorOf15 }).base64,
  keyAgreement: issue({ entityIdentifier: euis.operatorOf15, keyUsage: 'keyAgreement' }).base64,
};

const preCommands: readonly Scenario[] = [
  {
    name: 'a Signed Pre-Command with the certificates of the right operator',
    preCommand: {},
    device: esme,
    expected: matched,
  },
  {
    name: 'a Signed Pre-Command that nobody asked for, with those of another operator',
    preCommand: { replacements: inCellsOf('03', operatorOf15) },
    device: esme,
    expected: {
      code: 'E061510',
      mpanCheck: 'mismatched',
      failed: ['certificate-party-mpan-mismatch'],
    },
  },
  {
    name: 'the same after a Service Request with the right ones',
    before: {},
    preCommand: { replacements: inCellsOf('03', operatorOf15) },
    device: esme,
    expected: { problem: 'pre-command-differs-from-request' },
  },
  {
    name: 'a Signed Pre-Command after its Service Request: no replay',
    before: {},
    preCommand: {},
    device: esme,
    expected: matched,
  },
  {
    name: "the Supplier's own certificates by Supplier, in a Signed Pre-Command",
    preCommand: {
      mode: 2,
      replacements: [
        {
          role: '02',
          keyUsage: 'digitalSignature',
          certificate: issue({ role: '02', entityIdentifier: euis.supplier }).base64,
        },
      ],
      prepaymentTopUpFloorSeqNumber: 1n,
      executionDateTime: new Date('2026-07-01T00:00:00Z'),
    },
    device: esme,
    expected: { code: 'I0', mpanCheck: 'not-applicable' },
  },
  {
    name: "an operator's cell with a certificate that was issued to a Supplier",
    preCommand: {
      replacements: [
        {
          role: '03',
          keyUsage: 'digitalSignature',
          certificate: issue({ role: '02', entityIdentifier: euis.supplier }).base64,
        },
      ],
    },
    device: esme,
    expected: {
      code: 'E061507',
      mpanCheck: 'mismatched',
      failed: ['certificate-type-not-for-remote-party', 'certificate-party-mpan-mismatch'],
    },
  },
  {
    name: "a Supplier's command under the header of a hand-over, whose rules ask less",
    message: { serviceReferenceVariant: '6.21' },
    preCommand: { mode: 2 },
    device: esme,
    expected: { problem: 'service-mismatch' },
  },
  {
    name: 'the same under that of a change of Supplier',
    message: { serviceReferenceVariant: '6.23' },
    preCommand: { replacements: inCellsOf('03', operatorOf15), mode: 2 },
    device: esme,
    expected: { problem: 'unsupported-command-variant' },
  },
  {
    name: 'a hand-over, whose signature has length zero',
    message: { serviceReferenceVariant: '6.21' },
    preCommand: { mode: 4, signature: 'empty' },
    device: esme,
    expected: matched,
  },
  {
    name: 'a signing cell with a key agreement certificate',
    preCommand: {
      replacements: [
        {
          role: '03',
          keyUsage: 'digitalSignature',
          certificate: issue({ keyUsage: 'keyAgreement' }).base64,
        },
      ],
    },
    device: esme,
    expected: without('certificate-key-usage-not-for-slot'),
  },
  {
    name: 'a payload for another device',
    preCommand: { target: '02-00-00-00-0E-00-00-02' },
    device: esme,
    expected: { problem: 'gbcs-payload-not-of-request' },
  },
  {
    name: 'a payload of another counter',
    preCommand: { counter: 999_999n },
    device: esme,
    expected: { problem: 'gbcs-payload-not-of-request' },
  },
  {
    name: 'a payload that fills the cells of two Remote Parties',
    preCommand: {
      replacements: [
        { role: '03', keyUsage: 'digitalSignature', certificate: issue().base64 },
        { role: '02', keyUsage: 'digitalSignature', certificate: issue({ role: '02' }).base64 },
      ],
    },
    device: esme,
    expected: { problem: 'gbcs-remote-party-unclear' },
  },
  {
    name: 'a payload whose message code is that of another mode',
    preCommand: { alter: () => ({ messageCode: Buffer.from('020102', 'hex') }) },
    device: esme,
    expected: { problem: 'gbcs-payload-contradicts-itself' },
  },
  {
    name: 'a payload that is none',
    message: { gbcsPayload: 'AAAA' },
    device: esme,
    expected: { problem: 'gbcs-payload-malformed' },
  },
  {
    name: 'the Command Variant of a Service Request on a Signed Pre-Command',
    message: { commandVariant: 4 },
    preCommand: {},
    device: esme,
    expected: { problem: 'unsupported-command-variant' },
  },
];

const history: readonly Scenario[] = [
  { name: 'the same request again', before: {}, device: esme, expected: matched },
  {
    name: 'another request under the same RequestID',
    before: {},
    message: { certificates: operatorOf15 },
    device: esme,
    expected: { problem: 'request-id-conflict' },
  },
];

/** Cases of what is judged in front of the rules. */
export const trustScenarios = [...profile, ...path, ...revocation, ...requests, ...preCommands, ...history];
