import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Head } from '../decision-log/chain.js';
import { logFiles } from '../decision-log/directory.js';
import { keysFrom } from '../decision-log/open.js';
import { type Line, linesOf } from '../decision-log/lines.js';
import { type Verification, Verifier } from '../decision-log/verify.js';
import { type Context, tell } from './context.js';
import { CliError, exitCodes } from './exit.js';
import { replayLog, replayLogInWords } from './replay-log.js';
import { counted } from './words.js';

/** Where a log is read from. */
export interface LogSource {
  readonly name: string;
  readonly bytes: AsyncIterable<Buffer>;
}

const whereHelp = 'a directory of a decision log, files of one in their order, or - for standard input';

const headPattern = /^([1-9][0-9]{0,14}):([0-9a-f]{64})$/;

const head = (text: string): Head => {
  const [, seq, hash = ''] = headPattern.exec(text) ?? [];
  if (seq === undefined)
    throw new InvalidArgumentError('It must be a number and a hash, as 17:1f…, which the service logs.');
  return { seq: Number(seq), hash };
};

const several =
  <T>(read: (text: string) => T) =>
  (text: string, before: readonly T[] = []): readonly T[] => [...before, read(text)];

interface VerifyCommandOptions {
  readonly keyFile?: readonly string[];
  readonly head?: readonly Head[];
  readonly after?: Head;
  readonly mixed?: boolean;
}

const verifyCommand = (contextOf: () => Context): Command =>
  new Command('verify')
    .description(
      'Verifies that a decision log is as it was written: no record changed, removed, put in, or out of its place.\n' +
        'That its end is not missing shows only in a head that was kept elsewhere; the service logs it.',
    )
    .argument('<log...>', whereHelp)
    .addOption(
      new Option(
        '--key-file <file>',
        'the key of the log, in place of DECISION_LOG_KEY_FILE; several, where it has had several',
      ).argParser(several((file) => file)),
    )
    .addOption(
      new Option('--head <seq:hash>', 'a record that has to be in the log; may come several times').argParser(
        several(head),
      ),
    )
    .addOption(new Option('--after <seq:hash>', 'the record in front of the first').argParser(head))
    .option(
      '--mixed',
      'passes over other lines, as in the log of a service, which may have run several times',
    )
    .action(async (log: string[], options: VerifyCommandOptions) => {
      const context = contextOf();
      const { keyFile = [context.config.DECISION_LOG_KEY_FILE].flatMap((file) => file ?? []) } = options;
      const keys = await Promise.all(keyFile.map(async (file) => (await keysFrom(file)).chain));
      const { head: heads = [], after, mixed: isMixed = false } = options;
      const verifier = new Verifier({ keys, heads, after, isMixed });
      for await (const { name, lines } of linesIn(await sourcesOf(log))) {
        for (const line of lines) verifier.take(name, line);
      }
      const result = verifier.result();
      tell(context, result, verificationInWords);
      if (result.faultCount > 0 || result.records === 0) process.exitCode = exitCodes.refused;
    });

function verificationInWords({ first, last, ...result }: Verification): string {
  if (first === undefined || last === undefined) return 'There is no record of a decision log.';
  const { records, decisions, dropped, otherLines, withoutKey, uncleanStops, faults, faultCount } = result;
  return [
    `${counted(records, 'record')}, ${String(first.seq)} to ${String(last.seq)}, of ${counted(decisions, 'decision')}.`,
    ...(dropped === 0 ? [] : [`It says that ${counted(dropped, 'decision')} had no record.`]),
    ...(uncleanStops === 0
      ? []
      : [`The service began ${counted(uncleanStops, 'time')} without having stopped.`]),
    ...(otherLines === 0 ? [] : [counted(otherLines, 'other line')]),
    ...(withoutKey === 0
      ? []
      : [
          `${counted(withoutKey, 'record')} chained without a key: whoever can write the log can make them anew.`,
        ]),
    `The head is ${String(last.seq)}:${last.hash}`,
    ...faults.map(({ place, what }) => `  ${place === '' ? what : `${place}: ${what}`}`),
    ...(faultCount > faults.length ? [`  and ${counted(faultCount - faults.length, 'fault')} more`] : []),
    faultCount === 0 ? 'All is as it was written.' : `${counted(faultCount, 'fault')}.`,
  ].join('\n');
}

interface ReplayCommandOptions {
  readonly by?: string;
}

const replayCommand = (contextOf: () => Context): Command =>
  new Command('replay')
    .description(
      'Judges the decisions of a log again, and tells which would be others: each by the version of the reference data that it\n' +
        'names, as published or in REFERENCE_DATA_DIR, or all of them by other lists. Whether the log is as it was written, verify tells.',
    )
    .argument('<log...>', whereHelp)
    .option(
      '--by <what>',
      'other reference data: a directory of lists, a file of a data set, the number of a published version, or "current"',
    )
    .action(async (log: string[], { by }: ReplayCommandOptions) => {
      const context = contextOf();
      const result = await replayLog(context, linesIn(await sourcesOf(log)), by);
      tell(context, result, replayLogInWords);
      const { replayed, unreadable, changed, notJudged } = result;
      if (replayed === 0 || unreadable > 0 || changed > 0 || Object.keys(notJudged).length > 0)
        process.exitCode = exitCodes.refused;
    });

export const decisionsCommand = (contextOf: () => Context): Command =>
  new Command('decisions')
    .description(
      'Reads the decision log of the service (DECISION_LOG): verifies it, and judges its decisions again.',
    )
    .addCommand(verifyCommand(contextOf))
    .addCommand(replayCommand(contextOf));

/** The lines of each file, some at a time. */
export async function* linesIn(
  sources: readonly LogSource[],
): AsyncGenerator<{ readonly name: string; readonly lines: readonly Line[] }, undefined> {
  for (const { name, bytes } of sources) for await (const lines of linesOf(bytes)) yield { name, lines };
  return undefined;
}

const chunkBytes = 1024 * 1024;

async function sourcesOf(log: readonly string[]): Promise<LogSource[]> {
  const files = await Promise.all(
    log.map(async (name) => {
      if (name === '-' || !(await stat(name)).isDirectory()) return [name];
      const found = await logFiles(name);
      if (found.length === 0) throw new CliError(`${name} has no file of a decision log`);
      return found.map((file) => path.join(name, file));
    }),
  );
  return files.flat().map((name) => ({
    name,
    bytes: name === '-' ? process.stdin : createReadStream(name, { highWaterMark: chunkBytes }),
  }));
}
