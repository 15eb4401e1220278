import { z } from 'zod';
import { defineList, entityIdentifier, period, words } from '../list.js';

const day = z.iso.date('must be a day, as YYYY-MM-DD');

/** How the pipeline names a User System. */
export const userSystemPattern = /^[0-9A-Za-z._-]{1,64}$/;

/**
 * The User Systems that a User employs (SECMP0057): a User tells the Security Sub-Committee before it employs a second
 * or subsequent one.
 */
export const userSystems = defineList({
  name: 'user-systems',
  noun: 'User System',
  nameMember: 'userSystem',
  mayBeEmpty: true,
  entry: z.strictObject({
    entityIdentifier: entityIdentifier.describe('The User, as it sends or signs'),
    userSystem: z
      .string()
      .regex(userSystemPattern, 'must be up to 64 letters, digits, dots, hyphens and underscores')
      .describe('As the pipeline names it'),
    operator: words.describe('Who runs it'),
    sequence: z.int().min(1).describe('1 for the first that the User employed; only later ones are notified'),
    notifiedOn: day.optional().describe('When the Security Sub-Committee was told'),
    assessedOn: day.optional().describe('When it was assessed'),
    ...period,
  }),
  key: ({ entityIdentifier, userSystem }) => `${entityIdentifier} ${userSystem}`,
});
