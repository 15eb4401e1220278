import t from 'tap';
import { evaluate, type FindingName, type RulePolicy } from '../../src/rules/evaluate.js';
import { notApplicable, type Rule, type RuleName, type Verdict } from '../../src/rules/rule.js';
import { facts } from '../fixtures.js';

const rule = (name: RuleName, verdict: Verdict): Rule => ({
  name,
  requirement: `requirement of ${name}`,
  citation: 'clause',
  evaluate: () => verdict,
});
const pass = { verdict: 'pass', got: 'a', wanted: 'a' } as const;
const fail = { verdict: 'fail', got: 'a', wanted: 'b' } as const;
const undetermined = { verdict: 'undetermined', got: '?', wanted: 'b' } as const;

const policy = (codes: Partial<Record<FindingName, string>>, alwaysRefuses = false): RulePolicy => ({
  responseCode: (name) => codes[name],
  refuses: (_, hasCode) => hasCode || alwaysRefuses,
});

t.test('the first refusal gives the code, and every finding is reported in order', async (t) => {
  const rules = [
    rule('combination-not-permitted', undetermined),
    rule('top-up-floor-not-applicable', notApplicable),
    rule('certificates-of-two-organisations', fail),
    rule('certificate-type-not-for-device-type', fail),
    rule('future-dated-not-supplier', fail),
  ];
  const codes = { 'certificate-type-not-for-device-type': 'E2', 'future-dated-not-supplier': 'E3' };
  const words = (name: string): object => ({
    rule: name,
    requirement: `requirement of ${name}`,
    citation: 'clause',
  });
  t.strictSame(evaluate(rules, facts(), policy(codes)), {
    outcome: 'refused',
    code: 'E2',
    mpanCheck: 'not-applicable',
    findings: [
      { ...words('combination-not-permitted'), code: null, effect: 'advise', ...undetermined },
      { ...words('top-up-floor-not-applicable'), code: null, effect: 'advise', verdict: 'not-applicable' },
      { ...words('certificates-of-two-organisations'), code: null, effect: 'advise', ...fail },
      { ...words('certificate-type-not-for-device-type'), code: 'E2', effect: 'refuse', ...fail },
      { ...words('future-dated-not-supplier'), code: 'E3', effect: 'refuse', ...fail },
    ],
  });
});

t.test('neither what is undetermined nor what advises refuses', async (t) => {
  const rules = [rule('combination-not-permitted', undetermined), rule('top-up-floor-not-applicable', fail)];
  t.match(evaluate(rules, facts(), policy({ 'combination-not-permitted': 'E1' })), {
    outcome: 'accepted',
    code: 'I0',
  });
});

t.test('a setting makes a rule refuse without a code', async (t) => {
  const rules = [rule('mpan-check-digit-wrong', fail)];
  const refused = evaluate(rules, facts(), policy({}, true));
  t.match(refused, { outcome: 'refused', code: null, findings: [{ code: null, effect: 'refuse' }] });
  const coded = evaluate(rules, facts(), policy({ 'mpan-check-digit-wrong': 'E9' }, true));
  t.match(coded, { outcome: 'refused', code: 'E9' });
});

t.test('the MPAN is checked where the service has the rule for it', async (t) => {
  const judged = evaluate([rule('certificate-party-mpan-mismatch', pass)], facts(), policy({}));
  t.equal(judged.mpanCheck, 'matched');
});
