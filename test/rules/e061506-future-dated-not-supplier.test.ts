import t from 'tap';
import { futureDatedNotSupplier as rule } from '../../src/rules/e061506-future-dated-not-supplier.js';
import { judge } from '../fixtures.js';

t.test('pass', async (t) => {
  t.strictSame(judge(rule, { isFutureDated: true, remotePartyRole: 'Supplier' }), {
    verdict: 'pass',
    got: 'an ExecutionDateTime for Supplier',
    wanted: 'one only for Supplier',
  });
});

t.test('fail', async (t) => {
  t.strictSame(judge(rule, { isFutureDated: true }), {
    verdict: 'fail',
    got: 'an ExecutionDateTime for NetworkOperator',
    wanted: 'one only for Supplier',
  });
});

t.test('not applicable', async (t) => {
  t.strictSame(judge(rule), { verdict: 'not-applicable' });
});
