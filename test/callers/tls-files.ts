import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Test } from 'tap';
import {
  attribute,
  authorityKeyIdentifierExtension,
  buildCertificate,
  type Certificate,
  type CertificateSpec,
  extension,
  keyPairFrom,
  oids,
} from '../../src/mock-dsp/certificate-builder.js';
import { bitString, implicit, type Node, oid, sequence, utf8String } from '../../src/mock-dsp/der.js';
import { buildRevocationList } from '../../src/mock-dsp/revocation-list-builder.js';
import { temporaryDirectory } from '../directories.js';
import { pem } from '../reference-data/lists.js';

const hourMs = 3_600_000;

/** Hours from the real now, which TLS goes by. */
export const inHours = (hours: number): Date => new Date(Date.now() + hours * hourMs);

let serial = 0;

const nextSerial = (): Buffer => Buffer.from([0x40, (serial += 1)]);

/** An authority that vouches for the ends of TLS connections. */
export const tlsAuthority = (name: string): Certificate =>
  buildCertificate({
    subject: { commonName: name, role: 'TLS' },
    keyUsage: 'keyCertSign and cRLSign',
    keys: keyPairFrom(`TLS authority ${name}`),
    serialNumber: nextSerial(),
    notBefore: inHours(-1),
    notAfter: inHours(1),
  });

export interface TlsCertificate extends Certificate {
  readonly serialNumber: Buffer;
}

const purposes = { client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1' } as const;

/** The certificate of one end: valid from an hour ago for an hour, if nothing else is said. */
export function tlsCertificate(
  issuer: Certificate,
  purpose: keyof typeof purposes,
  names: { readonly commonNames?: readonly string[]; readonly dns?: readonly string[] },
  change: Partial<CertificateSpec> = {},
): TlsCertificate {
  const { commonNames = [], dns = [] } = names;
  const serialNumber = nextSerial();
  const alternatives = dns.map((name): Node => implicit(2, Buffer.from(name)));
  const made = buildCertificate({
    subject: { role: 'TLS' },
    keyUsage: 'digitalSignature',
    keys: keyPairFrom(`TLS ${purpose} ${[...commonNames, ...dns].join(' ')}`),
    issuer,
    serialNumber,
    notBefore: inHours(-1),
    notAfter: inHours(1),
    alter: () => ({
      subject: sequence(...commonNames.map((name) => attribute(oids.commonName, utf8String(name)))),
      extensions: [
        extension(oids.keyUsage, true, bitString(Buffer.from([0x80]), 7)),
        extension('2.5.29.37', false, sequence(oid(purposes[purpose]))),
        authorityKeyIdentifierExtension(issuer.keys),
        ...(dns.length === 0 ? [] : [extension('2.5.29.17', false, sequence(...alternatives))]),
      ],
    }),
    ...change,
  });
  return { ...made, serialNumber };
}

export const certificatePem = (...certificates: readonly Certificate[]): string =>
  certificates.map(({ der }) => pem('CERTIFICATE', der).toString()).join('');

export const keyPem = ({ keys }: Certificate): string =>
  keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** The list of an authority, in force from an hour ago for an hour. */
export const crlPem = (issuer: Certificate, revoked: readonly TlsCertificate[], nextUpdate = 1): string =>
  pem(
    'X509 CRL',
    buildRevocationList({
      issuer,
      thisUpdate: inHours(-1),
      nextUpdate: inHours(nextUpdate),
      revoked: revoked.map(({ serialNumber }) => ({ serialNumber, revocationDate: inHours(-1) })),
    }),
  ).toString();

/** Files of these contents, in a directory that goes with the test; and what writes one of them anew. */
export async function filesOf<Name extends string>(
  t: Test,
  contents: Readonly<Record<Name, string>>,
): Promise<{
  readonly paths: Readonly<Record<Name, string>>;
  readonly write: (name: Name, text: string) => Promise<void>;
}> {
  const directory = await temporaryDirectory(t);
  const pathOf = (name: string): string => path.join(directory, name);
  for (const [name, text] of Object.entries<string>(contents)) await writeFile(pathOf(name), text);
  return {
    paths: Object.fromEntries(Object.keys(contents).map((name) => [name, pathOf(name)])) as Record<
      Name,
      string
    >,
    write: (name, text) => writeFile(pathOf(name), text),
  };
}
