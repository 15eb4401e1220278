import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { isOpened, openDataSet, sealDataSet } from '../../src/reference-data/data-set.js';
import { faultText, ReferenceDataError } from '../../src/reference-data/fault.js';
import { contentOf } from '../../src/reference-data/lists-directory.js';
import {
  buildOpened,
  buildReferenceData,
  loadReferenceData,
  sealListFiles,
} from '../../src/reference-data/load.js';
import type { EntityIdentifier } from '../../src/smki/entity-identifier.js';
import { directoryWith } from '../directories.js';
import { pki, readCertificate } from '../fixtures.js';
import { trustFiles, userCertificate, xmlSigning } from '../trust-data.js';
import { listValues, sealed } from './data-sets.js';
import { listFiles, type Lists } from './lists.js';

const faultsOf = (files: Map<string, Buffer | Error>): string[] => {
  try {
    buildReferenceData(files);
    return [];
  } catch (error) {
    if (!(error instanceof ReferenceDataError)) throw error;
    return error.faults.map(({ file, entry, message }) => [file, entry, message].filter(Boolean).join(' | '));
  }
};

const faults = (t: Test, change: Partial<Lists>, ...expected: string[]): void => {
  t.strictSame(faultsOf(listFiles(change)), expected);
};

t.test('lists without a fault', async (t) => {
  faults(t, {});
});

const indented = (json: Buffer): string => JSON.stringify(JSON.parse(json.toString()), undefined, 4);

t.test('the data set is that of what the files say, however they are laid out', async (t) => {
  const { dataSet } = buildReferenceData(listFiles());
  t.match(dataSet, { version: 1, sha256: /^[0-9a-f]{64}$/ });
  const reformatted = new Map(
    [...listFiles()].map(([file, bytes]) => [
      file,
      file.endsWith('.json')
        ? Buffer.from(indented(bytes).replace('{', '{"$schema": "for editors",'))
        : bytes,
    ]),
  );
  t.strictSame(buildReferenceData(reformatted).dataSet, dataSet);
  t.not(buildReferenceData(listFiles({ devices: [] })).dataSet.sha256, dataSet.sha256);
});

t.test('the snapshot is frozen', async (t) => {
  const referenceData = buildReferenceData(listFiles());
  t.throws(() => Object.assign(referenceData, { version: 'x' }), TypeError);
  t.throws(() => (referenceData.devices as unknown[]).push({}), TypeError);
  t.throws(() => Object.assign(referenceData.devices[0]!, { deviceType: 'GSME' }), TypeError);
});

t.test('a file that holds something other than an object', async (t) => {
  for (const text of ['[]', '1', 'null']) {
    t.strictSame(faultsOf(listFiles().set('users.json', Buffer.from(text))), [
      'users.json | source: is missing',
      'users.json | retrieved: must be a day, as YYYY-MM-DD',
      'users.json | entries: must be a list that is not empty',
    ]);
  }
});

t.test('every fault of every file, at once', async (t) => {
  const operator = {
    organisationId: 'A',
    name: ' ',
    ranges: [{ from: 'x', to: '02-00-00-00-00-00-00-00' }],
    operates: [],
  };
  const files = new Map<string, Buffer | Error>(listFiles({ networkOperators: [operator] }))
    .set('devices.json', Buffer.from('{'))
    .set('distributors.json', Buffer.from('{"source": "", "entries": [], "extra": 1}'))
    .set('applicability.json', new Error('EACCES'));
  files.delete('users.json');
  t.strictSame(faultsOf(files), [
    'applicability.json | cannot be read: EACCES',
    'devices.json | is not well-formed JSON at position 1',
    'users.json | cannot be read: there is no such file',
    'distributors.json | source: must not be empty',
    'distributors.json | retrieved: must be a day, as YYYY-MM-DD',
    'distributors.json | has a member that is not known, extra',
    'distributors.json | entries: must be a list that is not empty',
    'network-operators.json | entry 1 (A) | organisationId: must be lower-case letters, digits and hyphens',
    'network-operators.json | entry 1 (A) | name: must not be empty',
    'network-operators.json | entry 1 (A) | ranges.0.from: must be an EUI-64: eight hyphenated octets',
  ]);
});

t.test(
  'a list with a fault does not hide those of another, and is not missed by what refers to it',
  async (t) => {
    const files = listFiles({ users: [...listFiles.defaults.users, ...listFiles.defaults.users] });
    files.set('distributors.json', Buffer.from('{'));
    t.strictSame(faultsOf(files), [
      'distributors.json | is not well-formed JSON at position 1',
      'users.json | entry 2 (02-00-00-00-01-01-00-01) | is there already for the same days, as entry 1',
    ]);
  },
);

