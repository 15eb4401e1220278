import t from 'tap';
import { parseMpxn } from '../../src/metering-point/mpxn.js';
import { mpanCheckDigitWrong as rule } from '../../src/rules/mpan-check-digit-wrong.js';
import { judge } from '../fixtures.js';

const wanted = 'the check digit of the twelve digits before it';

t.test('pass', async (t) => {
  t.strictSame(judge(rule), { verdict: 'pass', got: 'the check digit', wanted });
});

t.test('fail, without the number, which is personal data', async (t) => {
  t.strictSame(judge(rule, { mpxn: parseMpxn('1312345678111') }), {
    verdict: 'fail',
    got: 'another digit, or nothing but zeros',
    wanted,
  });
});

t.test('not applicable', async (t) => {
  t.strictSame(judge(rule, { mpxn: undefined }), { verdict: 'not-applicable' });
  t.strictSame(judge(rule, { mpxn: parseMpxn('1234567890') }), { verdict: 'not-applicable' });
});
