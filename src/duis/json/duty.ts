import { z } from 'zod';
import { actorsNotKnown, arrangementKinds, manufacturersNotKnown, warnings } from '../../duties/duty.js';
import { findingNames } from '../../rules/evaluate.js';

const namesOf = <Name extends string>(table: Readonly<Record<Name, unknown>>): Name[] =>
  Object.keys(table) as Name[];

const party = {
  entityIdentifier: z.string().describe('EUI-64, as in the list of Users'),
  name: z.string().optional().describe('Left out where the list of Users has none on the day'),
};

/** Why somebody or something is not known: the words of a table, each with what it means. */
const whyOf = (table: Readonly<Record<string, string>>): z.ZodEnum =>
  z.enum(namesOf(table)).describe(
    Object.entries(table)
      .map(([why, meaning]) => `${why}: ${meaning}`)
      .join(' '),
  );

const actor = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('responsible-supplier'), ...party }),
    z.strictObject({ kind: z.literal('dcc') }),
    z.strictObject({ kind: z.literal('user'), capacity: z.literal('responsible-supplier'), ...party }),
    z.strictObject({ kind: z.literal('not-known'), why: whyOf(actorsNotKnown) }),
  ])
  .describe(
    'dcc: the device is the Communications Hub Function or Gas Proxy Function of a SMETS2+ device; user: of a SMETS1 device',
  );

const manufacturer = z
  .discriminatedUnion('reachedBy', [
    z.strictObject({
      reachedBy: z.enum(arrangementKinds),
      party: z.string().optional().describe('With whom the arrangement is, where the list says'),
      owesNotification: z
        .boolean()
        .nullable()
        .describe('Whether anybody on the way owes the actor a notification; null: not known'),
    }),
    z.strictObject({
      reachedBy: z.literal('not-known'),
      owesNotification: z.null(),
      why: whyOf(manufacturersNotKnown),
    }),
  ])
  .describe(
    'How whoever has to act reaches the manufacturer: by a contract with it, with the Meter Asset Provider (map), with the Meter Asset Manager (mam), or by what the customer has arranged',
  );

/** Who has to act for a device, as it is in an answer. */
export const responsibility = {
  actor: actor.meta({ id: 'Actor' }),
  clauses: z.array(z.string()).describe('Of SEC Section G, together: which of them says what is not public'),
  sources: z.array(z.string()).describe('Where it is said whom they bind, and how manufacturers are reached'),
  manufacturer: manufacturer.meta({ id: 'Manufacturer' }),
  warnings: z.array(
    z.strictObject({
      warning: z.enum(namesOf(warnings)),
      meaning: z.string(),
      citation: z.string(),
    }),
  ),
};

export const duty = z
  .strictObject({
    finding: z.enum(findingNames).describe('The failed finding, which refuses or advises'),
    ...responsibility,
  })
  .meta({ id: 'Duty' });

export const duties = z.array(duty);