t.test('an entry with a fault does not hide those of the others', async (t) => {
  const [operator] = listFiles.defaults.networkOperators;
  const [distributor] = listFiles.defaults.distributors;
  faults(
    t,
    {
      networkOperators: [
        { ...operator, organisationId: 'first', note: 1 },
        operator,
        { ...operator, organisationId: 'third', operates: [{ distributorId: '95' }] },
      ],
    },
    'network-operators.json | entry 1 (first) | has a member that is not known, note',
    'network-operators.json | entry 3 (third) | operates distributor 95, which distributors.json does not have on these days',
    'network-operators.json | entry 3 (third) | the range from 02-00-00-00-00-01-00-00 overlaps that from 02-00-00-00-00-01-00-00 of of-12',
  );
  // What an entry with a fault was to be is not known, and so nothing is called missing.
  faults(
    t,
    {
      distributors: [distributor!, { ...distributor, distributorId: '95', kind: 'X' }],
      networkOperators: [{ ...operator, operates: [{ distributorId: '95' }] }],
    },
    'distributors.json | entry 2 (95) | kind: Invalid option: expected one of "DNO"|"IDNO"|"PSEUDO"|"TEST"',
  );
  faults(
    t,
    { responseCodes: [{ ...listFiles.defaults.responseCodes[0], status: 'x' }] },
    'response-codes.json | entry 1 (I0) | status: Invalid option: expected one of "published"|"provisional"',
  );
});

t.test('a fault shows no personal data', async (t) => {
  const esme = { deviceType: 'ESMEX', importMpxn: '2200031930792' };
  for (const entry of [
    esme,
    { ...esme, entityIdentifier: '2200031930792' },
    { ...esme, '2200031930792': 1 },
    '2200031930792',
    ['2200031930792'],
  ]) {
    const found = faultsOf(listFiles({ devices: [entry as object] }));
    t.ok(found.length > 0);
    t.notMatch(found.join(), '2200031930792');
  }
});

t.test('a file that could be read in two ways, and one with a byte order mark', async (t) => {
  const text = listFiles().get('users.json')!.toString();
  const withUsers = (bytes: Buffer): Map<string, Buffer> => listFiles().set('users.json', bytes);
  t.strictSame(faultsOf(withUsers(Buffer.from(text.replace('"entries"', '"entries": [], "entries"')))), [
    'users.json | has a member name twice in one object',
  ]);
  t.strictSame(faultsOf(withUsers(Buffer.from(text.replace('Supplier', 'Suppli\u00e9r'), 'latin1'))), [
    'users.json | is not UTF-8',
  ]);
  t.strictSame(faultsOf(withUsers(Buffer.from(`\ufeff${text}`))), []);
});

t.test('which lists may be empty', async (t) => {
  faults(t, {
    devices: [],
    gasTransporters: [],
    meteringArrangements: [],
    sharedResourceProviders: [],
    userCertificates: [],
    userSystems: [],
  });
  for (const member of [
    'applicability',
    'distributors',
    'networkOperators',
    'responseCodes',
    'users',
  ] as const) {
    const [first] = faultsOf(listFiles({ [member]: [] }));
    t.match(first, / \| entries: must be a list that is not empty$/);
  }
});

t.test('the message lists them for an operator to read', async (t) => {
  t.throws(
    () => buildReferenceData(listFiles({ devices: [{ entityIdentifier: 'x', deviceType: 'ESME' }] })),
    {
      message:
        'The reference data has faults:\n  devices.json, entry 1 (x): entityIdentifier: must be an EUI-64: eight hyphenated octets',
    },
  );
});

t.test('unknown keys', async (t) => {
  const [distributor] = listFiles.defaults.distributors;
  faults(
    t,
    { distributors: [{ ...distributor, note: 'x' }] },
    'distributors.json | entry 1 (12) | has a member that is not known, note',
  );
});

t.test('a period of one day, and two that share one', async (t) => {
  const [user] = listFiles.defaults.users;
  const day = '2026-02-01';
  faults(t, { users: [{ ...user, effectiveFrom: day, effectiveTo: day }] });
  const twin = 'is there already for the same days, as entry 1';
  for (const [first, second] of [
    [{ effectiveTo: day }, { effectiveFrom: day }],
    [{ effectiveFrom: day }, { effectiveTo: day }],
  ]) {
    faults(
      t,
      {
        users: [
          { ...user, ...first },
          { ...user, ...second },
        ],
      },
      `users.json | entry 2 (02-00-00-00-01-01-00-01) | ${twin}`,
    );
  }
  faults(
    t,
    {
      users: [
        { ...user, effectiveTo: '2026-01-31' },
        { ...user, effectiveFrom: day },
        { ...user, effectiveTo: '2025-01-01' },
      ],
    },
    `users.json | entry 3 (02-00-00-00-01-01-00-01) | ${twin}`,
  );
});

