import type { DeviceType } from '../duis/vocabulary.js';
import type { FindingName } from '../rules/evaluate.js';
import type { EntityIdentifier } from '../smki/entity-identifier.js';

/**
 * The ways from a Supplier to the manufacturers of its devices (DP075): a contract of its own, or one with the Meter Asset
 * Provider (MAP), with the Meter Asset Manager (MAM), or none at all, where the customer has arranged for the meter.
 */
export const arrangementKinds = ['direct-contract', 'map', 'mam', 'customer-arrangement'] as const;

/** How a Supplier reaches the manufacturers of some of its devices, as the list has it on the day. */
export interface MeteringArrangement {
  readonly reachedBy: (typeof arrangementKinds)[number];
  /** With whom. */
  readonly party?: string | undefined;
  /** Whether anybody on the way owes the Supplier a notification; undefined where the list does not say. */
  readonly owesNotification?: boolean | undefined;
}

/** What is known of whoever might have to act for a device, on the day. What is not known is undefined. */
export interface DutyFacts {
  /** What the registry of devices has; `unavailable` is not `not-listed`. */
  readonly device:
    | { readonly deviceType: DeviceType; readonly smetsVersion?: 'SMETS1' | 'SMETS2+' | undefined }
    | 'not-listed'
    | 'unavailable';
  /** As it was judged, by the caller's word before that of the registry; undefined where neither says. */
  readonly deviceType: DeviceType | undefined;
  readonly responsibleSupplier: Party | undefined;
  /** Between that Supplier and the manufacturers of such devices. */
  readonly arrangement: MeteringArrangement | undefined;
}

export interface Party {
  readonly entityIdentifier: EntityIdentifier;
  /** As the list of Users has it; left out where it has none on the day. */
  readonly name?: string;
}

/** Why nobody can be named, and what is to be put right before somebody can. */
export const actorsNotKnown = {
  'device-not-listed': 'The registry of devices does not have the device.',
  'device-registry-unavailable': 'The registry of devices could not be asked.',
  'device-type-disputed': 'The caller says that the device is of another type than the registry has.',
  'smets-version-not-listed':
    'Who acts for a Communications Hub Function or Gas Proxy Function depends on its SMETS version, which the registry does not have.',
  'responsible-supplier-not-listed': 'The registry of devices has no Responsible Supplier for the device.',
} as const;

export const manufacturersNotKnown = {
  'actor-not-known': 'Who has to act is not known, and so not how they reach the manufacturer.',
  'dcc-arrangements-not-public': 'How the DCC reaches the manufacturers of its devices is not public.',
  'arrangement-not-listed':
    'No arrangement is listed between the Responsible Supplier and the manufacturers of such a device on the day.',
} as const;

export type Actor =
  | (Party & { readonly kind: 'responsible-supplier' })
  | { readonly kind: 'dcc' }
  /** For a SMETS1 device, as a User: the one that is its Responsible Supplier (MP087). */
  | (Party & { readonly kind: 'user'; readonly capacity: 'responsible-supplier' })
  | { readonly kind: 'not-known'; readonly why: keyof typeof actorsNotKnown };

export type Manufacturer =
  | {
      readonly reachedBy: MeteringArrangement['reachedBy'];
      readonly party?: string;
      /** Whether anybody on the way owes the actor a notification; null where that is not known. */
      readonly owesNotification: boolean | null;
    }
  | {
      readonly reachedBy: 'not-known';
      readonly owesNotification: null;
      readonly why: keyof typeof manufacturersNotKnown;
    };

export const warnings = {
  'nobody-owes-notification': {
    meaning: 'Nobody on the way to the manufacturer owes whoever has to act a duty to notify.',
    citation: 'DP075',
  },
} as const;

export interface Warning {
  readonly warning: keyof typeof warnings;
  readonly meaning: string;
  readonly citation: string;
}

/** Who has to act for a device, and how the manufacturer is reached. */
export interface Responsibility {
  readonly actor: Actor;
  /** Of SEC Section G, together: which of them says what is not public. */
  readonly clauses: readonly string[];
  /** Where it is said whom the clauses bind. */
  readonly sources: readonly string[];
  readonly manufacturer: Manufacturer;
  readonly warnings: readonly Warning[];
}

/** Who has to act on a finding. */
export interface Duty extends Responsibility {
  readonly finding: FindingName;
}
