import fc from 'fast-check';
import t from 'tap';
import type { DistributorId } from '../../src/metering-point/mpan.js';
import type { Certificate } from '../../src/mock-dsp/certificate-builder.js';
import { buildReferenceData } from '../../src/reference-data/load.js';
import type { EntityIdentifier } from '../../src/smki/entity-identifier.js';
import { readCertificate } from '../fixtures.js';
import { authority } from '../smki/authorities.js';
import { userCertificate, xmlSigning } from '../trust-data.js';
import { listFiles } from './lists.js';

const id = (text: string): DistributorId => text as DistributorId;
const eui = (text: string): EntityIdentifier => text as EntityIdentifier;
const range = (from: string, to: string, change: object = {}): object => ({
  from: `02-00-00-00-00-00-00-${from}`,
  to: `02-00-00-00-00-00-00-${to}`,
  ...change,
});
const operator = (organisationId: string, ranges: object[], operates: object[] = []): object => ({
  organisationId,
  name: organisationId.toUpperCase(),
  ranges,
  operates,
});

t.test('a merger takes effect at midnight: ranges and distributor IDs move on a day', async (t) => {
  const data = buildReferenceData(
    listFiles({
      networkOperators: [
        operator(
          'old',
          [range('00', '0F', { effectiveTo: '2026-03-31' })],
          [{ distributorId: '12', effectiveTo: '2026-03-31' }],
        ),
        operator(
          'new',
          [range('00', '0F', { effectiveFrom: '2026-04-01' })],
          [{ distributorId: '12', effectiveFrom: '2026-04-01' }],
        ),
      ],
    }),
  );
  const holder = (day: string): unknown =>
    data.organisationOf(eui('02-00-00-00-00-00-00-05'), day)?.organisationId;
  const operators = (day: string): unknown =>
    data.operatorsOf(id('12'), day).map(({ organisationId }) => organisationId);
  t.equal(holder('2026-03-31'), 'old');
  t.equal(holder('2026-04-01'), 'new');
  t.strictSame(operators('2026-03-31'), ['old']);
  t.strictSame(operators('2026-04-01'), ['new']);
});

t.test('an identifier before, between and after the ranges is nobody’s', async (t) => {
  const data = buildReferenceData(
    listFiles({ networkOperators: [operator('a', [range('10', '1F')]), operator('b', [range('30', '3F')])] }),
  );
  const holders = ['0F', '10', '1F', '20', '2F', '30', '3F', '40'].map(
    (octet) => data.organisationOf(eui(`02-00-00-00-00-00-00-${octet}`), '2026-01-01')?.organisationId,
  );
  t.strictSame(holders, [undefined, 'a', 'a', undefined, undefined, 'b', 'b', undefined]);
});

t.test('a distributor ID may have several operators, and an operator several IDs', async (t) => {
  const data = buildReferenceData(
    listFiles({
      distributors: ['10', '12'].map((distributorId) => ({
        ...listFiles.defaults.distributors[0],
        distributorId,
      })),
      networkOperators: [
        operator('a', [range('00', '00')], [{ distributorId: '10' }, { distributorId: '12' }]),
        operator('b', [range('01', '01')], [{ distributorId: '12' }]),
      ],
    }),
  );
  const operators = (of: string): string[] =>
    data.operatorsOf(id(of), '2026-01-01').map(({ organisationId }) => organisationId);
  t.strictSame(operators('10'), ['a']);
  t.strictSame(operators('12'), ['a', 'b']);
  t.strictSame(operators('99'), []);
});

t.test('a distributor ID holds from its first day to its last', async (t) => {
  const [first] = listFiles.defaults.distributors;
  const data = buildReferenceData(
    listFiles({
      distributors: [
        { ...first, effectiveTo: '2014-12-17' },
        { ...first, name: 'Again', effectiveFrom: '2020-01-01' },
      ],
    }),
  );
  const name = (day: string): unknown => data.distributor(id('12'), day)?.name;
  t.equal(name('1996-03-31'), undefined);
  t.equal(name('1996-04-01'), 'London');
  t.equal(name('2014-12-17'), 'London');
  t.equal(name('2014-12-18'), undefined);
  t.equal(name('2020-01-01'), 'Again');
  t.equal(data.distributor(id('99'), '2020-01-01'), undefined);
});

