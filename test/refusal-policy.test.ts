import t from 'tap';
import type { CheckMode } from '../src/assess-trust.js';
import { refusalPolicy, type RefusalSettings } from '../src/refusal-policy.js';
import { type FindingName, findingNames } from '../src/rules/evaluate.js';
import { ruleNames } from '../src/rules/rule.js';
import { type TrustCheck, trustRequirements, trustRuleNames } from '../src/rules/trust.js';

const enforced: RefusalSettings = {
  certificateProfile: 'enforce',
  certificatePath: 'enforce',
  certificateRevocation: 'enforce',
  revocationUnknown: 'refuse',
  mpanCheckDigit: 'advise',
};

const refusing = (settings: Partial<RefusalSettings>, hasCode: boolean): FindingName[] =>
  findingNames.filter((name) => refusalPolicy({ ...enforced, ...settings })(name, hasCode));

const without = (...left: FindingName[]): FindingName[] =>
  trustRuleNames.filter((name) => !left.includes(name));

const ofCheck = (wanted: TrustCheck): FindingName[] =>
  trustRuleNames.filter((name) => trustRequirements[name].check === wanted);

t.test('what stands in front of the rules refuses without a code, a rule only with one', async (t) => {
  t.strictSame(refusing({}, false), trustRuleNames);
  t.strictSame(refusing({}, true), [...trustRuleNames, ...ruleNames]);
});

t.test('the check digit refuses without a code where it is set to', async (t) => {
  t.strictSame(refusing({ mpanCheckDigit: 'refuse' }, false), [...trustRuleNames, 'mpan-check-digit-wrong']);
});

t.test('a check that reports never refuses, code or not', async (t) => {
  for (const check of ['certificateProfile', 'certificatePath', 'certificateRevocation'] as const) {
    const expected = without(...ofCheck(check));
    t.ok(expected.length < trustRuleNames.length);
    t.strictSame(refusing({ [check]: 'report' }, false), expected, check);
    t.strictSame(refusing({ [check]: 'report' }, true), [...expected, ...ruleNames], check);
    t.strictSame(refusing({ [check]: 'off' }, false), trustRuleNames, 'one that is off finds nothing');
  }
});

t.test('what it means that revocation is not known', async (t) => {
  const missing = 'revocation-list-missing';
  const stale = 'revocation-list-not-current';
  for (const hasCode of [false, true]) {
    const rules = hasCode ? ruleNames : [];
    const expect = (
      revocationUnknown: RefusalSettings['revocationUnknown'],
      ...left: FindingName[]
    ): void => {
      t.strictSame(
        refusing({ revocationUnknown }, hasCode),
        [...without(...left), ...rules],
        revocationUnknown,
      );
    };
    expect('refuse');
    expect('refuse-if-stale', missing);
    expect('accept', missing, stale);
  }
  const mode: CheckMode = 'report';
  t.strictSame(
    refusing({ revocationUnknown: 'refuse', certificateRevocation: mode }, true),
    [...without('certificate-revoked', stale, missing), ...ruleNames],
    'and a check that reports reports',
  );
});
