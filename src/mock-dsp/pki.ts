import { createHash } from 'node:crypto';
import {
  buildCertificate,
  type Certificate,
  type CertificateSpec,
  type KeyUsage,
  keyPairFrom,
} from './certificate-builder.js';

export interface Pki {
  readonly root: Certificate;
  readonly issuingCa: Certificate;
  /** An Organisation Certificate; the same for the same arguments, but for its signature. */
  readonly issue: (
    subject: { readonly role: string; readonly entityIdentifier: string; readonly commonName?: string },
    keyUsage: Exclude<KeyUsage, 'keyCertSign and cRLSign'>,
    change?: Partial<CertificateSpec>,
  ) => Certificate;
}

const year = (from: Date, years: number): Date => {
  const date = new Date(from);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date;
};

/** Sixteen octets, the first of them from 40 to 7F: positive, and no shorter. */
function serialNumberFrom(seed: string): Buffer {
  const octets = createHash('sha256').update(`${seed} serial`).digest().subarray(0, 16);
  octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40;
  return octets;
}

/** The seed of the authorities whose certificates come with the service: anybody has their keys. */
export const testSmki = 'test SMKI';

/** Of a certificate that the test issuing authority has revoked, in the list that comes with the service. */
export const revokedSerialNumber = serialNumberFrom('revoked');

/**
 * An SMKI in small: a root, an issuing authority, and what it issues, with validity around `now`. The authorities of
 * one seed have the same keys, whatever else is issued under them.
 */
export function buildPki(seed: string, now: Date, authorities = seed): Pki {
  const named = (name: string): Pick<CertificateSpec, 'keys' | 'serialNumber'> => ({
    keys: keyPairFrom(name),
    serialNumber: serialNumberFrom(name),
  });
  const authority = {
    keyUsage: 'keyCertSign and cRLSign',
    notBefore: year(now, -5),
    notAfter: year(now, 20),
  } as const;
  const root = buildCertificate({
    ...authority,
    ...named(`${authorities} root`),
    subject: { commonName: 'ZA', role: '00' },
  });
  const issuingCa = buildCertificate({
    ...authority,
    ...named(`${authorities} issuing CA`),
    subject: { commonName: 'Z1', role: '07' },
    issuer: root,
  });
  return {
    root,
    issuingCa,
    issue: (subject, keyUsage, change) =>
      buildCertificate({
        ...named(`${seed} ${subject.role} ${subject.entityIdentifier} ${keyUsage}`),
        subject,
        keyUsage,
        issuer: issuingCa,
        notBefore: year(now, -1),
        notAfter: year(now, 9),
        ...change,
      }),
  };
}
