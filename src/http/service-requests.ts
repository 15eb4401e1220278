import accepts from 'accepts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readJsonRequest } from '../duis/json/request.js';
import { toAnswer } from '../duis/json/response.js';
import { readRequest, requestIdOf } from '../duis/request.js';
import { describeFault, memberPath } from '../duis/value-fault.js';
import { readXmlRequest } from '../duis/xml/request.js';
import { writeXmlResponse } from '../duis/xml/response.js';
import { accept, reject, type Result } from '../rejection.js';
import type { RequestDocument } from '../duis/service.js';
import type { CallerDevice } from '../target-device.js';
import { type Decision, hasCode, validate, type ValidationDeps } from '../validate.js';
import { sendProblem } from './problem.js';

export const serviceRequestsPath = '/v1/service-requests';

const json = 'application/json';
const xml = 'application/xml';

/** What a JSON request says of its target device. Whether the values are such is judged with the device. */
export const deviceSchema = z.strictObject({
  deviceType: z.string().optional(),
  importMpxn: z.string().max(64).optional(),
});

interface Received {
  readonly document: RequestDocument;
  readonly device: CallerDevice;
}

/** The one use case, in two media types of the same meaning. */
export function serviceRequests(app: FastifyInstance, deps: ValidationDeps): void {
  const asBuffer = { parseAs: 'buffer' } as const;
  const unread = (_: FastifyRequest, body: Buffer, done: (error: null, body: Buffer) => void): void => {
    done(null, body);
  };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(/^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i, asBuffer, unread);
  app.addContentTypeParser(/^application\/xml\s*(?:;\s*charset="?utf-8"?\s*)?$/i, asBuffer, unread);

  app.post<{ Body: Buffer | undefined }>(serviceRequestsPath, async (request, reply) => {
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
    const answerIn = accepts(request.raw).type(isXml ? [xml, json] : [json, xml]);
    if (typeof answerIn !== 'string') {
      return sendProblem(request, reply, {
        kind: 'not-acceptable',
        detail: `Accept names neither ${xml} nor ${json}.`,
      });
    }

    const received = isXml ? receiveXml(request, request.body) : receiveJson(request, request.body);
    if (!received.ok) return sendProblem(request, reply, received.rejection);
    const { document, device } = received.value;
    const read = readRequest(document);
    const decision = read.ok ? await validate(deps, read.value, device) : read;
    if (!decision.ok) return sendProblem(request, reply, decision.rejection, requestIdOf(document));

    logDecision(request, decision.value);
    if (!hasCode(decision.value)) return sendRefusalWithoutCode(request, reply, decision.value);
    return reply
      .type(answerIn)
      .send(answerIn === xml ? writeXmlResponse(decision.value) : JSON.stringify(toAnswer(decision.value)));
  });
}

function receiveXml({ headers }: FastifyRequest, body: Buffer): Result<Received> {
  const document = readXmlRequest(body);
  if (!document.ok) return document;
  const device = {
    deviceType: only(headers['dcc-device-type']),
    importMpxn: only(headers['dcc-import-mpxn']),
  };
  return accept({ document: document.value, device });
}

/** Node joins a header that comes twice with a comma, which then is no device type and no MPxN. */
const only = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(', ') : header;

function receiveJson({ headers }: FastifyRequest, body: Buffer): Result<Received> {
  if (headers['dcc-device-type'] !== undefined || headers['dcc-import-mpxn'] !== undefined) {
    return reject(
      'device-stated-twice',
      'The headers DCC-Device-Type and DCC-Import-MPxN go with XML alone.',
    );
  }
  const read = readJsonRequest(body);
  if (!read.ok) return read;
  const device = deviceSchema.optional().safeParse(read.value.device);
  if (!device.success) {
    const detail = describeFault(device.error, deviceSchema, (type, path) =>
      memberPath(type, ['device', ...path]),
    );
    return reject('not-schema-valid', detail);
  }
  return accept({ document: read.value.document, device: device.data ?? {} });
}

function sendRefusalWithoutCode(
  request: FastifyRequest,
  reply: FastifyReply,
  decision: Decision,
): FastifyReply {
  const refusals = decision.findings.filter(
    ({ verdict, effect }) => verdict === 'fail' && effect === 'refuse',
  );
  const detail = `Refused by ${refusals.map(({ rule }) => rule).join(', ')}.`;
  return sendProblem(
    request,
    reply,
    { kind: 'refused-without-code', detail },
    decision.request.requestId.text,
  );
}

/** One line a decision. Never in it: the MPxN, which is personal data. */
function logDecision(request: FastifyRequest, decision: Decision): void {
  request.log.info(
    {
      duisRequestId: decision.request.requestId.text,
      serviceReferenceVariant: decision.request.service.serviceReferenceVariant,
      outcome: decision.outcome,
      responseCode: decision.code,
      mpanCheck: decision.mpanCheck,
      failed: decision.findings.flatMap((finding) =>
        finding.verdict === 'fail' ? [{ rule: finding.rule, got: finding.got }] : [],
      ),
      referenceData: decision.referenceDataVersion,
    },
    'decided',
  );
}
