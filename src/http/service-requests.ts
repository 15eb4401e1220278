import accepts from 'accepts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readJsonRequest } from '../duis/json/request.js';
import { toAnswer } from '../duis/json/response.js';
import { readRequest, requestIdOf } from '../duis/request.js';
import { describeFault, memberPath } from '../duis/value-fault.js';
import { readSignedXmlRequest, readXmlRequest } from '../duis/xml/request.js';
import { writeXmlResponse } from '../duis/xml/response.js';
import { accept, reject, type Result } from '../rejection.js';
import type { RequestDocument } from '../duis/service.js';
import { userSystemPattern } from '../reference-data/lists/user-systems.js';
import { isRefusal } from '../rules/evaluate.js';
import { list } from '../rules/rule.js';
import { type Accompaniment, type Decision, hasCode, validate, type ValidationDeps } from '../validate.js';
import { sendProblem } from './problem.js';

export const serviceRequestsPath = '/v1/service-requests';

const json = 'application/json';
const xml = 'application/xml';

/** What a JSON request says of its target device. Whether the values are such is judged with the device. */
export const deviceSchema = z.strictObject({
  deviceType: z.string().optional(),
  importMpxn: z.string().max(64).optional(),
});

/** The User System that a request came through, as in the list of these. */
export const userSystemSchema = z
  .string()
  .regex(userSystemPattern, 'must be up to 64 letters, digits, ".", "_" and "-"');

declare module 'fastify' {
  interface FastifyRequest {
    /** The RequestID of the DUIS request, as soon as it has been read: an error has no other way to name it. */
    duisRequestId: string | undefined;
  }
}

interface Received extends Accompaniment {
  readonly document: RequestDocument;
}

/** The one use case, in two media types of the same meaning. */
export function serviceRequests(app: FastifyInstance, deps: ValidationDeps): void {
  const asBuffer = { parseAs: 'buffer' } as const;
  const unread = (_: FastifyRequest, body: Buffer, done: (error: null, body: Buffer) => void): void => {
    done(null, body);
  };
  app.decorateRequest('duisRequestId');
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

    const looksIntoSignature = deps.trustChecks.xmlSignature !== 'off';
    const received = isXml
      ? receiveXml(request, request.body, looksIntoSignature)
      : receiveJson(request, request.body);
    if (!received.ok) return sendProblem(request, reply, received.rejection);
    const { document, ...accompaniment } = received.value;
    const read = readRequest(document);
    if (read.ok) request.duisRequestId = read.value.requestId.text;
    const decision = read.ok ? await validate(deps, read.value, accompaniment) : read;
    if (!decision.ok) return sendProblem(request, reply, decision.rejection, requestIdOf(document));

    logDecision(request, decision.value);
    if (!hasCode(decision.value)) return sendRefusalWithoutCode(request, reply, decision.value);
    return reply
      .type(answerIn)
      .send(answerIn === xml ? writeXmlResponse(decision.value) : JSON.stringify(toAnswer(decision.value)));
  });
}

const pipelineHeaders = ['dcc-device-type', 'dcc-import-mpxn', 'dcc-user-system'];

function receiveXml(
  { headers }: FastifyRequest,
  body: Buffer,
  looksIntoSignature: boolean,
): Result<Received> {
  const userSystem = readUserSystem(only(headers['dcc-user-system']));
  if (!userSystem.ok) return userSystem;
  const accompaniment = {
    device: {
      deviceType: only(headers['dcc-device-type']),
      importMpxn: only(headers['dcc-import-mpxn']),
    },
    userSystem: userSystem.value,
  };
  if (!looksIntoSignature) {
    const document = readXmlRequest(body);
    return document.ok ? accept({ document: document.value, ...accompaniment }) : document;
  }
  const signed = readSignedXmlRequest(body);
  return signed.ok ? accept({ ...signed.value, ...accompaniment }) : signed;
}

/** Node joins a header that comes twice with a comma, which then is no device type and no MPxN. */
const only = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(', ') : header;

/** JSON has no signature, so that XML_SIGNATURE=require refuses all of it. */
function receiveJson({ headers }: FastifyRequest, body: Buffer): Result<Received> {
  if (pipelineHeaders.some((name) => headers[name] !== undefined)) {
    return reject(
      'device-stated-twice',
      'The headers DCC-Device-Type, DCC-Import-MPxN and DCC-User-System go with XML alone.',
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
  const userSystem = readUserSystem(read.value.userSystem);
  if (!userSystem.ok) return userSystem;
  return accept({
    document: read.value.document,
    device: device.data ?? {},
    userSystem: userSystem.value,
  });
}

function readUserSystem(said: unknown): Result<string | undefined> {
  const read = userSystemSchema.optional().safeParse(said);
  return read.success
    ? accept(read.data)
    : reject(
        'invalid-user-system',
        'The User System is not up to 64 letters, digits, dots, hyphens and underscores.',
      );
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
  return sendProblem(request, reply, rejection, decision.request.requestId.text, decision.findings);
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
      trust: decision.trust,
      signedBy: decision.signer?.entityIdentifier,
      onBehalfOf: decision.signer?.onBehalfOf,
      failed: decision.findings.flatMap((finding) =>
        finding.verdict === 'fail' ? [{ rule: finding.rule, got: finding.got }] : [],
      ),
      referenceData: decision.referenceData,
    },
    'decided',
  );
}
