import type { Facts } from './facts.js';

/**
 * What a rule says of a request. `undetermined` is neither pass nor fail: something that the rule needs is not
 * known, and what is unknown is not wrong.
 */
export type Verdict =
  | {
      readonly verdict: 'pass' | 'fail' | 'undetermined';
      /** What the request says, or what is not known. */
      readonly got: string;
      /** What the rule asks for. */
      readonly wanted: string;
    }
  | { readonly verdict: 'not-applicable' };

/** Every rule there is; the reference lists and the settings name rules by these. */
export const ruleNames = [
  'combination-not-permitted',
  'top-up-floor-not-applicable',
  'certificate-type-not-for-device-type',
  'future-dated-not-supplier',
  'certificate-type-not-for-remote-party',
  'certificate-party-mpan-mismatch',
  'registered-operator-not-of-distributor-id',
  'certificates-of-two-organisations',
  'mpxn-not-of-device-type',
  'mpan-check-digit-wrong',
  'user-system-not-notified',
  'device-registry-unavailable',
] as const;

export type RuleName = (typeof ruleNames)[number];

/** One requirement. Pure and synchronous: the same facts give the same verdict at any time. */
export interface Rule {
  /** Names the defect. Which response code it has in a service is reference data. */
  readonly name: RuleName;
  readonly requirement: string;
  readonly citation: string;
  readonly evaluate: (facts: Facts) => Verdict;
}

export const notApplicable: Verdict = { verdict: 'not-applicable' };

/** Writes words into a message, each once. */
export const list = (words: Iterable<string>): string => [...new Set(words)].join(', ') || 'none';
