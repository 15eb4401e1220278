import { z } from 'zod';
import { mpanChecks } from '../../rules/mpan-check.js';
import { findingNames } from '../../rules/evaluate.js';
import type { CodedDecision, Decision } from '../../validate.js';
import { certificateTypes } from '../vocabulary.js';
import { duties } from './duty.js';

const organisation = z.strictObject({
  organisationId: z.string(),
  name: z.string(),
  test: z.boolean().describe('Exists in test environments only'),
});

const certificate = z.strictObject({
  certificateType: z.enum(certificateTypes).describe('The slot that the certificate came in'),
  role: z.string().describe("The name of the role in the certificate's OU, or unknown"),
  roleCode: z.string().describe('The two hexadecimal digits of the OU'),
  entityIdentifier: z.string().describe('EUI-64 in x500UniqueIdentifier (2.5.4.45)'),
  organisation: organisation
    .nullable()
    .describe('Whose range the Entity Identifier falls in on the day; null: in no listed one'),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
});

const finding = z.strictObject({
  rule: z.enum(findingNames),
  code: z
    .string()
    .nullable()
    .describe('The response code that the rule has in this service; null: it has none'),
  verdict: z
    .enum(['pass', 'fail', 'undetermined', 'not-applicable'])
    .describe('undetermined: something that the rule needs is not known'),
  effect: z.enum(['refuse', 'advise']).describe('What a fail of the rule does to the request'),
  requirement: z.string(),
  citation: z.string(),
  got: z.string().optional(),
  wanted: z.string().optional(),
});

export const findings = z.array(finding);

const trustOutcome = z.enum(['passed', 'failed', 'undetermined', 'absent', 'off']);

/** Which data set an answer is by. */
export const referenceDataUsed = z
  .strictObject({
    version: z.int().min(1),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe('Of the data set; with the version, it names it for good'),
    freshness: z
      .enum(['current', 'stale', 'too-old'])
      .describe(
        'stale: its source has not confirmed it for some time; too-old: for longer than it should be relied on, or it has expired',
      ),
  })
  .describe('The data set that was decided by');

/** The answer in JSON, which says more than a DUIS response has room for. */
export const answer = z.strictObject({
  requestId: z.string().describe('The RequestID of the request, as it was written'),
  responseCode: z.string().describe('The DUIS response code; I0 is success'),
  description: z.string(),
  responseDateTime: z.iso.datetime(),
  outcome: z.enum(['accepted', 'refused']),
  mpanCheck: z
    .enum(mpanChecks)
    .describe(
      "How the certificates stand to whoever operates the network at the device's MPAN or MPRN. operator-unknown: who is registered has no listed operator; registration-unknown: nobody is known to be registered for a gas device; distributor-unknown: no registration is known, and the distributor ID has no listed operator",
    ),
  certificates: z.array(certificate),
  sender: z
    .strictObject({
      originator: z.string().describe('The Business Originator, from the RequestID'),
      signedBy: z
        .string()
        .nullable()
        .describe(
          'The Entity Identifier in the certificate of a signature that is right; null: none was verified',
        ),
      onBehalfOf: z
        .string()
        .nullable()
        .describe('The Business Originator, where a Shared Resource Provider has signed for it'),
    })
    .describe('Who asks'),
  trust: z
    .strictObject({
      certificateProfile: trustOutcome,
      certificatePath: trustOutcome,
      certificateRevocation: trustOutcome.describe('undetermined: no current list says'),
      xmlSignature: trustOutcome.describe('absent: the request has none, as every JSON request'),
    })
    .describe('Whether certificates and signature are genuine; off: not looked at'),
  findings: findings.describe(
    'What is wrong with certificates, signature and sender, then every rule of the service, in the order of judgement',
  ),
  duties: duties.describe(
    'Who has to act on what was found, one for each failed finding that is a matter of security; empty where there is none',
  ),
  referenceData: referenceDataUsed,
});

export type Answer = z.output<typeof answer>;

export const toAnswer = (decision: CodedDecision): Answer => ({
  ...withoutFindings(decision),
  findings: decision.findings.map((each) => ({ ...each })),
  duties: dutiesIn(decision),
  referenceData: decision.referenceData,
});

/** As they are in an answer, and in a problem that stands for one. */
export const dutiesIn = ({ duties: owed }: Pick<Decision, 'duties'>): Answer['duties'] =>
  owed.map(({ finding: name, actor, clauses, sources, manufacturer, warnings }) => ({
    finding: name,
    actor,
    clauses: [...clauses],
    sources: [...sources],
    manufacturer,
    warnings: [...warnings],
  }));

function withoutFindings(decision: CodedDecision): Omit<Answer, 'findings' | 'duties' | 'referenceData'> {
  return {
    requestId: decision.request.requestId.text,
    responseCode: decision.code,
    description: decision.description,
    responseDateTime: decision.decidedAt.toISOString(),
    outcome: decision.outcome,
    mpanCheck: decision.mpanCheck,
    certificates: decision.certificates.map(
      ({ certificateType, certificate: read, organisation: holder }) => ({
        certificateType,
        role: read.role.name,
        roleCode: read.role.code,
        entityIdentifier: read.entityIdentifier,
        organisation: holder ?? null,
        ...validityOf(read),
      }),
    ),
    sender: {
      originator: decision.request.requestId.originator,
      signedBy: decision.signer?.entityIdentifier ?? null,
      onBehalfOf: decision.signer?.onBehalfOf ?? null,
    },
    trust: decision.trust,
  };
}

/**
 * Writes the answer in JSON. What is found is said of many requests in the same words, and is most of the answer: it is
 * written once for as long as it is remembered.
 */
export function writeJsonResponse(decision: CodedDecision): string {
  const { findings, referenceData } = decision;
  let written = writtenFindings.get(findings);
  if (written === undefined) {
    written = JSON.stringify(findings);
    writtenFindings.set(findings, written);
  }
  const before = JSON.stringify(withoutFindings(decision)).slice(0, -1);
  const owed = JSON.stringify(dutiesIn(decision));
  return `${before},"findings":${written},"duties":${owed},"referenceData":${JSON.stringify(referenceData)}}`;
}

const writtenFindings = new WeakMap<CodedDecision['findings'], string>();

const validities = new WeakMap<object, Pick<Answer['certificates'][number], 'notBefore' | 'notAfter'>>();

function validityOf(
  certificate: CodedDecision['certificates'][number]['certificate'],
): Pick<Answer['certificates'][number], 'notBefore' | 'notAfter'> {
  let validity = validities.get(certificate);
  if (validity === undefined) {
    const { notBefore, notAfter } = certificate;
    validity = { notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() };
    validities.set(certificate, validity);
  }
  return validity;
}
