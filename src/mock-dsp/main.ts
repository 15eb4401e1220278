import { Command, InvalidArgumentError } from 'commander';
import { SingleBar } from 'cli-progress';
import { readConfig } from '../config.js';
import { startService } from '../start.js';
import { type Outcome, send } from './pipeline.js';
import { renderSummary, summarise } from './report.js';
import { requests } from './scenarios.js';
import { buildWorld } from './world.js';

const wholeNumber = (text: string): number => {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('must be a whole number from 1.');
  return Number(text);
};

interface Options {
  readonly url?: string;
  readonly count: number;
  readonly rate?: number;
  readonly seed: number;
  readonly json?: boolean;
}

const config = readConfig(process.env);

const command = new Command('mock-dsp')
  .description(
    'Sends Service Requests as Suppliers really send them, and holds each answer against the right one.\nWithout --url it starts the service itself, on its defaults and any free port.',
  )
  .option('--url <url>', 'a service that is running already; it must hold the lists in REFERENCE_DATA_DIR')
  .option('--count <n>', 'how many requests to send', wholeNumber, 300)
  .option('--rate <n>', 'requests a second at the most', wholeNumber)
  .option('--seed <n>', 'the same seed makes the same requests', wholeNumber, 1)
  .option('--json', 'print the summary as JSON')
  .parse();
const options = command.opts<Options>();

const started =
  options.url === undefined
    ? await startService({ ...config, PORT: 0, LOG_LEVEL: 'error' }, () => new Date())
    : undefined;
const url = options.url ?? started?.url ?? '';

const bar = new SingleBar({
  format: '{bar} {value}/{total}  {eta} s left',
  noTTYOutput: false,
  clearOnComplete: true,
});
const showBar = process.stderr.isTTY && options.count > 1000;
if (showBar) bar.start(options.count, 0);
const world = buildWorld(options.seed, config.REFERENCE_DATA_DIR, new Date());
let outcomes: Outcome[];
try {
  outcomes = await send(requests(world, options.count), {
    url,
    rate: options.rate,
    concurrency: 8,
    onOutcome: () => {
      bar.increment();
    },
  });
} finally {
  bar.stop();
  await started?.stop();
}

const summary = summarise(outcomes);
console.log(options.json === true ? JSON.stringify(summary, undefined, 2) : renderSummary(summary));
process.exitCode = summary.wrong === 0 ? 0 : 1;
