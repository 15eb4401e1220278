import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { duty } from '../duis/json/duty.js';
import {
  certificateTypes,
  deviceTypes,
  remotePartyRoles,
  serviceReferenceVariants,
} from '../duis/vocabulary.js';
import type { Circumstances } from '../gather-facts.js';
import type { RefusalSettings } from '../refusal-policy.js';
import { freshnesses } from '../reference-data/freshness.js';
import { findingNames } from '../rules/evaluate.js';
import { mpanChecks } from '../rules/mpan-check.js';
import { type TrustFlaw, trustRuleNames } from '../rules/trust.js';
import { entityIdentifierPattern } from '../smki/entity-identifier.js';
import { certificateRoleNames } from '../smki/remote-party-role.js';
import type { Exchange } from '../witness.js';
import { formatVersion } from './chain.js';
import { maskMpxn } from './keys.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const entityIdentifier = z.string().regex(entityIdentifierPattern);
// The level of pino that lines for information have.
const level = z.literal(30);
const time = z.int().min(0).describe('Milliseconds since 1970 UTC');

const link = {
  decisionLog: z
    .literal(formatVersion)
    .describe('The version of the format; no other line of the log has it'),
  seq: z.int().min(1).describe('One more than that of the record before'),
  prev: sha256.describe('The hash of the record before; of the first, zeros'),
  id: z.string().describe('Of the log, and seq'),
};

const hash = sha256.describe(
  'Of the line up to this member: HMAC-SHA-256 where the log has a key, SHA-256 where it has none',
);

const certificateRole = z.object({
  code: z.string(),
  name: z.enum([...Object.values(certificateRoleNames), 'unknown']),
});

const meteringPoint = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mpan'), distributorId: z.string(), checkDigitIsRight: z.boolean() }),
  z.object({ kind: z.literal('mprn') }),
]);

/** All that a request was judged by beside the reference data. There is no MPxN in it. */
export const circumstances = z.object({
  serviceReferenceVariant: z.enum(serviceReferenceVariants),
  remotePartyRole: z.enum(remotePartyRoles),
  isFutureDated: z.boolean(),
  hasPrepaymentTopUpFloor: z.boolean(),
  originator: entityIdentifier,
  user: entityIdentifier,
  userSystem: z.string().optional(),
  deviceType: z.enum(deviceTypes).optional(),
  mpxn: meteringPoint.optional(),
  networkOperatorId: z.string().optional(),
  deviceRegistry: z.enum(['answered', 'not-asked', 'unavailable']),
  gasIsJudged: z.boolean(),
  certificates: z.array(
    z.object({
      certificateType: z.enum(certificateTypes),
      certificate: z.object({ entityIdentifier, role: certificateRole }),
    }),
  ),
  day: z.iso.date(),
});

const trustFlaw = z.object({ name: z.enum(trustRuleNames), got: z.string() });

const failed = z.object({
  rule: z.enum(findingNames),
  code: z.string().nullable(),
  effect: z.enum(['refuse', 'advise']),
  got: z.string(),
});

/** Which findings refused, by the settings of the service. */
const refusalSettings = z.object({
  certificateProfile: z.enum(['enforce', 'report', 'off']),
  certificatePath: z.enum(['enforce', 'report', 'off']),
  certificateRevocation: z.enum(['enforce', 'report', 'off']),
  revocationUnknown: z.enum(['refuse', 'refuse-if-stale', 'accept']),
  mpanCheckDigit: z.enum(['advise', 'refuse']),
});

/** A decision, without personal data, and with all that is needed to judge it again. */
export const decisionRecord = z.object({
  ...link,
  kind: z.literal('decision'),
  level,
  time: time.describe('Of the decision; milliseconds since 1970 UTC'),
  reqId: z.string().describe('As in X-Request-Id and in the other lines of the log'),
  traceId: z.string().optional().describe('Of W3C Trace Context: that of the caller, or a new one'),
  client: z.string().describe('Who called: the address'),
  durationMs: z.number().describe('From the headers of the request to its decision'),
  duisRequestId: z.string().describe('The RequestID as it was written'),
  serviceReferenceVariant: z.enum(serviceReferenceVariants),
  originator: entityIdentifier,
  signedBy: entityIdentifier.optional().describe('Whose signature it has; left out where none was verified'),
  onBehalfOf: entityIdentifier
    .optional()
    .describe('The Business Originator, where a Shared Resource Provider has signed'),
  targetDevice: entityIdentifier,
  maskedMpxn: sha256.optional().describe('HMAC-SHA-256 of the MPxN: the same number has the same mask'),
  outcome: z.enum(['accepted', 'refused']),
  responseCode: z.string().nullable(),
  mpanCheck: z.enum(mpanChecks),
  trust: z.record(z.string(), z.string()),
  failed: z.array(failed),
  certificates: z.array(
    z.object({
      certificateType: z.enum(certificateTypes),
      sha256: z.string().describe('Fingerprint of the DER, upper-case hexadecimal'),
      role: z.string().describe('The two digits in the OU'),
      entityIdentifier,
    }),
  ),
  referenceData: z.object({ version: z.int().min(1), sha256, freshness: z.enum(freshnesses) }),
  circumstances,
  trustFlaws: z.array(trustFlaw),
  duties: z
    .array(duty.pick({ finding: true, actor: true, manufacturer: true }))
    .optional()
    .describe('Who has to act on what failed; left out where nobody has'),
  msg: z.literal('decided'),
  hash,
});

