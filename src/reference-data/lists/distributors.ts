import { z } from 'zod';
import { defineList, distributorId, period, words } from '../list.js';

/** Holders of distributor IDs: Market Participant Role R of the industry's Market Domain Data. */
export const distributors = defineList({
  name: 'distributors',
  noun: 'distributor',
  nameMember: 'distributorId',
  entry: z.strictObject({
    distributorId,
    mpid: z.string().regex(/^[A-Z0-9]{4}$/, 'must be a Market Participant Id of four characters'),
    name: words,
    kind: z.enum(['DNO', 'IDNO', 'PSEUDO', 'TEST']),
    ...period,
    licenceArea: words.optional(),
    group: words.optional(),
  }),
  key: ({ distributorId }) => distributorId,
});
