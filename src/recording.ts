import { z } from 'zod';
import { readRequest } from './duis/request.js';
import { type Arrival, pipelineHeaders, receive } from './http/receive.js';
import { deviceEntry, devices } from './reference-data/lists/devices.js';
import { accept, reject, type Result } from './rejection.js';
import { mpanChecks } from './rules/mpan-check.js';
import type { Device } from './stores/device-store.js';
import { StoreUnavailable } from './stores/unavailable.js';
import { type Decision, validate, type ValidationDeps } from './validate.js';

/** A decision with all that it was made from but the reference data, so that it can be made again. It holds personal data. */
export const recordedDecision = z.strictObject({
  decidedAt: z.iso.datetime(),
  referenceData: z.strictObject({ version: z.int().min(1), sha256: z.string() }),
  mediaType: z.enum(['application/xml', 'application/json']),
  headers: z.partialRecord(z.enum(pipelineHeaders), z.string()),
  body: z.string(),
  deviceRegistry: z.enum(['answered', 'not-asked', 'unavailable']),
  device: devices.entry.nullable().describe('As the device registry had it; null: not at all'),
  responseCode: z.string().nullable(),
  outcome: z.enum(['accepted', 'refused']),
  mpanCheck: z.enum(mpanChecks),
});

export type RecordedDecision = z.output<typeof recordedDecision>;

/** One line of a record: JSON, and no line break in it. */
export function recordOf({ isXml, headers, body }: Arrival, decision: Decision): string {
  const { version, sha256 } = decision.referenceData;
  const { listed, deviceRegistry } = decision.device;
  const said = pipelineHeaders.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  const record: z.input<typeof recordedDecision> = {
    decidedAt: decision.decidedAt.toISOString(),
    referenceData: { version, sha256 },
    mediaType: isXml ? 'application/xml' : 'application/json',
    headers: Object.fromEntries(said) as RecordedDecision['headers'],
    // It has been read as UTF-8.
    body: body.toString(),
    deviceRegistry,
    device: listed === undefined ? null : deviceEntry(listed),
    responseCode: decision.code,
    outcome: decision.outcome,
    mpanCheck: decision.mpanCheck,
  };
  return JSON.stringify(record);
}

/**
 * Decides again, by other reference data: at the time of the record, by what the device registry said then. Where the
 * registry is the list of the reference data (`listsDevices`), it is asked anew. What the RequestID was used for before
 * is left out.
 */
export async function decideAgain(
  deps: ValidationDeps,
  record: RecordedDecision,
  listsDevices: boolean,
): Promise<Result<Decision>> {
  return decide(
    {
      ...deps,
      clock: () => new Date(record.decidedAt),
      requestHistory: { remember: async (_, remembered) => remembered, find: async () => undefined },
      ...(!listsDevices && { deviceStore: () => ({ find: async () => recordedDevice(record) }) }),
    },
    {
      isXml: record.mediaType === 'application/xml',
      headers: record.headers,
      body: Buffer.from(record.body),
    },
  );
}

/** Decides on a request as it came, without HTTP. */
export async function decide(deps: ValidationDeps, arrival: Arrival): Promise<Result<Decision>> {
  const received = receive(arrival, deps.trustChecks.xmlSignature !== 'off');
  if (!received.ok) return received;
  const { document, ...accompaniment } = received.value;
  const request = readRequest(document);
  return request.ok ? validate(deps, request.value, accompaniment) : request;
}

function recordedDevice({ deviceRegistry, device }: RecordedDecision): Device | undefined {
  if (deviceRegistry === 'unavailable') throw new StoreUnavailable('the device registry');
  return device ?? undefined;
}

/** Reads a line of a record. */
export function readRecord(line: string): Result<RecordedDecision> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return reject('malformed-body', 'it is not JSON');
  }
  const read = recordedDecision.safeParse(value);
  return read.success ? accept(read.data) : reject('not-schema-valid', 'it is no recorded decision');
}
