import { Command } from 'commander';
import { type Change, diffDataSets } from '../reference-data/diff.js';
import { type Fault, faultText } from '../reference-data/fault.js';
import { candidateOf, whatHelp } from './candidate.js';
import { type Context, tell } from './context.js';
import { exitCodes } from './exit.js';
import { replay, replayInWords, type ReplayResult } from './replay.js';
import { counted, countedLists } from './words.js';

interface Options {
  readonly against?: string;
  readonly replay?: string;
}

interface CheckResult {
  readonly what: string;
  readonly version: number | null;
  readonly lists: Readonly<Record<string, number>>;
  readonly faults: readonly Fault[];
  /** Null where it was not compared. */
  readonly changes: readonly Change[] | null;
  /** Null where no decisions were made again. */
  readonly replay: ReplayResult | null;
}

export const checkCommand = (contextOf: () => Context): Command =>
  new Command('check')
    .description(
      'Checks lists as the service does before it takes them: every entry, what refers to what, and the self-test.\n' +
        'With --against, tells what is different; with --replay, which of the answers that were recorded would change.',
    )
    .argument('<what>', whatHelp)
    .option('--against <what>', `what to compare it with: ${whatHelp}`)
    .option('--replay <file>', 'decisions that the service has recorded (RECORD_DECISIONS_FILE)')
    .action(async (what: string, { against, replay: file }: Options) => {
      const context = contextOf();
      const candidate = await candidateOf(context, what);
      const other = against === undefined ? undefined : await candidateOf(context, against);
      const result: CheckResult = {
        what,
        version: candidate.head?.version ?? null,
        lists: countedLists(candidate.lists),
        faults: candidate.faults,
        changes: other === undefined ? null : diffDataSets(other.lists, candidate.lists),
        replay:
          file === undefined || candidate.referenceData === undefined
            ? null
            : await replay(context, file, candidate.referenceData),
      };
      tell(context, result, inWords);
      // A record that is cut short, or of something else, is no proof that nothing changes.
      const isNoProof =
        result.replay !== null && (result.replay.replayed === 0 || result.replay.unreadable > 0);
      if (candidate.faults.length > 0 || isNoProof) process.exitCode = exitCodes.refused;
    });

function inWords({ what, lists, faults, changes, replay: replayed }: CheckResult): string {
  const sizes = Object.entries(lists).map(([list, count]) => `${String(count)} in ${list}`);
  return [
    `${what}: ${sizes.join(', ')}`,
    ...faults.map((fault) => `  ${faultText(fault)}`),
    faults.length === 0 ? 'No fault.' : `${counted(faults.length, 'fault')}: this would not be taken.`,
    ...(changes === null ? [] : changesInWords(changes)),
    ...(replayed === null ? [] : replayInWords(replayed)),
  ].join('\n');
}

export const changesInWords = (changes: readonly Change[]): string[] =>
  changes.length === 0
    ? ['Nothing is different.']
    : ['What is different:', ...changes.map(({ list, text }) => `  ${list}: ${text}`)];
