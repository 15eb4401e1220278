import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { LiveStatus } from '../live-reference-data.js';
import { faultText } from '../reference-data/fault.js';
import { freshnesses } from '../reference-data/freshness.js';
import { neverShed } from './load-shedding.js';

export interface HealthDeps {
  readonly referenceDataStatus: () => LiveStatus;
  /** True once the service has begun to stop, so that no new request is sent to it. */
  readonly isStopping: () => boolean;
}

const instant = z.iso.datetime();

const dataSet = z.strictObject({
  version: z.int().min(1),
  sha256: z.string(),
  source: z
    .enum(['lists', 'directory', 'redis', 'persisted'])
    .describe('Where it was last had from; persisted: this replica has only what it kept on disk'),
  issuedAt: instant,
  effectiveFrom: instant,
  expiresAt: instant.optional(),
  takenAt: instant.describe('When this replica took it'),
});

// What is wrong with a list may fill pages; the log has all of it.
const reasonsShown = 10;

/** The answer of GET /health/ready. */
export const readiness = z.strictObject({
  status: z
    .enum(['ready', 'stopping', 'no-reference-data', 'reference-data-too-old'])
    .describe('ready, with 200; all others come with 503'),
  referenceData: z.strictObject({
    inForce: dataSet.nullable().describe('What is decided by; null: nothing'),
    pending: dataSet.nullable().describe('What will be decided by from its effectiveFrom on'),
    freshness: z.enum(freshnesses).nullable(),
    confirmedAt: instant
      .nullable()
      .describe('When its source last said that this is the data set to decide by'),
    ageSeconds: z.int().nullable().describe('How long ago that was'),
    refused: z
      .strictObject({
        version: z.int().nullable(),
        at: instant,
        reasons: z.array(z.string()).max(reasonsShown),
        reasonCount: z.int(),
      })
      .nullable()
      .describe(
        'The last data set that this replica would not take; null: none, or it has taken another since',
      ),
    trouble: z.string().nullable().describe('Why the source cannot be asked; null: it can'),
    nextLapse: z
      .strictObject({ what: z.string(), at: instant })
      .nullable()
      .describe('The first trust anchor, revocation list or data set that will be out of date'),
  }),
});

type Readiness = z.output<typeof readiness>;

export function health(app: FastifyInstance, { referenceDataStatus, isStopping }: HealthDeps): void {
  app.get('/health/live', { config: neverShed }, () => ({ status: 'live' }));
  app.get('/health/ready', { config: neverShed }, (_, reply) => {
    const live = referenceDataStatus();
    const body: Readiness = {
      status: isStopping() ? 'stopping' : statusOf(live),
      referenceData: shownReferenceData(live),
    };
    return reply.code(body.status === 'ready' ? 200 : 503).send(body);
  });
}

function statusOf({ inForce, freshness }: LiveStatus): Readiness['status'] {
  if (inForce === undefined) return 'no-reference-data';
  return freshness === 'too-old' ? 'reference-data-too-old' : 'ready';
}

/** The reference data as an answer tells of it. */
export function shownReferenceData({
  inForce,
  pending,
  freshness,
  confirmedAt,
  age,
  refused,
  trouble,
  nextLapse,
}: LiveStatus): Readiness['referenceData'] {
  return {
    inForce: shownDataSet(inForce),
    pending: shownDataSet(pending),
    freshness: freshness ?? null,
    confirmedAt: confirmedAt?.toISOString() ?? null,
    ageSeconds: age ?? null,
    refused:
      refused === undefined
        ? null
        : {
            version: refused.version ?? null,
            at: refused.at.toISOString(),
            reasons: refused.faults.slice(0, reasonsShown).map(faultText),
            reasonCount: refused.faults.length,
          },
    trouble: trouble ?? null,
    nextLapse: nextLapse === undefined ? null : { what: nextLapse.what, at: nextLapse.at.toISOString() },
  };
}

const shownDataSet = (ready: LiveStatus['inForce']): z.output<typeof dataSet> | null =>
  ready === undefined
    ? null
    : {
        ...ready.referenceData.dataSet,
        source: ready.source,
        issuedAt: ready.head.issuedAt,
        effectiveFrom: ready.head.effectiveFrom,
        ...(ready.head.expiresAt !== undefined && { expiresAt: ready.head.expiresAt }),
        takenAt: ready.takenAt.toISOString(),
      };
