import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Certificate, buildCertificate } from '../src/mock-dsp/certificate-builder.js';
import { buildPki, revokedSerialNumber, testSmki } from '../src/mock-dsp/pki.js';
import { buildRevocationList } from '../src/mock-dsp/revocation-list-builder.js';
import { packageRoot } from '../src/package-root.js';
import { nameOf, readSmkiCertificate, type SmkiCertificate } from '../src/smki/certificate.js';

/**
 * Writes the authorities of the test SMKI into reference-data/trust, their revocation lists, and the certificates that
 * the Users of reference-data/users.json sign with. Run it when a User is added; a signature is never the same
 * twice, so that it is not part of `generate`.
 */

const madeOn = new Date('2020-01-01T00:00:00Z');
// Long beyond what real ones have, so that what comes with the service does not stop working one day.
const validity = { notBefore: madeOn, notAfter: new Date('2059-12-31T23:59:59Z') };

const referenceData = path.join(packageRoot, 'reference-data');
const pki = buildPki(testSmki, madeOn, testSmki);

const authority = (certificate: Certificate, issuer: Certificate): Certificate =>
  buildCertificate({
    subject: certificate.subject,
    keys: certificate.keys,
    keyUsage: 'keyCertSign and cRLSign',
    serialNumber: Buffer.from(read(certificate).serialNumber, 'hex'),
    ...(issuer !== certificate && { issuer }),
    ...validity,
  });

function read({ base64 }: Certificate): SmkiCertificate {
  const certificate = readSmkiCertificate(base64);
  if (!certificate.ok) throw new Error(certificate.rejection.detail);
  return certificate.value;
}

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

const warning = 'FOR TESTS ONLY: the private key of this authority can be had by anybody.';

/** What a person wants to see of a certificate before the block that the service reads. */
function describe(certificate: SmkiCertificate): string {
  const { subject, issuer, serialNumber, notBefore, notAfter, keyUsage, fingerprint } = certificate;
  return [
    warning,
    `subject: ${subject}`,
    `issuer: ${issuer}`,
    `serial number: ${serialNumber}`,
    `valid: ${notBefore.toISOString()} to ${notAfter.toISOString()}`,
    `key usage: ${keyUsage.join(', ')}`,
    `subject key identifier: ${certificate.subjectKeyIdentifier ?? 'none'}`,
    `SHA-256 fingerprint: ${fingerprint}`,
    '',
  ].join('\n');
}

async function write(file: string, text: string): Promise<void> {
  const target = path.join(referenceData, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
}

const root = authority(pki.root, pki.root);
const issuingCa = authority(pki.issuingCa, root);
for (const [name, certificate] of Object.entries({ root, 'issuing-ca': issuingCa })) {
  await write(
    `trust/test-${name}.pem`,
    `${describe(read(certificate))}${pem('CERTIFICATE', certificate.der)}`,
  );
}

const lists = [
  { file: 'test-root', issuer: root, revoked: [] },
  {
    file: 'test-issuing-ca',
    issuer: issuingCa,
    revoked: [{ serialNumber: revokedSerialNumber, revocationDate: madeOn }],
  },
];
for (const { file, issuer, revoked } of lists) {
  const list = buildRevocationList({
    issuer,
    revoked,
    thisUpdate: validity.notBefore,
    nextUpdate: validity.notAfter,
  });
  const text = [
    warning,
    `issuer: ${read(issuer).subject}`,
    `this update: ${validity.notBefore.toISOString()}`,
    `next update: ${validity.notAfter.toISOString()}`,
    `revoked: ${revoked.map(({ serialNumber }) => serialNumber.toString('hex').toUpperCase()).join(', ') || 'none'}`,
    '',
  ].join('\n');
  await write(`revocation-lists/${file}.pem`, `${text}${pem('X509 CRL', list)}`);
}

async function entriesOf<Entry>(list: string): Promise<Entry[]> {
  const { entries } = JSON.parse(await readFile(path.join(referenceData, `${list}.json`), 'utf8')) as {
    entries: Entry[];
  };
  return entries;
}

const users = await entriesOf<{ entityIdentifier: string; test?: boolean }>('users');
const providers = await entriesOf<{ provider: string }>('shared-resource-providers');
// A test User of another PKI than this has certificates of its own.
const signers = [
  ...users.filter(({ test }) => test !== true).map(({ entityIdentifier }) => entityIdentifier),
  ...providers.map(({ provider }) => provider),
];
const entries = [...new Set(signers)].sort().map((entityIdentifier) => {
  const certificate = pki.issue({ role: '87', entityIdentifier }, 'digitalSignature', {
    issuer: issuingCa,
    ...validity,
  });
  const { serialNumber } = read(certificate);
  return { entityIdentifier, serialNumber, certificate: certificate.base64 };
});
const lines = entries.map(
  (entry) => `    ${JSON.stringify(entry).replaceAll('":"', '": "').replaceAll('","', '", "')}`,
);
await write(
  'user-certificates.json',
  `{
  "$schema": "../schemas/reference-data/user-certificates.schema.json",
  "source": "Made up: issued by the test SMKI of this project to the Users of users.json, from keys that anybody can have",
  "retrieved": "2026-11-21",
  "entries": [
${lines.join(',\n')}
  ]
}
`,
);
console.log(
  `wrote ${nameOf(read(root))}, ${nameOf(read(issuingCa))} and ${String(entries.length)} User certificates`,
);
