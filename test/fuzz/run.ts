import fc from 'fast-check';
import { type ObservedServer, service } from '../load/server.js';
import { type AttackClass, type Attempt } from './attack.js';
import { certificates } from './certificate-attacks.js';
import { trapVisits, xmlConstructs } from './construct-attacks.js';
import { framing } from './framing-attacks.js';
import { headers } from './header-attacks.js';
import { json } from './json-attacks.js';
import { answerLimitMs, faultIn, isAcceptance } from './judge.js';
import { slow } from './slow-attacks.js';
import { bytes, control, markup, signatureAttacks } from './text-attacks.js';
import { send } from './wire.js';

export const attackClasses: readonly AttackClass[] = [
  control,
  bytes,
  markup,
  xmlConstructs,
  signatureAttacks,
  certificates,
  json,
  headers,
  framing,
  slow,
];

/** What came of one class. */
export interface ClassTally {
  readonly name: string;
  readonly tried: number;
  readonly statuses: ReadonlyMap<number, number>;
  readonly unanswered: number;
  /** Acceptances that the oracle was asked about. */
  readonly acceptances: number;
  readonly slowestMs: number;
  readonly failure: Failure | undefined;
}

/** The smallest attempt that was found to fail, so that it can be made again. */
export interface Failure {
  readonly className: string;
  readonly fault: string;
  readonly seed: number;
  readonly path: string;
  readonly description: string;
  /** In base64, as they are given to the socket. */
  readonly segments: readonly string[];
}

export interface FuzzSpec {
  readonly seed: number;
  /** For a class of weight 1. */
  readonly runs: number;
  /** Ends all classes after so long, whatever is left. */
  readonly seconds: number;
  readonly classes: readonly AttackClass[];
}

export interface FuzzResult {
  readonly seed: number;
  readonly seconds: number;
  readonly tallies: readonly ClassTally[];
  readonly service: ServiceFigures;
}

/** How the service itself took it. */
export interface ServiceFigures {
  /** In bytes, right after garbage has been collected, before and after. */
  readonly liveHeap: readonly [before: number, after: number];
  readonly peakRss: number;
  readonly longestTurnMs: number;
  readonly slowestLivenessMs: number;
  /** How often it fetched what a request names. */
  readonly fetched: number;
}

/** What is remembered is bounded by settings: small, so that what grows without bound is seen. */
export const targetSettings = {
  // A machine that does other things makes it late, and it would turn away what is to be judged.
  MAX_EVENT_LOOP_DELAY_MS: '0',
  REQUEST_HISTORY_SIZE: '500',
  CERTIFICATE_CACHE_SIZE: '200',
};

const livenessEveryMs = 50;
const warmUpRuns = 150;

/** Attacks a service in a process of its own, in all classes at a time. */
export async function fuzz(
  spec: FuzzSpec,
  start: () => Promise<ObservedServer> = () => service(targetSettings),
): Promise<FuzzResult> {
  const target = await start();
  try {
    return await attack(target, spec);
  } finally {
    await target.stop();
  }
}

async function attack(
  target: ObservedServer,
  { seed, runs, seconds, classes }: FuzzSpec,
): Promise<FuzzResult> {
  const port = Number(new URL(target.url).port);
  await Promise.all(classes.map((each) => runClass(port, each, seed + 1, warmUpRuns, seconds)));
  const before = await target.observe();
  const start = performance.now();
  const liveness = watchLiveness(target.url);
  const tallies = await Promise.all(
    classes.map((each) => runClass(port, each, seed, Math.ceil(runs * each.weight), seconds)),
  );
  const slowestLivenessMs = await liveness.stop();
  const after = await target.observe();
  return {
    seed,
    seconds: (performance.now() - start) / 1000,
    tallies,
    service: {
      liveHeap: [before.liveHeap, after.liveHeap],
      peakRss: Math.max(before.peakRss, after.peakRss),
      longestTurnMs: after.eventLoopDelay.max,
      slowestLivenessMs,
      fetched: trapVisits(),
    },
  };
}

async function runClass(
  port: number,
  attackClass: AttackClass,
  seed: number,
  numRuns: number,
  seconds: number,
): Promise<ClassTally> {
  const statuses = new Map<number, number>();
  let [tried, unanswered, acceptances, slowestMs] = [0, 0, 0, 0];
  let failing: { attempt: Attempt; fault: string } | undefined;
  const property = fc.asyncProperty(attackClass.attempts, async (attempt) => {
    const { waitsMs = 0 } = attempt;
    const outcome = await send(port, { ...attempt, deadlineMs: answerLimitMs + waitsMs });
    tried += 1;
    slowestMs = Math.max(slowestMs, outcome.ms - waitsMs);
    if (outcome.answers.length === 0) unanswered += 1;
    for (const answer of outcome.answers) {
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (isAcceptance(answer)) acceptances += 1;
    }
    const fault = faultIn(attackClass, attempt, outcome);
    // The last that fails is the smallest.
    if (fault !== undefined) failing = { attempt, fault };
    return fault === undefined;
  });
  const details = await fc.check(property, {
    seed,
    numRuns,
    interruptAfterTimeLimit: seconds * 1000,
    markInterruptAsFailure: false,
  });
  const { counterexamplePath } = details;
  return {
    name: attackClass.name,
    tried,
    statuses,
    unanswered,
    acceptances,
    slowestMs,
    failure: failing && failureOf(attackClass.name, failing, seed, counterexamplePath ?? ''),
  };
}

const failureOf = (
  className: string,
  { attempt, fault }: { readonly attempt: Attempt; readonly fault: string },
  seed: number,
  path: string,
): Failure => ({
  className,
  fault,
  seed,
  path,
  description: attempt.description,
  segments: attempt.segments.map((segment) => segment.toString('base64')),
});

/** Asks all the time whether it lives, and tells how long the slowest answer took. */
function watchLiveness(url: string): { readonly stop: () => Promise<number> } {
  let slowestMs = 0;
  let isStopped = false;
  const watch = async (): Promise<void> => {
    while (!isStopped) {
      const start = performance.now();
      const { status } = await fetch(`${url}/health/live`);
      slowestMs = status === 200 ? Math.max(slowestMs, performance.now() - start) : Number.POSITIVE_INFINITY;
      await new Promise((resolve) => setTimeout(resolve, livenessEveryMs));
    }
  };
  const watching = watch().catch(() => {
    slowestMs = Number.POSITIVE_INFINITY;
  });
  return {
    stop: async () => {
      isStopped = true;
      await watching;
      return slowestMs;
    },
  };
}
