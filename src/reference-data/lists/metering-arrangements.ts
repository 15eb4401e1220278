import { z } from 'zod';
import { deviceTypes } from '../../duis/vocabulary.js';
import { arrangementKinds } from '../../duties/duty.js';
import { defineList, entityIdentifier, period, words } from '../list.js';

/**
 * How a Supplier reaches the manufacturers of its devices of a type, or of one device, which then counts before its type
 * (DP075). Nobody's word but that of Suppliers says it.
 */
export const meteringArrangements = defineList({
  name: 'metering-arrangements',
  noun: 'arrangement',
  nameMember: 'supplier',
  mayBeEmpty: true,
  mayBeMissing: true,
  entry: z
    .strictObject({
      supplier: entityIdentifier.describe('The Responsible Supplier, as the device inventory has it'),
      deviceType: z.enum(deviceTypes).optional().describe('Of all its devices of the type; or else device'),
      device: entityIdentifier.optional().describe('Of this device alone, whatever holds for its type'),
      reachedBy: z
        .enum(arrangementKinds)
        .describe(
          'By a contract with the manufacturer, with the Meter Asset Provider, with the Meter Asset Manager, or by what the customer has arranged',
        ),
      party: words.optional().describe('With whom'),
      owesNotification: z
        .boolean()
        .optional()
        .describe(
          'Whether anybody on the way owes the Supplier a notification of vulnerabilities. Left out: nobody does (DP075), and of a direct contract it is not known',
        ),
      ...period,
    })
    .refine(({ deviceType, device }) => (deviceType === undefined) !== (device === undefined), {
      path: ['deviceType'],
      message: 'must be there, or else device, and not both',
    }),
  key: ({ supplier, deviceType, device }) => `${supplier} for ${device ?? String(deviceType)}`,
});

/** An entry as it stands in the file. */
export type MeteringArrangementEntry = z.input<typeof meteringArrangements.entry>;
