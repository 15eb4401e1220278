import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../src/mock-dsp/free-port.js';
import { send } from '../src/mock-dsp/pipeline.js';
import { requests, type Sent } from '../src/mock-dsp/scenarios.js';
import { buildWorld } from '../src/mock-dsp/world.js';
import { packageRoot } from '../src/package-root.js';
import { amount, type ComposeService, composeServices, imageDefaults } from './compose-file.js';

/**
 * Starts the processes of the profile `replicas` of compose.yaml without a container engine: redis-server, the first publication,
 * three replicas and HAProxy, each with the command, environment and configuration file that are there, on free ports of
 * loopback. Then sends the pipeline's mix through HAProxy while one replica is told to stop and started again, and another is
 * killed and started again. Fails where an answer is wrong or lost, where the stop costs a single one, where a decision log is not whole, or
 * where a replica takes more memory than it may. What this cannot show: images, networks, volumes, health checks, and what confines a container.
 */

const replicas = ['replica-1', 'replica-2', 'replica-3'] as const;
type Replica = (typeof replicas)[number];

const timeLimitMs = 180_000;
const requestsPerSecond = 150;
const senders = 12;

const { PATH = '' } = process.env;
const services = composeServices({ REDIS_PASSWORD: 'not-a-secret' });
const image = imageDefaults();
const directory = mkdtempSync(path.join(tmpdir(), 'compose-'));
const children = new Set<ChildProcess>();
const ports = new Map<string, number>();
for (const name of ['redis', 'balancer', ...replicas]) ports.set(name, await freePort());
const addressOf = (name: string): string => `127.0.0.1:${String(ports.get(name))}`;

const overdue = setTimeout(() => {
  console.error(`Not over after ${String(timeLimitMs / 1000)} s.`);
  process.exit(1);
}, timeLimitMs);
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

function serviceOf(name: string): ComposeService {
  const service = services.get(name);
  if (service === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return service;
}

/** The environment of a container of ours, with this machine's addresses and directories in place of those inside. */
function environmentOf(name: string): Record<string, string> {
  const state = path.join(directory, name);
  for (const volume of ['state', 'decisions']) mkdirSync(path.join(state, volume), { recursive: true });
  const inside = { ...image.environment, ...serviceOf(name).environment };
  const here = (value: string): string =>
    value.replace('redis:6379', addressOf('redis')).replace('/var/lib/certificate-party', state);
  const [HOST = '', PORT = ''] = ports.has(name) ? addressOf(name).split(':') : [];
  return {
    PATH,
    ...Object.fromEntries(Object.entries(inside).map(([key, value]) => [key, here(value)] as const)),
    HOST,
    PORT,
  };
}

/** Gives each line of standard output to `onLine`; standard error is passed on. */
function start(
  command: readonly string[],
  env: Record<string, string>,
  onLine: (line: string) => void = () => undefined,
): ChildProcess {
  const [program = '', ...rest] = command;
  const child = spawn(program, rest, { cwd: packageRoot, env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  child.once('error', (error) => {
    console.error(`${program} cannot be started: ${error.message}`);
    process.exit(1);
  });
  createInterface({ input: child.stdout }).on('line', onLine);
  return child;
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await isSo()) return;
    await delay(50);
  }
  throw new Error(`${what}: not so after half a minute`);
}

const isReady = async (name: string): Promise<boolean> => {
  const answer = await fetch(`http://${addressOf(name)}/health/ready`, {
    signal: AbortSignal.timeout(2_000),
  }).catch(() => undefined);
  return answer?.status === 200;
};

const ended = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
};

// The processes, in the order in which compose.yaml makes them depend on each other.

const [shell = '', option = '', script = ''] = serviceOf('redis').command ?? [];
const redisHere = `${script} --bind 127.0.0.1 --port ${String(ports.get('redis'))} --dir ${directory}`;
let isRedisReady = false;
start(
  [shell, option, redisHere],
  { ...environmentOf('redis'), ...serviceOf('redis').environment },
  (line) => {
    isRedisReady ||= line.includes('Ready to accept connections');
  },
);
await until('redis-server is ready', () => isRedisReady);

const publishing = start(serviceOf('first-data-set').command ?? [], environmentOf('first-data-set'));
if ((await ended(publishing)) !== 0) throw new Error('the first data set was not published');

const startReplica = (name: Replica): ChildProcess =>
  start(serviceOf(name).command ?? image.command, { ...environmentOf(name), LOG_LEVEL: 'warn' });
const running = new Map(replicas.map((name) => [name, startReplica(name)]));
for (const name of replicas) await until(`${name} is ready`, () => isReady(name));

/** Requests that each replica was given, by the log of HAProxy. */
const given = new Map<string, number>();
start(
  ['haproxy', '-f', path.join(packageRoot, 'deploy/compose/haproxy.cfg')],
  {
    PATH,
    BALANCER_BIND: addressOf('balancer'),
    REPLICA_1: addressOf('replica-1'),
    REPLICA_2: addressOf('replica-2'),
    REPLICA_3: addressOf('replica-3'),
  },
  (line) => {
    const replica = / replicas\/(replica-\d) .* "POST /.exec(line)?.[1];
    if (replica !== undefined) given.set(replica, (given.get(replica) ?? 0) + 1);
  },
);
await until('HAProxy has a replica to send to', () => isReady('balancer'));
const { status: ofMetrics } = await fetch(`http://${addressOf('balancer')}/metrics`);
if (ofMetrics !== 404) throw new Error(`/metrics through the balancer is answered with ${String(ofMetrics)}`);

