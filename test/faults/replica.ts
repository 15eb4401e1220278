import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Test } from 'tap';
import type { z } from 'zod';
import type { Clock } from '../../src/clock.js';
import { type Config, readConfig } from '../../src/config.js';
import type { Answer } from '../../src/duis/json/response.js';
import type { readiness } from '../../src/http/health.js';
import { packageRoot } from '../../src/package-root.js';
import type { DataSetId, SealedDataSet } from '../../src/reference-data/data-set.js';
import { startService } from '../../src/start.js';
import type { DataSetRepository } from '../../src/stores/data-set-repository.js';
import { redisDataSets } from '../../src/stores/redis-data-sets.js';
import { now } from '../fixtures.js';
import type { RedisServer } from '../redis-server.js';
import { until } from '../until.js';
import { dataSetOf, Published, type Question, questions, wrongWith } from './opposites.js';

/** Far above what an answer takes, and far below for ever: no answer waits for Redis. */
export const deadlineMs = 3_000;

type Health = z.output<typeof readiness>;

/** Or a machine that has other things to do would turn requests away, which is not what these tests are of. */
const unhurried = { MAX_EVENT_LOOP_DELAY_MS: '0' };

/** A service that runs, and what a test asks of it. */
export interface Replica {
  readonly url: string;
  readonly health: () => Promise<Health & { readonly code: number }>;
  /** Waits until the health says so. */
  readonly until: (
    what: string,
    isSo: (state: Health['referenceData'], health: Health) => boolean,
    withinMs?: number,
  ) => Promise<Health & { readonly code: number }>;
  readonly decidesBy: (version: number, withinMs?: number) => Promise<Health & { readonly code: number }>;
  readonly ask: (question: Question) => Promise<{ readonly status: number; readonly body: unknown }>;
}

export const replicaAt = (url: string): Replica => {
  const health: Replica['health'] = async () => {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(deadlineMs) });
    return { code: response.status, ...((await response.json()) as Health) };
  };
  const untilSo: Replica['until'] = async (what, isSo, withinMs) => {
    let last: unknown;
    return until(
      what,
      async () => {
        const found = await health();
        last = found.referenceData;
        return isSo(found.referenceData, found) ? found : undefined;
      },
      withinMs,
    ).catch((cause: unknown) => {
      throw new Error(`${what}: ${JSON.stringify(last)}`, { cause });
    });
  };
  return {
    url,
    health,
    until: untilSo,
    decidesBy: (version, withinMs) =>
      untilSo(
        `decides by version ${String(version)}`,
        ({ inForce, trouble, refused }) =>
          inForce?.version === version && trouble === null && refused === null,
        withinMs,
      ),
    ask: async ({ body }) => {
      const response = await fetch(`${url}/v1/service-requests`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(deadlineMs),
      });
      return { status: response.status, body: await response.json() };
    },
  };
};

/** Starts a service in this process that looks at its source all the time, and ends with the test. */
export async function startReplica(
  t: Test,
  settings: Readonly<Record<string, string>>,
  { clock = () => now, ...change }: Partial<Config> & { readonly clock?: Clock } = {},
): Promise<Replica> {
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', ...unhurried, ...settings });
  const { url, stop } = await startService({ ...config, REFERENCE_DATA_POLL_SECONDS: 0.1, ...change }, clock);
  t.teardown(stop);
  return replicaAt(url);
}

