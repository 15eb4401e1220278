import { z } from 'zod';
import { defineList, entityIdentifier, period, userRole, words } from '../list.js';

/** DCC Users by the Entity Identifier that they send under, with the User Roles that they hold. */
export const users = defineList({
  name: 'users',
  noun: 'User',
  nameMember: 'entityIdentifier',
  entry: z.strictObject({
    entityIdentifier,
    name: words,
    userRoles: z.array(userRole).min(1),
    test: z.boolean().default(false).describe('Exists in test environments only'),
    ...period,
  }),
  key: ({ entityIdentifier }) => entityIdentifier,
});
