import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { parseMpxn } from '../../../src/metering-point/mpxn.js';
import { importDevices } from '../../../src/reference-data/import/device-list.js';
import { readDevices } from '../../../src/reference-data/import/devices.js';
import type { ByteSource } from '../../../src/reference-data/import/gunzip.js';
import { ImportLog, type ImportReport } from '../../../src/reference-data/import/import-log.js';
import { readRegistrations, type Registrations } from '../../../src/reference-data/import/registrations.js';
import { deviceEntry } from '../../../src/reference-data/lists/devices.js';
import { lists } from '../../../src/reference-data/lists/index.js';
import type { Device } from '../../../src/stores/device-store.js';
import { shipped } from '../../decisions.js';
import { csvFile, faultsOf, inChunks } from './csv-file.js';

const header = [
  'Device',
  'Device Type',
  'SMETS Version',
  'Import MPxN',
  'Secondary Import MPAN',
  'Export MPAN',
  'Responsible Supplier',
  'Import Network Operator',
  'Secondary Import Network Operator',
  'Export Network Operator',
];

const members = [
  'entityIdentifier',
  'deviceType',
  'smetsVersion',
  'importMpxn',
  'secondaryImportMpan',
  'exportMpan',
  'responsibleSupplier',
  'importNetworkOperator',
  'secondaryImportNetworkOperator',
  'exportNetworkOperator',
] as const;

type Texts = Partial<Record<(typeof members)[number], string>>;

const esme: Texts = {
  entityIdentifier: '02-00-00-00-02-00-00-0a',
  deviceType: 'ESME',
  importMpxn: '1200023305967',
};

const csv = (...devices: readonly Texts[]): Buffer[] =>
  csvFile([header, ...devices.map((device) => members.map((member) => device[member] ?? ''))]);

const ndjson = (...devices: readonly object[]): Buffer[] => [
  Buffer.from(devices.map((device) => `${JSON.stringify(device)}\n`).join('')),
];

async function read(
  source: ByteSource,
  registrations?: Registrations,
): Promise<{ readonly devices: Device[]; readonly report: ImportReport }> {
  const log = new ImportLog();
  const devices: Device[] = [];
  for await (const device of readDevices(source, log, { registrations })) devices.push(device);
  return { devices, report: log.report() };
}

const registered = async (...rows: [string, string][]): Promise<Registrations> => {
  const file = csvFile([['MPxN', 'Network Operator'], ...rows]);
  return (await readRegistrations(file, new ImportLog(), { day: '2026-06-15' }))!;
};

const full: Texts = {
  ...esme,
  smetsVersion: 'SMETS2+',
  secondaryImportMpan: '2200031930792',
  exportMpan: '1470116845051',
  responsibleSupplier: '02-00-00-00-01-01-00-0b',
  importNetworkOperator: 'LOND',
  secondaryImportNetworkOperator: 'SWEB',
  exportNetworkOperator: 'MIDE',
};

t.test('a device from CSV and from NDJSON, plain or gzip, whole or in parts', async (t) => {
  const expected = [
    {
      ...full,
      entityIdentifier: '02-00-00-00-02-00-00-0A',
      responsibleSupplier: '02-00-00-00-01-01-00-0B',
      importMpxn: parseMpxn('1200023305967'),
      secondaryImportMpan: parseMpxn('2200031930792'),
      exportMpan: parseMpxn('1470116845051'),
    },
    { entityIdentifier: '02-00-00-00-02-00-00-0C', deviceType: 'CAD' },
  ];
  const cad = { entityIdentifier: '02-00-00-00-02-00-00-0C', deviceType: 'CAD' };
  for (const [file = Buffer.alloc(0)] of [csv(full, cad), ndjson(full, cad)]) {
    for (const bytes of [file, Buffer.concat([Buffer.from('\ufeff'), file]), gzipSync(file)]) {
      for (const length of [1, 7, 10_000]) {
        const { devices, report } = await read(inChunks(bytes, length));
        t.strictSame(devices, expected);
        t.match(report, { taken: 2, faultCount: 0, notes: [], skipped: [] });
      }
    }
  }
});

t.test('the columns that may be left out', async (t) => {
  const file = csvFile([
    ['Device Id', 'Device Type'],
    ['02-00-00-00-02-00-00-0A', 'GSME'],
  ]);
  t.strictSame((await read(file)).devices, [
    { entityIdentifier: '02-00-00-00-02-00-00-0A', deviceType: 'GSME' },
  ]);
});

