import { setTimeout as delay } from 'node:timers/promises';
import { SaxesParser } from 'saxes';
import type { Expected, Scenario, Sent } from './scenarios.js';

/** What came back for one request. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly contentType: Sent['contentType'];
  readonly expected: Expected;
  /** In the words of the expectation: a response code, or the problem; and the mpanCheck where the answer has it. */
  readonly got: {
    readonly status: number;
    readonly answer: string;
    readonly mpanCheck?: string;
    /** The rules that refuse, of a refusal without a code. */
    readonly refusedBy?: readonly string[];
  };
  readonly isRight: boolean;
}

export interface PipelineOptions {
  readonly url: string;
  /** Requests a second at the most; left out for as fast as answers come. */
  readonly rate?: number | undefined;
  /** Requests in flight at the most. */
  readonly concurrency: number;
  readonly onOutcome?: (outcome: Outcome) => void;
}

const answerTimeoutMs = 30_000;

/** Sends the requests and holds each answer against what was expected of it. Throws where no answer comes. */
export async function send(requests: Iterable<Sent>, options: PipelineOptions): Promise<Outcome[]> {
  const { rate, concurrency, onOutcome } = options;
  const endpoint = new URL('v1/service-requests', options.url.replace(/\/*$/, '/'));
  const outcomes: Outcome[] = [];
  const started = performance.now();
  let begun = 0;
  const next = requests[Symbol.iterator]();
  const sender = async (): Promise<void> => {
    for (let item = next.next(); item.done !== true; item = next.next()) {
      const due = rate === undefined ? 0 : started + (begun * 1000) / rate - performance.now();
      begun += 1;
      if (due > 0) await delay(due);
      const outcome = await sendInTurn(endpoint, item.value);
      outcomes.push(outcome);
      onOutcome?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sender));
  return outcomes;
}

/** What has to be there before goes first, and where its answer is wrong, that is what is told. */
async function sendInTurn(endpoint: URL, sent: Sent): Promise<Outcome> {
  const earlier = sent.before === undefined ? undefined : await sendInTurn(endpoint, sent.before);
  return earlier?.isRight === false ? earlier : sendOne(endpoint, sent);
}

async function sendOne(
  endpoint: URL,
  { scenario, expected, contentType, headers, body }: Sent,
): Promise<Outcome> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  const got = readAnswer(response.status, response.headers.get('content-type') ?? '', await response.text());
  return { scenario, contentType, expected, got, isRight: isExpected(got, expected) };
}

interface AnswerInJson {
  readonly type?: string;
  readonly responseCode?: string;
  readonly mpanCheck?: string;
  readonly findings?: readonly { readonly rule: string; readonly verdict: string; readonly effect: string }[];
}

function readAnswer(status: number, contentType: string, body: string): Outcome['got'] {
  if (contentType.startsWith('application/xml')) return { status, answer: responseCodeOf(body) };
  if (!/^application\/(?:problem\+)?json/.test(contentType)) return { status, answer: contentType };
  const { type, responseCode, mpanCheck, findings = [] } = JSON.parse(body) as AnswerInJson;
  const refusals = findings.filter(({ verdict, effect }) => verdict === 'fail' && effect === 'refuse');
  return {
    status,
    answer: responseCode ?? type?.replace('/problems/', '') ?? '',
    ...(mpanCheck !== undefined && { mpanCheck }),
    ...(responseCode === undefined && refusals.length > 0 && { refusedBy: refusals.map(({ rule }) => rule) }),
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

function isExpected(got: Outcome['got'], expected: Expected): boolean {
  if (got.status !== expected.status) return false;
  if ('problem' in expected) {
    const { problem, refusedBy } = expected;
    return got.answer === problem && (refusedBy === undefined || got.refusedBy?.includes(refusedBy) === true);
  }
  // A DUIS response has no place for the mpanCheck.
  return got.answer === expected.responseCode && (got.mpanCheck ?? expected.mpanCheck) === expected.mpanCheck;
}
