import accepts from 'accepts';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';
import { clientText } from '../callers/client.js';
import type { Aggregates } from '../dashboard/aggregates.js';
import { writeJsonResponse } from '../duis/json/response.js';
import { readRequest, requestIdOf } from '../duis/request.js';
import { writeXmlResponse } from '../duis/xml/response.js';
import { isRefusal } from '../rules/evaluate.js';
import { list } from '../rules/rule.js';
import type { StageClock } from '../stage-clock.js';
import { type Decision, hasCode, validate, type ValidationDeps } from '../validate.js';
import type { RequestMetrics } from '../metrics/request-metrics.js';
import { type Exchange, tell, type WitnessDeps } from '../witness.js';
import { nextTurn } from './next-turn.js';
import { serviceRequestsPath } from './paths.js';
import { sendProblem } from './problem.js';
import { receive } from './receive.js';
import { traceDecision } from './tracing.js';

const json = 'application/json';
const xml = 'application/xml';

declare module 'fastify' {
  interface FastifyRequest {
    /** The RequestID of the DUIS request, as soon as it has been read: an error has no other way to name it. */
    duisRequestId: string | undefined;
  }
}

export interface CountingDeps {
  readonly metrics: { readonly requests: RequestMetrics };
  /** Undefined: there is none. */
  readonly dashboard: Aggregates | undefined;
}

/** The one use case, in two media types of the same meaning. */
export function serviceRequests(
  app: FastifyInstance,
  { witnesses, metrics, dashboard, ...deps }: ValidationDeps & WitnessDeps & CountingDeps,
  hooks: RouteShorthandOptions,
): void {
  const asBuffer = { parseAs: 'buffer' } as const;
  const unread = (_: FastifyRequest, body: Buffer, done: (error: null, body: Buffer) => void): void => {
    done(null, body);
  };
  app.decorateRequest('duisRequestId');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(/^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i, asBuffer, unread);
  app.addContentTypeParser(/^application\/xml\s*(?:;\s*charset="?utf-8"?\s*)?$/i, asBuffer, unread);

  app.post<{ Body: Buffer | undefined }>(serviceRequestsPath, hooks, async (request, reply) => {
    if (request.body === undefined) {
      return sendProblem(request, reply, {
        kind: 'unsupported-media-type',
        detail: 'The request has no Content-Type.',
      });
    }
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      const detail = 'The body must come without a Content-Encoding.';
      return sendProblem(request, reply, { kind: 'unsupported-media-type', detail });
    }
    const isXml = /^application\/xml/i.test(request.headers['content-type'] ?? '');
    const answerIn = answerTypeOf(request, isXml);
    if (answerIn === undefined) {
      return sendProblem(request, reply, {
        kind: 'not-acceptable',
        detail: `Accept names neither ${xml} nor ${json}.`,
      });
    }

    const looksIntoSignature = deps.trustChecks.xmlSignature !== 'off';
    const { headers, body } = request;
    await nextTurn();
    const clock = clockFor(reply, metrics.requests);
    clock.ended('receive');
    const received = receive({ isXml, headers, body }, looksIntoSignature);
    if (!received.ok) return sendProblem(request, reply, received.rejection);
    const { document } = received.value;
    const read = readRequest(document);
    if (read.ok) request.duisRequestId = read.value.requestId.text;
    clock.ended('read');
    const decision = read.ok ? await validate(deps, read.value, received.value, clock) : read;
    if (!decision.ok) return sendProblem(request, reply, decision.rejection, requestIdOf(document));

    await nextTurn();
    const exchange: Exchange = {
      id: request.id,
      traceId: request.traceIds?.traceId,
      client: clientText(request.client),
      arrival: { isXml, headers, body },
      decision: decision.value,
      durationMs: reply.elapsedTime,
    };
    const told = tell(witnesses, exchange);
    if (told !== undefined) await told;
    // After that, since a decision that cannot be witnessed is not answered.
    metrics.requests.decided(decision.value);
    dashboard?.decided(exchange);
    traceDecision(request, decision.value);
    if (!hasCode(decision.value)) return sendRefusalWithoutCode(request, reply, decision.value);
    const answer = answerIn === xml ? writeXmlResponse(decision.value) : writeJsonResponse(decision.value);
    clock.ended('write');
    return reply.type(answerIn).send(answer);
  });
}

/** Each stage is counted as it ends: what does not come to its end is in none. */
function clockFor(reply: FastifyReply, metrics: RequestMetrics): StageClock {
  let last = performance.now() - reply.elapsedTime;
  return {
    ended: (stage) => {
      const now = performance.now();
      metrics.stage(stage, (now - last) / 1000);
      last = now;
    },
  };
}

/** In the media type of the request, unless the caller accepts the other alone; undefined where neither. */
function answerTypeOf(request: FastifyRequest, isXml: boolean): typeof xml | typeof json | undefined {
  const own = isXml ? xml : json;
  const { accept = '*/*' } = request.headers;
  if (accept === '*/*' || accept === own) return own;
  const type = accepts(request.raw).type([own, isXml ? json : xml]);
  return type === xml || type === json ? type : undefined;
}

/** Its findings say why, in the words of an answer. */
function sendRefusalWithoutCode(
  request: FastifyRequest,
  reply: FastifyReply,
  decision: Decision,
): FastifyReply {
  const refusals = decision.findings.filter((finding) => isRefusal(finding) && finding.code === null);
  const detail = `Refused by ${list(refusals.map(({ rule }) => rule))}.`;
  const rejection = { kind: 'refused-without-code', detail } as const;
  return sendProblem(request, reply, rejection, decision.request.requestId.text, decision);
}