t.test('a device with a fault is not given, and those after it are', async (t) => {
  const scientific =
    'is in scientific notation, as a spreadsheet writes a long number: its last digits are lost. Take the file from its publisher again, and let no spreadsheet save it';
  const types = 'Invalid option: expected one of "ESME"|"GSME"|"GPF"|"CHF"|"HCALCS"|"PPMID"|"IHD"|"CAD"';
  for (const [change, column, message] of [
    [{ entityIdentifier: '' }, 'Device', 'is missing'],
    [{ entityIdentifier: '02-00' }, 'Device', 'must be an EUI-64: eight hyphenated octets'],
    [{ deviceType: 'esme' }, 'Device Type', types],
    [{ deviceType: '' }, 'Device Type', types],
    [{ smetsVersion: 'SMETS3' }, 'SMETS Version', 'Invalid option: expected one of "SMETS1"|"SMETS2+"'],
    [{ importMpxn: '12000233059' }, 'Import MPxN', 'must be an MPAN or an MPRN'],
    [{ importMpxn: '1.20002E+12' }, 'Import MPxN', scientific],
    [{ secondaryImportMpan: '2.2e12' }, 'Secondary Import MPAN', scientific],
    [{ exportMpan: '12345678901234' }, 'Export MPAN', 'must be an MPAN or an MPRN'],
    [{ responsibleSupplier: '0' }, 'Responsible Supplier', 'must be an EUI-64: eight hyphenated octets'],
    [
      { importNetworkOperator: 'lond' },
      'Import Network Operator',
      'must be one to eight upper-case letters and digits, with a letter among them',
    ],
  ] as const) {
    const { devices, report } = await read(csv({ ...full, ...change }, esme));
    t.strictSame(faultsOf(report), [`2 | ${column} | ${message}`], JSON.stringify(change));
    t.equal(devices.length, 1);
    t.equal(report.taken, 1);
    t.notMatch(JSON.stringify(report), /1200023|1234567/);
  }
});

t.test('members that contradict each other', async (t) => {
  for (const [device, ...messages] of [
    [{ ...esme, importMpxn: '1234567890' }, 'importMpxn is not an MPAN, as that of a ESME is'],
    [{ ...esme, exportMpan: '1234567890' }, 'exportMpan is not an MPAN'],
    [{ ...esme, exportNetworkOperator: 'LOND' }, 'exportNetworkOperator is there without its MPxN'],
    [
      { ...esme, deviceType: 'GPF', secondaryImportMpan: '2200031930792' },
      'importMpxn is not an MPRN, as that of a GPF is',
      'a GPF has no secondaryImportMpan',
    ],
  ] as const) {
    const { devices, report } = await read(csv(device));
    t.strictSame(devices, []);
    t.strictSame(
      faultsOf(report),
      messages.map((message) => `2 | ${message}`),
    );
  }
});

