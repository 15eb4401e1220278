import { isRefusal } from '../rules/evaluate.js';
import type { Decision } from '../validate.js';

/** What an answer says to whoever asked, as the dashboard tells answers apart. */
export const answerKinds = ['accepted', 'mismatched', 'refused', 'problem'] as const;

export type AnswerKind = (typeof answerKinds)[number];

/** What stands for the code of a refusal that has none; the answer is the problem of this kind. */
export const withoutCode = 'refused-without-code';

const mismatchRule = 'certificate-party-mpan-mismatch';

/**
 * Mismatched is what the check itself says: the answer has the code of the mismatch, or the mismatch advises only. A request
 * that was refused for another reason first is refused, whatever the check found: what is not genuine says nothing of how
 * often certificates are wrong.
 */
export function kindOf({ outcome, mpanCheck, findings }: Decision): Exclude<AnswerKind, 'problem'> {
  if (outcome === 'accepted') return mpanCheck === 'mismatched' ? 'mismatched' : 'accepted';
  return findings.find(isRefusal)?.rule === mismatchRule ? 'mismatched' : 'refused';
}

/**
 * Whether the certificates were held against an operator, and nothing else kept the answer from saying so: the whole that
 * the share of mismatches is of.
 */
export const isJudged = (kind: AnswerKind, { mpanCheck }: Decision): boolean =>
  kind === 'mismatched' || (kind === 'accepted' && mpanCheck === 'matched');
