import t from 'tap';
import type { RowFault } from '../../src/audit/row.js';
import { euis, issue } from '../fixtures.js';
import { auditedBytes } from './estates.js';

const header = 'device,deviceType,mpxn,certificate,entityIdentifier,networkOperator,supplier,installedOn\n';
const columns = header.trim().split(',');

type Cells = Readonly<Partial<Record<string, string>>>;

/** A meter of distributor 12 that has its operator's certificate. */
const right: Cells = {
  device: '00-DB-12-34-00-00-00-01',
  deviceType: 'ESME',
  mpxn: '1200023305967',
  entityIdentifier: euis.operatorOf12,
  supplier: euis.supplier,
  installedOn: '2019-07-31',
};

const row = (change: Cells = {}): string => {
  const cells: Cells = { ...right, ...change };
  return `${columns.map((column) => cells[column] ?? '').join(',')}\n`;
};

const checksOf = (change: Cells, ...settings: [Parameters<typeof auditedBytes>[1]?]): object =>
  auditedBytes(header + row(change), ...settings).tallies.checks;

t.test('judges as the service does', (t) => {
  t.strictSame(checksOf({}), { matched: 1 });
  t.strictSame(checksOf({ device: '00-db-12-34-00-00-00-01', supplier: '' }), { matched: 1 });
  t.strictSame(checksOf({ entityIdentifier: euis.operatorOf15.toLowerCase() }), { mismatched: 1 });
  t.strictSame(checksOf({ entityIdentifier: euis.unlisted }), { mismatched: 1 });
  t.strictSame(checksOf({ deviceType: '', entityIdentifier: euis.operatorOf15 }), { mismatched: 1 });
  t.strictSame(checksOf({ mpxn: '' }), { 'mpan-unknown': 1 });
  t.strictSame(checksOf({ mpxn: '5400023305967' }), { 'distributor-unknown': 1 });
  t.strictSame(checksOf({ networkOperator: 'NEEB' }), { mismatched: 1 }, 'who is registered comes first');
  t.strictSame(checksOf({ networkOperator: 'NOBODY99' }), { 'operator-unknown': 1 });
  t.strictSame(checksOf({ deviceType: 'CHF' }), { 'not-applicable': 1 });
  const gas = { deviceType: 'GSME', mpxn: '1234567890' };
  t.strictSame(checksOf(gas), { 'registration-unknown': 1 });
  t.strictSame(checksOf({ ...gas, networkOperator: 'INV1' }), { mismatched: 1 });
  t.strictSame(checksOf({ ...gas, networkOperator: 'INV1' }, { gasIsJudged: false }), {
    'not-applicable': 1,
  });
  t.end();
});

t.test('asks the list of devices for what the row leaves out', (t) => {
  const listed = { device: '02-00-00-00-02-00-00-01', deviceType: '', mpxn: '' };
  t.strictSame(checksOf(listed), { matched: 1 });
  t.strictSame(checksOf({ ...listed, entityIdentifier: euis.operatorOf15 }), { mismatched: 1 });
  t.strictSame(checksOf(listed, { listed: () => undefined }), { 'mpan-unknown': 1 });
  t.end();
});

t.test('the role in a certificate counts, which an Entity Identifier does not show', (t) => {
  const withRole = (role: string): Cells => ({ entityIdentifier: '', certificate: issue({ role }).base64 });
  t.strictSame(checksOf(withRole('03')), { matched: 1 });
  t.strictSame(checksOf(withRole('87')), { mismatched: 1 });
  const both = { certificate: issue().base64 };
  t.strictSame(checksOf(both), { matched: 1 }, 'one and the same');
  const gas = { deviceType: 'GPF', mpxn: '1234567890', networkOperator: 'INV1' };
  t.strictSame(checksOf({ ...gas, ...withRole('04') }), { matched: 1 }, "the access control broker's");
  const { outputs } = auditedBytes(
    header +
      row({ entityIdentifier: '', certificate: issue({ role: '02', keyUsage: 'keyAgreement' }).base64 }),
  );
  t.match(
    outputs.get('findings.csv'),
    'KeyAgreement of 02-00-00-00-00-01-00-10 (supplier, Invented operator',
  );
  t.end();
});

