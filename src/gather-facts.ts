import type { ServiceRequest } from './duis/request.js';
import type { Mpxn } from './metering-point/mpxn.js';
import type { ReferenceData } from './reference-data/snapshot.js';
import type { DistributorFacts, Facts } from './rules/facts.js';
import type { ReceivedCertificate } from './smki/request-certificates.js';
import type { TargetDevice } from './target-device.js';

/** Resolves what the rules look at: whose certificates, whose distributor ID and which sender, on the day. */
export function gatherFacts(
  { service, requestId, credentialsUpdate }: ServiceRequest,
  certificates: readonly ReceivedCertificate[],
  { deviceType, mpxn }: TargetDevice,
  referenceData: ReferenceData,
  day: string,
): Facts {
  return {
    remotePartyRole: credentialsUpdate.remotePartyRole,
    isFutureDated: credentialsUpdate.executionDateTime !== undefined,
    hasPrepaymentTopUpFloor: credentialsUpdate.prepaymentTopUpFloorSeqNumber !== undefined,
    sender: {
      entityIdentifier: requestId.originator,
      userRoles: referenceData.userRolesOf(requestId.originator, day),
    },
    deviceType,
    mpxn,
    distributor: distributorOf(mpxn, referenceData, day),
    certificates: certificates.map((received) => ({
      ...received,
      organisation: referenceData.organisationOf(received.certificate.entityIdentifier, day),
    })),
    applicability: referenceData.permittedCombinations(service.serviceReferenceVariant),
  };
}

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
