import t from 'tap';
import { decidingBy } from '../src/dependencies.js';
import { circumstancesOf, gatherFacts, type Known } from '../src/gather-facts.js';
import { parseMpxn } from '../src/metering-point/mpxn.js';
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

t.test('who is registered is looked up on the day of the decision', async (t) => {
  const [london] = listFiles.defaults.distributors;
  const range = (octet: string): object[] => [
    { from: `02-00-00-00-00-${octet}-00-00`, to: `02-00-00-00-00-${octet}-FF-FF` },
  ];
  const referenceData = buildReferenceData(
    listFiles({
      distributors: [
        { ...london, effectiveTo: '2026-03-31' },
        { ...london, distributorId: '15', mpid: 'NEEB', name: 'Northeast' },
        { ...london, distributorId: '16', name: 'London elsewhere', effectiveFrom: '2026-04-01' },
        { ...london, distributorId: '17', name: 'London elsewhere', effectiveFrom: '2026-04-01' },
      ],
      networkOperators: [
        { organisationId: 'a', name: 'A', ranges: range('01'), operates: [{ distributorId: '12' }] },
        {
          organisationId: 'b',
          name: 'B',
          ranges: range('04'),
          operates: [{ distributorId: '16' }, { distributorId: '17' }],
        },
      ],
      gasTransporters: [
        { code: 'LOND', name: 'Before', organisationId: 'a', effectiveTo: '2026-03-31' },
        { code: 'LOND', name: 'After', organisationId: 'b', effectiveFrom: '2026-04-01' },
      ],
    }),
  );
  const on = (day: string, mpxn: string | undefined, networkOperatorId: string | undefined): unknown => {
    const request = requestOf(message());
    const read = deps.readCertificates(request.credentialsUpdate);
    if (!read.ok) throw new Error(read.rejection.detail);
    const known: Known = {
      request,
      certificates: read.value,
      device: {
        deviceType: undefined,
        mpxn: mpxn === undefined ? undefined : parseMpxn(mpxn),
        networkOperatorId,
        deviceRegistry: 'answered',
        listed: undefined,
      },
      gasIsJudged: false,
      userSystem: undefined,
      signer: undefined,
    };
    const { registration } = gatherFacts(circumstancesOf(known, day), [], referenceData);
    if (registration === undefined) return undefined;
    const { name, distributorIds, operators } = registration;
    t.equal(registration.networkOperatorId, networkOperatorId);
    return [name, distributorIds, [...new Set(operators.map(({ organisationId }) => organisationId))]];
  };
  const [mpan, mprn] = ['1200023305967', '1234567890'];
  t.strictSame(on('2026-03-31', mpan, 'LOND'), ['London', ['12'], ['a']]);
  t.strictSame(
    on('2026-04-01', mpan, 'LOND'),
    ['London elsewhere', ['16', '17'], ['b']],
    'by every ID of it',
  );
  t.strictSame(
    on('2026-04-01', mpan, 'NEEB'),
    ['Northeast', ['15'], []],
    'one that nobody is known to operate',
  );
  t.strictSame(on('2026-04-01', mpan, 'NONE'), [undefined, [], []]);
  t.strictSame(
    on('2026-03-31', mprn, 'LOND'),
    ['Before', [], ['a']],
    'the same word is another list’s in gas',
  );
  t.strictSame(on('2026-04-01', mprn, 'LOND'), ['After', [], ['b']]);
  t.strictSame(on('2026-04-01', mprn, 'NEEB'), [undefined, [], []]);
  t.equal(on('2026-04-01', mpan, undefined), undefined);
  t.equal(on('2026-04-01', undefined, 'LOND'), undefined);
});