// What a caller does: on 502, 503 and 504, and where no answer comes, the same again.

const counts = { answers: 0, wrong: 0, repeated: 0, turnedAway: 0, givenUp: 0 };
const faults: string[] = [];
const isOver = new AbortController();
const world = buildWorld(1, path.join(packageRoot, 'reference-data'), new Date());
const mix = requests(world, Number.MAX_SAFE_INTEGER);

async function deliver(sent: Sent): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const [outcome] = await send([sent], {
      urls: [`http://${addressOf('balancer')}`],
      concurrency: 1,
      onLost: () => undefined,
    });
    const { status, answer } = outcome?.got ?? { status: 0, answer: '' };
    if (outcome !== undefined && (outcome.isRight || ![502, 503, 504].includes(status))) {
      counts.answers += 1;
      if (outcome.isRight) return;
      counts.wrong += 1;
      faults.push(`${sent.scenario.name}: ${String(status)} ${answer}`);
      return;
    }
    // A problem is the service's own word, that this machine has other things to do: neither a loss nor a matter of the stop.
    const isTurnedAway = answer === 'overloaded' || answer === 'store-unavailable';
    counts[isTurnedAway ? 'turnedAway' : 'repeated'] += 1;
    await delay(200);
  }
  counts.givenUp += 1;
}

const sender = async (): Promise<void> => {
  for (let item = mix.next(); !isOver.signal.aborted && item.done !== true; item = mix.next()) {
    const due = delay((1000 * senders) / requestsPerSecond);
    await deliver(item.value);
    await due;
  }
};
const sending = Promise.all(Array.from({ length: senders }, sender));

const givenSoFar = (name: Replica): number => given.get(name) ?? 0;
const peakMemoryOf = (name: Replica): number => {
  const status = readFileSync(`/proc/${String(running.get(name)?.pid)}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
};

async function untilGivenMore(name: Replica): Promise<void> {
  const enough = givenSoFar(name) + 50;
  await until(`${name} is given requests`, () => givenSoFar(name) >= enough);
}

for (const name of replicas) await untilGivenMore(name);

const stopped = running.get('replica-2');
const toldAt = performance.now();
stopped?.kill('SIGTERM');
const exitCode = stopped && (await ended(stopped));
const stopTookMs = performance.now() - toldAt;
const graceMs = amount(serviceOf('replica-2').stop_grace_period ?? '10s');
if (exitCode !== 0) faults.push(`replica-2 ended with ${String(exitCode)} when it was told to stop`);
if (stopTookMs > graceMs) faults.push(`replica-2 took ${stopTookMs.toFixed()} ms to stop`);
const afterStop = givenSoFar('replica-2');
for (const name of ['replica-1', 'replica-3'] as const) await untilGivenMore(name);
if (givenSoFar('replica-2') !== afterStop) faults.push('replica-2 was given requests after it had stopped');
running.set('replica-2', startReplica('replica-2'));
await untilGivenMore('replica-2');
const whileStopping = { ...counts };
if (whileStopping.repeated > 0)
  faults.push(`${String(whileStopping.repeated)} requests were not answered around the stop`);

running.get('replica-3')?.kill('SIGKILL');
for (const name of ['replica-1', 'replica-2'] as const) await untilGivenMore(name);
running.set('replica-3', startReplica('replica-3'));
await untilGivenMore('replica-3');

isOver.abort();
await sending;
if (counts.givenUp > 0) faults.push(`${String(counts.givenUp)} requests were never answered`);
const limit = amount(serviceOf('replica-1').deploy.resources.limits.memory);
const peak = Math.max(...replicas.map(peakMemoryOf));
if (peak > limit) faults.push(`a replica took ${String(peak)} bytes, and may take ${String(limit)}`);

// The decision logs, as they are when all have ended; one was killed at work.
const verified: string[] = [];
for (const name of replicas) {
  const child = running.get(name);
  child?.kill('SIGTERM');
  if (child !== undefined) await ended(child);
  const log = path.join(directory, name, 'decisions');
  const verifying = start(['node', 'dist/src/cli/main.js', 'decisions', 'verify', log], { PATH }, (line) => {
    verified.push(`${name}: ${line}`);
  });
  if ((await ended(verifying)) !== 0) faults.push(`the decision log of ${name} is not as it was written`);
}

console.log(
  [
    `${String(counts.answers)} answers through HAProxy, ${String(counts.wrong)} wrong: ${replicas.map((name) => `${name} ${String(givenSoFar(name))}`).join(', ')}.`,
    `replica-2 was told to stop, took ${(stopTookMs / 1000).toFixed(1)} s, and came back: ${String(whileStopping.repeated)} requests had to be repeated.`,
    `replica-3 was killed, and came back: ${String(counts.repeated - whileStopping.repeated)} requests had to be repeated, and were answered.`,
    `${String(counts.turnedAway)} requests were turned away by a service that was late, or could not ask Redis in time, and were answered later.`,
    `The largest replica took ${(peak / 2 ** 20).toFixed()} of ${String(limit / 2 ** 20)} MiB.`,
    ...verified,
    ...faults.slice(0, 10).map((fault) => `WRONG: ${fault}`),
    faults.length === 0 ? 'All is as it should be.' : 'NOT as it should be.',
  ].join('\n'),
);
clearTimeout(overdue);
process.exit(faults.length === 0 ? 0 : 1);
