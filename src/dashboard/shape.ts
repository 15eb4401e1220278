import { z } from 'zod';
import { readiness } from '../http/health.js';
import { answerKinds } from './answer-kind.js';
import { rangeNames } from './aggregates.js';

const count = z.int().min(0);
const instant = z.iso.datetime();

export const periods = ['today', 'since-start'] as const;

export type Period = (typeof periods)[number];

/** What GET /v1/dashboard takes. */
export const dashboardQuery = z.strictObject({
  period: z
    .enum(periods)
    .default('today')
    .describe('What the counts are of: the day in UK local time, or since the process started'),
  range: z.enum(rangeNames).default('3h').describe('How far back answers over time go'),
  after: z
    .string()
    .max(64)
    .default('')
    .describe('The cursor of an earlier answer: refusals that it had are left out'),
});

const share = z.strictObject({
  mismatched: count,
  judged: count.describe(
    'Requests whose certificates were held against an operator, and that nothing else refused first',
  ),
});

const answer = z.strictObject({
  kind: z.enum(answerKinds),
  code: z
    .string()
    .describe(
      'A response code; of a problem its kind; refused-without-code; others, where there were too many codes',
    ),
});

const originatorCounts = {
  mismatched: count,
  judged: count,
  refused: count.describe('For another reason'),
  decisions: count,
};

/** The answer of GET /v1/dashboard: what this process has counted since it started. */
export const dashboard = z.strictObject({
  replica: z.string().describe('This process, until it ends; another replica has counts of its own'),
  startedAt: instant,
  now: instant,
  today: share.extend({
    day: z.iso.date().describe('In UK local time'),
    yesterday: share.nullable().describe('null: this process did not run on the day before'),
  }),
  overTime: z
    .strictObject({
      range: z.enum(rangeNames),
      from: z.int().describe('When the first step began, in seconds since 1970'),
      stepSeconds: z.int(),
      answers: z.array(answer.extend({ counts: z.array(count) })).describe('A count for each step'),
      judged: z.array(count),
    })
    .describe('Without the answers that did not come in it'),
  counts: z.strictObject({
    period: z.enum(periods),
    since: instant,
    answers: z.array(answer.extend({ description: z.string(), count })),
    share,
    claims: z
      .strictObject({
        distributors: z
          .array(z.strictObject({ distributorId: z.string(), name: z.string().nullable() }))
          .describe('Those that there was a request of; null: listed no longer'),
        rows: z.array(
          z.strictObject({
            kind: z
              .enum(['listed', 'unlisted', 'several', 'others'])
              .describe(
                'Whose certificates: a listed organisation’s, nobody’s that is listed, those of several in one request, or of all organisations that are too many',
              ),
            organisationId: z.string().nullable(),
            name: z.string().nullable(),
            cells: z.array(z.strictObject({ distributorId: z.string(), matched: count, mismatched: count })),
          }),
        ),
      })
      .describe('Judged requests by whose certificates they place, and the distributor ID of the MPAN'),
    originators: z
      .strictObject({
        top: z.array(
          z.strictObject({
            entityIdentifier: z.string(),
            name: z.string().nullable(),
            ...originatorCounts,
          }),
        ),
        others: z
          .strictObject({ originators: count, ...originatorCounts })
          .describe('Listed Users that are not among the top'),
        unlisted: z.strictObject(originatorCounts).describe('Whoever is in no list of Users'),
      })
      .describe('Listed Users by mismatches, the most first'),
  }),
  refusals: z.array(
    z.strictObject({
      sequence: z.int().min(1),
      at: instant,
      id: z.string().describe('As in X-Request-Id and the log'),
      requestId: z.string().describe('The DUIS RequestID: originator, target device and counter'),
      originator: z.string(),
      originatorName: z.string().nullable(),
      serviceReferenceVariant: z.string(),
      kind: z.enum(['mismatched', 'refused']),
      code: z.string(),
      description: z.string(),
      findings: z.array(
        z.strictObject({
          rule: z.string(),
          effect: z.enum(['refuse', 'advise']),
          requirement: z.string(),
          got: z.string(),
          wanted: z.string(),
        }),
      ),
    }),
  ),
  cursor: z.string().describe('For after'),
  referenceData: readiness.shape.referenceData,
});

export type Dashboard = z.output<typeof dashboard>;
