import accepts from 'accepts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Rejection, rejectionKinds } from '../rejection.js';

/** Problem details (RFC 9457). */
export const problem = z.strictObject({
  type: z.string().describe('Stable; a path at this service that explains the problem'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What is wrong with this request, in one sentence'),
  instance: z.string().describe('urn:uuid of this exchange, as in X-Request-Id and the log'),
  requestId: z.string().optional().describe('The RequestID of the DUIS request, where it could be read'),
});

type Problem = z.output<typeof problem>;

const json = 'application/problem+json';
const xml = 'application/problem+xml';

/** The path of what explains a kind of problem, which is its type. */
export const problemType = (kind: string): string => `/problems/${kind}`;

/** Answers with problem details, in XML only for a caller that accepts no JSON. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  { kind, detail }: Rejection,
  requestId?: string,
): FastifyReply {
  const { status, title } = rejectionKinds[kind];
  const body: Problem = {
    type: problemType(kind),
    title,
    status,
    detail,
    instance: `urn:uuid:${request.id}`,
    ...(requestId !== undefined && { requestId }),
  };
  request.log.info({ problem: kind, detail, duisRequestId: requestId }, 'not judged');
  const media = accepts(request.raw).type([json, 'application/json', xml, 'application/xml']);
  const isXml = typeof media === 'string' && media.endsWith('xml');
  return reply
    .code(status)
    .type(isXml ? xml : json)
    .send(isXml ? problemXml(body) : JSON.stringify(body));
}

/** RFC 9457 appendix B. */
function problemXml(body: Problem): string {
  const members = Object.entries(body).map(
    ([name, value]) => `  <${name}>${escapeXml(String(value))}</${name}>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<problem xmlns="urn:ietf:rfc:7807">\n${members.join('\n')}\n</problem>\n`;
}

/** Leaves out what XML 1.0 cannot hold: a detail may quote a name that the caller chose. */
const escapeXml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;' })[character] ?? '&gt;');
