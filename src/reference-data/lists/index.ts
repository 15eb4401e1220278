import type { ReferenceList } from '../list.js';
import { applicability } from './applicability.js';
import { devices } from './devices.js';
import { distributors } from './distributors.js';
import { gasTransporters } from './gas-transporters.js';
import { meteringArrangements } from './metering-arrangements.js';
import { networkOperators } from './network-operators.js';
import { responseCodes } from './response-codes.js';
import { sharedResourceProviders } from './shared-resource-providers.js';
import { userCertificates } from './user-certificates.js';
import { userSystems } from './user-systems.js';
import { users } from './users.js';

/** Every reference list, by the member that it has in a data set. */
export const lists = {
  applicability,
  devices,
  distributors,
  gasTransporters,
  meteringArrangements,
  networkOperators,
  responseCodes,
  sharedResourceProviders,
  userCertificates,
  userSystems,
  users,
} as const;

export const listEntries = Object.entries(lists) as [keyof typeof lists, ReferenceList][];