export type DecisionRecord = z.output<typeof decisionRecord>;

/** The first record of every file, and of every run of the service. */
export const openingRecord = z.object({
  ...link,
  kind: z
    .enum(['start', 'rotated'])
    .describe('start: the service began; rotated: this file goes on from another'),
  level,
  time,
  chain: z.enum(['hmac-sha-256', 'sha-256']),
  keyId: z.string().optional().describe('Names the key of an hmac-sha-256 chain'),
  settings: refusalSettings.describe('Which findings refuse, from here on'),
  torn: z
    .array(z.object({ file: z.string(), bytes: z.int() }))
    .optional()
    .describe('What a write that was cut short had left behind the last whole record, and where it is kept'),
  msg: z.string(),
  hash,
});

export type OpeningRecord = z.output<typeof openingRecord>;

const gapRecord = z.object({
  ...link,
  kind: z.literal('gap'),
  level,
  time,
  dropped: z.int().min(1).describe('How many decisions were answered without a record'),
  since: time,
  msg: z.string(),
  hash,
});

const stopRecord = z.object({ ...link, kind: z.literal('stop'), level, time, msg: z.string(), hash });

/** A line of a decision log. */
export const logRecord = z.union([decisionRecord, openingRecord, gapRecord, stopRecord]);

/** The members of a record of its own kind, as JSON; its place in the chain is put around them. */
type Members<Kind extends z.ZodType> = Omit<z.input<Kind>, keyof typeof link | 'hash'>;

/** Puts a decision into a record. The number of the metering point is masked, and is nowhere else in it. */
export function decisionMembers(exchange: Exchange, masking: KeyObject): string {
  const { id, client, durationMs, traceId, decision } = exchange;
  const { request, signer, device, referenceData } = decision;
  const { requestId, service } = request;
  const members: Members<typeof decisionRecord> = {
    kind: 'decision',
    level: 30,
    time: decision.decidedAt.getTime(),
    reqId: id,
    traceId,
    client,
    durationMs: Math.round(durationMs * 1000) / 1000,
    duisRequestId: requestId.text,
    serviceReferenceVariant: service.serviceReferenceVariant,
    originator: requestId.originator,
    signedBy: signer?.entityIdentifier,
    onBehalfOf: signer?.onBehalfOf,
    targetDevice: requestId.target,
    maskedMpxn: device.mpxn && maskMpxn(device.mpxn, masking),
    outcome: decision.outcome,
    responseCode: decision.code,
    mpanCheck: decision.mpanCheck,
    trust: decision.trust,
    failed: decision.findings.flatMap((finding) => {
      if (finding.verdict !== 'fail') return [];
      const { rule, code, effect, got } = finding;
      return [{ rule, code, effect, got }];
    }),
    certificates: decision.certificates.map(({ certificateType, certificate }) => ({
      certificateType,
      sha256: certificate.fingerprint,
      role: certificate.role.code,
      entityIdentifier: certificate.entityIdentifier,
    })),
    referenceData,
    circumstances: decision.circumstances as Circumstances & z.input<typeof circumstances>,
    trustFlaws: decision.trustFlaws as TrustFlaw[],
    ...(decision.duties.length > 0 && {
      duties: decision.duties.map(({ finding, actor, manufacturer }) => ({ finding, actor, manufacturer })),
    }),
    msg: 'decided',
  };
  return JSON.stringify(members);
}

export interface Opening {
  readonly kind: OpeningRecord['kind'];
  readonly keyId: string | undefined;
  readonly settings: RefusalSettings;
  readonly torn: readonly { readonly file: string; readonly bytes: number }[];
}

export const openingMembers = ({ kind, keyId, settings, torn }: Opening, at: Date): string => {
  const members: Members<typeof openingRecord> = {
    kind,
    level: 30,
    time: at.getTime(),
    chain: keyId === undefined ? 'sha-256' : 'hmac-sha-256',
    ...(keyId !== undefined && { keyId }),
    settings,
    ...(torn.length > 0 && { torn: [...torn] }),
    msg: kind === 'start' ? 'decisions are recorded' : 'the decision log goes on in another file',
  };
  return JSON.stringify(members);
};

export const gapMembers = (dropped: number, since: number, at: Date): string => {
  const members: Members<typeof gapRecord> = {
    kind: 'gap',
    level: 30,
    time: at.getTime(),
    dropped,
    since,
    msg: 'decisions were answered without a record',
  };
  return JSON.stringify(members);
};

export const stopMembers = (at: Date): string => {
  const members: Members<typeof stopRecord> = {
    kind: 'stop',
    level: 30,
    time: at.getTime(),
    msg: 'decisions are no longer recorded',
  };
  return JSON.stringify(members);
};
