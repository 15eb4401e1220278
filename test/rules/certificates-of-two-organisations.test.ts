import t from 'tap';
import { certificatesOfTwoOrganisations as rule } from '../../src/rules/certificates-of-two-organisations.js';
import { euis, judge, operatorOf15, party } from '../fixtures.js';

const wanted = 'certificates of one organisation';

t.test('pass', async (t) => {
  t.strictSame(judge(rule, { certificates: [party({}), party({ entityIdentifier: euis.unlisted })] }), {
    verdict: 'pass',
    got: 'certificates of of-12',
    wanted,
  });
});

t.test('fail', async (t) => {
  t.strictSame(judge(rule, { certificates: [party({}), party({ organisation: operatorOf15 })] }), {
    verdict: 'fail',
    got: 'certificates of of-12, of-15',
    wanted,
  });
  const nobodys = party({ entityIdentifier: euis.unlisted, organisation: undefined });
  t.strictSame(judge(rule, { certificates: [party({}), nobodys] }), {
    verdict: 'fail',
    got: 'certificates of of-12, 02-00-00-00-0F-00-00-01',
    wanted,
  });
});
