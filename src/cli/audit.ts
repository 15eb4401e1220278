import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ukDayOf } from '../clock.js';
import { CheckpointRefused } from '../audit/checkpoint.js';
import { EstateUnreadable } from '../audit/estate.js';
import { type Generated, generateEstate } from '../audit/generate.js';
import { CannotGenerate } from '../audit/generate-cast.js';
import { type FindingsFormat, findingsFormats } from '../audit/output.js';
import { type AuditReporter, defaultChunkBytes, runAudit } from '../audit/run.js';
import { type AuditSummary, auditSummary } from '../audit/summary.js';
import { renderReport } from '../audit/report/report.js';
import { WorkerFailed } from '../audit/workers.js';
import type { ReferenceData } from '../reference-data/snapshot.js';
import { writeDurably } from '../stores/durable-file.js';
import { candidateOf, whatHelp } from './candidate.js';
import { type Context, tell } from './context.js';
import { CliError, exitCodes } from './exit.js';
import { dayOption, wholeNumber, wholeNumberOption } from './options.js';
import { counted } from './words.js';

const checkpointEveryMs = 1_000;

export function auditCommand(contextOf: () => Context): Command {
  const command = new Command('audit').description(
    'Audits the estate: meters that are there already, by the rules of the service (docs/audit.md).',
  );
  command
    .command('run')
    .description(
      'Audits an estate, CSV or NDJSON, plain, gzip or zstd. What is found goes into the directory. One that was killed goes on\n' +
        'where it stood when the same command is given again. Wrong meters are findings, and no failure of the command.',
    )
    .argument('<estate>', 'a file, or "-" for standard input')
    .requiredOption('--out <directory>', 'where the findings go')
    .option('--by <what>', `the reference data: ${whatHelp}; as the service has it where left out`)
    .addOption(dayOption('--day <day>', 'that the lists are asked of; today in the UK where left out'))
    .addOption(
      wholeNumberOption('--workers <n>', 'worker threads').default(
        availableParallelism(),
        'one for each core',
      ),
    )
    .addOption(
      new Option('--findings <format>', 'how findings are written').choices(findingsFormats).default('csv'),
    )
    .addOption(
      wholeNumberOption('--chunk-bytes <n>', 'how much of the estate a worker takes at a time').default(
        defaultChunkBytes,
      ),
    )
    .option('--restart', 'begin anew, whatever a run before this one has left')
    .action(async (estate: string, options: RunOptions) => {
      await expected(run(contextOf(), estate, options));
    });
  command
    .command('report')
    .description('Draws the report of an audit again, from its summary.json.')
    .argument('<directory>', 'where its findings are')
    .action(async (directory: string) => {
      await report(contextOf(), directory);
    });
  command
    .command('generate')
    .description(
      'Makes an estate.csv with wrong meters in it, and a truth.csv that says which, by the lists that are in use.',
    )
    .requiredOption('--out <directory>', 'where the two files go')
    .addOption(wholeNumberOption('--rows <n>', 'how many meters').makeOptionMandatory())
    .option('--wrong <share>', 'of the rows, from 0 to 1: the certificate of somebody else', share, 0.1)
    .option('--unknown <share>', 'of the rows: something is not known that the check needs', share, 0)
    .option('--bad <share>', 'of the rows: they cannot be read', share, 0)
    .option('--seed <n>', 'another number makes another estate', wholeNumber, 1)
    .option('--certificates', 'rows have certificates, in place of their Entity Identifiers')
    .option('--by <what>', `the reference data: ${whatHelp}; as the service has it where left out`)
    .addOption(dayOption('--day <day>', 'that the lists are asked of; today in the UK where left out'))
    .action(async (options: GenerateOptions) => {
      await expected(generate(contextOf(), options));
    });
  return command;
}

interface ByOptions {
  readonly by?: string;
  readonly day?: string;
}

interface RunOptions extends ByOptions {
  readonly out: string;
  readonly workers: number;
  readonly findings: FindingsFormat;
  readonly chunkBytes: number;
  readonly restart?: boolean;
}

interface GenerateOptions extends ByOptions {
  readonly out: string;
  readonly rows: number;
  readonly wrong: number;
  readonly unknown: number;
  readonly bad: number;
  readonly seed: number;
  readonly certificates?: boolean;
}

