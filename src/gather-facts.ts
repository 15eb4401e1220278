import type { Signer } from './assess-trust.js';
import type { ServiceRequest } from './duis/request.js';
import type { DeviceType, RemotePartyRole, ServiceReferenceVariant } from './duis/vocabulary.js';
import type { Mpxn } from './metering-point/mpxn.js';
import type { ReferenceData } from './reference-data/snapshot.js';
import type {
  CertificateFacts,
  DistributorFacts,
  Facts,
  MeteringPoint,
  RegistrationFacts,
  UserSystemFacts,
} from './rules/facts.js';
import { list } from './rules/rule.js';
import type { TrustFlaw } from './rules/trust.js';
import type { EntityIdentifier } from './smki/entity-identifier.js';
import type { ReceivedCertificates } from './smki/request-certificates.js';
import type { TargetDevice } from './target-device.js';

/**
 * All that a request is judged by, beside the reference data: two that are alike in this are judged alike. It is plain
 * JSON, so that it can be remembered by its text.
 */
export interface Circumstances {
  readonly serviceReferenceVariant: ServiceReferenceVariant;
  readonly remotePartyRole: RemotePartyRole;
  readonly isFutureDated: boolean;
  readonly hasPrepaymentTopUpFloor: boolean;
  readonly originator: EntityIdentifier;
  /** Whose systems the request may come through: whoever signed it, whose messages they are. */
  readonly user: EntityIdentifier;
  readonly userSystem: string | undefined;
  readonly deviceType: DeviceType | undefined;
  readonly mpxn: MeteringPoint | undefined;
  readonly networkOperatorId: string | undefined;
  readonly deviceRegistry: Facts['deviceRegistry'];
  readonly gasIsJudged: boolean;
  readonly certificates: readonly Omit<CertificateFacts, 'organisation'>[];
  /** Of the decision, YYYY-MM-DD. */
  readonly day: string;
}

/** What is known of a request before anything is looked up in the lists. */
export interface Known {
  readonly request: ServiceRequest;
  readonly certificates: ReceivedCertificates;
  readonly device: TargetDevice;
  readonly gasIsJudged: boolean;
  readonly userSystem: string | undefined;
  readonly signer: Signer | undefined;
}

export function circumstancesOf(
  { request, certificates, device, gasIsJudged, userSystem, signer }: Known,
  day: string,
): Circumstances {
  const { service, requestId, credentialsUpdate } = request;
  const { deviceType, mpxn, networkOperatorId, deviceRegistry } = device;
  return {
    serviceReferenceVariant: service.serviceReferenceVariant,
    remotePartyRole: credentialsUpdate.remotePartyRole,
    isFutureDated: credentialsUpdate.executionDateTime !== undefined,
    hasPrepaymentTopUpFloor: credentialsUpdate.prepaymentTopUpFloorSeqNumber !== undefined,
    originator: requestId.originator,
    user: signer?.entityIdentifier ?? requestId.originator,
    userSystem,
    deviceType,
    mpxn: mpxn && meteringPointOf(mpxn),
    networkOperatorId,
    deviceRegistry,
    gasIsJudged,
    certificates: certificates.replacements.map(
      ({ certificateType, certificate: { entityIdentifier, role } }) => ({
        certificateType,
        certificate: { entityIdentifier, role },
      }),
    ),
    day,
  };
}

const meteringPointOf = (mpxn: Mpxn): MeteringPoint =>
  mpxn.kind === 'mprn'
    ? { kind: mpxn.kind }
    : { kind: mpxn.kind, distributorId: mpxn.distributorId, checkDigitIsRight: mpxn.checkDigitIsRight };

/** Resolves what the rules look at: whose certificates, whose network and which sender, on the day. */
export function gatherFacts(
  circumstances: Circumstances,
  trustFlaws: readonly TrustFlaw[],
  referenceData: ReferenceData,
): Facts {
  const { serviceReferenceVariant, originator, user, userSystem, networkOperatorId, certificates, ...same } =
    circumstances;
  const { mpxn, day } = same;
  return {
    ...same,
    sender: {
      entityIdentifier: originator,
      userRoles: referenceData.userRolesOf(originator, day),
      userSystem: userSystemOf(user, userSystem, referenceData, day),
    },
    distributor: distributorOf(mpxn, referenceData, day),
    registration: registrationOf({ mpxn, networkOperatorId }, referenceData, day),
    certificates: certificates.map((received) => ({
      ...received,
      organisation: referenceData.organisationOf(received.certificate.entityIdentifier, day),
    })),
    trustFlaws,
    applicability: referenceData.permittedCombinations(serviceReferenceVariant),
  };
}

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

function distributorOf(
  mpxn: MeteringPoint | undefined,
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
  { mpxn, networkOperatorId }: Pick<Circumstances, 'mpxn' | 'networkOperatorId'>,
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
