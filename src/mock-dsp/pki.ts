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

/** An SMKI in small: a root, an issuing authority, and what it issues, with validity around `now`. */
export function buildPki(seed: string, now: Date): Pki {
  const spec = (name: string): Pick<CertificateSpec, 'keys' | 'serialNumber'> => ({
    keys: keyPairFrom(`${seed} ${name}`),
    serialNumber: serialNumberFrom(`${seed} ${name}`),
  });
  const authority = {
    keyUsage: 'keyCertSign and cRLSign',
    notBefore: year(now, -5),
    notAfter: year(now, 20),
  } as const;
  const root = buildCertificate({ ...authority, ...spec('root'), subject: { commonName: 'ZA', role: '00' } });
  const issuingCa = buildCertificate({
    ...authority,
    ...spec('issuing CA'),
    subject: { commonName: 'Z1', role: '07' },
    issuer: root,
  });
  return {
    root,
    issuingCa,
    issue: (subject, keyUsage, change) =>
      buildCertificate({
        ...spec(`${subject.role} ${subject.entityIdentifier} ${keyUsage}`),
        subject,
        keyUsage,
        issuer: issuingCa,
        notBefore: year(now, -1),
        notAfter: year(now, 9),
        ...change,
      }),
  };
}
