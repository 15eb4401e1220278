import t from 'tap';
import { decidingBy } from '../src/dependencies.js';
import { buildReferenceData } from '../src/reference-data/load.js';
import { validate } from '../src/validate.js';
import { deps, requestOf } from './decisions.js';
import { message } from './fixtures.js';
import { listFiles } from './reference-data/lists.js';

t.test(
  'whose the certificates and the distributor are is looked up on the day of the decision',
  async (t) => {
    const range = { from: '02-00-00-00-00-01-00-00', to: '02-00-00-00-00-01-FF-FF' };
    const until = { effectiveTo: '2026-03-31' };
    const from = { effectiveFrom: '2026-04-01' };
    const operator = (organisationId: string, days: object, operates: object[]): object => ({
      organisationId,
      name: organisationId,
      ranges: [{ ...range, ...days }],
      operates,
    });
    const [user] = listFiles.defaults.users;
    const referenceData = buildReferenceData(
      listFiles({
        networkOperators: [
          operator('before', until, [{ distributorId: '12', ...until }]),
          operator('after', from, [{ distributorId: '12', ...from }]),
        ],
        users: [{ ...user, effectiveTo: '2026-03-31' }],
      }),
    );
    const on = async (day: string): Promise<unknown> => {
      const clock = (): Date => new Date(`${day}T12:00:00Z`);
      const device = { deviceType: 'ESME', importMpxn: '1200023305967' };
      const decision = await validate(
        { ...deps, ...decidingBy(referenceData), clock },
        requestOf(message()),
        { device },
      );
      if (!decision.ok) throw new Error(decision.rejection.detail);
      const combination = decision.value.findings.find(({ rule }) => rule === 'combination-not-permitted');
      const [certificate] = decision.value.certificates;
      return [decision.value.mpanCheck, certificate?.organisation?.name, combination?.verdict];
    };
    t.strictSame(await on('2026-03-31'), ['matched', 'before', 'pass']);
    t.strictSame(await on('2026-04-01'), ['matched', 'after', 'undetermined']);
  },
);
