import t from 'tap';
import { findingNames } from '../../src/rules/evaluate.js';
import { securityMatters } from '../../src/rules/security-matters.js';

t.test('every finding, in their order, with a reason', async (t) => {
  t.strictSame(Object.keys(securityMatters), findingNames);
  for (const { reason } of Object.values(securityMatters)) t.match(reason, /^\S.*\.$/);
});

t.test('what is no matter of security', async (t) => {
  t.strictSame(
    findingNames.filter((name) => !securityMatters[name].isSecurityMatter),
    [
      'revocation-list-not-current',
      'revocation-list-missing',
      'xml-signature-missing',
      'shared-resource-provider-not-on-the-day',
      'shared-resource-provider-not-for-service',
      'combination-not-permitted',
      'top-up-floor-not-applicable',
      'certificate-type-not-for-device-type',
      'future-dated-not-supplier',
      'registered-operator-not-of-distributor-id',
      'mpxn-not-of-device-type',
      'mpan-check-digit-wrong',
      'user-system-not-notified',
      'device-registry-unavailable',
    ],
  );
});