t.test('lines of JSON that are wrong', async (t) => {
  const good = JSON.stringify(esme);
  const lines: readonly [string, ...string[]][] = [
    [good],
    ['{', 'is not well-formed JSON at position 1'],
    ['null', 'Invalid input: expected object, received null'],
    ['[]', 'Invalid input: expected object, received array'],
    [`{"deviceType":"ESME","deviceType":"GSME"}`, 'has a member name twice in one object'],
    [`{"deviceType":"ESME"}`, 'entityIdentifier | is missing'],
    [
      JSON.stringify({ ...esme, mpan: '1', '1200023305967': '1' }),
      'has a member that is not known, mpan, whose name is not of letters alone',
    ],
    [
      JSON.stringify({ ...esme, importMpxn: 1200023305967 }),
      'importMpxn | Invalid input: expected string, received number',
    ],
    [''],
    [' \t\r'],
    [good],
  ];
  const { devices, report } = await read(inChunks(lines.map(([line]) => `${line}\n`).join('')));
  t.equal(devices.length, 2);
  t.strictSame(
    faultsOf(report).map((fault) => fault.replace(/ at position 1| \(line.*$/, '')),
    lines.flatMap(([, ...messages], index) =>
      messages.map((message) => `${String(index + 1)} | ${message.replace(' at position 1', '')}`),
    ),
  );
  t.strictSame(report.skipped, [{ text: 'nothing in them', count: 2, examples: [9, 10] }]);
});

t.test('a line that is too long, or not text', async (t) => {
  const long = `{}\n${JSON.stringify({ ...esme, x: 'x'.repeat(20_000) })}\n`;
  for (const source of [inChunks(long, 1_000), [Buffer.from(long)]]) {
    t.match(faultsOf((await read(source)).report).at(-1), '2 | the line is longer than 16384 bytes');
  }
  const latin1 = Buffer.from(`${JSON.stringify(esme)}\n{"x":"\u00e9"}`, 'latin1');
  t.strictSame(faultsOf((await read([latin1])).report), [
    '2 | is not UTF-8 text: save the file as "CSV UTF-8"',
  ]);
  t.strictSame(faultsOf((await read([])).report), ['the file is empty']);
});

t.test('what the source throws is not a fault', async (t) => {
  const source = (async function* () {
    yield Buffer.from('{}\n');
    throw new Error('the disk is gone');
  })();
  await t.rejects(read(source), { message: 'the disk is gone' });
});

t.test('an MPAN with a wrong check digit is taken, and noted', async (t) => {
  const { devices, report } = await read(csv({ ...esme, importMpxn: '1312345678111' }));
  t.equal(devices.length, 1);
  t.strictSame(report.notes, [{ text: 'MPANs whose check digit is wrong', count: 1, examples: [2] }]);
});

t.test('each MPxN has the Network Operator that is registered for it', async (t) => {
  const registrations = await registered(
    ['1200023305967', 'LOND'],
    ['2200031930792', 'SWEB'],
    ['1234567890', 'CAD'],
  );
  const { devices, report } = await read(
    csv(
      { ...esme, secondaryImportMpan: '2200031930792', importNetworkOperator: 'LOND' },
      { ...esme, deviceType: 'GPF', importMpxn: '1234567890' },
      { ...esme, importMpxn: '1470116845051' },
      { ...esme, importMpxn: '1470116845051', importNetworkOperator: 'MIDE' },
      { ...esme, importNetworkOperator: 'EELC' },
    ),
    registrations,
  );
  t.match(devices, [
    { importNetworkOperator: 'LOND', secondaryImportNetworkOperator: 'SWEB' },
    { importNetworkOperator: 'CAD' },
    { importNetworkOperator: undefined },
    { importNetworkOperator: 'MIDE' },
  ]);
  t.equal(devices.length, 4);
  t.strictSame(report.notes, [
    {
      text: 'MPxNs that no registration is of: their Network Operator is as the inventory says, or not known',
      count: 2,
      examples: [4, 5],
    },
  ]);
  t.strictSame(faultsOf(report), [
    '6 | Import Network Operator | is not the one that is registered for the MPxN',
  ]);
});

t.test('an inventory is read no faster than it is taken', async (t) => {
  let given = 0;
  let closed = false;
  const source = (async function* () {
    try {
      yield csv()[0]!;
      for (;;) {
        given += 1;
        yield Buffer.from('02-00-00-00-02-00-00-0A,CAD,,,,,,,,\n'.repeat(10));
      }
    } finally {
      closed = true;
    }
  })();
  let taken = 0;
  for await (const device of readDevices(source, new ImportLog())) {
    t.equal(device.deviceType, 'CAD');
    taken += 1;
    t.ok(given <= taken / 10 + 2, 'a batch ahead at most');
    if (taken === 50) break;
  }
  t.ok(closed);
});

t.test('a device that comes twice is a fault where that is to be noticed', async (t) => {
  for (const [noticeRepeats, ...faults] of [
    [false],
    [true, 'Device | 02-00-00-00-02-00-00-0A is there more than once'],
  ] as const) {
    const log = new ImportLog();
    let given = 0;
    for await (const { deviceType } of readDevices(csv(esme, full), log, { noticeRepeats })) {
      t.equal(deviceType, 'ESME');
      given += 1;
    }
    t.equal(given, 2);
    t.strictSame(faultsOf(log), faults);
  }
});

t.test('a list of devices', async (t) => {
  const other = { entityIdentifier: '02-00-00-00-02-00-00-01', deviceType: 'GSME', importMpxn: '0123' };
  const { entries, report } = await importDevices(csv(full, other));
  t.strictSame(entries, [
    other,
    {
      entityIdentifier: '02-00-00-00-02-00-00-0A',
      deviceType: 'ESME',
      importMpxn: '1200023305967',
      secondaryImportMpan: '2200031930792',
      exportMpan: '1470116845051',
      smetsVersion: 'SMETS2+',
      responsibleSupplier: '02-00-00-00-01-01-00-0B',
      importNetworkOperator: 'LOND',
      secondaryImportNetworkOperator: 'SWEB',
      exportNetworkOperator: 'MIDE',
    },
  ]);
  t.equal(report.taken, 2);
  for (const entry of entries ?? []) t.ok(lists.devices.entry.safeParse(entry).success);
  const registrations = await registered(['0123', 'CAD']);
  t.match((await importDevices(csv(other), { registrations })).entries, [{ importNetworkOperator: 'CAD' }]);
});

t.test('a device that comes twice in a list, and a list that is too long', async (t) => {
  const twice = await importDevices(csv(esme, full));
  t.equal(twice.entries, undefined);
  t.strictSame(faultsOf(twice.report), ['3 | Device | is there already, in line 2']);
  const other = { ...esme, entityIdentifier: '02-00-00-00-02-00-00-0B' };
  t.equal((await importDevices(csv(esme, other), { maxDevices: 2 })).entries?.length, 2);
  const long = await importDevices(csv(esme, other), { maxDevices: 1 });
  t.equal(long.entries, undefined);
  t.strictSame(faultsOf(long.report), [
    'the file has more than 1 devices, which is too many for a list: load them into a store',
  ]);
});

t.test('any device of the list comes out as it was, from either format', async (t) => {
  const text = shipped.devices.map((device) => deviceEntry(device) as Texts);
  for (const file of [csv(...text), ndjson(...text)]) {
    t.strictSame((await importDevices(file)).entries, text);
    t.same((await read(file)).devices, shipped.devices);
  }
});

t.test('no line of anything stops the reading', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(fc.oneof(fc.json(), fc.string())), async (isJson, lines) => {
      const head = isJson ? '{}' : header.join(',');
      const { report } = await read([Buffer.from([head, ...lines].join('\n'))]);
      return report.faults.every(({ message }) => message.length > 0);
    }),
    { numRuns: 300 },
  );
});
