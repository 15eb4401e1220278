import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { SingleBar } from 'cli-progress';
import { createAdminToken } from '../callers/admin-tokens.js';
import type { Clock } from '../clock.js';
import { type Config, readConfig, settings } from '../config.js';
import { startService } from '../start.js';
import { type Outcome, send } from './pipeline.js';
import { runReplicas } from './replicas.js';
import { renderSummary, summarise } from './report.js';
import { requests } from './scenarios.js';
import { CatchingUpClock, runSteadily } from './steady-run.js';
import { renderTimeline, timelineOf } from './timeline.js';
import { buildWorld } from './world.js';

interface Options {
  readonly dashboard?: boolean;
  readonly url?: string;
  readonly replicas?: number;
  readonly count?: number;
  readonly rate?: number;
  readonly seed: number;
  readonly json?: boolean;
}

const wholeNumber = (text: string): number => {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
};

const replicaCount = (text: string): number => {
  if (!/^[1-9]$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 to 9.');
  return Number(text);
};

const httpUrl = (text: string): string => {
  if (!/^https?:\/\/./.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:8080.');
  }
  return text;
};

async function run(options: Options): Promise<void> {
  const config = readConfig(process.env);
  const service = options.url === undefined ? await startQuietly(config) : undefined;
  let outcomes: Outcome[];
  try {
    outcomes = await sendWithBar(options, config.REFERENCE_DATA_DIR, options.url ?? service?.url ?? '');
  } finally {
    await service?.stop();
  }
  const summary = summarise(outcomes);
  console.log(options.json === true ? JSON.stringify(summary, undefined, 2) : renderSummary(summary));
  process.exitCode = summary.wrong === 0 ? 0 : 1;
}

const startQuietly = (config: Config, clock: Clock = () => new Date()): ReturnType<typeof startService> =>
  // The pipeline expects a wrong check digit to advise, as it does by default.
  startService({ ...config, PORT: 0, LOG_LEVEL: 'error', MPAN_CHECK_DIGIT: 'advise' }, clock);

// As much as the dashboard shows to begin with.
const pastMs = 3 * 3_600_000;

/** Starts the service with its dashboard, and sends to it until Ctrl-C: the last three hours at once, and then as time goes. */
async function runWithDashboard({ seed, rate = 10 }: Options): Promise<void> {
  const made = createAdminToken({ name: 'demo', scopes: ['dashboard'] });
  if (made === undefined) throw new Error('there is no token');
  const directory = await mkdtemp(path.join(tmpdir(), 'dashboard-demo-'));
  const over = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      over.abort();
    });
  }
  const clock = new CatchingUpClock(pastMs);
  const config = readConfig(process.env);
  let wrong = 0;
  try {
    const file = path.join(directory, 'tokens.json');
    await writeFile(file, JSON.stringify([made.entry]), { mode: 0o600 });
    const dashboard = { DASHBOARD: 'on', ADMIN_TOKENS_FILE: file } as const;
    // The clock leaps, so that the source is asked often; and what sends is in the way of what answers.
    const demo = { ...dashboard, REFERENCE_DATA_POLL_SECONDS: 1, MAX_EVENT_LOOP_DELAY_MS: 0 };
    const { url, stop } = await startQuietly({ ...config, ...demo }, () => clock.now());
    console.log(`Dashboard: ${url}/dashboard\nToken:     ${made.token}\n`);
    console.log('Sending what three hours bring, and then as time goes, until Ctrl-C ...');
    try {
      await runSteadily({
        url,
        clock,
        seed,
        rate,
        referenceDataDir: config.REFERENCE_DATA_DIR,
        signal: over.signal,
        onCaughtUp: () => {
          console.log(`The three hours are there. From now on: ${String(rate)} requests a second.`);
        },
        onWrong: () => (wrong += 1),
      });
    } finally {
      await stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  if (wrong > 0) console.error(`${String(wrong)} answers were wrong.`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

/** Has a changed data set published while replicas answer, all of them processes of their own. */
async function runWithReplicas(replicas: number, options: Options): Promise<void> {
  const { count = 1800, rate = 300, seed, json = false } = options;
  const isSetting = (name: string): boolean => name in settings.shape;
  const observed = await runReplicas({
    replicas,
    count,
    rate,
    seed,
    referenceDataDir: readConfig(process.env).REFERENCE_DATA_DIR,
    environment: Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting(name))),
    onStep: (text) => {
      if (!json) console.error(text);
    },
  });
  const timeline = timelineOf(observed);
  console.log(json ? JSON.stringify(timeline, undefined, 2) : renderTimeline(timeline));
  process.exitCode = timeline.isRight ? 0 : 1;
}

async function sendWithBar(
  { count = 300, rate, seed }: Options,
  lists: string,
  url: string,
): Promise<Outcome[]> {
  const bar = new SingleBar({ format: '{bar} {value}/{total}  {eta} s left', clearOnComplete: true });
  // A short run is over before a bar would be read.
  if (process.stderr.isTTY && (count > 1000 || count / (rate ?? Infinity) > 5)) bar.start(count, 0);
  const world = buildWorld(seed, lists, new Date());
  try {
    const onOutcome = (): void => {
      bar.increment();
    };
    return await send(requests(world, count), { urls: [url], rate, concurrency: 8, onOutcome });
  } finally {
    bar.stop();
  }
}

const command = new Command('mock-dsp')
  .description(
    'Sends Service Requests as Suppliers really send them, and holds each answer against the right one.\n' +
      'Without --url it starts the service itself, on the lists in REFERENCE_DATA_DIR and any free port.\n' +
      'With --replicas it starts several, and a redis-server for them, and publishes changed lists while they answer.\n' +
      'Exits with 0 where every answer is right, 1 where one is wrong, 2 where the run could not be made.',
  )
  .option('--url <url>', 'a service that runs already, on the lists in REFERENCE_DATA_DIR', httpUrl)
  .addOption(
    new Option('--replicas <n>', 'replicas to start, up to 9').argParser(replicaCount).conflicts('url'),
  )
  .addOption(
    new Option(
      '--dashboard',
      'start the service with its dashboard, print a token for it, and send until Ctrl-C',
    ).conflicts(['url', 'replicas', 'count', 'json']),
  )
  .option('--count <n>', 'how many requests to send (300; about 1800 to replicas)', wholeNumber)
  .option(
    '--rate <n>',
    'requests a second at the most (any; 300 to replicas; 10 with --dashboard)',
    wholeNumber,
  )
  .option('--seed <n>', 'the same seed makes the same requests, but for their signatures', wholeNumber, 1)
  .option('--json', 'print the summary as JSON')
  .exitOverride((stopped) => {
    process.exit(stopped.exitCode === 0 ? 0 : 2);
  })
  .parse();

try {
  const options = command.opts<Options>();
  if (options.dashboard === true) await runWithDashboard(options);
  else if (options.replicas === undefined) await run(options);
  else await runWithReplicas(options.replicas, options);
} catch (error) {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  console.error(cause instanceof Error ? `${message}: ${cause.message}` : message);
  process.exitCode = 2;
}
