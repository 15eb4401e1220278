import t, { type Test } from 'tap';
import {
  attribute,
  type CertificateFields,
  type CertificateSpec,
  extension,
} from '../../src/mock-dsp/certificate-builder.js';
import * as der from '../../src/mock-dsp/der.js';
import type { SmkiCertificate } from '../../src/smki/certificate.js';
import {
  keyUsageFlaws,
  profileCheck,
  profileRequirements,
  unknownCriticalExtension,
} from '../../src/smki/profile.js';
import { issue, pki, readCertificate } from '../fixtures.js';
import { adding, constraints, readAuthority, replacing } from './authorities.js';

const policy = '1.2.826.0.1.8641679.1.2.1.4';
const check = profileCheck([policy]);

const spec = (change: Partial<CertificateSpec>) => readCertificate(issue({ spec: change }));
const altered = (alter: (fields: CertificateFields) => Partial<CertificateFields>) => spec({ alter });

const asserted: string[] = [];

/** What has one deviation has one flaw. */
const finds = (t: Test, certificate: SmkiCertificate, name: string, got: string): void => {
  asserted.push(name);
  t.strictSame(check(certificate), [{ name, got }], `${name}: ${got}`);
};

t.test('a certificate of the profile has no flaw', async (t) => {
  t.strictSame(check(readCertificate(issue())), []);
  t.strictSame(check(readCertificate(issue({ keyUsage: 'keyAgreement' }))), []);
  t.strictSame(check(readCertificate(issue({ role: '02', commonName: 'A Supplier' }))), []);
});

t.test('certificate-algorithm-not-ecdsa-with-sha256', async (t) => {
  const name = 'certificate-algorithm-not-ecdsa-with-sha256';
  const ecdsa = der.oid('1.2.840.10045.4.3.2');
  const both = (...algorithm: der.Node[]) =>
    altered(() => ({ signatureAlgorithm: der.sequence(...algorithm) }));
  const sha384 = der.oid('1.2.840.10045.4.3.3');
  finds(t, both(sha384), name, '1.2.840.10045.4.3.3 outside, 1.2.840.10045.4.3.3 inside');
  finds(
    t,
    both(ecdsa, der.sequence()),
    name,
    '1.2.840.10045.4.3.2 with parameters outside, 1.2.840.10045.4.3.2 with parameters inside',
  );
  const [tbs, algorithm, signature] = der.raw(issue().der).value as der.Node[];
  const reassembled = (inside: der.Node, outside: der.Node) => {
    const fields = (tbs!.value as der.Node[]).map((field, place) => (place === 2 ? inside : field));
    const bytes = der.encode(der.sequence(der.sequence(...fields), outside, signature!));
    return readCertificate({ ...issue(), base64: bytes.toString('base64') });
  };
  finds(
    t,
    reassembled(der.sequence(sha384), algorithm!),
    name,
    '1.2.840.10045.4.3.2 outside, 1.2.840.10045.4.3.3 inside',
  );
  finds(
    t,
    reassembled(algorithm!, der.sequence(sha384)),
    name,
    '1.2.840.10045.4.3.3 outside, 1.2.840.10045.4.3.2 inside',
  );
});

t.test('certificate-point-not-on-curve', async (t) => {
  finds(
    t,
    altered(({ subjectPublicKeyInfo }) => ({
      subjectPublicKeyInfo: der.sequence(
        (subjectPublicKeyInfo.value as der.Node[])[0]!,
        der.bitString(Buffer.alloc(65, 4)),
      ),
    })),
    'certificate-point-not-on-curve',
    'a point that is not on the curve',
  );
});

t.test('certificate-serial-number-too-long', async (t) => {
  const name = 'certificate-serial-number-too-long';
  const serial = (...octets: number[]) => spec({ serialNumber: Buffer.from(octets) });
  const fifteen = Array<number>(15).fill(1);
  finds(t, serial(0x7f, ...fifteen, 1), name, 'a serial number of 17 octets');
  finds(t, serial(0xff, ...fifteen, 1), name, 'a serial number of 17 octets');
  // With the octet that makes it positive, sixteen are written as seventeen.
  t.strictSame(check(serial(0xff, ...fifteen)), []);
  t.strictSame(check(serial(1)), []);
});

