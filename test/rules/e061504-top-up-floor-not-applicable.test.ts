import t from 'tap';
import { topUpFloorNotApplicable as rule } from '../../src/rules/e061504-top-up-floor-not-applicable.js';
import { judge } from '../fixtures.js';

const hasPrepaymentTopUpFloor = true;
const wanted = 'one only for Supplier on ESME';

t.test('pass', async (t) => {
  t.strictSame(judge(rule, { hasPrepaymentTopUpFloor, remotePartyRole: 'Supplier' }), {
    verdict: 'pass',
    got: 'a top-up floor for Supplier on Device Type ESME',
    wanted,
  });
});

t.test('fail', async (t) => {
  t.strictSame(judge(rule, { hasPrepaymentTopUpFloor }), {
    verdict: 'fail',
    got: 'a top-up floor for NetworkOperator on Device Type ESME',
    wanted,
  });
  const onHcalcs = { hasPrepaymentTopUpFloor, remotePartyRole: 'Supplier', deviceType: 'HCALCS' } as const;
  t.equal(judge(rule, onHcalcs).verdict, 'fail');
  t.equal(
    judge(rule, { hasPrepaymentTopUpFloor, deviceType: undefined }).verdict,
    'fail',
    'on no device at all',
  );
});

t.test('undetermined', async (t) => {
  t.strictSame(judge(rule, { hasPrepaymentTopUpFloor, remotePartyRole: 'Supplier', deviceType: undefined }), {
    verdict: 'undetermined',
    got: 'a top-up floor for Supplier on Device Type not known',
    wanted,
  });
});

t.test('not applicable', async (t) => {
  t.strictSame(judge(rule), { verdict: 'not-applicable' });
});
