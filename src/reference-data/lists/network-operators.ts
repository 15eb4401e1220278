import { z } from 'zod';
import { defineList, distributorId, entityIdentifier, organisationId, period, words } from '../list.js';

/**
 * Organisations that hold Network Operator Certificates: the ranges of EUI-64s allotted to each, and the
 * distributor IDs that it operates. One may operate several, one ID may have several operators; a Gas Transporter
 * operates none.
 */
export const networkOperators = defineList({
  name: 'network-operators',
  noun: 'organisation',
  nameMember: 'organisationId',
  entry: z.strictObject({
    organisationId,
    name: words,
    test: z.boolean().default(false).describe('Exists in test environments only'),
    ranges: z.array(z.strictObject({ from: entityIdentifier, to: entityIdentifier, ...period })).min(1),
    operates: z.array(z.strictObject({ distributorId, ...period })),
  }),
  key: (entry) => entry.organisationId,
});