t.test('dates', async (t) => {
  const [distributor] = listFiles.defaults.distributors;
  faults(
    t,
    { distributors: [{ ...distributor, effectiveFrom: '2026-02-30' }] },
    'distributors.json | entry 1 (12) | effectiveFrom: must be a day, as YYYY-MM-DD',
  );
  faults(
    t,
    { distributors: [{ ...distributor, effectiveFrom: '2026-02-02', effectiveTo: '2026-02-01' }] },
    'distributors.json | entry 1 (12) | effectiveTo is before effectiveFrom',
  );
});

t.test('the same key twice, unless on other days', async (t) => {
  const [user] = listFiles.defaults.users;
  const ended = { ...user, effectiveTo: '2026-01-31' };
  faults(t, { users: [ended, { ...user, effectiveFrom: '2026-02-01' }] });
  faults(
    t,
    { users: [ended, { ...user, effectiveFrom: '2026-01-31' }] },
    'users.json | entry 2 (02-00-00-00-01-01-00-01) | is there already for the same days, as entry 1',
  );
  faults(
    t,
    { users: [user, user] },
    'users.json | entry 2 (02-00-00-00-01-01-00-01) | is there already for the same days, as entry 1',
  );
});

t.test('network operators', async (t) => {
  const [of12] = listFiles.defaults.networkOperators;
  const other = {
    organisationId: 'other',
    name: 'Other',
    ranges: [{ from: '02-00-00-00-00-01-FF-FF', to: '02-00-00-00-00-02-00-00' }],
    operates: [],
  };
  const file = 'network-operators.json';
  faults(
    t,
    { networkOperators: [of12, other] },
    `${file} | entry 2 (other) | the range from 02-00-00-00-00-01-FF-FF overlaps that from 02-00-00-00-00-01-00-00 of of-12`,
  );
  const again = { ...of12, ranges: Array.from({ length: 1000 }, () => of12?.ranges[0]) };
  t.equal(faultsOf(listFiles({ networkOperators: [again] })).length, 999, 'one for each');
  const moved = {
    ...other,
    ranges: [{ ...other.ranges[0], effectiveFrom: '2026-01-01' }],
  };
  const until = { ...of12, ranges: [{ ...of12!.ranges[0], effectiveTo: '2025-12-31' }] };
  faults(t, { networkOperators: [until, moved] });
  faults(
    t,
    {
      networkOperators: [
        {
          ...other,
          ranges: [
            { from: '02-00-00-00-00-02-00-00', to: '02-00-00-00-00-01-00-00' },
            {
              from: '02-00-00-00-00-03-00-00',
              to: '02-00-00-00-00-03-00-00',
              effectiveFrom: '2026-02-02',
              effectiveTo: '2026-02-01',
            },
          ],
          operates: [
            { distributorId: '77' },
            { distributorId: '12', effectiveFrom: '2026-02-02', effectiveTo: '2026-02-01' },
          ],
        },
      ],
    },
    `${file} | entry 1 (other) | the range from 02-00-00-00-00-02-00-00 ends before it starts`,
    `${file} | entry 1 (other) | the range from 02-00-00-00-00-03-00-00: effectiveTo is before effectiveFrom`,
    `${file} | entry 1 (other) | operates distributor 77, which distributors.json does not have on these days`,
    `${file} | entry 1 (other) | distributor 12: effectiveTo is before effectiveFrom`,
  );
});

t.test('a distributor ID twice, or on days when it is not there', async (t) => {
  const [of12] = listFiles.defaults.networkOperators;
  const [first] = listFiles.defaults.distributors;
  const operating = (...operates: object[]): Partial<Lists> => ({
    networkOperators: [{ ...of12, operates }],
    distributors: [{ ...first, effectiveTo: '2014-12-17' }],
  });
  const at = 'network-operators.json | entry 1 (of-12)';
  faults(t, operating({ distributorId: '12' }));
  faults(
    t,
    operating(
      { distributorId: '12', effectiveTo: '2010-12-31' },
      { distributorId: '12', effectiveFrom: '2011-01-01' },
    ),
  );
  faults(
    t,
    operating({ distributorId: '12' }, { distributorId: '12', effectiveFrom: '2011-01-01' }),
    `${at} | operates distributor 12 twice on the same days`,
  );
  faults(
    t,
    operating({ distributorId: '12', effectiveFrom: '2014-12-18' }),
    `${at} | operates distributor 12, which distributors.json does not have on these days`,
  );
});

