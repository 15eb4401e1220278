import t from 'tap';
import { combinationNotPermitted as rule } from '../../src/rules/e061501-combination-not-permitted.js';
import type { Facts } from '../../src/rules/facts.js';
import { facts, judge } from '../fixtures.js';

const sender = (...userRoles: string[]): Pick<Facts, 'sender'> => ({
  sender: { ...facts().sender, userRoles },
});
const unlisted: Pick<Facts, 'sender'> = { sender: { ...facts().sender, userRoles: undefined } };
const wanted = 'for NetworkOperator: IS/ED on ESME, GS on GSME';

t.test('pass', async (t) => {
  const got = 'User Role IS; Remote Party Role NetworkOperator; Device Type ESME';
  t.strictSame(judge(rule), { verdict: 'pass', got, wanted });
  t.equal(judge(rule, sender('GS', 'ED')).verdict, 'pass', 'one of several roles is enough');
});

t.test('fail', async (t) => {
  t.strictSame(judge(rule, { ...sender('ED'), deviceType: 'GSME' }), {
    verdict: 'fail',
    got: 'User Role ED; Remote Party Role NetworkOperator; Device Type GSME',
    wanted,
  });
  t.equal(judge(rule, sender('GS')).verdict, 'fail');
  t.equal(judge(rule, { ...sender('RSA'), deviceType: undefined }).verdict, 'fail', 'on no device at all');
});

t.test('undetermined', async (t) => {
  t.strictSame(judge(rule, unlisted), {
    verdict: 'undetermined',
    got: 'User Role of 02-00-00-00-01-01-00-01 not listed; Remote Party Role NetworkOperator; Device Type ESME',
    wanted,
  });
  t.strictSame(judge(rule, { deviceType: undefined }), {
    verdict: 'undetermined',
    got: 'User Role IS; Remote Party Role NetworkOperator; Device Type not known',
    wanted,
  });
});

t.test('what nobody may send fails, whoever sends it', async (t) => {
  t.strictSame(judge(rule, { ...unlisted, remotePartyRole: 'Root', deviceType: undefined }), {
    verdict: 'fail',
    got: 'User Role of 02-00-00-00-01-01-00-01 not listed; Remote Party Role Root; Device Type not known',
    wanted: 'for Root: none',
  });
  t.equal(
    judge(rule, { ...unlisted, deviceType: 'IHD' }).verdict,
    'undetermined',
    'only the sender could tell',
  );
});