t.test('certificate-issuer-not-an-issuing-authority', async (t) => {
  const name = 'certificate-issuer-not-an-issuing-authority';
  const issuer = (...attributes: der.Node[]) => altered(() => ({ issuer: der.sequence(...attributes) }));
  const ou = (role: string): der.Node => attribute('2.5.4.11', der.printableString(role));
  const cn = (text: string): der.Node => attribute('2.5.4.3', der.utf8String(text));
  const uid = attribute('2.5.4.45', der.bitString(Buffer.alloc(8)));
  finds(t, issuer(ou('00'), cn('ZA')), name, 'the issuer CN=ZA,OU=00');
  finds(t, issuer(ou('07')), name, 'the issuer OU=07');
  finds(t, issuer(ou('07'), cn('')), name, 'the issuer CN=,OU=07');
  finds(t, issuer(cn(''), ou('07')), name, 'the issuer OU=07,CN=');
  finds(t, issuer(ou('07'), cn('Z1'), uid), name, 'the issuer 2.5.4.45=00-00-00-00-00-00-00-00,CN=Z1,OU=07');
  finds(t, issuer(uid, ou('07'), cn('Z1')), name, 'the issuer CN=Z1,OU=07,2.5.4.45=00-00-00-00-00-00-00-00');
  t.strictSame(check(issuer(cn('Z1'), ou('07'))), [], 'in the other order');
  t.strictSame(check(issuer(ou('07'), cn('Z1, 2.5.4.45=x'))), [], 'a name that looks like an attribute');
});

t.test('certificate-operator-with-common-name', async (t) => {
  finds(
    t,
    readCertificate(issue({ commonName: 'London' })),
    'certificate-operator-with-common-name',
    'a subject with a CN',
  );
});

t.test('certificate-validity-reversed', async (t) => {
  const noon = new Date('2026-01-01T12:00:00Z');
  finds(
    t,
    spec({ notBefore: noon, notAfter: new Date('2026-01-01T11:59:59Z') }),
    'certificate-validity-reversed',
    'valid from 2026-01-01T12:00:00.000Z to 2026-01-01T11:59:59.000Z',
  );
  t.strictSame(check(spec({ notBefore: noon, notAfter: noon })), [], 'for a second');
});

const usage = (critical: boolean, octet: number, unusedBits: number): der.Node =>
  extension('2.5.29.15', critical, der.bitString(Buffer.from([octet]), unusedBits));

t.test('certificate-key-usage-not-single', async (t) => {
  const name = 'certificate-key-usage-not-single';
  const keyUsage = (octet: number, unusedBits: number) =>
    altered(replacing('2.5.29.15', usage(true, octet, unusedBits)));
  finds(t, keyUsage(0x88, 3), name, 'digitalSignature and keyAgreement');
  finds(t, keyUsage(0xc0, 6), name, 'digitalSignature and nonRepudiation');
  finds(t, keyUsage(0x04, 2), name, 'keyCertSign');
});

t.test('certificate-key-usage-not-critical', async (t) => {
  finds(
    t,
    altered(replacing('2.5.29.15', usage(false, 0x80, 7))),
    'certificate-key-usage-not-critical',
    'a keyUsage that is not critical',
  );
});

const policies = (critical: boolean, ...parts: der.Node[]): der.Node =>
  extension('2.5.29.32', critical, der.sequence(...parts));

t.test('certificate-policy-not-accepted', async (t) => {
  const name = 'certificate-policy-not-accepted';
  const having = (...parts: der.Node[]) => altered(replacing('2.5.29.32', policies(true, ...parts)));
  const accepted = der.oid(policy);
  finds(t, having(der.sequence(der.oid('1.2.3'))), name, '1.2.3');
  finds(t, having(der.sequence(accepted), der.sequence(der.oid('1.2.3'))), name, `${policy} and 1.2.3`);
  finds(t, having(der.sequence(accepted, der.sequence())), name, `${policy} with qualifiers`);
  finds(t, altered(replacing('2.5.29.32')), name, 'no policy');
  t.strictSame(profileCheck([])(readCertificate(issue())), [{ name, got: policy }]);
  t.strictSame(profileCheck(['1.2.3', policy])(readCertificate(issue())), []);
});