t.test('Gas Transporters', async (t) => {
  const transporter = { code: 'GT1', name: 'Transporter', organisationId: 'of-12' };
  const at = 'gas-transporters.json | entry';
  faults(t, {
    gasTransporters: [
      { ...transporter, effectiveTo: '2026-01-31' },
      { ...transporter, effectiveFrom: '2026-02-01' },
    ],
  });
  faults(
    t,
    { gasTransporters: [transporter, { ...transporter, name: 'Again' }] },
    `${at} 2 (GT1) | is there already for the same days, as entry 1`,
  );
  faults(
    t,
    { gasTransporters: [transporter, { ...transporter, code: 'GT2', organisationId: 'nobody' }] },
    `${at} 2 (GT2) | is of organisation nobody, which network-operators.json does not have`,
  );
  faults(
    t,
    { gasTransporters: [{ ...transporter, code: 'gt1', organisationId: 'Of 12' }] },
    `${at} 1 (gt1) | code: must be one to eight upper-case letters and digits, with a letter among them`,
    `${at} 1 (gt1) | organisationId: must be lower-case letters, digits and hyphens`,
  );
  // An organisation whose entry has a fault may be the one.
  const [of12] = listFiles.defaults.networkOperators;
  faults(
    t,
    { networkOperators: [{ ...of12, name: '' }], gasTransporters: [transporter] },
    'network-operators.json | entry 1 (of-12) | name: must not be empty',
  );
});

t.test('one combination in two entries', async (t) => {
  const [first] = listFiles.defaults.applicability;
  const again = { ...first, deviceTypes: ['GSME', 'ESME'], certificateRoles: ['userXmlSigning'] };
  faults(
    t,
    { applicability: [first!, again] },
    'applicability.json | entry 2 (NetworkOperator by IS on GSME/ESME in 6.15.1) | NetworkOperator by IS on ESME in 6.15.1 stands in entry 1 already',
  );
});

t.test('devices', async (t) => {
  const device = (deviceType: string, change: object): object => ({
    entityIdentifier: '02-00-00-00-02-00-00-01',
    deviceType,
    ...change,
  });
  const mprn = '1234567890';
  const mpan = '1200023305967';
  const at = 'devices.json | entry 1 (02-00-00-00-02-00-00-01)';
  faults(t, { devices: [device('GPF', { importMpxn: mprn })] });
  faults(t, { devices: [device('PPMID', { importMpxn: mprn })] });
  faults(t, { devices: [device('PPMID', { importMpxn: mpan })] });
  faults(
    t,
    { devices: [device('ESME', { importMpxn: mprn, secondaryImportMpan: mprn, exportMpan: mprn })] },
    `${at} | importMpxn is not an MPAN, as that of a ESME is`,
    `${at} | secondaryImportMpan is not an MPAN`,
    `${at} | exportMpan is not an MPAN`,
  );
  faults(
    t,
    { devices: [device('GSME', { importMpxn: mpan })] },
    `${at} | importMpxn is not an MPRN, as that of a GSME is`,
  );
  faults(
    t,
    { devices: [device('GSME', { importMpxn: mprn, exportMpan: mpan })] },
    `${at} | a GSME has no exportMpan`,
  );
  faults(t, { devices: [device('ESME', { importMpxn: mpan, importNetworkOperator: 'LOND' })] });
  faults(
    t,
    {
      devices: [
        device('ESME', {
          importMpxn: mpan,
          secondaryImportNetworkOperator: 'LOND',
          exportNetworkOperator: 'LOND',
        }),
      ],
    },
    `${at} | secondaryImportNetworkOperator is there without its MPxN`,
    `${at} | exportNetworkOperator is there without its MPxN`,
  );
  faults(
    t,
    { devices: [device('ESME', { importMpxn: mpan, importNetworkOperator: 'London' })] },
    `${at} | importNetworkOperator: must be one to eight upper-case letters and digits, with a letter among them`,
  );
  faults(
    t,
    { devices: [device('ESME', { importMpxn: '123456789012' })] },
    'devices.json | entry 1 (02-00-00-00-02-00-00-01) | importMpxn: must be an MPAN or an MPRN',
  );
});

