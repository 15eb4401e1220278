import type { FastifyInstance, RouteShorthandOptions } from 'fastify';
import { z } from 'zod';
import { gatherDutyFacts } from '../assess-duties.js';
import { ukDayOf } from '../clock.js';
import { whoActs } from '../duties/who-acts.js';
import { responsibility } from '../duis/json/duty.js';
import { referenceDataUsed } from '../duis/json/response.js';
import { deviceTypes } from '../duis/vocabulary.js';
import type { DecidingDataSet } from '../reference-data/activation.js';
import { entityIdentifier } from '../reference-data/list.js';
import type { EntityIdentifier } from '../smki/entity-identifier.js';
import { type Device, smetsVersions } from '../stores/device-store.js';
import type { ValidationDeps } from '../validate.js';
import { sendProblem } from './problem.js';

export const dutiesPath = '/v1/duties';

/** The answer of GET /v1/duties/{device}. There is no MPxN in it. */
export const deviceDuties = z.strictObject({
  device: z.string().describe('EUI-64, in upper case'),
  at: z.iso.datetime().describe('The time for which it is answered'),
  deviceType: z
    .enum(deviceTypes)
    .nullable()
    .describe('As the registry has it; null: the registry does not have the device'),
  smetsVersion: z.enum(smetsVersions).nullable().describe('null: not known'),
  ...responsibility,
  referenceData: referenceDataUsed,
});

type DeviceDuties = z.output<typeof deviceDuties>;

/** Says who has to act for a device now. One that is not listed is an answer too: unknown is not wrong. */
export function duties(
  app: FastifyInstance,
  { clock, referenceData: referenceDataAt, deviceStore }: ValidationDeps,
  hooks: RouteShorthandOptions,
): void {
  const options = { ...hooks, config: { scope: 'duties' } } as const;
  app.get<{ Params: { device: string } }>(`${dutiesPath}/:device`, options, async (request, reply) => {
    const read = entityIdentifier.safeParse(request.params.device);
    if (!read.success) {
      const detail = 'The device is not named by an EUI-64, eight octets in hexadecimal with hyphens.';
      return sendProblem(request, reply, { kind: 'invalid-device', detail });
    }
    const at = clock();
    const deciding = referenceDataAt(at);
    if (!deciding.ok) return sendProblem(request, reply, deciding.rejection);
    const device = read.data;
    const listed = await deviceStore(deciding.value.referenceData).find(device);
    const answer = dutiesFor(device, listed, deciding.value, at);
    return reply.header('cache-control', 'no-store').send(answer);
  });
}

/** Who has to act for a device, by what the registry has of it. */
export function dutiesFor(
  device: EntityIdentifier,
  listed: Device | undefined,
  { referenceData, freshness }: DecidingDataSet,
  at: Date,
): DeviceDuties {
  const facts = gatherDutyFacts(listed, undefined, referenceData, ukDayOf(at));
  const { actor, clauses, sources, manufacturer, warnings } = whoActs(facts);
  const { version, sha256 } = referenceData.dataSet;
  return {
    device,
    at: at.toISOString(),
    deviceType: listed?.deviceType ?? null,
    smetsVersion: listed?.smetsVersion ?? null,
    actor,
    clauses: [...clauses],
    sources: [...sources],
    manufacturer,
    warnings: [...warnings],
    referenceData: { version, sha256, freshness },
  };
}
