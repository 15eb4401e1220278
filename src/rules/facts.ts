import type { CertificateType, DeviceType, RemotePartyRole } from '../duis/vocabulary.js';
import type { DistributorId, Mpan } from '../metering-point/mpan.js';
import type { Mprn } from '../metering-point/mprn.js';
import type { EntityIdentifier } from '../smki/entity-identifier.js';
import type { OrganisationCertificate } from '../smki/certificate.js';
import type { KnownCertificateRole } from '../smki/remote-party-role.js';
import type { TrustFlaw } from './trust.js';

/** Everything that a rule may look at, resolved on the day of the decision. What is not known is undefined. */
export interface Facts {
  readonly remotePartyRole: RemotePartyRole;
  readonly isFutureDated: boolean;
  readonly hasPrepaymentTopUpFloor: boolean;
  readonly sender: {
    readonly entityIdentifier: EntityIdentifier;
    /** Undefined where the sender is in no list of Users. */
    readonly userRoles: readonly string[] | undefined;
    /** The system that the request came through; undefined where the caller does not say. */
    readonly userSystem: UserSystemFacts | undefined;
  };
  readonly deviceType: DeviceType | undefined;
  readonly mpxn: MeteringPoint | undefined;
  /** Of the MPAN; undefined where there is none. */
  readonly distributor: DistributorFacts | undefined;
  /** Of the MPxN; undefined where none is known. */
  readonly registration: RegistrationFacts | undefined;
  /** Whether the registry of devices was asked, and could be. */
  readonly deviceRegistry: 'answered' | 'not-asked' | 'unavailable';
  /** Whether a Network Operator's certificates for a gas device are judged in this service. */
  readonly gasIsJudged: boolean;
  /** The replacement certificates, at least one, in the order of their slots. */
  readonly certificates: readonly CertificateFacts[];
  /** What is wrong with certificates, signature and sender, found in front of the rules. */
  readonly trustFlaws: readonly TrustFlaw[];
  /** Of the decision, YYYY-MM-DD. */
  readonly day: string;
  /** The combinations that the service permits. */
  readonly applicability: readonly PermittedCombination[];
}

/** What an MPxN says; the number itself is personal data, and no rule has a use for it. */
export type MeteringPoint = Pick<Mpan, 'kind' | 'distributorId' | 'checkDigitIsRight'> | Pick<Mprn, 'kind'>;

export interface UserSystemFacts {
  readonly name: string;
  /** How many systems the User is listed with; undefined where with none. */
  readonly employed: number | undefined;
  /** Undefined where it is not among them. */
  readonly listed: UserSystem | undefined;
}

export interface UserSystem {
  readonly operator: string;
  /** 1 for the first that the User employed. */
  readonly sequence: number;
  readonly notifiedOn?: string | undefined;
  readonly assessedOn?: string | undefined;
}

export interface DistributorFacts {
  readonly distributorId: DistributorId;
  /** Undefined where no list has the distributor ID on the day. */
  readonly name: string | undefined;
  readonly operators: readonly Organisation[];
}

/** Whom registration data has as the Network Operator of an MPAN or MPRN. */
export interface RegistrationFacts {
  /** As registration data names it: a Market Participant Id in electricity, a Gas Transporter's short code in gas. */
  readonly networkOperatorId: string;
  /** Undefined where no list has it on the day. */
  readonly name: string | undefined;
  /** Those that it holds on the day; in gas, none. */
  readonly distributorIds: readonly DistributorId[];
  readonly operators: readonly Organisation[];
}

export interface CertificateFacts {
  readonly certificateType: CertificateType;
  /** What rules look at: of a certificate on a meter, nothing else may be known. */
  readonly certificate: Pick<OrganisationCertificate, 'entityIdentifier' | 'role'>;
  /** Whose range the Entity Identifier falls in on the day; undefined where it is in nobody's. */
  readonly organisation: Organisation | undefined;
}

/** A party that holds SMKI Organisation Certificates. */
export interface Organisation {
  readonly organisationId: string;
  readonly name: string;
  /** Exists in test environments only. */
  readonly test: boolean;
}

/** A combination of sender, Remote Party, device and certificates that goes together. */
export interface PermittedCombination {
  readonly remotePartyRole: RemotePartyRole;
  readonly userRoles: readonly string[];
  readonly deviceTypes: readonly DeviceType[];
  readonly certificateTypes: readonly CertificateType[];
  /** The roles that a certificate for this Remote Party may have on these devices. */
  readonly certificateRoles: readonly KnownCertificateRole[];
  readonly futureDating: boolean;
  readonly prepaymentTopUpFloor: boolean;
}
