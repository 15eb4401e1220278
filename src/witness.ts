import type { Arrival } from './http/receive.js';
import type { Decision } from './validate.js';

/** A decision, and the exchange over HTTP that asked for it. */
export interface Exchange {
  /** As in X-Request-Id and the log. */
  readonly id: string;
  /** Of the trace that the request belongs to: 32 digits of hexadecimal. */
  readonly traceId?: string | undefined;
  /** Who called. */
  readonly client: string;
  readonly arrival: Arrival;
  readonly decision: Decision;
  /** From the request's headers to its decision. */
  readonly durationMs: number;
}

/** Is told of every decision before it is answered; where it gives a promise, the answer waits for it. */
export type Witness = (exchange: Exchange) => void | Promise<void>;

export interface WitnessDeps {
  readonly witnesses: readonly Witness[];
}

/** Tells all of them, one after the other. Waits for those alone that ask for it. */
export function tell(witnesses: readonly Witness[], exchange: Exchange): undefined | Promise<unknown> {
  const waiting: Promise<void>[] = [];
  for (const witness of witnesses) {
    const told = witness(exchange);
    if (told !== undefined) waiting.push(told);
  }
  return waiting.length === 0 ? undefined : Promise.all(waiting);
}
