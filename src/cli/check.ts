import { Command } from 'commander';
import { type Change, diffDataSets } from '../reference-data/diff.js';
import { type Fault, faultText } from '../reference-data/fault.js';
import { type Candidate, candidateOf, whatHelp } from './candidate.js';
import { type Context, tell } from './context.js';
import { exitCodes } from './exit.js';
import { countedLists } from './words.js';

interface Options {
  readonly against?: string;
}

interface CheckResult {
  readonly what: string;
  readonly version: number | null;
  readonly lists: Readonly<Record<string, number>>;
  readonly faults: readonly Fault[];
  /** Null where it was not compared. */
  readonly changes: readonly Change[] | null;
}

export const checkCommand = (contextOf: () => Context): Command =>
  new Command('check')
    .description(
      'Checks lists as the service does before it takes them: every entry, what refers to what, and the self-test.\n' +
        'With --against, tells what is different.',
    )
    .argument('<what>', whatHelp)
    .option('--against <what>', `what to compare it with: ${whatHelp}`)
    .action(async (what: string, { against }: Options) => {
      const context = contextOf();
      const candidate = await candidateOf(context, what);
      const other = against === undefined ? undefined : await candidateOf(context, against);
      const result: CheckResult = {
        what,
        version: candidate.head?.version ?? null,
        lists: countedLists(candidate.lists),
        faults: candidate.faults,
        changes: other === undefined ? null : changesBetween(other, candidate),
      };
      tell(context, result, inWords);
      if (candidate.faults.length > 0) process.exitCode = exitCodes.refused;
    });

export const changesBetween = (before: Candidate, after: Candidate): Change[] =>
  diffDataSets(before.lists, after.lists);

function inWords({ what, lists, faults, changes }: CheckResult): string {
  const counted = Object.entries(lists).map(([list, count]) => `${String(count)} in ${list}`);
  return [
    `${what}: ${counted.join(', ')}`,
    ...faults.map((fault) => `  ${faultText(fault)}`),
    faults.length === 0 ? 'No fault.' : `${String(faults.length)} faults: this would not be taken.`,
    ...(changes === null ? [] : changesInWords(changes)),
  ].join('\n');
}

export const changesInWords = (changes: readonly Change[]): string[] =>
  changes.length === 0
    ? ['Nothing is different.']
    : ['What is different:', ...changes.map(({ list, text }) => `  ${list}: ${text}`)];
