import t from 'tap';
import type { ListImport } from '../../../src/reference-data/import/import-log.js';
import { importRanges, type NetworkOperatorEntry } from '../../../src/reference-data/import/ranges.js';
import { csvFile, faultsOf } from './csv-file.js';

const eui = (end: string): string => `02-00-00-00-00-${end}`;

const one: NetworkOperatorEntry = {
  organisationId: 'one',
  name: 'Operator One',
  test: true,
  ranges: [{ from: eui('01-00-00'), to: eui('01-ff-ff') }],
  operates: [{ distributorId: '12' }, { distributorId: '13', effectiveTo: '2026-12-31' }],
};
const two: NetworkOperatorEntry = {
  organisationId: 'two',
  name: 'Operator Two',
  ranges: [{ from: eui('02-00-00'), to: eui('02-ff-ff') }],
  operates: [],
};

const header = ['Organisation Id', 'Name', 'From', 'To', 'Effective From', 'Effective To'];

const range = (
  change: Partial<Record<'id' | 'name' | 'from' | 'to' | 'since' | 'until', string>> = {},
): string[] => {
  const { id, name, from, to, since, until } = {
    id: 'one',
    name: '',
    from: eui('03-00-00'),
    to: eui('03-FF-FF'),
    since: '',
    until: '',
    ...change,
  };
  return [id, name, from, to, since, until];
};

const importRows = async (
  rows: readonly (readonly string[])[],
  { present = [one, two], addUnknown }: { present?: NetworkOperatorEntry[]; addUnknown?: boolean } = {},
): Promise<ListImport<NetworkOperatorEntry>> =>
  importRanges(csvFile([header, ...rows]), present, addUnknown === undefined ? {} : { addUnknown });

t.test('the ranges of the file take the place of those before, and all else stays', async (t) => {
  const { entries, report } = await importRows([
    range({ from: eui('05-00-00'), to: eui('05-00-00'), since: '01/01/2027' }),
    range({ from: eui('05-00-00'), to: eui('05-00-00'), until: '30/06/2026' }),
    range({ from: eui('05-00-00'), to: eui('05-00-00'), since: '01/07/2026', until: '31/12/2026' }),
    range({ from: eui('04-00-00').toLowerCase(), to: eui('04-ff-ff') }),
    range({ from: eui('05-00-00'), to: eui('05-00-00'), since: '2027-01-01' }),
  ]);
  t.strictSame(entries, [
    {
      ...one,
      ranges: [
        { from: eui('04-00-00'), to: eui('04-FF-FF') },
        { from: eui('05-00-00'), to: eui('05-00-00'), effectiveTo: '2026-06-30' },
        {
          from: eui('05-00-00'),
          to: eui('05-00-00'),
          effectiveFrom: '2026-07-01',
          effectiveTo: '2026-12-31',
        },
        { from: eui('05-00-00'), to: eui('05-00-00'), effectiveFrom: '2027-01-01' },
      ],
    },
    two,
  ]);
  t.strictSame(report, {
    taken: 4,
    skipped: [{ text: 'there already, with nothing else in them', count: 1, examples: [6] }],
    faults: [],
    faultCount: 0,
    notes: [{ text: 'two is not in the file, and keeps the ranges that it has', count: 1, examples: [] }],
  });
});

t.test('a Party by its name, where there is no id', async (t) => {
  const file = csvFile([
    ['Party', 'EUI-64 From', 'EUI-64 To'],
    ['Operator Two', eui('03-00-00'), eui('03-00-0f')],
  ]);
  const { entries } = await importRanges(file, [one, two]);
  t.strictSame(entries?.[1]?.ranges, [{ from: eui('03-00-00'), to: eui('03-00-0F') }]);
  t.strictSame((await importRows([range({ id: '', name: 'Operator Two' })])).entries?.[1]?.ranges.length, 1);
  const twins = { present: [one, { ...two, name: one.name }] };
  t.strictSame(faultsOf((await importRows([range({ id: '', name: one.name })], twins)).report), [
    '2 | Name | is that of two organisations: give the Organisation Id',
  ]);
  t.strictSame(faultsOf((await importRows([range({ name: one.name })], twins)).report), []);
});

t.test('a Party that no organisation is, is skipped', async (t) => {
  const { entries, report } = await importRows([
    range(),
    range({ id: 'three', name: 'Operator One' }),
    range({ id: '', name: 'operator one' }),
  ]);
  t.equal(entries?.length, 2);
  t.match(report.skipped, [
    { text: 'of a Party that network-operators.json does not have', count: 2, examples: [3, 4] },
  ]);
  t.strictSame(faultsOf((await importRows([range({ id: 'three' })])).report), [
    'the file has no range of an organisation in network-operators.json',
  ]);
});

