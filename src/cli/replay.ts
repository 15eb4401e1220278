import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { decidingBy, validationDeps } from '../dependencies.js';
import { decideAgain, readRecord } from '../recording.js';
import type { ReferenceData } from '../reference-data/snapshot.js';
import type { Context } from './context.js';
import { counted } from './words.js';

interface Outcome {
  /** A response code, or the kind of a problem. */
  readonly answer: string;
  readonly mpanCheck: string | null;
}

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

/** Makes recorded decisions again, by other reference data, in as much memory whatever their number. */
export async function replay(
  { config }: Context,
  file: string,
  referenceData: ReferenceData,
): Promise<ReplayResult> {
  const deps = validationDeps(config, decidingBy(referenceData), () => new Date(0));
  // A record names the device registry's answer, where there was one.
  const listsDevices = config.DEVICE_REGISTRY === 'list';
  let [replayed, unreadable, changed, number] = [0, 0, 0, 0];
  const changes: Record<string, number> = {};
  const examples: ReplayResult['examples'][number][] = [];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number += 1;
    const record = readRecord(line);
    if (!record.ok) {
      unreadable += 1;
      continue;
    }
    const { responseCode, outcome, mpanCheck } = record.value;
    const was: Outcome = { answer: responseCode ?? outcome, mpanCheck };
    const decided = await decideAgain(deps, record.value, listsDevices);
    const is: Outcome = decided.ok
      ? { answer: decided.value.code ?? decided.value.outcome, mpanCheck: decided.value.mpanCheck }
      : { answer: decided.rejection.kind, mpanCheck: null };
    replayed += 1;
    if (was.answer === is.answer && was.mpanCheck === is.mpanCheck) continue;
    changed += 1;
    const change = `${inWords(was)} -> ${inWords(is)}`;
    changes[change] = (changes[change] ?? 0) + 1;
    if (examples.length < examplesShown) examples.push({ line: number, was, is });
  }
  return { replayed, unreadable, changed, changes, examples };
}

const inWords = ({ answer, mpanCheck }: Outcome): string => [answer, mpanCheck].filter(Boolean).join(' ');

export const replayInWords = ({
  replayed,
  unreadable,
  changed,
  changes,
  examples,
}: ReplayResult): string[] => [
  replayed === 0
    ? 'The file holds no recorded decision.'
    : `${counted(replayed, 'recorded decision')} made again: ${changed === 0 ? 'every answer is the same' : `${counted(changed, 'answer')} changed`}.`,
  ...Object.entries(changes).map(([change, count]) => `  ${String(count)} ${change}`),
  ...(examples.length === 0
    ? []
    : [`  the first in the lines ${examples.map(({ line }) => line).join(', ')}`]),
  ...(unreadable === 0 ? [] : [`  ${counted(unreadable, 'line')} of something else`]),
];
