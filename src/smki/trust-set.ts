import { createHash } from 'node:crypto';
import type { SmkiCertificate } from './certificate.js';
import type { RevocationList } from './revocation-list.js';

/**
 * Whom the service trusts to vouch for certificates, and which of these are revoked: configured out of band, and never
 * taken from a request.
 */
export class TrustSet {
  /** Names this set: equal ids, equal anchors and lists. */
  readonly id: string;
  readonly revocationLists: readonly RevocationList[];
  readonly anchors: readonly SmkiCertificate[];

  constructor(anchors: readonly SmkiCertificate[], revocationLists: readonly RevocationList[]) {
    const fingerprints = anchors.map(({ fingerprint }) => fingerprint);
    const digests = [...fingerprints, ...revocationLists.map(({ fingerprint }) => fingerprint)];
    this.id = createHash('sha256').update(digests.sort().join()).digest('hex');
    this.anchors = anchors;
    // The newest first, since the newest that is in force is the one that counts.
    this.revocationLists = revocationLists.toSorted(
      (one, other) => other.thisUpdate.getTime() - one.thisUpdate.getTime(),
    );
    Object.freeze(this);
  }

  isAnchor({ fingerprint }: SmkiCertificate): boolean {
    return this.anchors.some((anchor) => anchor.fingerprint === fingerprint);
  }
}