t.test(
  'what a Market Participant Id holds on a day: of several distributor IDs, each on its own',
  async (t) => {
    const [first] = listFiles.defaults.distributors;
    const data = buildReferenceData(
      listFiles({
        distributors: [
          { ...first, effectiveTo: '2026-03-31' },
          { ...first, distributorId: '19' },
          { ...first, mpid: 'SEEB', name: 'Another', effectiveFrom: '2026-04-01' },
        ],
      }),
    );
    const held = (mpid: string, day: string): string[] =>
      data.distributorsOf(mpid, day).map(({ distributorId }) => distributorId);
    t.strictSame(held('LOND', '2026-03-31'), ['12', '19']);
    t.strictSame(held('LOND', '2026-04-01'), ['19']);
    t.strictSame(held('SEEB', '2026-03-31'), []);
    t.strictSame(held('SEEB', '2026-04-01'), ['12']);
    t.strictSame(held('NONE', '2026-04-01'), []);
  },
);

t.test('a Gas Transporter is of an organisation, from its first day to its last', async (t) => {
  const data = buildReferenceData(
    listFiles({
      networkOperators: [operator('old', [range('00', '0F')]), operator('new', [range('10', '1F')])],
      gasTransporters: [
        { code: 'GT1', name: 'Before', organisationId: 'old', effectiveTo: '2026-03-31' },
        { code: 'GT1', name: 'After', organisationId: 'new', effectiveFrom: '2026-04-01' },
        { code: 'GT2', name: 'Later', organisationId: 'new', effectiveFrom: '2026-04-01' },
      ],
    }),
  );
  const found = (code: string, day: string): unknown => {
    const transporter = data.gasTransporter(code, day);
    return transporter && [transporter.name, ...transporter.operators.map((each) => each.organisationId)];
  };
  t.strictSame(found('GT1', '2026-03-31'), ['Before', 'old']);
  t.strictSame(found('GT1', '2026-04-01'), ['After', 'new']);
  t.equal(found('GT2', '2026-03-31'), undefined);
  t.strictSame(found('GT2', '2026-04-01'), ['Later', 'new']);
  t.equal(found('GT3', '2026-04-01'), undefined);
});

t.test('identifiers in lower case are the same identifiers', async (t) => {
  const data = buildReferenceData(
    listFiles({
      networkOperators: [operator('a', [{ from: '02-aa-00-00-00-00-00-00', to: '02-aa-00-00-00-00-00-0f' }])],
      users: [{ ...listFiles.defaults.users[0], entityIdentifier: '02-bb-00-00-00-00-00-01' }],
    }),
  );
  t.equal(data.organisationOf(eui('02-AA-00-00-00-00-00-0A'), '2026-01-01')?.organisationId, 'a');
  t.strictSame(data.userRolesOf(eui('02-BB-00-00-00-00-00-01'), '2026-01-01'), ['IS']);
});

t.test('users', async (t) => {
  const data = buildReferenceData(listFiles());
  t.strictSame(data.userRolesOf(eui('02-00-00-00-01-01-00-01'), '2026-01-01'), ['IS']);
  t.equal(data.userRolesOf(eui('02-00-00-00-01-01-00-02'), '2026-01-01'), undefined);
});

t.test('codes and combinations, of each service its own', async (t) => {
  const data = buildReferenceData(listFiles());
  t.equal(data.responseCode('6.15.1', 'certificate-party-mpan-mismatch'), 'E1');
  t.equal(data.responseCode('6.21', 'certificate-party-mpan-mismatch'), undefined);
  t.equal(data.responseCode('6.15.1', 'mpan-check-digit-wrong'), undefined);
  t.equal(data.describe('6.15.1', 'E1'), 'Mismatch');
  t.equal(data.describe('6.21', 'I0'), 'Success');
  t.equal(data.describe('6.21', 'E9'), 'E9');
  t.match(data.permittedCombinations('6.15.1'), [{ remotePartyRole: 'NetworkOperator' }]);
  t.strictSame(data.permittedCombinations('6.23'), []);
});

