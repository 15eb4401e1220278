import autocannon from 'autocannon';
import type { Sent } from '../../src/mock-dsp/scenarios.js';
import type { Round } from './pool.js';

/** What came back for exactly the request that it answers. */
export interface Answer {
  readonly sent: Sent;
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly body: string;
  readonly latencyMs: number;
  /** Its latency is also that of its connection: Node accepts one in each turn of the event loop. */
  readonly isFirstOfConnection: boolean;
}

export interface Volley {
  /** How many were to be sent, each of which has an answer, or was dropped. */
  readonly count: number;
  readonly answers: readonly Answer[];
  /** Connections that broke, and requests that had no answer in time. */
  readonly errors: number;
  readonly seconds: number;
}

const answerTimeoutSeconds = 30;

// How often it is looked whether all is sent.
const lookEveryMs = 50;

/**
 * Sends so many requests over as many connections as there are rounds, on each the next when the one before is answered.
 * Answers are kept, and looked at afterwards, so that looking takes nothing from sending.
 */
export async function fire(url: string, rounds: readonly Round[], count: number): Promise<Volley> {
  const answers: Answer[] = [];
  let connection = 0;
  const setupClient = (client: autocannon.Client): void => {
    const round = rounds[connection++] ?? [];
    let last: Omit<Answer, 'latencyMs' | 'isFirstOfConnection'> | undefined;
    let isFirstOfConnection = true;
    client.setRequests(
      round.map((sent) => ({
        method: 'POST',
        path: '/v1/service-requests',
        headers: { ...sent.headers },
        body: sent.body,
        onResponse: (status, body, _, headers = {}) => {
          const [contentType, retryAfter] = ['content-type', 'retry-after'].map((name) => headers[name]);
          last = {
            sent,
            status,
            body,
            contentType: String(contentType),
            retryAfter: retryAfter?.toString(),
          };
        },
      })),
    );
    // It comes right after onResponse, and for the same request.
    client.on('response', (_, __, latencyMs) => {
      if (last !== undefined) answers.push({ ...last, latencyMs, isFirstOfConnection });
      isFirstOfConnection = false;
      last = undefined;
    });
  };
  const started = performance.now();
  let ended = started;
  const { errors } = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(
      {
        url,
        connections: rounds.length,
        amount: count,
        timeout: answerTimeoutSeconds,
        sampleInt: lookEveryMs,
        setupClient,
      },
      (error: Error | null, result) => {
        if (error === null) resolve(result);
        else reject(error);
      },
    );
    run.on('response', () => (ended = performance.now()));
  });
  return { count, answers, errors, seconds: (ended - started) / 1000 };
}
