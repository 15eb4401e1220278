import accepts from 'accepts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { duties } from '../duis/json/duty.js';
import { dutiesIn, findings } from '../duis/json/response.js';
import { type Rejection, rejectionKinds } from '../rejection.js';
import type { Decision } from '../validate.js';

/** Problem details (RFC 9457). */
export const problem = z.strictObject({
  type: z.string().describe('Stable; a path at this service that explains the problem'),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string().describe('What is wrong with this request, in one sentence'),
  instance: z
    .string()
    .optional()
    .describe(
      'urn:uuid of this exchange, as in X-Request-Id and the log; left out where there was no request yet',
    ),
  requestId: z.string().optional().describe('The RequestID of the DUIS request, where it could be read'),
  findings: findings
    .optional()
    .describe(
      'Of a refusal that has no response code, as in an answer; not in XML, which has no form for it',
    ),
  duties: duties.optional().describe('Who has to act on them, as in an answer'),
});

type Problem = z.output<typeof problem>;

declare module 'fastify' {
  interface FastifyInstance {
    /** Is told of every problem that a request is answered with. */
    problemSent: (request: FastifyRequest, kind: Rejection['kind']) => void;
  }
}

export const problemJson = 'application/problem+json';
const xml = 'application/problem+xml';

// RFC 9110 section 10.2.3. What is not available comes back, or another takes its place, in about as long.
const retryAfterSeconds = 5;

/** Those who are turned away together are not to come back together. */
const retryAfter = (kind: Rejection['kind']): number =>
  kind === 'overloaded' ? 1 + Math.floor(Math.random() * retryAfterSeconds) : retryAfterSeconds;

/** The path of what explains a kind of problem, which is its type. */
export const problemType = (kind: string): string => `/problems/${kind}`;

/** Answers with problem details, in XML only for a caller that accepts no JSON. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  { kind, detail }: Rejection,
  requestId?: string,
  refusal?: Pick<Decision, 'findings' | 'duties'>,
): FastifyReply {
  const { status, title } = rejectionKinds[kind];
  request.server.problemSent(request, kind);
  const body: Problem = {
    type: problemType(kind),
    title,
    status,
    detail,
    instance: `urn:uuid:${request.id}`,
    ...(requestId !== undefined && { requestId }),
    ...(refusal !== undefined && {
      findings: refusal.findings.map((each) => ({ ...each })),
      duties: dutiesIn(refusal),
    }),
  };
  // A line for each would be more load; how many there are is told.
  const level = kind === 'overloaded' || kind === 'rate-limited' ? 'debug' : 'info';
  request.log[level](
    { problem: kind, detail, duisRequestId: requestId, ...request.traceIds },
    'answered with a problem',
  );
  const accepted = accepts(request.raw);
  const isXml =
    accepted.type([problemJson, 'application/json']) === false &&
    accepted.type([xml, 'application/xml']) !== false;
  if (status === 503) reply.header('retry-after', retryAfter(kind));
  return reply
    .code(status)
    .header('x-request-id', request.id)
    .type(isXml ? xml : problemJson)
    .send(isXml ? problemXml(body) : JSON.stringify(body));
}

/** RFC 9457 appendix B. */
function problemXml(body: Problem): string {
  const members = Object.entries(body).flatMap(([name, value]) =>
    typeof value === 'object' ? [] : [`  <${name}>${escapeXml(String(value))}</${name}>`],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<problem xmlns="urn:ietf:rfc:7807">\n${members.join('\n')}\n</problem>\n`;
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