t.test('the certificate that a signature names', async (t) => {
  const [signing, other] = [xmlSigning(), xmlSigning({ entityIdentifier: '02-00-00-00-01-01-00-02' })];
  const high = xmlSigning({
    entityIdentifier: '02-00-00-00-01-01-00-03',
    spec: { serialNumber: Buffer.from('ff00', 'hex') },
  });
  const stranger = xmlSigning({
    spec: { issuer: authority('Z9'), serialNumber: Buffer.from('ff00', 'hex') },
  });
  const data = buildReferenceData(
    listFiles({ userCertificates: [signing, other, high, stranger].map(userCertificate) }),
  );
  const serialNumber = (certificate: Certificate): bigint =>
    BigInt(`0x${readCertificate(certificate).serialNumber}`);
  const found = (issuer: string, serial: bigint): string | undefined =>
    data.userCertificate(issuer, serial)?.fingerprint;
  const fingerprint = (certificate: Certificate): string => readCertificate(certificate).fingerprint;
  t.equal(found('CN=Z1,OU=07', serialNumber(signing)), fingerprint(signing));
  t.equal(found('OU=07, CN=Z1', serialNumber(other)), fingerprint(other));
  t.equal(found('CN=Z1,OU=07', 0xff00n), fingerprint(high));
  t.equal(found('CN=Z9,OU=07', 0xff00n), fingerprint(stranger), 'of two with one serial number');
  t.equal(found('CN=Z2,OU=07', 0xff00n), undefined);
  t.equal(found('CN=Z1,OU=07', 0n), undefined);
});

t.test('Shared Resource Providers, by provider and Business Originator, on whatever days', async (t) => {
  const [provider, onBehalfOf] = ['02-00-00-00-05-00-00-01', '02-00-00-00-01-01-00-01'];
  const entry = { provider, name: 'Provider', onBehalfOf, serviceReferences: ['6.15'] };
  const data = buildReferenceData(
    listFiles({
      sharedResourceProviders: [
        { ...entry, effectiveTo: '2020-12-31' },
        { ...entry, effectiveFrom: '2030-01-01', provider: provider.toLowerCase() },
      ],
    }),
  );
  t.match(data.sharedResourceArrangements(eui(provider), eui(onBehalfOf)), [
    { effectiveTo: '2020-12-31' },
    { effectiveFrom: '2030-01-01', provider },
  ]);
  t.strictSame(data.sharedResourceArrangements(eui(onBehalfOf), eui(provider)), []);
});

t.test('how a Supplier reaches the manufacturer of a device, on a day', async (t) => {
  const [supplier, other] = [eui('02-00-00-00-01-01-00-01'), eui('02-00-00-00-01-01-00-02')];
  const device = { entityIdentifier: eui('02-00-00-00-02-00-00-01'), deviceType: 'ESME' } as const;
  const data = buildReferenceData(
    listFiles({
      meteringArrangements: [
        { supplier, deviceType: 'ESME', reachedBy: 'map', party: 'A' },
        { supplier, device: device.entityIdentifier, reachedBy: 'mam', effectiveTo: '2026-06-15' },
        { supplier, deviceType: 'GSME', reachedBy: 'direct-contract', effectiveFrom: '2026-06-16' },
      ],
    }),
  );
  const on = (day: string, of: Parameters<typeof data.meteringArrangement>[1] = device): unknown =>
    data.meteringArrangement(supplier, of, day)?.reachedBy;
  t.equal(on('2026-06-15'), 'mam');
  t.equal(on('2026-06-16'), 'map');
  t.equal(on('2026-06-15', { ...device, entityIdentifier: other }), 'map');
  const gsme = { ...device, entityIdentifier: other, deviceType: 'GSME' } as const;
  t.equal(on('2026-06-15', gsme), undefined);
  t.equal(on('2026-06-16', gsme), 'direct-contract');
  t.equal(data.meteringArrangement(other, device, '2026-06-15'), undefined);
});

