import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { decidingBy, validationDeps } from '../dependencies.js';
import { decideAgain, readRecord } from '../recording.js';
import type { ReferenceData } from '../reference-data/snapshot.js';
import type { Context } from './context.js';
import { counted } from './words.js';

/** What a decision came to, in as much as another can be like it. */
export interface Outcome {
  /** A response code, or the outcome where there is none, or the kind of a problem. */
  readonly answer: string;
  readonly mpanCheck: string | null;
}

export const outcomeOf = (
  decision: Readonly<Record<'outcome' | 'mpanCheck', string>>,
  code: string | null,
): Outcome => ({ answer: code ?? decision.outcome, mpanCheck: decision.mpanCheck });

export interface ReplayResult {
  readonly replayed: number;
  /** Lines that hold no record. */
  readonly unreadable: number;
  readonly changed: number;
  /** How often an answer became another: "I0 matched -> E061510 mismatched". */
  readonly changes: Readonly<Record<string, number>>;
  /** The first of those that changed, by their line. */
  readonly examples: readonly { readonly line: number; readonly was: Outcome; readonly is: Outcome }[];
}

const examplesShown = 20;

/** Counts what came of making decisions again, in as much memory whatever their number. */
export class ReplayTally {
  #replayed = 0;
  #changed = 0;
  readonly #changes: Record<string, number> = {};
  readonly #examples: ReplayResult['examples'][number][] = [];
  unreadable = 0;

  add(line: number, was: Outcome, is: Outcome): void {
    this.#replayed += 1;
    if (was.answer === is.answer && was.mpanCheck === is.mpanCheck) return;
    this.#changed += 1;
    const change = `${inWords(was)} -> ${inWords(is)}`;
    this.#changes[change] = (this.#changes[change] ?? 0) + 1;
    if (this.#examples.length < examplesShown) this.#examples.push({ line, was, is });
  }

  result(): ReplayResult {
    return {
      replayed: this.#replayed,
      unreadable: this.unreadable,
      changed: this.#changed,
      changes: this.#changes,
      examples: this.#examples,
    };
  }
}

/** Makes recorded decisions again, by other reference data, in as much memory whatever their number. */
export async function replay(
  { config }: Context,
  file: string,
  referenceData: ReferenceData,
): Promise<ReplayResult> {
  const deps = validationDeps(config, decidingBy(referenceData), () => new Date(0));
  // A record names the device registry's answer, where there was one.
  const listsDevices = config.DEVICE_REGISTRY === 'list';
  const tally = new ReplayTally();
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number += 1;
    const record = readRecord(line);
    if (!record.ok) {
      tally.unreadable += 1;
      continue;
    }
    const decided = await decideAgain(deps, record.value, listsDevices);
    const is: Outcome = decided.ok
      ? outcomeOf(decided.value, decided.value.code)
      : { answer: decided.rejection.kind, mpanCheck: null };
    tally.add(number, outcomeOf(record.value, record.value.responseCode), is);
  }
  return tally.result();
}

const inWords = ({ answer, mpanCheck }: Outcome): string => [answer, mpanCheck].filter(Boolean).join(' ');

/** `place` is what the numbers of the examples count. */
export const replayInWords = (
  { replayed, unreadable, changed, changes, examples }: ReplayResult,
  place: 'line' | 'record' = 'line',
): string[] => [
  replayed === 0
    ? 'There is no recorded decision.'
    : `${counted(replayed, 'recorded decision')} made again: ${changed === 0 ? 'every answer is the same' : `${counted(changed, 'answer')} changed`}.`,
  ...Object.entries(changes).map(([change, count]) => `  ${String(count)} ${change}`),
  ...(examples.length === 0
    ? []
    : [`  the first in the ${place}s ${examples.map(({ line }) => line).join(', ')}`]),
  ...(unreadable === 0 ? [] : [`  ${counted(unreadable, 'line')} of something else`]),
];
