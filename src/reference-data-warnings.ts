import type { Logger } from 'pino';
import { services } from './duis/services/index.js';
import type { ReferenceData } from './reference-data/snapshot.js';
import { certificatePartyMpanMismatch } from './rules/certificate-party-mpan-mismatch.js';
import { nameOf, type SmkiCertificate } from './smki/certificate.js';
import { validityFlaws } from './smki/certification-path.js';

/** What reference data may say, and an operator should know. */
export function warnOf(referenceData: ReferenceData, now: Date, logger: Logger): void {
  const organisations = referenceData.testOrganisations.map(({ name }) => name);
  if (organisations.length > 0) logger.warn({ organisations }, 'test organisations count as operators');
  if (referenceData.testTrustAnchors.length > 0) {
    logger.warn({ files: referenceData.testTrustAnchors }, 'test trust anchors are trusted');
  }
  const { anchors, revocationLists } = referenceData.trust;
  const hasList = (anchor: SmkiCertificate): boolean =>
    revocationLists.some(
      ({ issuer, authorityKeyIdentifier: key }) =>
        issuer === anchor.subject && key === anchor.subjectKeyIdentifier,
    );
  const names = (certificates: readonly SmkiCertificate[]): string[] => certificates.map(nameOf);
  const without = anchors.filter((anchor) => !hasList(anchor));
  if (without.length > 0) logger.warn({ anchors: names(without) }, 'trust anchors without a revocation list');
  const outOfDate = anchors.filter((anchor) => validityFlaws([anchor], now).length > 0);
  if (outOfDate.length > 0)
    logger.warn({ anchors: names(outOfDate) }, 'trust anchors that are not valid now');
  const stale = revocationLists.filter(({ thisUpdate, nextUpdate }) => now < thisUpdate || nextUpdate < now);
  if (stale.length > 0) {
    logger.warn({ issuers: stale.map(({ issuer }) => issuer) }, 'revocation lists that are not current');
  }
  const mismatch = certificatePartyMpanMismatch.name;
  for (const { serviceReferenceVariant: variant, rules } of services) {
    const judges = rules.some(({ name }) => name === mismatch);
    if (judges && referenceData.responseCode(variant, mismatch) === undefined) {
      logger.warn(`${mismatch} has no response code in ${variant}, and advises only`);
    }
  }
}
