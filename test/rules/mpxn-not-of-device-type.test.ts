import t from 'tap';
import { parseMpxn } from '../../src/metering-point/mpxn.js';
import { mpxnNotOfDeviceType as rule } from '../../src/rules/mpxn-not-of-device-type.js';
import { judge } from '../fixtures.js';

const mprn = parseMpxn('1234567890');

t.test('pass', async (t) => {
  t.strictSame(judge(rule), { verdict: 'pass', got: 'an MPAN', wanted: 'an MPAN' });
  t.strictSame(judge(rule, { deviceType: 'GPF', mpxn: mprn }), {
    verdict: 'pass',
    got: 'an MPRN',
    wanted: 'an MPRN',
  });
});

t.test('fail', async (t) => {
  for (const deviceType of ['GSME', 'GPF'] as const) {
    t.strictSame(judge(rule, { deviceType }), { verdict: 'fail', got: 'an MPAN', wanted: 'an MPRN' });
  }
  t.strictSame(judge(rule, { mpxn: mprn }), { verdict: 'fail', got: 'an MPRN', wanted: 'an MPAN' });
});

t.test('not applicable', async (t) => {
  t.strictSame(judge(rule, { mpxn: undefined }), { verdict: 'not-applicable' });
  t.strictSame(judge(rule, { deviceType: undefined }), { verdict: 'not-applicable' });
  t.strictSame(judge(rule, { deviceType: 'HCALCS' }), { verdict: 'not-applicable' });
});