t.test('certificate-policies-not-critical', async (t) => {
  finds(
    t,
    altered(replacing('2.5.29.32', policies(false, der.sequence(der.oid(policy))))),
    'certificate-policies-not-critical',
    'certificatePolicies that are not critical',
  );
});

t.test('certificate-subject-key-identifier-wrong', async (t) => {
  const name = 'certificate-subject-key-identifier-wrong';
  const identifier = (critical: boolean, octets: number) =>
    altered(replacing('2.5.29.14', extension('2.5.29.14', critical, der.octetString(Buffer.alloc(octets)))));
  finds(t, altered(replacing('2.5.29.14')), name, 'none');
  finds(t, identifier(true, 8), name, 'a critical one');
  finds(t, identifier(false, 20), name, 'one of 20 octets');
  finds(t, identifier(false, 7), name, 'one of 7 octets');
});

t.test('certificate-authority-key-identifier-wrong', async (t) => {
  const name = 'certificate-authority-key-identifier-wrong';
  const identifier = (critical: boolean, octets: number) =>
    altered(
      replacing(
        '2.5.29.35',
        extension('2.5.29.35', critical, der.sequence(der.implicit(0, Buffer.alloc(octets)))),
      ),
    );
  finds(t, altered(replacing('2.5.29.35')), name, 'none');
  finds(t, identifier(true, 8), name, 'a critical one');
  finds(t, identifier(false, 20), name, 'one of 20 octets');
  finds(t, identifier(false, 0), name, 'one of 0 octets');
});

t.test('certificate-is-an-authority', async (t) => {
  finds(t, altered(adding(constraints(0))), 'certificate-is-an-authority', 'the cA flag');
  t.strictSame(check(altered(adding(extension('2.5.29.19', true, der.sequence())))), []);
});

t.test('certificate-critical-extension-unknown', async (t) => {
  const extendedKeyUsage = (critical: boolean): der.Node =>
    extension('2.5.29.37', critical, der.sequence(der.oid('1.3.6.1.5.5.7.3.1')));
  const nameConstraints = extension('2.5.29.30', true, der.sequence());
  finds(
    t,
    altered(adding(extendedKeyUsage(true), nameConstraints)),
    'certificate-critical-extension-unknown',
    'the critical extension 2.5.29.37',
  );
  t.strictSame(check(altered(adding(extendedKeyUsage(false)))), []);
  t.equal(unknownCriticalExtension(readAuthority(pki.issuingCa)), undefined);
});

t.test('every requirement has a certificate that does not meet it', async (t) => {
  t.strictSame([...new Set(asserted)], Object.keys(profileRequirements));
});

t.test('several deviations are several flaws, in the order of the requirements', async (t) => {
  const name = 'certificate-operator-with-common-name';
  const several = issue({ commonName: 'x', spec: { alter: adding(constraints()) } });
  t.strictSame(check(readCertificate(several)), [
    { name, got: 'a subject with a CN' },
    { name: 'certificate-is-an-authority', got: 'the cA flag' },
  ]);
});

t.test('a verdict is remembered', async (t) => {
  const certificate = readCertificate(issue());
  t.equal(check(certificate), check(certificate));
  t.not(check(certificate), profileCheck([policy])(certificate), 'by one check');
});

t.test('what a certificate is for', async (t) => {
  const signing = readCertificate(issue());
  const agreement = readCertificate(issue({ keyUsage: 'keyAgreement' }));
  const name = 'certificate-key-usage-not-for-slot';
  t.strictSame(keyUsageFlaws(signing, 'digitalSignature'), []);
  t.strictSame(keyUsageFlaws(agreement, 'keyAgreement'), []);
  t.strictSame(keyUsageFlaws(agreement, 'digitalSignature'), [
    { name, got: 'keyAgreement, where digitalSignature is wanted' },
  ]);
  t.strictSame(keyUsageFlaws(readAuthority(pki.issuingCa), 'keyAgreement'), [
    { name, got: 'keyCertSign and cRLSign, where keyAgreement is wanted' },
  ]);
});