t.test('response codes', async (t) => {
  const [success, mismatch] = listFiles.defaults.responseCodes;
  const codes = (entries: (object | undefined)[], ...expected: string[]): void => {
    faults(t, { responseCodes: entries }, ...expected.map((fault) => `response-codes.json | ${fault}`));
  };
  const variants = ['6.15.1', '6.21', '6.23'];
  codes([mismatch], ...variants.map((variant) => `success in ${variant} has no code`));
  codes(
    [success, mismatch, { ...mismatch, code: 'E2' }],
    'entry 3 (E2) | certificate-party-mpan-mismatch in 6.15.1 stands in entry 2 already',
  );
  codes(
    [success, mismatch, { ...mismatch, rule: 'mpan-check-digit-wrong' }],
    'entry 3 (E1 in 6.15.1) | is there already for the same days, as entry 2',
    'entry 3 (E1) | E1 in 6.15.1 stands in entry 2 already',
  );
  codes(
    [success, { ...mismatch, serviceReferenceVariants: ['6.23'] }],
    'entry 2 (E1) | 6.23 does not have the rule certificate-party-mpan-mismatch',
  );
  codes(
    [success, { ...mismatch, serviceReferenceVariants: ['6.21', '6.21'] }],
    'entry 2 (E1) | certificate-party-mpan-mismatch in 6.21 stands in entry 2 already',
    'entry 2 (E1) | E1 in 6.21 stands in entry 2 already',
  );
  const onlySuccess = 'I0 is the code of success, and of nothing else';
  codes(
    [success, { ...mismatch, code: 'I0' }],
    'entry 2 (I0) | I0 in 6.15.1 stands in entry 1 already',
    `entry 2 (I0) | ${onlySuccess}`,
  );
  codes([{ ...success, code: 'I1' }, mismatch], `entry 1 (I1) | ${onlySuccess}`);
  const [unknown] = faultsOf(listFiles({ responseCodes: [success, { ...mismatch, rule: 'no-such-rule' }] }));
  t.match(unknown, /^response-codes\.json \| entry 2 \(E1\) \| rule: Invalid option: expected one of /);
});

t.test('response codes of what stands in front of the rules, in any service', async (t) => {
  const [success, mismatch] = listFiles.defaults.responseCodes;
  const variants = ['6.15.1', '6.21', '6.23'];
  const expired = {
    ...mismatch,
    code: 'E2',
    rule: 'certificate-expired',
    serviceReferenceVariants: variants,
  };
  faults(t, { responseCodes: [success, mismatch, expired] });
  faults(
    t,
    {
      responseCodes: [
        success,
        mismatch,
        expired,
        { ...expired, code: 'E3', serviceReferenceVariants: ['6.23'] },
      ],
    },
    'response-codes.json | entry 4 (E3) | certificate-expired in 6.23 stands in entry 3 already',
  );
  for (const rule of ['constructor', '__proto__', 'sender']) {
    const [unknown] = faultsOf(listFiles({ responseCodes: [success, { ...mismatch, rule }] }));
    t.match(unknown, /^response-codes\.json \| entry 2 \(E1\) \| rule: Invalid option: expected one of /);
  }
});

t.test('user certificates', async (t) => {
  const certificate = xmlSigning();
  const entry = userCertificate(certificate);
  const entityIdentifier = '02-00-00-00-01-01-00-01';
  const at = `user-certificates.json | entry 1 (${entityIdentifier})`;
  const one = (change: object, ...expected: string[]): void => {
    faults(
      t,
      { userCertificates: [{ ...entry, ...change }] },
      ...expected.map((fault) => `${at} | ${fault}`),
    );
  };
  one({});
  one({ entityIdentifier: entityIdentifier.toLowerCase() });
  const high = userCertificate(xmlSigning({ spec: { serialNumber: Buffer.from('ff00', 'hex') } }));
  t.match(high, { serialNumber: '00FF00' });
  faults(t, { userCertificates: [high] });
  faults(
    t,
    { userCertificates: [{ ...entry, entityIdentifier: '02-00-00-00-01-01-00-02' }] },
    'user-certificates.json | entry 1 (02-00-00-00-01-01-00-02) | entityIdentifier: is not that of the certificate',
  );
  one({ serialNumber: '01' }, 'serialNumber: is not that of the certificate');
  one(
    { serialNumber: '01', certificate: xmlSigning({ entityIdentifier: '02-00-00-00-01-01-00-02' }).base64 },
    'entityIdentifier: is not that of the certificate',
    'serialNumber: is not that of the certificate',
  );
  for (const serialNumber of ['', '1', 'ab', '0x01', '01'.repeat(21)]) {
    one({ serialNumber }, 'serialNumber: must be octets in upper-case hexadecimal');
  }
  one({ certificate: '' }, 'certificate: cannot be read: it is empty');
  one({ certificate: 'AAAA=' }, 'certificate: cannot be read: it is not canonical base64');
  one(
    { certificate: certificate.der.subarray(0, -1).toString('base64') },
    'certificate: cannot be read: it is not complete, definite-length ASN.1 with nothing after it',
  );
  one(
    { certificate: pki.issuingCa.base64 },
    'certificate: cannot be read: its subject has no x500UniqueIdentifier (2.5.4.45)',
  );
  const { serialNumber } = readCertificate(certificate);
  faults(
    t,
    { userCertificates: [entry, entry] },
    `user-certificates.json | entry 2 (${entityIdentifier} ${serialNumber}) | is there already for the same days, as entry 1`,
  );
  // One that could not be read leaves a hole, and hides nothing.
  faults(
    t,
    { userCertificates: [entry, { ...entry, certificate: 'AAAA' }, entry] },
    `user-certificates.json | entry 2 (${entityIdentifier}) | certificate: cannot be read: it is not complete, definite-length ASN.1 with nothing after it`,
    `user-certificates.json | entry 3 (${entityIdentifier} ${serialNumber}) | is there already for the same days, as entry 1`,
  );
});

