import type { z } from 'zod';
import type { Service } from '../duis/service.js';
import { services } from '../duis/services/index.js';
import type { Circumstances } from '../gather-facts.js';
import { type Judge, type Judged, judgeWith } from '../judge.js';
import type { ReferenceData } from '../reference-data/snapshot.js';
import { refusalPolicy, type RefusalSettings } from '../refusal-policy.js';
import { accept, reject, type Result } from '../rejection.js';
import { type DecisionRecord, decisionRecord, type OpeningRecord, openingRecord } from './record.js';

/** Judges decisions of a log again, by the settings that were in force when they were made, as far as the log says. */
export class JudgeAgain {
  #judge: Judge;
  #settings = '';

  constructor(settings: RefusalSettings) {
    this.#judge = judgeWith(refusalPolicy(settings));
  }

  /** From here on the log was written by a service with these settings. */
  opens({ settings }: OpeningRecord): void {
    const text = JSON.stringify(settings);
    // What was judged already is remembered with the judge.
    if (text === this.#settings) return;
    this.#settings = text;
    this.#judge = judgeWith(refusalPolicy(settings));
  }

  judge({ circumstances, trustFlaws, serviceReferenceVariant }: DecisionRecord, by: ReferenceData): Judged {
    // The brands of its texts are lost in JSON; it was written from Circumstances.
    return this.#judge(
      serviceOf[serviceReferenceVariant],
      circumstances as Circumstances & z.output<typeof decisionRecord>['circumstances'],
      trustFlaws,
      by,
    );
  }
}

const serviceOf = Object.fromEntries(
  services.map((service) => [service.serviceReferenceVariant, service]),
) as Record<Service['serviceReferenceVariant'], Service>;

/** Reads a line that has a link as what its kind says; undefined where there is nothing to judge in it. */
export function readLogRecord(
  line: Buffer,
  kind: string,
): Result<DecisionRecord | OpeningRecord | undefined> {
  if (kind === 'gap' || kind === 'stop') return accept(undefined);
  const isOpening = kind === 'start' || kind === 'rotated';
  // Or a decision that somebody calls something else would be passed over.
  if (kind !== 'decision' && !isOpening) return reject('not-schema-valid', 'there is no such kind of record');
  const schema = isOpening ? openingRecord : decisionRecord;
  let value: unknown;
  try {
    value = JSON.parse(line.toString());
  } catch {
    return reject('malformed-body', 'it is not JSON');
  }
  const read = schema.safeParse(value);
  return read.success ? accept(read.data) : reject('not-schema-valid', `it is no record of kind ${kind}`);
}
