import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { packageRoot } from '../../../src/package-root.js';
import {
  type DistributorEntry,
  importDistributors,
} from '../../../src/reference-data/import/distributors.js';
import type { ListImport } from '../../../src/reference-data/import/import-log.js';
import { lists } from '../../../src/reference-data/lists/index.js';
import { listText, readListContent } from '../../../src/reference-data/write-list.js';
import { csvFile, faultsOf } from './csv-file.js';

/** The columns of the industry's file, as it publishes them. */
const header = [
  'Market Participant Id',
  'Market Participant Role Code',
  'Effective From Date {MPR}',
  'Effective To Date {MPR}',
  ...Array.from({ length: 9 }, (_, index) => `Address Line ${String(index + 1)}`),
  'Post Code',
  'Distributor Short Code',
];

const fileOfShipped = readFileSync(path.join(packageRoot, 'reference-data/distributors.json'));
const content = readListContent(lists.distributors, fileOfShipped);
if (!content.ok) throw new Error(content.rejection);
const shipped = content.value;

const industryDay = (day = ''): string => day.split('-').reverse().join('/');

interface MarketParticipant {
  readonly mpid: string;
  readonly role: string;
  readonly from: string;
  readonly to: string;
  readonly distributorId: string;
}

const rowOf = (change: Partial<MarketParticipant> = {}): string[] => {
  const { mpid, role, from, to, distributorId } = {
    mpid: 'LOND',
    role: 'R',
    from: '01/04/1996',
    to: '',
    distributorId: '12',
    ...change,
  };
  const address = ['The "Network" House, 1 Grid Street', 'Floors 1\nand 2', '', '', '', '', '', '', ''];
  return [mpid, role, from, to, ...address, 'AB1 2CD', distributorId];
};

const london: DistributorEntry = {
  distributorId: '12',
  mpid: 'LOND',
  name: 'London Power Networks',
  kind: 'DNO',
  effectiveFrom: '1996-04-01',
  licenceArea: 'London',
  group: 'UK Power Networks',
};

const importRows = async (
  rows: readonly (readonly string[])[],
  present: readonly DistributorEntry[] = [london],
): Promise<ListImport<DistributorEntry>> => importDistributors(csvFile([header, ...rows]), present);

t.test('a file of the industry gives the list that is shipped', async (t) => {
  const roleR = shipped.entries.map(({ mpid, distributorId, effectiveFrom, effectiveTo }) =>
    rowOf({ mpid, distributorId, from: industryDay(effectiveFrom), to: industryDay(effectiveTo) }),
  );
  t.equal(roleR.length, 44);
  const others = shipped.entries.flatMap(({ mpid }) =>
    ['P', 'X', '1'].map((role) => rowOf({ mpid, role, distributorId: '' })),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...roleR, ...others], { minLength: roleR.length + others.length }),
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom('', '\ufeff'),
      async (rows, lineEnd, mark) => {
        const file = csvFile([header, ...rows], { lineEnd, mark });
        const { entries, report } = await importDistributors(file, shipped.entries);
        t.strictSame(entries, shipped.entries);
        t.match(report, { taken: 44, faultCount: 0 });
        t.strictSame(report.skipped.map(({ text, count }) => `${String(count)} ${text}`).sort(), [
          '44 of role 1, and not R',
          '44 of role P, and not R',
          '44 of role X, and not R',
        ]);
        t.strictSame(
          report.notes.map(({ text }) => text),
          [`columns that are not taken: ${header.slice(4, 14).join(', ')}`],
        );
        t.equal(listText({ ...shipped, entries: entries ?? [] }), fileOfShipped.toString());
      },
    ),
    { numRuns: 10 },
  );
});

t.test('a new holder needs a name and a kind, which a note says', async (t) => {
  const { entries, report } = await importRows(
    [
      rowOf(),
      rowOf({ mpid: 'NEWN', distributorId: '53', from: '22/07/2026' }),
      rowOf({ mpid: 'LONE', distributorId: '13', from: '01/01/2027' }),
      rowOf({ mpid: 'MANW', distributorId: '13', to: '31/12/2026' }),
    ],
    [london, { ...london, distributorId: '13', mpid: 'MANW', name: 'SP Manweb' }],
  );
  t.strictSame(entries, [
    london,
    { distributorId: '13', mpid: 'LONE', name: 'LONE', kind: 'DNO', effectiveFrom: '2027-01-01' },
    { ...london, distributorId: '13', mpid: 'MANW', name: 'SP Manweb', effectiveTo: '2026-12-31' },
    { distributorId: '53', mpid: 'NEWN', name: 'NEWN', kind: 'IDNO', effectiveFrom: '2026-07-22' },
  ]);
  t.match(report.notes.slice(1), [
    {
      text: '53 of NEWN is new and needs a name and kind: it is called NEWN, and is of kind IDNO until somebody enters them',
      examples: [4],
    },
    { text: /^13 of LONE is new .* kind DNO/, examples: [6] },
    { text: '13 of MANW is effective on other days than before', examples: [8] },
  ]);
});