t.test('Shared Resource Providers', async (t) => {
  const provider = '02-00-00-00-05-00-00-01';
  const onBehalfOf = '02-00-00-00-01-01-00-01';
  const entry = { provider, name: 'Provider', onBehalfOf, serviceReferences: ['6.15', '6.21', '6.15.1'] };
  const file = 'shared-resource-providers.json';
  const list = (entries: object[], ...expected: string[]): void => {
    faults(t, { sharedResourceProviders: entries }, ...expected.map((fault) => `${file} | ${fault}`));
  };
  list([entry]);
  list([entry, { ...entry, provider: onBehalfOf, onBehalfOf: provider }]);
  for (const reference of ['6', '6.15.', '6.15.1.1', '6.*', '', ' 6.15', '106.15']) {
    list(
      [{ ...entry, serviceReferences: ['6.15', reference] }],
      `entry 1 (${provider}) | serviceReferences.1: must be like 6.15 or 6.15.1`,
    );
  }
  const [none] = faultsOf(listFiles({ sharedResourceProviders: [{ ...entry, serviceReferences: [] }] }));
  t.match(none, `${file} | entry 1 (${provider}) | serviceReferences: `);
  const twin = `(${provider} for ${onBehalfOf}) | is there already for the same days, as entry 1`;
  const until = { ...entry, effectiveTo: '2026-06-30' };
  list([until, { ...entry, effectiveFrom: '2026-07-01', serviceReferences: ['6.21'] }]);
  list(
    [until, { ...entry, effectiveFrom: '2026-06-30', provider: provider.toLowerCase() }],
    `entry 2 ${twin}`,
  );
  list(
    [entry, { ...entry, name: ' ' }, entry],
    `entry 2 (${provider}) | name: must not be empty`,
    `entry 3 ${twin}`,
  );
  list(
    [{ ...until, effectiveFrom: '2026-07-01' }],
    `entry 1 (${provider} for ${onBehalfOf}) | effectiveTo is before effectiveFrom`,
  );
});

t.test('User Systems', async (t) => {
  const entityIdentifier = '02-00-00-00-01-01-00-01';
  const system = (userSystem: string, sequence: number, change: object = {}): object => ({
    entityIdentifier,
    userSystem,
    operator: 'Somebody',
    sequence,
    ...change,
  });
  const list = (entries: object[], ...expected: string[]): void => {
    faults(t, { userSystems: entries }, ...expected.map((fault) => `user-systems.json | ${fault}`));
  };
  list([system('a', 1), system('b', 2), system('c', 7, { notifiedOn: '2026-01-01' })]);
  list([system('a', 1), system('a', 1, { entityIdentifier: '02-00-00-00-01-01-00-02' })]);
  list([system('a', 1), system('b', 1)], `entry 2 (${entityIdentifier} b) | has the sequence of entry 1`);
  list([system('a', 1, { effectiveTo: '2026-01-31' }), system('a', 1, { effectiveFrom: '2026-02-01' })]);
  list(
    [system('a', 1, { effectiveTo: '2026-01-31' }), system('b', 1, { effectiveFrom: '2026-02-01' })],
    `entry 2 (${entityIdentifier} b) | has the sequence of entry 1`,
  );
  list(
    [system('a', 1), system('b', 0), system('a', 2)],
    `entry 2 (b) | sequence: Too small: expected number to be >=1`,
    `entry 3 (${entityIdentifier} a) | is there already for the same days, as entry 1`,
  );
  list([system('constructor', 1), system('__proto__', 2), system('toString', 3)]);
  const pattern = 'userSystem: must be up to 64 letters, digits, dots, hyphens and underscores';
  for (const name of ['', 'a b', 'a\n', 'x'.repeat(65), 'é']) {
    list([system(name, 1)], `entry 1 | ${pattern}`);
  }
  list([system('x'.repeat(64), 1)]);
  list(
    [system('a', 1, { notifiedOn: '2026-02-30', assessedOn: 'soon' })],
    `entry 1 (a) | notifiedOn: must be a day, as YYYY-MM-DD`,
    `entry 1 (a) | assessedOn: must be a day, as YYYY-MM-DD`,
  );
});

