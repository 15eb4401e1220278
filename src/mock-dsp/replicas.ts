import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { planMove, versions, withProbes, writeMoved } from './moving-distributor.js';
import { type Lost, send } from './pipeline.js';
import { Processes } from './processes.js';
import { requests } from './scenarios.js';
import type { Observed } from './timeline.js';
import { buildWorld, PipelineError } from './world.js';

export interface ReplicasOptions {
  readonly replicas: number;
  /** How many requests to plan for. Where publishing takes long, there are more, up to twice as many. */
  readonly count: number;
  readonly rate: number;
  readonly seed: number;
  readonly referenceDataDir: string;
  /** Without any settings of the service. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told what is being done. */
  readonly onStep: (text: string) => void;
}

/** Runs the mix through replicas, and has a distributor ID move in the middle. */
export async function runReplicas(options: ReplicasOptions): Promise<Observed> {
  const processes = new Processes();
  try {
    return await runWith(processes, options);
  } finally {
    await processes.end();
  }
}

async function runWith(processes: Processes, options: ReplicasOptions): Promise<Observed> {
  const { replicas, count, rate, seed, referenceDataDir, onStep } = options;
  const now = new Date();
  const move = planMove(referenceDataDir, now);
  const world = buildWorld(seed, referenceDataDir, now, move.distributorId);
  const moved = path.join(processes.directory, 'lists');
  writeMoved(move, referenceDataDir, moved);

  onStep(`Starting a redis-server, publishing version 1, and starting ${String(replicas)} replicas ...`);
  const environment = { ...options.environment, REDIS_URL: await processes.redis() };
  await publish(processes, environment, referenceDataDir, versions.before);
  const service = { ...environment, PORT: '0', LOG_LEVEL: 'info' };
  const urls = await Promise.all(Array.from({ length: replicas }, () => processes.service(service)));
  await Promise.all(urls.map(untilReady));

  const seconds = count / rate;
  onStep(`Sending for about ${seconds.toFixed(1)} s, and publishing version 2 in the meantime ...`);
  const isOver = new AbortController();
  const lost: Lost[] = [];
  const mix = withProbes(world, move, requests(world, 2 * count));
  const sending = send(until(isOver.signal, 2 * count, mix), {
    urls,
    rate,
    concurrency: 8 * replicas,
    onLost: (each) => lost.push(each),
  });
  // What fails below is told, and not what fails here because of it.
  sending.catch(() => undefined);
  try {
    await delay((seconds * 1000) / 3);
    const publishedAt = await publish(processes, environment, moved, versions.after);
    await delay((seconds * 1000) / 2);
    isOver.abort();
    const outcomes = await sending;
    const takenAfterMs = await Promise.all(urls.map(takenAfter));
    return { move, replicas, publishedAt, outcomes, lost, takenAfterMs };
  } finally {
    isOver.abort();
  }
}

function* until<T>(signal: AbortSignal, count: number, items: Iterable<T>): Generator<T> {
  let given = 0;
  for (const item of items) {
    if (signal.aborted || given === count) return;
    given += 1;
    yield item;
  }
}

/** Gives when, in milliseconds since 1970. */
async function publish(
  processes: Processes,
  environment: ReplicasOptions['environment'],
  directory: string,
  expected: number,
): Promise<number> {
  const written = await processes.tool(['--json', 'publish', directory], environment);
  const { version, effectiveFrom } = JSON.parse(written) as { version: number; effectiveFrom: string };
  if (version !== expected) throw new PipelineError(`version ${String(version)} was published`);
  return Date.parse(effectiveFrom);
}

interface Readiness {
  readonly referenceData: {
    readonly inForce: {
      readonly version: number;
      readonly issuedAt: string;
      readonly takenAt: string;
    } | null;
  };
}

const readinessOf = (url: string): Promise<Response> =>
  fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) });

const readyTimeoutMs = 20_000;

async function untilReady(url: string): Promise<void> {
  const giveUpAt = performance.now() + readyTimeoutMs;
  while (performance.now() < giveUpAt) {
    const { status } = await readinessOf(url);
    if (status === 200) return;
    await delay(50);
  }
  throw new PipelineError(`the replica at ${url} is not ready`);
}

/** From the publish until it decided by version 2; null where it does not, or does not say. */
async function takenAfter(url: string): Promise<number | null> {
  try {
    const response = await readinessOf(url);
    const { inForce } = ((await response.json()) as Readiness).referenceData;
    if (inForce?.version !== versions.after) return null;
    return Date.parse(inForce.takenAt) - Date.parse(inForce.issuedAt);
  } catch {
    return null;
  }
}
