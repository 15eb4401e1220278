import underPressure from '@fastify/under-pressure';
import type {
  FastifyBaseLogger,
  FastifyContextConfig,
  FastifyInstance,
  RouteShorthandOptions,
} from 'fastify';
import { episodes } from './episodes.js';

export const shedCauses = ['event-loop-late', 'memory-full', 'requests-in-flight'] as const;

export type ShedCause = (typeof shedCauses)[number];

/** There is more to do than can be done in time. The message says by what this is known. */
export class Overloaded extends Error {
  constructor(
    readonly shedBy: ShedCause,
    message: string,
  ) {
    super(message);
  }
}

/** Past these, requests are turned away; 0 is no limit. */
export interface LoadLimits {
  /** How late the event loop may be, on average over a sample. */
  readonly maxEventLoopDelayMs: number;
  /** How many requests may be judged at a time. */
  readonly maxRequestsInFlight: number;
  /** How much of the memory that there may be may be in use. */
  readonly maxMemoryPercent: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    isInFlight: boolean;
  }
}

// What holds the loop up once, a new data set for one, weighs little in a sample of this length; a queue fills all of it.
const sampleMs = 1000;

/** The config of a route that is answered however late the loop is. */
export const neverShed = { pressureHandler: (): void => undefined };

export const isNeverShed = (config: FastifyContextConfig): boolean =>
  'pressureHandler' in config && config.pressureHandler === neverShed.pressureHandler;

/**
 * Turns requests away before their bodies are read, while the event loop is late: whoever is let in waits for about as long.
 * Utilisation is not looked at, because a loop that always has something to do is not late by that.
 */
export async function shedWhenLate(app: FastifyInstance, { maxEventLoopDelayMs }: LoadLimits): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: maxEventLoopDelayMs,
    sampleInterval: sampleMs,
    customError: class extends Overloaded {
      constructor() {
        super('event-loop-late', `the event loop is more than ${String(maxEventLoopDelayMs)} ms late`);
      }
    },
  });
}

/** Turns requests away before their bodies are read, while memory is short: one that runs out ends all that are in flight. */
export function shedWhenFull(
  app: FastifyInstance,
  { maxMemoryPercent }: LoadLimits,
  usedPercent: () => number,
): void {
  if (maxMemoryPercent === 0) return;
  const full = new Overloaded(
    'memory-full',
    `more than ${String(maxMemoryPercent)}% of the memory is in use`,
  );
  app.addHook('onRequest', ({ routeOptions: { config } }, _, done) => {
    done(usedPercent() > maxMemoryPercent && !isNeverShed(config) ? full : undefined);
  });
}

export interface InFlight {
  /** How many requests are being judged now. */
  readonly count: () => number;
  readonly hooks: Pick<RouteShorthandOptions, 'onRequest' | 'preHandler' | 'onSend'>;
}

/**
 * Bounds how many requests a route judges at a time, for where they wait for something other than the event loop. One
 * counts from when its body is there until its answer is, also where nobody waits for the answer any more; whoever sends
 * slowly takes no place.
 */
export function boundInFlight(app: FastifyInstance, { maxRequestsInFlight }: LoadLimits): InFlight {
  const max = maxRequestsInFlight === 0 ? Infinity : maxRequestsInFlight;
  const full = new Overloaded('requests-in-flight', `${String(maxRequestsInFlight)} requests are in flight`);
  let inFlight = 0;
  app.decorateRequest('isInFlight', false);
  return {
    count: () => inFlight,
    hooks: {
      onRequest: (_, __, done) => {
        done(inFlight < max ? undefined : full);
      },
      // Others may have come in while this one's body did.
      preHandler: (request, _, done) => {
        request.isInFlight = inFlight < max;
        if (request.isInFlight) inFlight += 1;
        done(request.isInFlight ? undefined : full);
      },
      onSend: (request, _, payload, done) => {
        if (request.isInFlight) inFlight -= 1;
        request.isInFlight = false;
        done(null, payload);
      },
    },
  };
}

/** Tells of those who are turned away. */
export const shedLog = (log: FastifyBaseLogger): ((cause: string) => void) =>
  episodes(log, {
    begins: 'begins to turn requests away',
    goesOn: 'requests are turned away',
    ends: 'no request is turned away any more',
  });
