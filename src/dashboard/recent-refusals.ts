import type { Exchange } from '../witness.js';
import { mpxnText } from '../metering-point/mpxn.js';
import { type AnswerKind, withoutCode } from './answer-kind.js';

/** A refusal, or a mismatch that advises, in words. */
export interface RecentRefusal {
  /** Of those that this process has kept, from 1. */
  readonly sequence: number;
  readonly at: string;
  /** As in X-Request-Id and the log. */
  readonly id: string;
  /** The DUIS RequestID: originator, target device and counter. */
  readonly requestId: string;
  readonly originator: string;
  readonly serviceReferenceVariant: string;
  readonly kind: 'mismatched' | 'refused';
  /** The response code; refused-without-code where there is none. */
  readonly code: string;
  readonly description: string;
  /** What failed, in the order of judgement. */
  readonly findings: readonly {
    readonly rule: string;
    readonly effect: 'refuse' | 'advise';
    readonly requirement: string;
    readonly got: string;
    readonly wanted: string;
  }[];
}

// A name in a certificate may be as long as a body.
const maxTextLength = 400;
const maxFindings = 12;
// In no text.
const noMpxn = '\u0000';

/**
 * The last refusals, as many mismatches as others: a crowd of the one kind pushes none of the other out. They are kept as
 * JSON text, of which no part holds on to the body that it came in.
 */
export class RecentRefusals {
  readonly #kept: Readonly<Record<RecentRefusal['kind'], { sequence: number; text: string }[]>> = {
    mismatched: [],
    refused: [],
  };
  #sequence = 0;

  /** @param keep how many of each kind */
  constructor(readonly keep: number) {}

  add(kind: AnswerKind, exchange: Exchange): void {
    if (kind !== 'mismatched' && kind !== 'refused') return;
    this.#sequence += 1;
    const kept = this.#kept[kind];
    kept.push({ sequence: this.#sequence, text: JSON.stringify(recordOf(this.#sequence, kind, exchange)) });
    if (kept.length > this.keep) kept.shift();
  }

  /** Those after one, the newest first. */
  after(sequence: number): RecentRefusal[] {
    const kept = [...this.#kept.mismatched, ...this.#kept.refused].filter((each) => each.sequence > sequence);
    return kept
      .sort((one, other) => other.sequence - one.sequence)
      .map(({ text }) => JSON.parse(text) as RecentRefusal);
  }

  /** Of the newest; 0 where there is none. */
  get sequence(): number {
    return this.#sequence;
  }
}

function recordOf(sequence: number, kind: RecentRefusal['kind'], { id, decision }: Exchange): RecentRefusal {
  const { request, decidedAt, code, description, findings, device } = decision;
  // Shorter than any that is in use, a number says nothing, and would take digits out of every text.
  const own = device.mpxn === undefined ? '' : mpxnText(device.mpxn);
  const shown = (text: string): string =>
    withoutMpxn(text, own.length < 6 ? noMpxn : own).slice(0, maxTextLength);
  return {
    sequence,
    at: decidedAt.toISOString(),
    id,
    requestId: request.requestId.text,
    originator: request.requestId.originator,
    serviceReferenceVariant: request.service.serviceReferenceVariant,
    kind,
    code: code ?? withoutCode,
    description: description ?? 'Refused for a reason that has no response code',
    findings: findings
      .flatMap((finding) =>
        finding.verdict === 'fail'
          ? [
              {
                rule: finding.rule,
                effect: finding.effect,
                requirement: finding.requirement,
                got: shown(finding.got),
                wanted: shown(finding.wanted),
              },
            ]
          : [],
      )
      .slice(0, maxFindings),
  };
}

/**
 * No rule writes an MPxN. But a name in a certificate, which findings quote, is what somebody wrote: the number of this
 * device goes out of it, and every row of digits that is as long as an MPxN mostly is. Not found: one that is written with
 * spaces.
 */
const withoutMpxn = (text: string, own: string): string =>
  text.replaceAll(own, '…').replaceAll(/[0-9]{8,}/g, '…');
