import { isExpected, readAnswer } from '../../src/mock-dsp/pipeline.js';
import { expectedText, gotText } from '../../src/mock-dsp/report.js';
import type { Answer, Volley } from './fire.js';

/** What became of a volley, each answer held against what was expected of its request. */
export interface Tally {
  readonly sent: number;
  readonly right: number;
  /** Turned away as it should be done: overloaded, with Retry-After. */
  readonly shed: number;
  readonly wrong: number;
  /** Server errors of any other kind; they are wrong too. */
  readonly failed: number;
  /** Without an answer. */
  readonly dropped: number;
  readonly seconds: number;
  readonly ratePerSecond: number;
  /** Of those that were let in, but for the first of each connection. */
  readonly latencyMs: { readonly median: number; readonly p99: number; readonly max: number };
  /** What was wrong, in words, each once. */
  readonly faults: readonly string[];
}

export function tally({ count, answers, errors, seconds }: Volley): Tally {
  const faults = new Set<string>();
  const latencies: number[] = [];
  let [right, shed, failed] = [0, 0, 0];
  for (const answer of answers) {
    if (isShed(answer)) {
      shed += 1;
      continue;
    }
    if (answer.status >= 500) failed += 1;
    const fault = faultOf(answer);
    if (fault === undefined) right += 1;
    else faults.add(fault);
    if (!answer.isFirstOfConnection) latencies.push(answer.latencyMs);
  }
  latencies.sort((one, other) => one - other);
  const at = (share: number): number => latencies[Math.ceil(latencies.length * share) - 1] ?? Number.NaN;
  return {
    sent: count,
    right,
    shed,
    wrong: answers.length - right - shed,
    failed,
    // What broke may have been sent again, and then has an answer.
    dropped: Math.max(count - answers.length, errors),
    seconds,
    ratePerSecond: answers.length / seconds,
    latencyMs: { median: at(0.5), p99: at(0.99), max: at(1) },
    faults: [...faults],
  };
}

/** One request may say what is wrong with it only once. */
function faultOf({ sent, status, contentType, body }: Answer): string | undefined {
  try {
    const got = readAnswer(status, contentType, body);
    if (isExpected(got, sent.expected)) return undefined;
    return `${sent.scenario.name}: ${gotText(got)}, and not ${expectedText(sent.expected)}`;
  } catch {
    return `${sent.scenario.name}: ${String(status)} with a body that cannot be read`;
  }
}

function isShed({ status, contentType, retryAfter, body }: Answer): boolean {
  return (
    status === 503 &&
    contentType.startsWith('application/problem+json') &&
    /^[1-9][0-9]?$/.test(retryAfter ?? '') &&
    body.includes('"/problems/overloaded"')
  );
}
