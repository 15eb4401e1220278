import type { CertificateFacts, DistributorFacts, Facts } from './facts.js';

/** How the certificates stand to the MPAN. */
export type MpanCheck = 'matched' | 'mismatched' | 'mpan-unknown' | 'distributor-unknown' | 'not-applicable';

export const mpanChecks = [
  'matched',
  'mismatched',
  'mpan-unknown',
  'distributor-unknown',
  'not-applicable',
] as const satisfies readonly MpanCheck[];

/**
 * Holds a Network Operator's certificates against the MPAN of an ESME.
 *
 * A device of unknown type that has an MPAN is taken for an ESME: no other device has both an MPAN and a Network
 * Operator's certificate, and leaving the type out must not be a way round the check.
 */
export function mpanCheck(facts: Facts): MpanCheck {
  if (facts.remotePartyRole !== 'NetworkOperator') return 'not-applicable';
  if (facts.deviceType !== undefined && facts.deviceType !== 'ESME') return 'not-applicable';
  if (facts.mpxn === undefined) return 'mpan-unknown';
  const { distributor } = facts;
  if (distributor === undefined) return 'not-applicable';
  // A listed distributor whose operator's Entity Identifiers nobody has listed says as little as an unlisted one.
  if (distributor.name === undefined || distributor.operators.length === 0) return 'distributor-unknown';
  return facts.certificates.every((party) => belongsToOperator(party, distributor))
    ? 'matched'
    : 'mismatched';
}

/** One Entity Identifier holds certificates of several roles, so the role comes before whose it is. */
export function belongsToOperator(party: CertificateFacts, distributor: DistributorFacts): boolean {
  return (
    party.certificate.role.name === 'networkOperator' &&
    distributor.operators.some(({ organisationId }) => organisationId === party.organisation?.organisationId)
  );
}
