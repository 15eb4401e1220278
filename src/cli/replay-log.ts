import { readLink } from '../decision-log/chain.js';
import { JudgeAgain, readLogRecord } from '../decision-log/judge-again.js';
import type { Line } from '../decision-log/lines.js';
import type { DecisionRecord } from '../decision-log/record.js';
import { refusalSettings } from '../dependencies.js';
import type { ReferenceData } from '../reference-data/snapshot.js';
import { candidateOf } from './candidate.js';
import { type Context } from './context.js';
import { CliError, exitCodes } from './exit.js';
import { outcomeOf, replayInWords, type ReplayResult, ReplayTally } from './replay.js';
import { counted } from './words.js';

export interface ReplayLogResult extends ReplayResult {
  /** How many decisions were not judged again, by why. */
  readonly notJudged: Readonly<Record<string, number>>;
}

interface LogLines {
  readonly name: string;
  readonly lines: readonly Line[];
}

/**
 * Judges the decisions of a log again, in as much memory whatever their number. Lines that are no records, as between those
 * on standard output, are passed over; a record that cannot be read is counted.
 */
export async function replayLog(
  context: Context,
  log: AsyncIterable<LogLines>,
  by: string | undefined,
): Promise<ReplayLogResult> {
  const judgeAgain = new JudgeAgain(refusalSettings(context.config));
  const other = by === undefined ? undefined : await dataSetOf(context, by);
  const dataSets = new DataSets(context);
  const tally = new ReplayTally();
  const notJudged: Record<string, number> = {};
  for await (const { lines } of log) {
    for (const { bytes, isWhole } of lines) {
      const link = isWhole ? readLink(bytes) : undefined;
      if (link === undefined) continue;
      const record = readLogRecord(bytes, link.kind);
      if (!record.ok) tally.unreadable += 1;
      else if (record.value?.kind === 'decision') {
        const found = other ?? dataSets.of(record.value) ?? (await dataSets.find(record.value));
        if (typeof found === 'string') notJudged[found] = (notJudged[found] ?? 0) + 1;
        else {
          const judged = judgeAgain.judge(record.value, found);
          tally.add(
            link.seq,
            outcomeOf(record.value, record.value.responseCode),
            outcomeOf(judged, judged.code),
          );
        }
      } else if (record.value !== undefined) judgeAgain.opens(record.value);
    }
  }
  return { ...tally.result(), notJudged };
}

/** Reference data, or why there is none. */
type Found = ReferenceData | string;

async function dataSetOf(context: Context, what: string): Promise<ReferenceData> {
  const { referenceData } = await candidateOf(context, what);
  if (referenceData === undefined) throw new CliError(`${what} has faults: see check`, exitCodes.refused);
  return referenceData;
}

// Each holds every list; a log has few versions at a time.
const maxKept = 4;

/** Each version that a log names, from where data sets are published, or from the lists of the settings. */
class DataSets {
  readonly #context: Context;
  readonly #found = new Map<number, Found>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Undefined of one that is still to be found. */
  of({ referenceData: { version, sha256 } }: DecisionRecord): Found | undefined {
    const found = this.#found.get(version);
    return typeof found !== 'object' || found.dataSet.sha256 === sha256
      ? found
      : `version ${String(version)} of the reference data is another one here`;
  }

  async find(record: DecisionRecord): Promise<Found> {
    const { version } = record.referenceData;
    const [oldest] = this.#found.keys();
    if (this.#found.size >= maxKept && oldest !== undefined) this.#found.delete(oldest);
    const found = await this.#read(version);
    this.#found.set(version, found);
    return this.of(record) ?? found;
  }

  async #read(version: number): Promise<Found> {
    const { config } = this.#context;
    const isPublished = config.REDIS_URL !== undefined || config.DATA_SET_DIR !== undefined;
    try {
      const what = isPublished ? String(version) : config.REFERENCE_DATA_DIR;
      const found = await dataSetOf(this.#context, what);
      return found.dataSet.version === version
        ? found
        : `there is no version ${String(version)} of the reference data in ${what}`;
    } catch (error) {
      if (error instanceof CliError) return error.message;
      throw error;
    }
  }
}

export const replayLogInWords = ({ notJudged, ...result }: ReplayLogResult): string =>
  [
    ...replayInWords(result, 'record'),
    ...Object.entries(notJudged).map(
      ([why, count]) => `  ${counted(count, 'decision')} not judged again: ${why}`,
    ),
  ].join('\n');
