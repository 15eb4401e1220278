import { successCode } from '../duis/vocabulary.js';
import type { Facts } from './facts.js';
import { type MpanCheck, mpanCheck } from './mpan-check.js';
import type { Rule, RuleName, Verdict } from './rule.js';

/** What a rule found, and what follows from it. */
export type Finding = Verdict & {
  readonly rule: RuleName;
  /** The response code that the rule has in this service; null where it has none. */
  readonly code: string | null;
  /** Whether a fail of this rule refuses the request, or advises only. */
  readonly effect: 'refuse' | 'advise';
  readonly requirement: string;
  readonly citation: string;
};

/** The outcome of all the rules of a service. The code of a refusal is null where DUIS has none for it. */
export interface Judgement {
  readonly outcome: 'accepted' | 'refused';
  /** That of the first finding that refuses. */
  readonly code: string | null;
  readonly mpanCheck: MpanCheck;
  readonly findings: readonly Finding[];
}

/** What reference data and configuration say of a rule. */
export interface RulePolicy {
  /** The response code of the rule in this service; a rule that has one refuses. */
  readonly responseCode: (rule: RuleName) => string | undefined;
  /** Whether the rule refuses even where it has no code. */
  readonly alwaysRefuses: (rule: RuleName) => boolean;
}

/**
 * Runs every rule in the order given. A rule refuses where the service has a code for it, or where it is configured
 * to; the first refusal gives the code, and every finding is reported.
 */
export function evaluate(rules: readonly Rule[], facts: Facts, policy: RulePolicy): Judgement {
  const findings = rules.map((rule): Finding => {
    const code = policy.responseCode(rule.name) ?? null;
    const effect = code !== null || policy.alwaysRefuses(rule.name) ? 'refuse' : 'advise';
    const { name, requirement, citation } = rule;
    return { rule: name, code, effect, requirement, citation, ...rule.evaluate(facts) };
  });
  const refusal = findings.find(({ verdict, effect }) => verdict === 'fail' && effect === 'refuse');
  const judgesMismatch = rules.some(({ name }) => name === 'certificate-party-mpan-mismatch');
  return {
    outcome: refusal === undefined ? 'accepted' : 'refused',
    code: refusal === undefined ? successCode : refusal.code,
    mpanCheck: judgesMismatch ? mpanCheck(facts) : 'not-applicable',
    findings,
  };
}
