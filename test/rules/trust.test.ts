import t from 'tap';
import { findingNames } from '../../src/rules/evaluate.js';
import { ruleNames } from '../../src/rules/rule.js';
import {
  isTrustRule,
  senderRequirements,
  trustRequirements,
  type TrustRuleName,
  trustRuleNames,
  xmlSignatureRequirements,
} from '../../src/rules/trust.js';
import { certificationPathRequirements } from '../../src/smki/certification-path.js';
import type { Requirement } from '../../src/smki/flaw.js';
import { keyUsageRequirements, profileRequirements } from '../../src/smki/profile.js';
import { revocationRequirements } from '../../src/smki/revocation.js';

const sources: Readonly<Record<string, Readonly<Record<string, Requirement>>>> = {
  certificateProfile: { ...profileRequirements, ...keyUsageRequirements },
  certificatePath: certificationPathRequirements,
  certificateRevocation: revocationRequirements,
  xmlSignature: xmlSignatureRequirements,
  sender: senderRequirements,
};

t.test('no two requirements have one name, nor one with a rule', async (t) => {
  const names = Object.values(sources).flatMap((requirements) => Object.keys(requirements));
  t.strictSame(trustRuleNames, names, 'none is lost, and their order is that of the checks');
  t.equal(new Set([...names, ...ruleNames]).size, names.length + ruleNames.length);
  t.strictSame(findingNames, [...trustRuleNames, ...ruleNames]);
});

t.test('each says what it asks for, by which clause, and of which check it is', async (t) => {
  for (const [check, requirements] of Object.entries(sources)) {
    for (const [name, { requirement, citation }] of Object.entries(requirements)) {
      t.strictSame(trustRequirements[name as TrustRuleName], { check, requirement, citation });
      t.match(name, /^[a-z0-9]+(?:-[a-z0-9]+)+$/);
      t.match(requirement, /^\S.*\.$/, name);
      t.match(citation, /^\S.*[^.]$/, name);
    }
  }
});

t.test('a name of another kind is none', async (t) => {
  t.equal(isTrustRule('certificate-expired'), true);
  for (const name of [...ruleNames, '', 'constructor', '__proto__', 'toString']) {
    t.equal(isTrustRule(name), false, name);
  }
});