t.test('says why a row cannot be read, and goes on', (t) => {
  const faults: [RowFault['kind'], string | Buffer][] = [
    ['invalid-device', row({ device: 'meter' })],
    ['invalid-device', row({ device: `=${String(right.device)}` })],
    ['invalid-device-type', row({ deviceType: 'TOASTER' })],
    ['invalid-mpxn', row({ mpxn: '120002330596' })],
    ['invalid-mpxn', row({ mpxn: '1.2E+12' })],
    ['mpxn-not-of-device-type', row({ mpxn: '1234567890' })],
    ['invalid-network-operator', row({ networkOperator: '=1+1' })],
    ['invalid-network-operator', row({ networkOperator: '1234567' })],
    ['no-certificate', row({ entityIdentifier: '' })],
    ['invalid-entity-identifier', row({ entityIdentifier: '02' })],
    ['invalid-entity-identifier', row({ entityIdentifier: '02', certificate: issue().base64 })],
    ['certificate-of-another', row({ entityIdentifier: euis.operatorOf15, certificate: issue().base64 })],
    ['certificate-not-base64', row({ certificate: 'MII*' })],
    ['certificate-not-der', row({ certificate: 'MIIB' })],
    ['certificate-not-der', row({ certificate: 'MIIB', entityIdentifier: '' })],
    ['invalid-supplier', row({ supplier: 'A Supplier' })],
    ['invalid-installed-on', row({ installedOn: '31/07/2019' })],
    ['invalid-installed-on', row({ installedOn: '2019-13' })],
    ['row-empty', '\n'],
    ['row-empty', '  \r\n'],
    ['row-not-of-header', 'a,b\n'],
    ['row-not-of-header', `${row().trim()},\n`],
    ['row-not-csv', `"${row()}`],
    ['row-not-csv', row({ supplier: '"a"b' })],
    ['row-too-long', row({ supplier: 'x'.repeat(16_385) })],
    ['row-not-text', Buffer.concat([Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(row())])],
    ['row-not-text', Buffer.from(row(), 'utf16le')],
    ['row-not-text', `\0${row()}`],
  ];
  const parts: (string | Buffer)[] = [header, row()];
  const expected: string[] = [];
  for (const [kind, bytes] of faults) {
    parts.push(bytes, row());
    const number = expected.length * 2 + 2;
    // A line feed of UTF-16 ends its line one byte early.
    expected.push(`${String(number)} ${kind}`);
  }
  const utf16 = parts.findIndex((part) => part instanceof Buffer && part.includes(Buffer.from([0x0a, 0])));
  parts.splice(utf16, 1, Buffer.from(row().trimEnd(), 'utf16le'), '\n');
  const { bad, tallies } = auditedBytes(Buffer.concat(parts.map((part) => Buffer.from(part))));
  t.strictSame(bad, expected);
  t.equal(tallies.rows, faults.length * 2 + 1);
  t.strictSame(tallies.checks, { matched: faults.length + 1 });
  t.strictSame(tallies.faults['row-not-csv'], { rows: 2, firstRow: 46 });
  t.end();
});

t.test('takes quotes, white space and columns that it does not know, in any order', (t) => {
  const estate = [
    'model,"Device",MPxN, Entity_Identifier ',
    `"a, b",${String(right.device)}, 12 000 233 059 67 ,${euis.operatorOf12}`,
    `"a ""b""","${String(right.device)}","1200023305967","${euis.operatorOf12}"`,
    `\ufeff,${String(right.device)},1200023305967,${euis.operatorOf12}`,
    `é,${String(right.device)},1200023305967,${euis.operatorOf15}`,
  ];
  const { tallies, bad } = auditedBytes(estate.join('\r\n'));
  t.strictSame(bad, []);
  t.strictSame(tallies.checks, { matched: 3, mismatched: 1 });
  t.end();
});

t.test('reads NDJSON', (t) => {
  const line = (change: object): string => `${JSON.stringify({ ...right, ...change })}\n`;
  const parts = [
    line({}),
    line({ mpxn: null, other: { a: [1] } }),
    line({ mpxn: 1_200_023_305_967 }),
    '\n',
    '[]\n',
    '{"device":\n',
    `{"device":"a","device":"${String(right.device)}"}\n`,
    line({ model: 'x'.repeat(16_384) }),
    '\0\n',
    line({ installedOn: undefined, supplier: undefined }),
  ];
  const { tallies, bad } = auditedBytes(parts.join(''));
  t.strictSame(tallies.checks, { matched: 2, 'mpan-unknown': 1 });
  t.strictSame(bad, [
    '3 row-not-of-strings',
    '4 row-empty',
    '5 row-not-json',
    '6 row-not-json',
    '7 row-not-json',
    '8 row-too-long',
    '9 row-not-text',
  ]);
  t.strictSame(Object.keys(tallies.suppliers), [euis.supplier, '']);
  t.strictSame(Object.keys(tallies.months), ['2019-07', '']);
  t.end();
});

t.test('no output says an MPxN, and no cell is a formula', (t) => {
  const wrong = [
    row({ entityIdentifier: euis.operatorOf15 }),
    row({ mpxn: '1470116845052', advice: 'the check digit is wrong' }),
    row({ mpxn: '5400023305967' }),
    row({ deviceType: 'GSME', networkOperator: 'LOND' }),
    row({ networkOperator: 'NEEB' }),
    row({ mpxn: '=1200023305967' }),
    row({ device: '@SUM(1)' }),
  ];
  for (const findings of ['csv', 'ndjson'] as const) {
    const { outputs } = auditedBytes(header + wrong.join(''), { findings });
    const text = [...outputs.values()].join('');
    t.notMatch(text, /1200023305967|1470116845052|5400023305967|SUM/);
    t.notMatch(text, /(?:^|[,\n"])[=+@-]/);
    t.match(text, 'mpan-check-digit-wrong');
    t.match(text, 'registered-operator-not-of-distributor-id');
    t.match(text, 'mpxn-not-of-device-type');
  }
  t.end();
});