t.test('a Party that no organisation is, is added where that is asked for', async (t) => {
  const at = (number: string): { from: string; to: string } => ({
    from: eui(`${number}-00-00`),
    to: eui(`${number}-ff-ff`),
  });
  const { entries, report } = await importRows(
    [
      range({ id: '', name: 'Zed & Sons (Gas) Ltd.', ...at('10') }),
      range({ id: '', name: 'Zed & Sons (Gas) Ltd.', ...at('11') }),
      range({ id: 'four', name: '', ...at('12') }),
      range({ id: 'five', name: 'Operator Five', ...at('13') }),
      range({ id: '', name: 'Operator Five', ...at('14') }),
    ],
    { addUnknown: true },
  );
  const ranges = (...numbers: string[]): object[] =>
    numbers.map((number) => ({ from: at(number).from, to: at(number).to.toUpperCase() }));
  t.strictSame(entries, [
    { organisationId: 'five', name: 'Operator Five', ranges: ranges('13', '14'), operates: [] },
    { organisationId: 'four', name: 'four', ranges: ranges('12'), operates: [] },
    one,
    two,
    {
      organisationId: 'zed-sons-gas-ltd',
      name: 'Zed & Sons (Gas) Ltd.',
      ranges: ranges('10', '11'),
      operates: [],
    },
  ]);
  t.match(report.notes[0], {
    text: 'zed-sons-gas-ltd is new, and operates nothing until somebody enters what',
    examples: [2],
  });
  const faults = async (...rows: string[][]): Promise<string[]> =>
    faultsOf((await importRows(rows, { addUnknown: true })).report);
  t.strictSame(await faults(range({ id: 'Six' })), [
    '2 | Organisation Id | must be lower-case letters, digits and hyphens',
  ]);
  t.strictSame(await faults(range({ id: '', name: '???' })), ['2 | Organisation Id | is empty']);
  t.strictSame(await faults(range({ id: '', name: 'ONE' })), [
    '2 | Name | makes the id one, which another organisation has',
  ]);
  t.strictSame(
    await faults(
      range({ id: 'six', name: 'Operator One', ...at('10') }),
      range({ id: '', name: 'Operator One', ...at('11') }),
    ),
    ['3 | Name | is that of two organisations: give the Organisation Id'],
  );
});

t.test('ranges that overlap', async (t) => {
  const faults = async (...rows: string[][]): Promise<string[]> => faultsOf((await importRows(rows)).report);
  t.strictSame(await faults(range(), range({ id: 'two', from: eui('03-FF-FF'), to: eui('04-00-00') })), [
    '3 | From | the range overlaps one of one, in line 2',
  ]);
  t.strictSame(await faults(range(), range({ from: eui('03-00-01'), to: eui('03-00-01') })), [
    '3 | From | the range overlaps one of one, in line 2',
  ]);
  t.strictSame(await faults(range({ from: eui('02-10-00'), to: eui('02-10-00') })), [
    '2 | From | the range overlaps one of two, which the file does not have',
  ]);
  t.strictSame(await faults(range({ from: eui('01-FF-FF'), to: eui('02-00-00') })), [
    '2 | From | the range overlaps one of two, which the file does not have',
  ]);
  t.strictSame(
    await faults(range({ until: '31/12/2026' }), range({ id: 'two', since: '01/01/2027' })),
    [],
    'not on the same days',
  );
  const overlapping = { ...two, ranges: [...two.ranges, ...two.ranges] };
  t.match(faultsOf((await importRows([range()], { present: [one, overlapping] })).report), [
    'From | the range overlaps one of two, which the file does not have',
  ]);
});

t.test('cells that are wrong', async (t) => {
  for (const [change, ...faults] of [
    [{ from: '' }, 'From | is empty'],
    [{ from: '0200000000030000' }, 'From | must be an EUI-64: eight hyphenated octets'],
    [
      { to: '2.00E+14' },
      'To | is in scientific notation, as a spreadsheet writes a long number: its last digits are lost. Take the file from its publisher again, and let no spreadsheet save it',
    ],
    [{ to: eui('02-ff-ff') }, 'To | is before the identifier that the range is from'],
    [{ since: '31/02/2026' }, 'Effective From | is a day that does not exist'],
    [{ until: '31/12/26' }, 'Effective To | has a year of two digits: a day is dd/mm/yyyy'],
    [
      { since: '02/01/2026', until: '01/01/2026' },
      'Effective To | is before the day that it is effective from',
    ],
    [{ id: '', name: '' }, 'Organisation Id and Name are both empty'],
  ] as const) {
    const { entries, report } = await importRows([range(change)]);
    t.equal(entries, undefined);
    t.equal(faultsOf(report)[0], `2 | ${faults[0]}`, JSON.stringify(change));
  }
});

t.test('a file that does not say whose a range is', async (t) => {
  const { report } = await importRanges(csvFile([['From', 'To']]), [one]);
  t.equal(faultsOf(report)[0], '1 | a column Organisation Id or Name is missing, to say whose a range is');
});
