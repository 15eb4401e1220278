import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { SaxesParser } from 'saxes';
import type { Scenario, Sent } from './scenarios.js';

/** What came back for one request. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly contentType: Sent['contentType'];
  readonly expected: Sent['expected'];
  /** Which of the addresses answered, from 0. */
  readonly replica: number;
  /** In milliseconds since 1970, never back, and finer than a clock on the wall. */
  readonly sentAt: number;
  readonly answeredAt: number;
  /** In the words of the expectation: a response code, or the problem; and the mpanCheck where the answer has it. */
  readonly got: {
    readonly status: number;
    readonly answer: string;
    readonly mpanCheck?: string;
    /** The rules that refuse, of a refusal without a code. */
    readonly refusedBy?: readonly string[];
    /** Of the reference data that it names; an answer in XML and a problem name none. */
    readonly version?: number;
  };
  readonly isRight: boolean;
}

/** A request that no answer came for. */
export interface Lost {
  readonly scenario: Scenario;
  readonly replica: number;
  readonly lostAt: number;
  readonly reason: string;
}

export interface PipelineOptions {
  /** Of the service, or of its replicas, which are sent to in turn. */
  readonly urls: readonly string[];
  /** Requests a second at the most; left out for as fast as answers come. */
  readonly rate?: number | undefined;
  /** Requests in flight at the most. */
  readonly concurrency: number;
  readonly onOutcome?: (outcome: Outcome) => void;
  /** Where no answer comes. Left out, that ends the run. */
  readonly onLost?: (lost: Lost) => void;
}

const answerTimeoutMs = 30_000;

/** Sends the requests and holds each answer against what was expected of it. Throws where no answer comes. */
export async function send(requests: Iterable<Sent>, options: PipelineOptions): Promise<Outcome[]> {
  const { rate, concurrency, onOutcome, onLost } = options;
  const endpoints = options.urls.map((url) => new URL('v1/service-requests', url.replace(/\/*$/, '/')));
  const outcomes: Outcome[] = [];
  const started = performance.now();
  let begun = 0;
  const next = requests[Symbol.iterator]();
  const sender = async (): Promise<void> => {
    for (let item = next.next(); item.done !== true; item = next.next()) {
      const replica = begun % endpoints.length;
      const due = rate === undefined ? 0 : started + (begun * 1000) / rate - performance.now();
      begun += 1;
      if (due > 0) await delay(due);
      try {
        const outcome = await sendInTurn(endpoints, replica, item.value);
        outcomes.push(outcome);
        onOutcome?.(outcome);
      } catch (error) {
        if (onLost === undefined) throw error;
        onLost({ scenario: item.value.scenario, replica, lostAt: instant(), reason: reasonOf(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sender));
  return outcomes;
}

const instant = (): number => performance.timeOrigin + performance.now();

function reasonOf(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** What has to be there before goes first, to the same replica, and where its answer is wrong, that is what is told. */
async function sendInTurn(endpoints: readonly URL[], replica: number, sent: Sent): Promise<Outcome> {
  const earlier = sent.before === undefined ? undefined : await sendInTurn(endpoints, replica, sent.before);
  return earlier?.isRight === false ? earlier : sendOne(endpoints, replica, sent);
}

async function sendOne(
  endpoints: readonly URL[],
  replica: number,
  { scenario, expected, contentType, headers, body }: Sent,
): Promise<Outcome> {
  const sentAt = instant();
  const response = await fetch(endpoints[replica] ?? '', {
    method: 'POST',
    headers: { ...headers, traceparent: newTrace() },
    body,
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  const text = await response.text();
  const answeredAt = instant();
  const got = readAnswer(response.status, response.headers.get('content-type') ?? '', text);
  const isRight = isExpected(got, expected);
  return { scenario, contentType, expected, replica, sentAt, answeredAt, got, isRight };
}

/** Each request is a trace of its own, by which it is found in the log (W3C Trace Context). */
const newTrace = (): string => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;

interface AnswerInJson {
  readonly type?: string;
  readonly responseCode?: string;
  readonly mpanCheck?: string;
  readonly findings?: readonly { readonly rule: string; readonly verdict: string; readonly effect: string }[];
  readonly referenceData?: { readonly version: number };
}

export function readAnswer(status: number, contentType: string, body: string): Outcome['got'] {
  if (contentType.startsWith('application/xml')) return { status, answer: responseCodeOf(body) };
  if (!/^application\/(?:problem\+)?json/.test(contentType)) return { status, answer: contentType };
  const { type, responseCode, mpanCheck, findings = [], referenceData } = JSON.parse(body) as AnswerInJson;
  const refusals = findings.filter(({ verdict, effect }) => verdict === 'fail' && effect === 'refuse');
  return {
    status,
    answer: responseCode ?? type?.replace('/problems/', '') ?? '',
    ...(mpanCheck !== undefined && { mpanCheck }),
    ...(responseCode === undefined && refusals.length > 0 && { refusedBy: refusals.map(({ rule }) => rule) }),
    ...(referenceData !== undefined && { version: referenceData.version }),
  };
}

/** The text of the ResponseCode of an sr:Response. */
function responseCodeOf(xml: string): string {
  const parser = new SaxesParser({ xmlns: true });
  let element = '';
  let code = '';
  parser.on('opentag', (tag) => (element = tag.local));
  parser.on('closetag', () => (element = ''));
  parser.on('text', (text) => {
    if (element === 'ResponseCode') code += text;
  });
  parser.write(xml).close();
  return code;
}

export function isExpected(got: Outcome['got'], expected: Sent['expected']): boolean {
  if ('byVersion' in expected) {
    const own = got.version === undefined ? undefined : expected.byVersion.get(got.version);
    return own !== undefined && isExpected(got, own);
  }
  if (got.status !== expected.status) return false;
  if ('problem' in expected) {
    const { problem, refusedBy } = expected;
    return got.answer === problem && (refusedBy === undefined || got.refusedBy?.includes(refusedBy) === true);
  }
  // A DUIS response has no place for the mpanCheck.
  return got.answer === expected.responseCode && (got.mpanCheck ?? expected.mpanCheck) === expected.mpanCheck;
}
