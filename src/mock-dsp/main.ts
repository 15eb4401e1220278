import { Command, InvalidArgumentError, Option } from 'commander';
import { SingleBar } from 'cli-progress';
import { type Config, readConfig, settings } from '../config.js';
import { startService } from '../start.js';
import { type Outcome, send } from './pipeline.js';
import { runReplicas } from './replicas.js';
import { renderSummary, summarise } from './report.js';
import { requests } from './scenarios.js';
import { renderTimeline, timelineOf } from './timeline.js';
import { buildWorld } from './world.js';

interface Options {
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

const startQuietly = (config: Config): ReturnType<typeof startService> =>
  // The pipeline expects a wrong check digit to advise, as it does by default.
  startService({ ...config, PORT: 0, LOG_LEVEL: 'error', MPAN_CHECK_DIGIT: 'advise' }, () => new Date());

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
  .option('--count <n>', 'how many requests to send (300; about 1800 to replicas)', wholeNumber)
  .option('--rate <n>', 'requests a second at the most (any; 300 to replicas)', wholeNumber)
  .option('--seed <n>', 'the same seed makes the same requests, but for their signatures', wholeNumber, 1)
  .option('--json', 'print the summary as JSON')
  .exitOverride((stopped) => {
    process.exit(stopped.exitCode === 0 ? 0 : 2);
  })
  .parse();

try {
  const options = command.opts<Options>();
  if (options.replicas === undefined) await run(options);
  else await runWithReplicas(options.replicas, options);
} catch (error) {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  console.error(cause instanceof Error ? `${message}: ${cause.message}` : message);
  process.exitCode = 2;
}