t.test('a holder with several times keeps what is known of each, or else of the last', async (t) => {
  const [first, second] = [
    { ...london, name: 'First', effectiveTo: '1999-12-31' },
    { ...london, name: 'Second', effectiveFrom: '2005-01-01', effectiveTo: '2009-12-31' },
  ];
  const third = { ...london, name: 'Second', effectiveFrom: '2015-01-01' };
  const { entries } = await importRows(
    [
      rowOf({ to: '31/12/1999' }),
      rowOf({ from: '01/01/2005', to: '31/12/2009' }),
      rowOf({ from: '01/01/2015' }),
    ],
    [first, second],
  );
  t.strictSame(entries, [first, second, third]);
});

t.test('the same row again is skipped', async (t) => {
  const { entries, report } = await importRows([rowOf(), rowOf()]);
  t.strictSame(entries, [london]);
  t.match(report.skipped, [{ text: 'there already, with nothing else in them', count: 1, examples: [4] }]);
});

t.test('cells that are wrong', async (t) => {
  const id = 'Distributor Short Code';
  const from = 'Effective From Date {MPR}';
  const to = 'Effective To Date {MPR}';
  const twoDigitYear = 'has a year of two digits: a day is dd/mm/yyyy';
  const apostrophe =
    'begins with an apostrophe, which a spreadsheet puts in front of a number that is text: take it out';
  for (const [change, ...faults] of [
    [{ mpid: 'lond' }, 'Market Participant Id | must be a Market Participant Id of four characters'],
    [{ mpid: '' }, 'Market Participant Id | is empty'],
    [{ role: 'r' }, 'Market Participant Role Code | must be a role code, an upper-case letter or a digit'],
    [{ role: '' }, 'Market Participant Role Code | must be a role code, an upper-case letter or a digit'],
    [
      { distributorId: '1' },
      `${id} | has one digit: must be two digits (a spreadsheet takes a zero in front away)`,
    ],
    [{ distributorId: '' }, `${id} | is empty`],
    [{ distributorId: '012' }, `${id} | must be two digits`],
    [{ distributorId: "'12" }, `${id} | ${apostrophe}`],
    [{ distributorId: '#N/A' }, `${id} | is what a spreadsheet shows in place of a value`],
    [{ from: '' }, `${from} | must be a day, as dd/mm/yyyy`],
    [{ from: '31/02/2026' }, `${from} | is a day that does not exist`],
    [{ from: '04/13/1996' }, `${from} | is a day that does not exist`],
    [{ from: '01/04/96' }, `${from} | ${twoDigitYear}`],
    [{ from: '1/4/96' }, `${from} | ${twoDigitYear}`],
    [{ from: '01-Apr-1996' }, `${from} | must be a day, as dd/mm/yyyy`],
    [{ from: "'01/04/1996" }, `${from} | ${apostrophe}`],
    [{ from: '35156' }, `${from} | must be a day, as dd/mm/yyyy`],
    [{ to: '29/02/2025' }, `${to} | is a day that does not exist`],
    [{ to: '########' }, `${to} | is what a spreadsheet shows in place of a value`],
    [{ to: '31/03/1996' }, `${to} | is before the day that it is effective from`],
    [
      { mpid: '?', distributorId: '?' },
      'Market Participant Id | must be a Market Participant Id of four characters',
      `${id} | must be two digits`,
    ],
  ] as const) {
    const { entries, report } = await importRows([rowOf(change)]);
    t.equal(entries, undefined);
    t.strictSame(
      faultsOf(report),
      faults.map((fault) => `2 | ${fault}`),
      JSON.stringify(change),
    );
  }
});

t.test('a day may be written as YYYY-MM-DD', async (t) => {
  t.strictSame((await importRows([rowOf({ from: '1996-04-01' })])).entries, [london]);
});

t.test('rows that contradict each other', async (t) => {
  const faults = async (...changes: Partial<MarketParticipant>[]): Promise<string[]> =>
    faultsOf((await importRows([rowOf(), ...changes.map(rowOf)])).report);
  const contradiction =
    '4 | Market Participant Id | has role R from the same day in line 2, and something else there';
  t.strictSame(await faults({ distributorId: '13' }), [contradiction]);
  t.strictSame(await faults({ to: '01/01/2000' }), [contradiction]);
  t.strictSame(await faults({ mpid: 'EELC' }), [
    '4 | Distributor Short Code | 12 is held on the same days by the row in line 2',
  ]);
  t.strictSame(await faults({ mpid: 'EELC', distributorId: '10' }), []);
});

t.test('a file that is not whole', async (t) => {
  t.strictSame(faultsOf((await importRows([rowOf({ mpid: 'EELC', distributorId: '10' })])).report), [
    'Distributor Short Code | 12 of LOND is in distributors.json and not in the file, which is not whole: Market Domain Data keeps what has ended. If it was never there, take it out of distributors.json first',
  ]);
  const { entries, report } = await importRows([rowOf({ role: 'X' })], []);
  t.equal(entries, undefined);
  t.strictSame(faultsOf(report), ['the file has no row of role R']);
  const missing = await importDistributors(csvFile([header.slice(1)]), []);
  t.match(faultsOf(missing.report)[0], '1 | Market Participant Id | the column is missing');
});
