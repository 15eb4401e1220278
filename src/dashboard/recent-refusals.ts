import type { Exchange } from '../witness.js';
import type { Finding } from '../rules/evaluate.js';
import { trustRuleNames } from '../rules/trust.js';
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

type Words = RecentRefusal['findings'];

/** Without words, which few are asked for. Nothing in it is part of a body, all of which would be kept with it. */
type Kept = Omit<RecentRefusal, 'at' | 'findings'> & {
  readonly at: Date;
  readonly findings: readonly Finding[] | { readonly text: string };
};

const trustRules: ReadonlySet<string> = new Set(trustRuleNames);

/** The last refusals, as many mismatches as others: a crowd of the one kind pushes none of the other out. */
export class RecentRefusals {
  readonly #kept: Readonly<Record<RecentRefusal['kind'], Kept[]>> = { mismatched: [], refused: [] };
  #sequence = 0;

  /** @param keep how many of each kind */
  constructor(readonly keep: number) {}

  add(kind: AnswerKind, exchange: Exchange): void {
    if (kind !== 'mismatched' && kind !== 'refused') return;
    this.#sequence += 1;
    const kept = this.#kept[kind];
    kept.push(keptOf(this.#sequence, kind, exchange));
    if (kept.length > this.keep) kept.shift();
  }

  /** Those after one, the newest first. */
  after(sequence: number): RecentRefusal[] {
    const kept = [...this.#kept.mismatched, ...this.#kept.refused].filter((each) => each.sequence > sequence);
    return kept
      .sort((one, other) => other.sequence - one.sequence)
      .map(({ at, findings, ...each }) => ({
        ...each,
        at: at.toISOString(),
        findings: 'text' in findings ? (JSON.parse(findings.text) as Words) : wordsOf(findings, noMpxn),
      }));
  }

  /** Of the newest; 0 where there is none. */
  get sequence(): number {
    return this.#sequence;
  }
}

function keptOf(sequence: number, kind: RecentRefusal['kind'], { id, decision }: Exchange): Kept {
  const { request, decidedAt, code, description, findings, device } = decision;
  const { requestId, service } = request;
  const [first] = findings;
  // What the rules say is made of words of ours and of the lists, and remembered by the judge. What comes in front of them
  // quotes certificates.
  const isQuoting = first !== undefined && trustRules.has(first.rule);
  const own = isQuoting && device.mpxn !== undefined ? mpxnText(device.mpxn) : '';
  return {
    sequence,
    at: decidedAt,
    id,
    requestId: copyOf(requestId.text),
    originator: copyOf(requestId.originator),
    serviceReferenceVariant: service.serviceReferenceVariant,
    kind,
    code: code ?? withoutCode,
    description: description ?? 'Refused for a reason that has no response code',
    // Shorter than any that is in use, a number says nothing, and would take digits out of every text.
    findings: isQuoting
      ? { text: JSON.stringify(wordsOf(findings, own.length < 6 ? noMpxn : own)) }
      : findings,
  };
}

const copyOf = (text: string): string => Buffer.from(text).toString();

function wordsOf(findings: readonly Finding[], own: string): Words {
  const shown = (text: string): string => withoutMpxn(text, own).slice(0, maxTextLength);
  return findings
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
    .slice(0, maxFindings);
}

/**
 * No rule writes an MPxN. But a name in a certificate, which findings quote, is what somebody wrote: the number of this
 * device goes out of it, and every row of digits that is as long as an MPxN mostly is. Not found: one that is written with
 * spaces.
 */
const withoutMpxn = (text: string, own: string): string =>
  text.replaceAll(own, '…').replaceAll(/[0-9]{8,}/g, '…');