/** A replica that is a process of its own, by the real clock; `now` may lie outside of what certificates are valid for. */
export async function startProcess(
  t: Test,
  settings: Readonly<Record<string, string>>,
  /** A shell command that ends in `"$@"`, which is the service. */
  shell = 'exec "$@"',
): Promise<Replica & { readonly child: ChildProcess }> {
  const program = path.join(packageRoot, 'dist/src/main.js');
  const child = spawn('sh', ['-c', shell, 'sh', process.execPath, program], {
    env: {
      ...process.env,
      PORT: '0',
      CERTIFICATE_PATH: 'off',
      CERTIFICATE_REVOCATION: 'off',
      REFERENCE_DATA_POLL_SECONDS: '1',
      ...unhurried,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const url = /"docs at (.*)\/docs"/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { ...replicaAt(url), child };
  }
  throw new Error('it stopped before it listened');
}

/** Publishes versions, and remembers what they were. */
export interface Publisher {
  readonly published: Published;
  readonly repository: DataSetRepository;
  /** Publishes as soon as it can; the lists of the version, if nothing else is given. */
  readonly publish: (version: number, dataSet?: SealedDataSet) => Promise<void>;
}

export function publisherTo(t: Test, repository: DataSetRepository): Publisher {
  const published = new Published();
  t.teardown(() => repository.close());
  return {
    published,
    repository,
    publish: async (version, dataSet = dataSetOf(version)) => {
      // First, since a replica may have it before we hear of it.
      published.add(dataSet);
      await until(`version ${String(version)} is published`, async () => {
        const current = await repository.current();
        if (current?.version === version) return true;
        return (await repository.publish(dataSet, undefined, current)).published;
      });
    },
  };
}

export const publisherOf = (t: Test, server: RedisServer): Publisher =>
  publisherTo(
    t,
    redisDataSets(
      server.settings({ keyPrefix: 'certificate-party', commandTimeoutMs: 2_000 }),
      () => now,
      () => undefined,
    ),
  );

/** What came of asking all the time. */
export interface Asked {
  readonly answers: number;
  /** Answers that are not those of the version that they name, and problems. */
  readonly wrong: readonly string[];
  /** The versions that were decided by, in the order in which they first came. */
  readonly versions: readonly number[];
  readonly slowestMs: number;
}

export interface Asking {
  readonly soFar: () => Asked;
  /** Waits until so many more answers have come. */
  readonly more: (answers: number) => Promise<void>;
  /** Asks nothing until `goOn`: waits for what is asked already. */
  readonly rest: () => Promise<void>;
  readonly goOn: () => void;
  /** Stops, and holds what came against what has to: every answer right, in time, and no version older than one before. */
  readonly stop: () => Promise<Asked>;
}

/** Asks every question in turn, on so many connections, until it is stopped. */
export function keepAsking(
  t: Test,
  replica: Replica,
  { sha256Of }: Published,
  { connections = 2, pauseMs = 10 } = {},
): Asking {
  const wrong: string[] = [];
  const versions: number[] = [];
  const dataSets = new Map<string, DataSetId>();
  let answers = 0;
  let slowestMs = 0;
  let newest = 0;
  let isStopped = false;
  const askOne = async (question: Question): Promise<void> => {
    const newestBefore = newest;
    const start = performance.now();
    const { status, body } = await replica.ask(question);
    slowestMs = Math.max(slowestMs, performance.now() - start);
    answers += 1;
    if (status !== 200) {
      wrong.push(`${question.name}: ${String(status)} ${JSON.stringify(body)}`);
      return;
    }
    const answer = body as Answer;
    const { version, sha256 } = answer.referenceData;
    dataSets.set(`${String(version)} ${sha256}`, { version, sha256 });
    if (!versions.includes(version)) versions.push(version);
    if (version < newestBefore) {
      wrong.push(`version ${String(version)} after version ${String(newestBefore)}`);
    }
    newest = Math.max(newest, version);
    wrong.push(...wrongWith(question, answer));
  };
  const loop = async (first: number): Promise<void> => {
    for (let place = first; !isStopped; place += 1) {
      const question = questions[place % questions.length]!;
      await askOne(question).catch((error: unknown) => {
        wrong.push(`${question.name}: ${String(error)}`);
      });
      if (pauseMs > 0) await delay(pauseMs);
    }
  };
  let loops: Promise<void>[] = [];
  const goOn = (): void => {
    isStopped = false;
    loops = Array.from({ length: connections }, (_, place) => loop(place));
  };
  goOn();
  const soFar = (): Asked => ({ answers, wrong, versions, slowestMs });
  const stop = async (): Promise<Asked> => {
    isStopped = true;
    await Promise.all(loops);
    return soFar();
  };
  t.teardown(stop);
  return {
    soFar,
    rest: async () => {
      await stop();
    },
    goOn,
    more: async (count) => {
      const enough = answers + count;
      await until(`${String(count)} more answers`, () => answers >= enough);
    },
    stop: async () => {
      const asked = await stop();
      t.strictSame(
        [...dataSets.values()].filter(({ version, sha256 }) => sha256Of(version) !== sha256),
        [],
        'each data set that was decided by is one that was published',
      );
      t.strictSame(
        asked.wrong.slice(0, 10),
        [],
        `${String(asked.answers)} answers, each right for its version`,
      );
      t.ok(asked.answers > 0, 'it was asked');
      t.ok(asked.slowestMs < deadlineMs, `the slowest took ${asked.slowestMs.toFixed()} ms`);
      return asked;
    },
  };
}

export async function temporaryDirectory(t: Test): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'faults-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
