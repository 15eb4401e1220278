import {
  buildCertificate,
  type Certificate,
  type CertificateFields,
  type CertificateSpec,
  extension,
  keyPairFrom,
} from '../../src/mock-dsp/certificate-builder.js';
import * as der from '../../src/mock-dsp/der.js';
import { readSmkiCertificate, type SmkiCertificate } from '../../src/smki/certificate.js';

/** Replaces an extension by others, or by none, before a certificate is signed. */
export const replacing =
  (type: string, ...by: readonly der.Node[]) =>
  ({ extensions }: CertificateFields): Pick<CertificateFields, 'extensions'> => ({
    extensions: extensions.flatMap((node) =>
      (node.value as der.Node[])[0]?.value === der.oid(type).value ? by : [node],
    ),
  });

/** Adds extensions before a certificate is signed. */
export const adding =
  (...more: readonly der.Node[]) =>
  ({ extensions }: CertificateFields): Pick<CertificateFields, 'extensions'> => ({
    extensions: [...extensions, ...more],
  });

/** The basicConstraints of an authority; by default any number of others may stand below it. */
export const constraints = (pathLength?: number): der.Node =>
  extension(
    '2.5.29.19',
    true,
    der.sequence(
      der.bool(true),
      ...(pathLength === undefined ? [] : [der.integer(Buffer.from([pathLength]))]),
    ),
  );

/** An authority; by default a root, with no path length. The same name has the same key. */
export function authority(
  commonName: string,
  change: Partial<CertificateSpec> & { readonly pathLength?: number | undefined } = {},
): Certificate {
  const { pathLength, ...spec } = change;
  return buildCertificate({
    subject: { commonName, role: '07' },
    keyUsage: 'keyCertSign and cRLSign',
    keys: keyPairFrom(`authority ${commonName}`),
    serialNumber: Buffer.from([1]),
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('2040-01-01T00:00:00Z'),
    alter: replacing('2.5.29.19', constraints(pathLength)),
    ...spec,
  });
}

export function readAuthority({ base64 }: Certificate): SmkiCertificate {
  const read = readSmkiCertificate(base64);
  if (!read.ok) throw new Error(read.rejection.detail);
  return read.value;
}
