import { readSmkiCertificate, type SmkiCertificate } from '../smki/certificate.js';
import { whyNotAuthority } from '../smki/certification-path.js';
import { pemBody } from '../smki/pem.js';
import { hasSigned } from '../smki/public-key.js';
import { readRevocationList, type RevocationList } from '../smki/revocation-list.js';
import { TrustSet } from '../smki/trust-set.js';
import { oids } from '../smki/x509-fields.js';
import { catchDefect, type Result } from '../rejection.js';
import type { Fault } from './check.js';

/** Directories of the reference data, whose files are kept as their publisher issues them. */
export const trustDirectories = ['trust', 'revocation-lists'] as const;

/**
 * Reads the trust anchors (`trust/`, PEM, a text before the block is for people) and the revocation lists
 * (`revocation-lists/`, DER or PEM) from the bytes of their files.
 */
export function readTrust(files: ReadonlyMap<string, Buffer | Error>, faults: Fault[]): TrustSet {
  const anchors: SmkiCertificate[] = [];
  const lists: RevocationList[] = [];
  /** What a file holds, or why it is of no use. */
  const take = <T>(
    directory: string,
    read: (bytes: Buffer) => Result<T>,
    use: (value: T) => string | undefined,
  ): void => {
    for (const [file, bytes] of files) {
      if (!file.startsWith(`${directory}/`)) continue;
      const value = bytes instanceof Error ? bytes : read(bytes);
      const message =
        value instanceof Error ? value.message : value.ok ? use(value.value) : value.rejection.detail;
      if (message !== undefined)
        faults.push({ file, entry: undefined, message: `cannot be used: ${message}` });
    }
  };
  take('trust', readAnchor, (anchor) => {
    if (anchors.some(({ fingerprint }) => fingerprint === anchor.fingerprint))
      return 'another file has the same';
    anchors.push(anchor);
    return whyNotAuthority(anchor);
  });
  take('revocation-lists', readRevocationList, (list) => {
    if (lists.some(({ fingerprint }) => fingerprint === list.fingerprint)) return 'another file has the same';
    lists.push(list);
    return whyNotGenuine(list, anchors);
  });
  return new TrustSet(anchors, lists);
}

function readAnchor(bytes: Buffer): Result<SmkiCertificate> {
  const der = catchDefect(() => pemBody(bytes.toString('latin1'), 'CERTIFICATE'));
  return der.ok ? readSmkiCertificate(der.value.toString('base64')) : der;
}

/** RFC 5280 section 6.3.3 (f), (g): a list counts where its issuer may sign lists, and has signed this one. */
function whyNotGenuine(list: RevocationList, anchors: readonly SmkiCertificate[]): string | undefined {
  if (
    list.signatureAlgorithm !== oids.ecdsaWithSha256 ||
    list.tbsSignatureAlgorithm !== oids.ecdsaWithSha256
  ) {
    return 'it is not signed with ecdsa-with-SHA256';
  }
  if (list.nextUpdate < list.thisUpdate) return 'its nextUpdate is before its thisUpdate';
  const issuers = anchors.filter(({ subject }) => subject === list.issuer);
  if (issuers.length === 0) return `there is no trust anchor ${list.issuer}, its issuer`;
  const isGenuine = issuers.some((issuer) => issuer.keyUsage.includes('cRLSign') && hasSigned(issuer, list));
  return isGenuine ? undefined : `it is not signed by ${list.issuer}`;
}
