import type { ServiceRequest } from './duis/request.js';
import type { Mpxn } from './metering-point/mpxn.js';
import type { ReferenceData } from './reference-data/snapshot.js';
import type {
  CertificateFacts,
  DistributorFacts,
  Facts,
  RegistrationFacts,
  UserSystemFacts,
} from './rules/facts.js';
import type { EntityIdentifier } from './smki/entity-identifier.js';
import type { TrustAssessment } from './assess-trust.js';
import type { ReceivedCertificate, ReceivedCertificates } from './smki/request-certificates.js';
import { list } from './rules/rule.js';
import type { TargetDevice } from './target-device.js';

/** What is known of a request before anything is looked up in the lists. */
export interface Known {
  readonly request: ServiceRequest;
  readonly certificates: ReceivedCertificates;
  readonly device: TargetDevice;
  readonly gasIsJudged: boolean;
  readonly userSystem: string | undefined;
  readonly trust: TrustAssessment;
}

/** The facts of a request, whose certificates are at hand. */
export interface RequestFacts extends Facts {
  readonly certificates: readonly (CertificateFacts & ReceivedCertificate)[];
}

/** Resolves what the rules look at: whose certificates, whose network and which sender, on the day. */
export function gatherFacts(
  { request, certificates, device, gasIsJudged, userSystem, trust }: Known,
  referenceData: ReferenceData,
  day: string,
): RequestFacts {
  const { service, requestId, credentialsUpdate } = request;
  const { deviceType, mpxn, deviceRegistry } = device;
  return {
    remotePartyRole: credentialsUpdate.remotePartyRole,
    isFutureDated: credentialsUpdate.executionDateTime !== undefined,
    hasPrepaymentTopUpFloor: credentialsUpdate.prepaymentTopUpFloorSeqNumber !== undefined,
    sender: {
      entityIdentifier: requestId.originator,
      userRoles: referenceData.userRolesOf(requestId.originator, day),
      userSystem: userSystemOf(
        trust.signer?.entityIdentifier ?? requestId.originator,
        userSystem,
        referenceData,
        day,
      ),
    },
    deviceType,
    mpxn,
    ...networkOf(device, referenceData, day),
    deviceRegistry,
    gasIsJudged,
    certificates: certificates.replacements.map((received) => ({
      ...received,
      organisation: referenceData.organisationOf(received.certificate.entityIdentifier, day),
    })),
    trustFlaws: trust.flaws,
    day,
    applicability: referenceData.permittedCombinations(service.serviceReferenceVariant),
  };
}

/** A system is that of whoever signed, since that is whose messages go through it. */
function userSystemOf(
  user: EntityIdentifier,
  name: string | undefined,
  referenceData: ReferenceData,
  day: string,
): UserSystemFacts | undefined {
  if (name === undefined) return undefined;
  const systems = referenceData.userSystemsOf(user, day);
  return { name, employed: systems?.length, listed: systems?.find(({ userSystem }) => userSystem === name) };
}

/** Who operates the network at a meter, by its MPAN and by its registration. */
export const networkOf = (
  device: Pick<TargetDevice, 'mpxn' | 'networkOperatorId'>,
  referenceData: ReferenceData,
  day: string,
): Pick<Facts, 'distributor' | 'registration'> => ({
  distributor: distributorOf(device.mpxn, referenceData, day),
  registration: registrationOf(device, referenceData, day),
});

function distributorOf(
  mpxn: Mpxn | undefined,
  referenceData: ReferenceData,
  day: string,
): DistributorFacts | undefined {
  if (mpxn?.kind !== 'mpan') return undefined;
  const { distributorId } = mpxn;
  return {
    distributorId,
    name: referenceData.distributor(distributorId, day)?.name,
    operators: referenceData.operatorsOf(distributorId, day),
  };
}

/**
 * Who stands behind what registration data calls the Network Operator: in electricity whoever operates a distributor ID of
 * that Market Participant Id, in gas the organisation of that Gas Transporter.
 */
function registrationOf(
  { mpxn, networkOperatorId }: Pick<TargetDevice, 'mpxn' | 'networkOperatorId'>,
  referenceData: ReferenceData,
  day: string,
): RegistrationFacts | undefined {
  if (mpxn === undefined || networkOperatorId === undefined) return undefined;
  if (mpxn.kind === 'mprn') {
    const { name, operators = [] } = referenceData.gasTransporter(networkOperatorId, day) ?? {};
    return { networkOperatorId, name, distributorIds: [], operators };
  }
  const held = referenceData.distributorsOf(networkOperatorId, day);
  return {
    networkOperatorId,
    name: held.length > 0 ? list(held.map(({ name }) => name)) : undefined,
    distributorIds: held.map(({ distributorId }) => distributorId),
    operators: held.flatMap(({ distributorId }) => referenceData.operatorsOf(distributorId, day)),
  };
}