t.test('User Systems of a day', async (t) => {
  const entityIdentifier = '02-00-00-00-01-01-00-01';
  const system = { entityIdentifier, userSystem: 'a', operator: 'Somebody', sequence: 1 };
  const data = buildReferenceData(listFiles({ userSystems: [{ ...system, effectiveTo: '2026-06-15' }] }));
  t.match(data.userSystemsOf(eui(entityIdentifier), '2026-06-15'), [system]);
  t.strictSame(data.userSystemsOf(eui(entityIdentifier), '2026-06-16'), [], 'it has none any more');
  t.equal(data.userSystemsOf(eui('02-00-00-00-01-01-00-02'), '2026-06-15'), undefined);
});

t.test('whose range it is, as a search from end to end would find', async (t) => {
  const octet = (value: number): string => value.toString(16).padStart(2, '0').toUpperCase();
  const ranges = fc
    .uniqueArray(fc.integer({ min: 0, max: 255 }), { minLength: 2, maxLength: 24 })
    .map((points) => points.sort((a, b) => a - b))
    .map((points) =>
      Array.from({ length: points.length >> 1 }, (_, index) => points.slice(2 * index, 2 * index + 2)),
    );
  // One range around all of them, on other days: overlapping in numbers, not in time.
  const early = { effectiveTo: '2019-12-31' };
  const late = { effectiveFrom: '2020-01-01' };
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 0, max: 255 }), (pairs, value) => {
        const data = buildReferenceData(
          listFiles({
            networkOperators: [
              operator('around', [range('00', 'FF', early)]),
              ...pairs.map(([from, to]) =>
                operator(`from-${String(from)}`, [range(octet(from!), octet(to!), late)]),
              ),
            ],
          }),
        );
        const wanted = pairs.find(([from, to]) => from! <= value && value <= to!);
        const identifier = eui(`02-00-00-00-00-00-00-${octet(value)}`);
        return (
          data.organisationOf(identifier, '2019-12-31')?.organisationId === 'around' &&
          data.organisationOf(identifier, '2020-01-01')?.organisationId ===
            (wanted && `from-${String(wanted[0])}`)
        );
      }),
    );
  });
});

t.test('the ends of the ranges of an organisation on a day', async (t) => {
  const until = { effectiveTo: '2026-03-31' };
  const data = buildReferenceData(
    listFiles({ networkOperators: [operator('a', [range('00', '0f'), range('20', '2f', until)])] }),
  );
  const ends = (organisationId: string, day: string): string[] =>
    data
      .identifiersOf({ organisationId, name: '', test: false }, day)
      .map((identifier) => identifier.slice(-2));
  t.strictSame(ends('a', '2026-03-31'), ['00', '0F', '20', '2F']);
  t.strictSame(ends('a', '2026-04-01'), ['00', '0F']);
  t.strictSame(ends('unknown', '2026-04-01'), []);
});

t.test('the days on which something changes, after a day', async (t) => {
  const [distributor] = listFiles.defaults.distributors;
  const data = buildReferenceData(
    listFiles({
      distributors: [
        { ...distributor, effectiveTo: '2026-12-31' },
        { ...distributor, effectiveFrom: '2027-01-01', effectiveTo: '9999-12-31' },
      ],
      networkOperators: [
        operator(
          'a',
          [
            range('00', '0F', { effectiveTo: '2026-03-31' }),
            range('10', '1F', { effectiveFrom: '2026-03-01' }),
          ],
          [{ distributorId: '12', effectiveFrom: '2026-05-01', effectiveTo: '2026-05-01' }],
        ),
      ],
    }),
  );
  const days = ['2026-03-01', '2026-04-01', '2026-05-01', '2026-05-02', '2027-01-01'];
  t.strictSame(data.changesAfter('2026-02-28'), days);
  t.strictSame(data.changesAfter('2026-04-01'), days.slice(2));
  t.strictSame(data.changesAfter('2027-01-01'), []);
});
