import { readSmkiCertificate, type SmkiCertificate } from '../smki/certificate.js';
import { whyNotAuthority } from '../smki/certification-path.js';
import { pemBody } from '../smki/pem.js';
import { hasSigned } from '../smki/public-key.js';
import { readRevocationList, type RevocationList } from '../smki/revocation-list.js';
import { TrustSet } from '../smki/trust-set.js';
import { oids } from '../smki/x509-fields.js';
import { catchDefect, type Result } from '../rejection.js';
import type { Fault } from './fault.js';

/** Directories of the reference data, whose files are kept as their publisher issues them. */
export const trustDirectories = ['trust', 'revocation-lists'] as const;

/** The bytes of each file, by its directory and name; an Error stands for one that could not be read. */
export type TrustFiles = ReadonlyMap<string, Buffer | Error>;

/**
 * Reads the trust anchors (`trust/`, PEM, a text before the block is for people) and the revocation lists
 * (`revocation-lists/`, DER or PEM) from the bytes of their files.
 */
export function readTrust(files: TrustFiles, faults: Fault[]): TrustSet {
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
    const issuer = issuerOf(list, anchors);
    if (typeof issuer === 'string') return issuer;
    // Whether the list says it or not: it is about what this key has signed, and no other of the same name.
    lists.push({ ...list, authorityKeyIdentifier: issuer.subjectKeyIdentifier });
    return undefined;
  });
  return new TrustSet(anchors, lists);
}

function readAnchor(bytes: Buffer): Result<SmkiCertificate> {
  const der = catchDefect(() => pemBody(bytes.toString('latin1'), 'CERTIFICATE'));
  return der.ok ? readSmkiCertificate(der.value.toString('base64')) : der;
}

/**
 * The anchor that has signed a list, or why there is none (RFC 5280 section 6.3.3 (f), (g)): it may sign lists, has signed
 * this one, and is the one that the list names by its key, or a certificate would be looked for in another's list.
 */
function issuerOf(list: RevocationList, anchors: readonly SmkiCertificate[]): SmkiCertificate | string {
  if (
    list.signatureAlgorithm !== oids.ecdsaWithSha256 ||
    list.tbsSignatureAlgorithm !== oids.ecdsaWithSha256
  ) {
    return 'it is not signed with ecdsa-with-SHA256';
  }
  if (list.nextUpdate < list.thisUpdate) return 'its nextUpdate is before its thisUpdate';
  const named = anchors.filter(({ subject }) => subject === list.issuer);
  if (named.length === 0) return `there is no trust anchor ${list.issuer}, its issuer`;
  const issuer = named.find((each) => each.keyUsage.includes('cRLSign') && hasSigned(each, list));
  if (issuer === undefined) return `it is not signed by ${list.issuer}, or not by one that may sign lists`;
  const { authorityKeyIdentifier: key } = list;
  return key === undefined || key === issuer.subjectKeyIdentifier
    ? issuer
    : 'its authorityKeyIdentifier is not that of the key that has signed it';
}
