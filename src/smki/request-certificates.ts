import { type CacheTally, newTally } from '../cache-tally.js';
import type { CredentialsUpdate } from '../duis/service.js';
import type { CertificateType } from '../duis/vocabulary.js';
import { accept, reject, type Rejection, type Result } from '../rejection.js';
import {
  type OrganisationCertificate,
  readOrganisationCertificate,
  readSmkiCertificate,
  type SmkiCertificate,
} from './certificate.js';
import { remember } from './remember.js';

export interface ReceivedCertificate {
  readonly certificateType: CertificateType;
  readonly certificate: OrganisationCertificate;
}

export interface ReceivedCertificates {
  /** In the order of their slots. */
  readonly replacements: readonly ReceivedCertificate[];
  /** What came to complete a path. It vouches for nothing by itself. */
  readonly path: readonly SmkiCertificate[];
}

/** Reads the certificates of a request; a rejection names the certificate. */
export type CertificateReader = (
  update: Pick<CredentialsUpdate, 'replacementCertificates' | 'certificationPathCertificates'>,
) => Result<ReceivedCertificates>;

/** A reader of the certificates of requests, which remembers up to `max` of each kind. */
export function certificateReader(max: number, tally: CacheTally = newTally()): CertificateReader {
  const readReplacement = remember(readOrganisationCertificate, max, tally);
  const readPath = remember(readSmkiCertificate, max, tally);
  return ({ replacementCertificates, certificationPathCertificates }) => {
    const replacements: ReceivedCertificate[] = [];
    for (const { certificateType, base64 } of replacementCertificates) {
      const read = readReplacement(base64);
      if (!read.ok) return rejectNaming(`${certificateType}Certificate`, read.rejection);
      replacements.push({ certificateType, certificate: read.value });
    }
    const path: SmkiCertificate[] = [];
    for (const [index, base64] of certificationPathCertificates.entries()) {
      const read = readPath(base64);
      if (!read.ok)
        return rejectNaming(
          `Certificate ${String(index + 1)} of CertificationPathCertificates`,
          read.rejection,
        );
      path.push(read.value);
    }
    return accept({ replacements, path });
  };
}

const rejectNaming = (certificate: string, { kind, detail }: Rejection): Result<never> =>
  reject(kind, `${certificate}: ${detail}.`);
