import { z } from 'zod';
import { mpanChecks } from '../rules/mpan-check.js';

const count = z.int().min(0);

/** How the meters of one group stand. Those that are neither wrong nor unknown are right, or not for the check. */
export const tally = z.strictObject({
  rows: count.describe('Meters of the group that could be read'),
  mismatched: count,
  unknown: count.describe('The rules could not say, since something is not known'),
});

export type Tally = z.output<typeof tally>;

const tallies = z.array(z.strictObject({ key: z.string(), name: z.string().nullable(), ...tally.shape }));

/** What an audit found, as it is written to summary.json; the report is made of this alone. */
export const auditSummary = z.strictObject({
  estate: z
    .string()
    .describe('Name of the file that was audited, without its directory; "-": standard input'),
  auditedAt: z.iso.datetime(),
  day: z.iso.date().describe('The day that the lists were asked of'),
  referenceData: z.strictObject({ version: z.int().min(1), sha256: z.string() }),
  rows: count.describe('Rows of the estate, without its header'),
  judged: count.describe('Rows that the rules gave a verdict on: right, wrong, or not for the check'),
  mismatched: count.describe(
    'Of the judged: the certificate is not that of the Network Operator of the meter',
  ),
  unknown: count.describe('Rows that could be read, and of which the rules cannot say'),
  bad: count.describe('Rows that could not be read; rows = judged + unknown + bad'),
  byCheck: z.record(z.enum(mpanChecks), count),
  suppliers: tallies.describe('By responsible Supplier (its Entity Identifier); "": not given'),
  distributors: tallies.describe('By distributor ID of the MPAN; "": no MPAN'),
  months: tallies.describe('By month of installation, YYYY-MM; "": not given'),
  matrix: z
    .array(
      z.strictObject({
        holder: z.string().describe('organisationId of the certificate; "": of nobody that is listed'),
        operator: z.string().describe('organisationId of whoever operates the network; "": not known'),
        rows: count,
      }),
    )
    .describe('Whose certificate sits on whose meter'),
  organisations: z
    .array(z.strictObject({ organisationId: z.string(), name: z.string() }))
    .describe('Those that the matrix and the work lists name'),
  unknowns: z.array(z.strictObject({ reason: z.string(), rows: count })),
  faults: z
    .array(
      z.strictObject({
        reason: z.string(),
        rows: count,
        firstRow: z.int().min(1).describe('The first row with it; the row after the header is 1'),
      }),
    )
    .describe('Why rows could not be read'),
  workLists: z
    .array(
      z.strictObject({
        operator: z.string().describe('organisationId of whoever operates the network of the meters'),
        file: z.string().describe('Relative to the directory of the audit'),
        rows: count.describe('Certificates to replace'),
      }),
    )
    .describe('What each operator has to have replaced'),
});

export type AuditSummary = z.output<typeof auditSummary>;
