import { randomUUID } from 'node:crypto';
import type fc from 'fast-check';
import type { Sent } from './oracle.js';
import type { Answer, Outcome, Sending } from './wire.js';

/** One thing that is sent, and what may come of it. */
export interface Attempt extends Omit<Sending, 'deadlineMs'> {
  /** What is wrong with it, in words for whoever reads of a failure. */
  readonly description: string;
  /** The requests in it that may be answered, in their order; what comes after them never may. */
  readonly requests: readonly Sent[];
  /** Of an answer that says I0, though the oracle does not object. */
  readonly isNeverAccepted?: boolean;
  /** Whether it has to be accepted: the control, without which a fuzzer that breaks everything would find nothing. */
  readonly isAccepted?: boolean;
  /** For another path than that of requests: what is there is answered in its own way. */
  readonly isElsewhere?: boolean;
  /** What else has to be so; undefined, or what is not. */
  readonly judge?: (outcome: Outcome) => string | undefined;
  /** Answers need not be there: whoever sent it has gone, or has not sent all of it. */
  readonly mayBeUnanswered?: boolean;
  /** The time that it may take beyond an answer's: that of what it waits for. */
  readonly waitsMs?: number;
}

/** A kind of attack. */
export interface AttackClass {
  readonly name: string;
  /** What may be answered, and nothing else. */
  readonly statuses: ReadonlySet<number>;
  readonly attempts: fc.Arbitrary<Attempt>;
  /** How much it takes, in comparison with the others: the slow ones are tried less often. */
  readonly weight: number;
}

const crlf = '\r\n';

/** A request in HTTP/1.1, as lines that nobody checks. */
export const head = (requestLine: string, headers: readonly (readonly [string, string])[]): Buffer =>
  Buffer.from(
    `${[requestLine, ...headers.map(([name, value]) => `${name}: ${value}`)].join(crlf)}${crlf}${crlf}`,
    'latin1',
  );

export const postLine = 'POST /v1/service-requests HTTP/1.1';

/** What a well-behaved caller sends with a body; the answer in JSON, which says why. */
export const usualHeaders = ({ mediaType, headers, body }: Sent): (readonly [string, string])[] => [
  ['Host', 'localhost'],
  ['Content-Type', `application/${mediaType}`],
  ['Accept', 'application/json'],
  ['Content-Length', String(body.length)],
  ...headers,
];

/** All of a request, well framed. */
export const framed = (sent: Sent): Buffer => Buffer.concat([head(postLine, usualHeaders(sent)), sent.body]);

/** A request by itself, well framed, whatever is in it. */
export const sentAlone = (description: string, sent: Sent, change: Partial<Attempt> = {}): Attempt => ({
  description,
  segments: [framed(sent)],
  answers: 1,
  requests: [sent],
  ...change,
});

/** For what is never accepted: nobody else can have it. */
export const secret = (): string => randomUUID();

export const codeOf = ({ body }: Answer): string | undefined =>
  /"responseCode":"([^"]*)"|<sr:ResponseCode>([^<]*)</.exec(body.toString())?.slice(1).find(Boolean);