function share(text: string): number {
  if (/^(?:0(?:\.[0-9]+)?|1(?:\.0+)?)$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a share, such as 0.1.');
}

/** What is audited by: the data set, the day, and whether gas is judged. */
async function judgingBy(
  context: Context,
  { by, day = ukDayOf(context.clock()) }: ByOptions,
): Promise<{
  readonly referenceData: ReferenceData;
  readonly dataSet: { readonly bytes: Buffer };
  readonly day: string;
  readonly gasIsJudged: boolean;
}> {
  const { config } = context;
  const isPublished = config.REDIS_URL !== undefined || config.DATA_SET_DIR !== undefined;
  const what = by ?? (isPublished ? 'current' : config.REFERENCE_DATA_DIR);
  const { referenceData, head, sealed } = await candidateOf(context, what);
  if (referenceData === undefined || head === undefined) {
    throw new CliError(`${what} has faults: see check`, exitCodes.refused);
  }
  if (by === undefined && new Date(head.effectiveFrom) > context.clock()) {
    const when = `version ${String(head.version)} of the reference data is not in force before ${head.effectiveFrom}`;
    throw new CliError(`${when}: say with --by what to judge by`, exitCodes.refused);
  }
  return { referenceData, dataSet: { bytes: sealed() }, day, gasIsJudged: config.GAS_CHECK !== 'off' };
}

async function run(context: Context, estate: string, options: RunOptions): Promise<void> {
  const started = performance.now();
  const { out: directory, workers, findings, chunkBytes, restart = false } = options;
  const { summary, resumedBehind } = await runAudit({
    ...(await judgingBy(context, options)),
    estate,
    input: process.stdin,
    directory,
    // Where devices are in Redis, the list is not what the service asks; and Redis is not asked millions of times.
    listsDevices: context.config.DEVICE_REGISTRY === 'list',
    findings,
    workers,
    chunkBytes,
    checkpointEveryMs,
    restart,
    auditedAt: context.clock(),
    report: reporter(),
  });
  const seconds = (performance.now() - started) / 1_000;
  // Whoever is killed here has everything but the report, which can be drawn again.
  await writeReport(directory, summary);
  const { rows, judged, mismatched, unknown, bad } = summary;
  const result = {
    rows,
    judged,
    mismatched,
    unknown,
    bad,
    rowsPerSecond: Math.round((rows - resumedBehind) / seconds),
    // In kilobytes on every system.
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
  tell(context, result, () => inWords(summary, directory, { resumedBehind, ...result }));
}

async function report(context: Context, directory: string): Promise<void> {
  const name = path.join(directory, 'summary.json');
  const text = await readFile(name, 'utf8');
  let summary: AuditSummary;
  try {
    summary = auditSummary.parse(JSON.parse(text));
  } catch (cause) {
    throw new CliError(`${name} is no summary of an audit`, exitCodes.refused, { cause });
  }
  tell(context, { report: await writeReport(directory, summary) }, ({ report: file }) => file);
}

/** Writes the report of an audit beside what it found. Gives the file. */
async function writeReport(directory: string, summary: AuditSummary): Promise<string> {
  const file = path.join(directory, 'report.html');
  await writeDurably(file, await renderReport(summary));
  return file;
}

/** Draws on a terminal, and nowhere else. */
function reporter(): AuditReporter {
  let bar: SingleBar | undefined;
  let rowsBefore = 0;
  const started = performance.now();
  return {
    begun: ({ resumedBehind, otherColumns, size }) => {
      rowsBefore = resumedBehind;
      if (otherColumns.length > 0) {
        console.error(`${counted(otherColumns.length, 'column')} of the estate not taken`);
      }
      if (!process.stderr.isTTY) return;
      bar = new SingleBar({
        format:
          size === undefined
            ? '{rows} rows  {rate} a second  {duration_formatted}'
            : '{bar} {percentage}%  {rows} rows  {rate} a second  {duration_formatted}, {eta_formatted} left',
        clearOnComplete: true,
        etaBuffer: 100,
      });
      bar.start(size ?? 0, 0, { rows: resumedBehind, rate: 0 });
    },
    progressed: ({ read, rows }) => {
      const rate = Math.round((rows - rowsBefore) / ((performance.now() - started) / 1_000));
      bar?.update(read, { rows, rate });
    },
    ended: () => {
      bar?.stop();
    },
  };
}

interface RunFigures {
  readonly resumedBehind: number;
  readonly rowsPerSecond: number;
  readonly peakRssBytes: number;
}

function inWords(
  { rows, judged, mismatched, unknown, bad, faults, unknowns, workLists }: AuditSummary,
  directory: string,
  { resumedBehind, rowsPerSecond, peakRssBytes }: RunFigures,
): string {
  const lines = (parts: readonly { readonly reason: string; readonly rows: number }[]): string[] =>
    parts.map((part) => `  ${String(part.rows)} ${part.reason}`);
  return [
    ...(resumedBehind > 0 ? [`The audit went on behind ${counted(resumedBehind, 'row')}.`] : []),
    `${counted(rows, 'row')}: ${String(judged)} judged, ${String(unknown)} not known, ${String(bad)} not read.`,
    `${counted(mismatched, 'meter')} with the certificate of somebody else, for ${counted(workLists.length, 'operator')} to have replaced.`,
    ...lines(unknowns),
    ...lines(faults),
    `${String(rowsPerSecond)} rows a second; at most ${String(Math.round(peakRssBytes / 2 ** 20))} MB of memory.`,
    `Everything is in ${directory}.`,
  ].join('\n');
}

async function generate(context: Context, options: GenerateOptions): Promise<void> {
  const { out: directory, wrong, unknown, bad, rows, seed, certificates = false } = options;
  if (wrong + unknown + bad > 1) throw new CliError('the shares come to more than 1');
  const by = await judgingBy(context, options);
  const settings = { directory, rows, wrong, unknown, bad, seed, certificates, now: context.clock() };
  const generated = await generateEstate({ ...by, ...settings });
  tell(context, generated, generatedInWords);
}

const generatedInWords = ({ rows, wrong, unknown, bad, estate, truth }: Generated): string =>
  `${estate}: ${counted(rows, 'row')}, of which ${String(wrong)} are wrong, ${String(unknown)} not known, ${String(bad)} not to be read; ${truth} says which.`;

/** What is wrong with what was given, and what a worker met with, is told without a stack trace. */
async function expected(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const isRefused =
      error instanceof EstateUnreadable ||
      error instanceof CheckpointRefused ||
      error instanceof CannotGenerate;
    if (isRefused) throw new CliError(error.message, exitCodes.refused);
    if (error instanceof WorkerFailed) throw new CliError(error.message, exitCodes.failed, { cause: error });
    throw error;
  }
}
