import type { CredentialsUpdate } from '../duis/service.js';
import type { CertificateType } from '../duis/vocabulary.js';
import { accept, reject, type Rejection, type Result } from '../rejection.js';
import {
  type OrganisationCertificate,
  readOrganisationCertificate,
  readSmkiCertificate,
} from './certificate.js';
import { remember } from './remember.js';

export interface ReceivedCertificate {
  readonly certificateType: CertificateType;
  readonly certificate: OrganisationCertificate;
}

/** Reads the certificates of a request; a rejection names the certificate. */
export type CertificateReader = (
  update: Pick<CredentialsUpdate, 'replacementCertificates' | 'certificationPathCertificates'>,
) => Result<ReceivedCertificate[]>;

/**
 * A reader of the certificates of requests, which remembers up to `max` of each kind. The path certificates must be
 * readable, and are then put aside: whether they lead to a trust anchor is not checked.
 */
export function certificateReader(max: number): CertificateReader {
  const readReplacement = remember(readOrganisationCertificate, max);
  const readPath = remember(readSmkiCertificate, max);
  return ({ replacementCertificates, certificationPathCertificates }) => {
    const received: ReceivedCertificate[] = [];
    for (const { certificateType, base64 } of replacementCertificates) {
      const read = readReplacement(base64);
      if (!read.ok) return rejectNaming(`${certificateType}Certificate`, read.rejection);
      received.push({ certificateType, certificate: read.value });
    }
    for (const [index, base64] of certificationPathCertificates.entries()) {
      const read = readPath(base64);
      if (!read.ok)
        return rejectNaming(
          `Certificate ${String(index + 1)} of CertificationPathCertificates`,
          read.rejection,
        );
    }
    return accept(received);
  };
}

const rejectNaming = (certificate: string, { kind, detail }: Rejection): Result<never> =>
  reject(kind, `${certificate}: ${detail}.`);
