import { z } from 'zod';
import { defineList, words } from '../list.js';
import { serviceReferenceVariants } from '../../duis/vocabulary.js';
import { findingNames } from '../../rules/evaluate.js';

/** The response codes that the service may give, and the rule that each stands for in each service. */
export const responseCodes = defineList({
  name: 'response-codes',
  noun: 'code',
  nameMember: 'code',
  entry: z.strictObject({
    code: z.string().regex(/^[A-Z][0-9]{1,6}$/, 'must be a letter and up to six digits'),
    description: words,
    rule: z.enum(findingNames).optional().describe('The rule whose failure it reports; left out for success'),
    serviceReferenceVariants: z.array(z.enum(serviceReferenceVariants)).min(1),
    status: z.enum(['published', 'provisional']),
  }),
  key: ({ code, serviceReferenceVariants }) => `${code} in ${serviceReferenceVariants.join(', ')}`,
});
