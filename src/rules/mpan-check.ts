import { meteringPointKind, type Mpxn } from '../metering-point/mpxn.js';
import type { CertificateFacts, DistributorFacts, Facts, RegistrationFacts } from './facts.js';

export const mpanChecks = [
  'matched',
  'mismatched',
  'mpan-unknown',
  'distributor-unknown',
  'registration-unknown',
  'operator-unknown',
  'not-applicable',
] as const;

/** How the certificates stand to who operates the network at the MPAN or MPRN. */
export type MpanCheck = (typeof mpanChecks)[number];

/**
 * By which number a Network Operator's certificates are judged: the MPAN of an ESME, the MPRN of a gas device;
 * undefined where by none.
 *
 * A device of unknown type is what its number says: no other device than an ESME has both an MPAN and a Network Operator's
 * certificate, and leaving the type out must not be a way round the check.
 */
export function judgedBy({
  remotePartyRole,
  deviceType,
  mpxn,
  gasIsJudged,
}: Pick<Facts, 'remotePartyRole' | 'deviceType' | 'mpxn' | 'gasIsJudged'>):
  Mpxn['kind'] | 'unknown' | undefined {
  if (remotePartyRole !== 'NetworkOperator') return undefined;
  const kind = deviceType === undefined ? (mpxn?.kind ?? 'unknown') : meteringPointKind[deviceType];
  return kind === 'mprn' && !gasIsJudged ? undefined : kind;
}

/**
 * Whom a Network Operator's certificates are held against: who is registered for the MPxN, and where no registration is
 * known, who holds the distributor ID of an MPAN, which keeps its digits when its network changes hands. Undefined where
 * nobody is known.
 */
export function heldAgainst(facts: Facts): RegistrationFacts | DistributorFacts | undefined {
  const { mpxn, registration, distributor } = facts;
  // An MPAN says nothing of a gas device, whoever is registered for it.
  if (judgedBy(facts) === 'mprn' && mpxn?.kind !== 'mprn') return undefined;
  return registration ?? distributor;
}

/**
 * Holds a Network Operator's certificates against whoever operates the network. A registration that no list resolves is
 * known all the same: somebody is registered, and the distributor ID could hold the certificates against somebody else.
 */
export function mpanCheck(facts: Facts): MpanCheck {
  const kind = judgedBy(facts);
  if (kind === undefined) return 'not-applicable';
  const { certificates, registration } = facts;
  // Right whoever is registered, and so whether anybody knows who that is or not.
  if (kind === 'mprn' && certificates.every(isAccessControlBrokers)) return 'matched';
  const holder = heldAgainst(facts);
  if (holder === undefined) return kind === 'mprn' ? 'registration-unknown' : 'mpan-unknown';
  // One that is listed, whose operator's Entity Identifiers nobody has listed, says as little as an unlisted one.
  if (holder.name === undefined || holder.operators.length === 0) {
    return registration === undefined ? 'distributor-unknown' : 'operator-unknown';
  }
  return certificates.every((party) => isRight(party, facts)) ? 'matched' : 'mismatched';
}

/** One Entity Identifier holds certificates of several roles, so the role comes before whose it is. */
export function isRight(party: CertificateFacts, facts: Facts): boolean {
  if (judgedBy(facts) === 'mprn' && isAccessControlBrokers(party)) return true;
  const isOperators = heldAgainst(facts)?.operators.some(
    ({ organisationId }) => organisationId === party.organisation?.organisationId,
  );
  return party.certificate.role.name === 'networkOperator' && isOperators === true;
}

/**
 * A Gas Transporter that leaves the DCC puts the access control broker's certificates in the place of its own (MP128A).
 * Each certificate counts for itself: a request may replace one slot of two. Not checked: whose Entity Identifier it is,
 * since the role is in the certificate, and no list has the broker's.
 */
const isAccessControlBrokers = ({ certificate }: CertificateFacts): boolean =>
  certificate.role.name === 'accessControlBroker';
