import t from 'tap';
import { deviceRegistryUnavailable as rule } from '../../src/rules/device-registry-unavailable.js';
import { judge } from '../fixtures.js';

const wanted = 'what the registry knows of the device';

t.test('pass', async (t) => {
  t.strictSame(judge(rule, { deviceRegistry: 'answered' }), { verdict: 'pass', got: 'its answer', wanted });
});

t.test('fail', async (t) => {
  t.strictSame(judge(rule, { deviceRegistry: 'unavailable' }), {
    verdict: 'fail',
    got: 'no answer: judged as if it knew nothing of the device',
    wanted,
  });
});

t.test('not applicable, and never undetermined: the service knows whether it had an answer', async (t) => {
  t.strictSame(judge(rule, { deviceRegistry: 'not-asked' }), { verdict: 'not-applicable' });
});
