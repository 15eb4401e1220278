import { z } from 'zod';
import { defineList, entityIdentifier, period, words } from '../list.js';

/**
 * Which Shared Resource Provider may sign requests for which Business Originator, from when to when, and which requests
 * (MP134B). One may act for several, and one Business Originator may have several.
 */
export const sharedResourceProviders = defineList({
  name: 'shared-resource-providers',
  noun: 'Shared Resource Provider',
  nameMember: 'provider',
  mayBeEmpty: true,
  entry: z.strictObject({
    provider: entityIdentifier.describe('The Entity Identifier in the certificate that it signs with'),
    name: words,
    onBehalfOf: entityIdentifier.describe('The Business Originator, as in the RequestID'),
    serviceReferences: z
      .array(z.string().regex(/^[0-9]{1,2}\.[0-9]{1,2}(?:\.[0-9]{1,2})?$/, 'must be like 6.15 or 6.15.1'))
      .min(1)
      .describe('Service References, with all their variants, or single Service Reference Variants'),
    ...period,
  }),
  key: ({ provider, onBehalfOf }) => `${provider} for ${onBehalfOf}`,
});
