import { successCode } from '../duis/vocabulary.js';
import type { Facts } from './facts.js';
import { type MpanCheck, mpanCheck } from './mpan-check.js';
import { type Rule, type RuleName, ruleNames, type Verdict } from './rule.js';
import { trustRequirements, type TrustRuleName, trustRuleNames } from './trust.js';
import type { Requirement } from '../smki/flaw.js';

export const findingNames = [...trustRuleNames, ...ruleNames] as const;

export type FindingName = TrustRuleName | RuleName;

/** What was found of one requirement, and what follows from it. */
export type Finding = Verdict & {
  readonly rule: FindingName;
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
  /** The response code of the rule in this service. */
  readonly responseCode: (name: FindingName) => string | undefined;
  /** Whether a fail of the rule refuses the request. */
  readonly refuses: (name: FindingName, hasCode: boolean) => boolean;
}

/**
 * Puts what was found in front of the rules before what each rule finds, in the order given. The first that refuses
 * gives the code, and every finding is reported.
 */
export function evaluate(rules: readonly Rule[], facts: Facts, policy: RulePolicy): Judgement {
  const finding = (rule: FindingName, { requirement, citation }: Requirement, verdict: Verdict): Finding => {
    const code = policy.responseCode(rule) ?? null;
    const effect = policy.refuses(rule, code !== null) ? 'refuse' : 'advise';
    return { rule, code, effect, requirement, citation, ...verdict };
  };
  const findings = [
    ...facts.trustFlaws.map(({ name, got }) => {
      const required = trustRequirements[name];
      return finding(name, required, { verdict: 'fail', got, wanted: required.requirement });
    }),
    ...rules.map((rule) => finding(rule.name, rule, rule.evaluate(facts))),
  ];
  const refusal = findings.find(isRefusal);
  const judgesMismatch = rules.some(({ name }) => name === 'certificate-party-mpan-mismatch');
  return {
    outcome: refusal === undefined ? 'accepted' : 'refused',
    code: refusal === undefined ? successCode : refusal.code,
    mpanCheck: judgesMismatch ? mpanCheck(facts) : 'not-applicable',
    findings,
  };
}

export const isRefusal = ({ verdict, effect }: Finding): boolean => verdict === 'fail' && effect === 'refuse';
