import { spawnSync } from 'node:child_process';
import { type KeyObject, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Certificate } from '../../src/mock-dsp/certificate-builder.js';
import { type SignatureChange, signXml, type XmlSigner } from '../../src/mock-dsp/xml-signature.js';

/**
 * xmlsec1, which shares no code with us. Where it is not installed, the tests that need it say so; in CI they do not
 * skip, and fail.
 */
const isMissing = spawnSync('xmlsec1', ['--version']).error !== undefined;

/** Why a test that needs xmlsec1 is skipped; an option of t.test. */
export const skipWithoutXmlsec1 = isMissing && process.env.CI !== 'true' && 'there is no xmlsec1';
if (skipWithoutXmlsec1 !== false) {
  console.error(
    'SKIPPED: there is no xmlsec1, and so nobody but ourselves has looked at the XML signatures.',
  );
}

interface Verdict {
  readonly verified: boolean;
  /** Why not, in the words of xmlsec1. */
  readonly says: string;
}

/** Verifies the first Signature of a document by a key, and leaves out of account whom KeyInfo names. */
export function verifyWithXmlsec1(xml: string, publicKey: KeyObject): Verdict {
  const key = publicKey.export({ type: 'spki', format: 'pem' });
  return verdictOf(run('--verify', { xml, key }, (file) => [...anyKeyInfo, '--pubkey-pem', file('key')]));
}

/** Verifies it by the certificate that KeyInfo names, one of several that lead to a root. */
export function verifyByCertificatesWithXmlsec1(
  xml: string,
  root: Certificate,
  others: readonly Certificate[],
  at: Date,
): Verdict {
  const pems = others.map(
    (certificate, index) => [`certificate-${String(index)}`, pemOf(certificate)] as const,
  );
  const files = { xml, root: pemOf(root), ...Object.fromEntries(pems) };
  return verdictOf(
    run('--verify', files, (file) => [
      ...['--trusted-pem', file('root')],
      ...pems.flatMap(([name]) => ['--untrusted-pem', file(name)]),
      ...['--verification-gmt-time', at.toISOString().slice(0, 19).replace('T', ' ')],
    ]),
  );
}

/** Signs what toXml wrote: a template comes from signXml, and digest and signature from xmlsec1. */
export function signWithXmlsec1(xml: string, signer: XmlSigner, change: SignatureChange = {}): string {
  const template = signXml(xml, signer, {
    ...change,
    alter: (parts, covered) => {
      const altered = { ...parts, ...change.alter?.(parts, covered) };
      return {
        ...altered,
        references: altered.references.map((reference) => ({ ...reference, digestValue: '' })),
      };
    },
    alterSigned: () => ({ signatureValue: '' }),
  });
  const key = signer.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const { status, stdout, stderr } = run('--sign', { xml: template, key }, (file) => [
    ...anyKeyInfo,
    ...['--privkey-pem', file('key')],
  ]);
  if (status !== 0) throw new Error(`xmlsec1 did not sign: ${stderr}`);
  return stdout;
}

// Else it would look for the certificate that KeyInfo names, and has none.
const anyKeyInfo = ['--enabled-key-data', 'key-name'];

// It has no schema that would say which attributes are IDs.
const ids = ['Request', 'Header', 'Body'].flatMap((name) => [
  '--id-attr:Id',
  `http://www.dccinterface.co.uk/ServiceUserGateway:${name}`,
]);

const pemOf = ({ der }: Certificate): string => new X509Certificate(der).toString();

const verdictOf = ({ status, stderr }: Ended): Verdict => ({ verified: status === 0, says: stderr });

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it on files that are there for as long as it runs. */
function run(
  command: '--sign' | '--verify',
  files: Readonly<Record<string, string | Buffer>>,
  optionsOf: (file: (name: string) => string) => readonly string[],
): Ended {
  const directory = mkdtempSync(path.join(tmpdir(), 'xmlsec1-'));
  const file = (name: string): string => path.join(directory, name);
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(file(name), content);
    const args = [command, ...optionsOf(file), ...ids, file('xml')];
    const ended = spawnSync('xmlsec1', args, { encoding: 'utf8' });
    if (ended.error !== undefined) throw ended.error;
    return ended;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