t.test('metering arrangements', async (t) => {
  const supplier = '02-00-00-00-01-01-00-01';
  const device = '02-00-00-00-02-00-00-01';
  const entry = { supplier, deviceType: 'ESME', reachedBy: 'map' };
  const list = (entries: object[], ...expected: string[]): void => {
    const file = 'metering-arrangements.json';
    faults(t, { meteringArrangements: entries }, ...expected.map((fault) => `${file} | ${fault}`));
  };
  list([entry, { ...entry, deviceType: 'GSME' }, { supplier, device, reachedBy: 'mam', party: 'A MAM' }]);
  list([entry, { ...entry, deviceType: undefined, device, owesNotification: true }]);
  const either = `entry 1 (${supplier}) | deviceType: must be there, or else device, and not both`;
  list([{ ...entry, device }], either);
  list([{ supplier, reachedBy: 'map' }], either);
  const until = { ...entry, effectiveTo: '2026-06-30' };
  list([until, { ...entry, effectiveFrom: '2026-07-01' }]);
  const twin = `is there already for the same days, as entry 1`;
  list([until, { ...entry, effectiveFrom: '2026-06-30' }], `entry 2 (${supplier} for ESME) | ${twin}`);
  list(
    [
      { supplier, device, reachedBy: 'map' },
      { supplier, device: device.toLowerCase(), reachedBy: 'mam' },
    ],
    `entry 2 (${supplier} for ${device}) | ${twin}`,
  );
  const stranger = '02-00-00-00-01-0A-00-01';
  list(
    [{ ...entry, supplier: stranger.toLowerCase() }],
    `entry 1 (${stranger} for ESME) | is of Supplier ${stranger}, which users.json does not have`,
  );
  const [wrong] = faultsOf(listFiles({ meteringArrangements: [{ ...entry, reachedBy: 'post' }] }));
  t.match(wrong, `metering-arrangements.json | entry 1 (${supplier}) | reachedBy: `);
  list([{ ...entry, party: ' ' }], `entry 1 (${supplier}) | party: must not be empty`);
  const users = [undefined, ...listFiles.defaults.users];
  const some = faultsOf(listFiles({ users, meteringArrangements: [{ ...entry, supplier: stranger }] }));
  t.notMatch(some.join(), 'is of Supplier', 'what refers to a list with a fault in it is not looked at');
});

t.test('a directory from before there were metering arrangements is the data set that it was', async (t) => {
  const files = listFiles();
  files.delete('metering-arrangements.json');
  const { lists: values } = contentOf(files, []);
  t.notOk('metering-arrangements' in values);
  const before = sealDataSet({
    version: 1,
    issuedAt: '2026-06-01T00:00:00Z',
    effectiveFrom: '2026-06-01T00:00:00Z',
    lists: values,
  });
  const built = buildReferenceData(files);
  t.equal(built.dataSet.sha256, before.sha256);
  t.equal(sealListFiles(files).sha256, before.sha256);
  t.equal(
    built.meteringArrangement('02-00-00-00-01-01-00-01' as EntityIdentifier, built.devices[0]!, '2026-06-15'),
    undefined,
  );
  const opened = openDataSet({ bytes: before.bytes, signature: undefined }, []);
  t.equal(isOpened(opened) && buildOpened(opened).dataSet.sha256, before.sha256);

  const directory = await directoryWith(t, files);
  t.equal((await loadReferenceData(directory)).dataSet.sha256, before.sha256);
  await mkdir(path.join(directory, 'metering-arrangements.json'));
  await t.rejects(loadReferenceData(directory), {
    message: /metering-arrangements.json: cannot be read: EISDIR/,
  });
});

