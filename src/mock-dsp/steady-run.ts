import { type Outcome, send } from './pipeline.js';
import { steadyTraffic } from './steady-traffic.js';
import { buildWorld } from './world.js';

/** A clock that begins behind, and is moved on until it is right. */
export class CatchingUpClock {
  #behindMs: number;

  constructor(behindMs: number) {
    this.#behindMs = behindMs;
  }

  now(): Date {
    return new Date(Date.now() - this.#behindMs);
  }

  advance(ms: number): void {
    this.#behindMs = Math.max(0, this.#behindMs - ms);
  }

  get isRight(): boolean {
    return this.#behindMs === 0;
  }
}

export interface SteadyRunOptions {
  readonly url: string;
  /** That of the service. While it is behind, requests come as fast as they are answered, and it catches up. */
  readonly clock: CatchingUpClock;
  readonly seed: number;
  /** Requests a second, once the clock is right. */
  readonly rate: number;
  readonly referenceDataDir: string;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly onCaughtUp: () => void;
  readonly onWrong: (outcome: Outcome) => void;
}

const minuteMs = 60_000;

// Few, so that what has been is not long in coming.
const leastPerPastMinute = 6;

/** Sends steady traffic until it is told to end. Throws where no answer comes. */
export async function runSteadily(options: SteadyRunOptions): Promise<void> {
  const { url, clock, seed, rate, referenceDataDir, signal, onCaughtUp, onWrong } = options;
  const world = buildWorld(seed, referenceDataDir, clock.now());
  const traffic = steadyTraffic(world, () => wrongShareAt(clock.now()));
  const sendSome = async (count: number, perSecond?: number): Promise<void> => {
    const some = Array.from({ length: count }, () => traffic.next().value);
    const outcomes = await send(some, { urls: [url], concurrency: 8, rate: perSecond });
    for (const outcome of outcomes) if (!outcome.isRight) onWrong(outcome);
  };
  while (!clock.isRight && !signal.aborted) {
    await sendSome(leastPerPastMinute + world.draw.below(7));
    clock.advance(minuteMs);
  }
  onCaughtUp();
  while (!signal.aborted) await sendSome(rate, rate);
}

const periodMs = 120 * minuteMs;

/** Falls through the tenth, and rises above it again, in two hours: from 13 to 4 per cent. */
const wrongShareAt = (at: Date): number =>
  0.085 + 0.045 * Math.cos((2 * Math.PI * (at.getTime() % periodMs)) / periodMs);
