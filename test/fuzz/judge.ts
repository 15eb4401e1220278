import { XmlDocument } from 'libxml2-wasm';
import { answer as answerSchema } from '../../src/duis/json/response.js';
import { problem as problemSchema } from '../../src/http/problem.js';
import { schemaFault } from '../duis/xml/schema-validator.js';
import { type AttackClass, type Attempt, codeOf } from './attack.js';
import { type Sent, wrongToAccept } from './oracle.js';
import type { Answer, Outcome } from './wire.js';

/** Far above what an answer takes on a machine that does seven other things, and far below for ever. */
export const answerLimitMs = 5_000;

/** Everything that is wrong with what came of an attempt, in one sentence; undefined where all is well. */
export function faultIn(attackClass: AttackClass, attempt: Attempt, outcome: Outcome): string | undefined {
  const { answers, rest, endedBy, ms } = outcome;
  if (endedBy === 'deadline')
    return `it goes on after ${ms.toFixed()} ms, with ${String(answers.length)} answers`;
  if (ms > answerLimitMs + (attempt.waitsMs ?? 0)) return `it took ${ms.toFixed()} ms`;
  if (rest.length > 0) return `what came is no answer: ${rest.toString('latin1').slice(0, 200)}`;
  if (answers.length === 0 && attempt.mayBeUnanswered !== true) return 'there is no answer';
  for (const [place, answer] of answers.entries()) {
    const fault =
      faultInAnswer(attackClass, attempt, answer) ??
      faultInAcceptance(attempt, answer, attempt.requests[place]);
    if (fault !== undefined) return `answer ${String(place + 1)}: ${fault}`;
  }
  return attempt.judge?.(outcome);
}

/** Whether an answer says that the service has accepted a request. */
export const isAcceptance = (answer: Answer): boolean => codeOf(answer) === 'I0';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function faultInAnswer(
  { statuses }: AttackClass,
  { isElsewhere = false }: Attempt,
  answer: Answer,
): string | undefined {
  const { status, headers, body } = answer;
  const said = `${String(status)} ${body.toString().slice(0, 300)}`;
  if (!statuses.has(status)) return `the status is not one of these: ${said}`;
  const type = headers.get('content-type') ?? '';
  const id = headers.get('x-request-id');
  // What is not HTTP has no request that could have an id.
  const isOfHttp =
    [400, 408, 431].includes(status) && id === undefined && headers.get('connection') === 'close';
  if (!isOfHttp && !uuid.test(id ?? '')) return `it has no X-Request-Id: ${said}`;
  if (isElsewhere && status < 400) return undefined;
  const isWellFormed =
    status === 200 ? isAnswer(type, body) : isProblem(type, body, status, isOfHttp ? undefined : id);
  return isWellFormed ? undefined : `it is not well-formed: ${type} ${said}`;
}

function isAnswer(type: string, body: Buffer): boolean {
  if (type.startsWith('application/xml')) return schemaFault(body) === undefined;
  return type.startsWith('application/json') && answerSchema.safeParse(jsonOf(body)).success;
}

function isProblem(type: string, body: Buffer, status: number, id: string | undefined): boolean {
  if (type.startsWith('application/problem+xml')) return isWellFormedXml(body);
  if (!type.startsWith('application/problem+json')) return false;
  const read = problemSchema.safeParse(jsonOf(body));
  return read.success && read.data.status === status && read.data.instance === (id && `urn:uuid:${id}`);
}

function isWellFormedXml(body: Buffer): boolean {
  try {
    XmlDocument.fromBuffer(body).dispose();
    return true;
  } catch {
    return false;
  }
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function faultInAcceptance(attempt: Attempt, answer: Answer, request: Sent | undefined): string | undefined {
  if (!isAcceptance(answer)) {
    return attempt.isAccepted === true ? `it is refused: ${answer.body.toString().slice(0, 300)}` : undefined;
  }
  if (request === undefined)
    return 'something is accepted that is no request, or behind the end of the last one';
  if (attempt.isNeverAccepted === true) return 'it is accepted';
  const wrong = wrongToAccept(request);
  return wrong === undefined ? undefined : `it is accepted, and ${wrong}`;
}