t.test('any other list has its file', async (t) => {
  for (const file of ['devices.json', 'users.json', 'user-systems.json']) {
    const files = listFiles();
    files.delete(file);
    t.strictSame(faultsOf(files), [`${file} | cannot be read: there is no such file`]);
  }
});

t.test('a directory without the files', async (t) => {
  const empty = await mkdtemp(path.join(tmpdir(), 'reference-data-'));
  t.teardown(() => rm(empty, { recursive: true }));
  const error: unknown = await loadReferenceData(empty).catch((thrown: unknown) => thrown);
  t.type(error, ReferenceDataError);
  t.equal((error as ReferenceDataError).faults.length, 11);
});

const openedFaults = (lists: Record<string, unknown>): string[] => {
  const { bytes } = sealed({ lists });
  const opened = openDataSet({ bytes, signature: undefined }, []);
  if (!isOpened(opened)) throw new Error('it does not open');
  try {
    buildOpened(opened);
    return [];
  } catch (error) {
    if (!(error instanceof ReferenceDataError)) throw error;
    return error.faults.map(faultText);
  }
};

t.test('a data set that was published says what the lists did', async (t) => {
  const files = trustFiles();
  const listed = buildReferenceData(files);
  const opened = openDataSet({ bytes: sealListFiles(files).bytes, signature: undefined }, []);
  if (!isOpened(opened)) throw new Error('it does not open');
  const built = buildOpened(opened);
  t.strictSame(built.dataSet, listed.dataSet);
  t.strictSame(built.devices, listed.devices);
  t.strictSame(built.trust.anchors, listed.trust.anchors);
  t.strictSame(built.trust.revocationLists, listed.trust.revocationLists);
  t.equal(built.trust.revocationLists.length, 1);
  t.throws(() => (built.devices as unknown[]).push({}), TypeError);
});

t.test('a published list that is not known, and one that is missing', async (t) => {
  const values = listValues();
  const without = (name: string): Record<string, unknown> =>
    Object.fromEntries(Object.entries(values).filter(([each]) => each !== name));
  t.strictSame(openedFaults({ ...values }), []);
  t.strictSame(openedFaults({ ...values, meters: {}, ['../users']: {} }), [
    '../users: is no list that this service knows',
    'meters: is no list that this service knows',
  ]);
  for (const name of [
    'devices',
    'metering-arrangements',
    'shared-resource-providers',
    'user-certificates',
    'user-systems',
    'trust',
    'revocation-lists',
  ]) {
    t.strictSame(openedFaults(without(name)), [], `${name} may be empty`);
  }
  for (const name of ['distributors', 'network-operators', 'users', 'applicability', 'response-codes']) {
    t.ok(openedFaults(without(name)).includes(`${name}.json: is missing`), name);
  }
});

t.test('a published list is read as its file is', async (t) => {
  const users = { source: 'tests', retrieved: '2026-06-15', entries: [] };
  t.strictSame(openedFaults({ ...listValues(), users }), [
    'users.json: entries: must be a list that is not empty',
  ]);
  t.strictSame(openedFaults({ ...listValues(), users: null }), [
    'users.json: source: is missing',
    'users.json: retrieved: must be a day, as YYYY-MM-DD',
    'users.json: entries: must be a list that is not empty',
  ]);
});

t.test('published files of trust are the base64 of each, by name', async (t) => {
  const wrong = 'is not the base64 of a file';
  for (const trust of ['x', [], 1]) {
    t.strictSame(openedFaults({ ...listValues(), trust }), [`trust/: ${wrong}`]);
  }
  const { trust } = listValues() as { trust: Record<string, string> };
  const [base64 = ''] = Object.values(trust);
  for (const value of [null, 1, {}, '%', `${base64}=`, `${base64}\n`, base64.slice(0, -1)]) {
    t.strictSame(openedFaults({ ...listValues(), trust: { ...trust, 'x.pem': value } }), [
      `trust/x.pem: ${wrong}`,
    ]);
  }
  t.strictSame(openedFaults({ ...listValues(), 'revocation-lists': { 'x.crl': 'AAAA' } }).length, 1);
});

t.test('test trust anchors are named in a published data set too', async (t) => {
  const { trust } = listValues() as { trust: Record<string, string> };
  const { bytes } = sealed({ lists: { ...listValues(), trust: { 'test-x.pem': trust['issuing-ca.pem'] } } });
  const opened = openDataSet({ bytes, signature: undefined }, []);
  t.strictSame(isOpened(opened) && buildOpened(opened).testTrustAnchors, ['trust/test-x.pem']);
});
