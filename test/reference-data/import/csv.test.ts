import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import {
  type Columns,
  type CsvRow,
  type HeaderCheck,
  readCsv,
} from '../../../src/reference-data/import/csv.js';
import type { ByteSource } from '../../../src/reference-data/import/gunzip.js';
import { ImportLog, type ImportReport } from '../../../src/reference-data/import/import-log.js';
import { csvFile, faultsOf, inChunks } from './csv-file.js';

const columns = {
  a: { names: ['Alpha {X}', 'First'] },
  b: { names: ['Beta'], optional: true },
} as const satisfies Columns<string>;

type Row = CsvRow<keyof typeof columns>;

async function read(
  source: ByteSource | string,
  check?: HeaderCheck<keyof typeof columns>,
): Promise<{ readonly rows: Row[]; readonly report: ImportReport; readonly faults: string[] }> {
  const log = new ImportLog();
  const rows: Row[] = [];
  const bytes = typeof source === 'string' ? inChunks(source) : source;
  for await (const batch of readCsv(bytes, columns, log, check)) rows.push(...batch);
  return { rows, report: log.report(), faults: faultsOf(log) };
}

t.test('columns by name, in any order and spelling that the names allow', async (t) => {
  for (const header of ['Alpha {X},Beta', 'alpha_x,BETA', ' First , beta', 'Alpha-X,Beta']) {
    const { rows, report } = await read(`${header}\n1, 2 \n`);
    t.strictSame(rows, [{ line: 2, cells: { a: '1', b: '2' } }], header);
    t.strictSame(report.notes, []);
  }
  const { rows, report } = await read('Beta,Post Code,1200023305967,First\n2,x,y,1\n');
  t.strictSame(rows, [{ line: 2, cells: { a: '1', b: '2' } }]);
  t.strictSame(report.notes, [
    { text: 'columns that are not taken: Post Code, (not shown)', count: 1, examples: [] },
  ]);
});

t.test('a column that may be left out is empty', async (t) => {
  t.strictSame((await read('First\n1')).rows, [{ line: 2, cells: { a: '1', b: '' } }]);
});

t.test('a byte order mark, CRLF, a mixture of line ends, gzip', async (t) => {
  const expected = [{ line: 2, cells: { a: '1', b: 'x,"y"' } }];
  for (const lineEnd of ['\n', '\r\n']) {
    for (const mark of ['', '\ufeff']) {
      const [file = Buffer.alloc(0)] = csvFile(
        [
          ['Alpha {X}', 'Beta'],
          ['1', 'x,"y"'],
        ],
        { lineEnd, mark },
      );
      t.strictSame((await read([file])).rows, expected);
      t.strictSame((await read(inChunks(file, 1))).rows, expected);
      t.strictSame((await read(inChunks(gzipSync(file), 5))).rows, expected);
      t.strictSame(
        (await read([gzipSync(file).subarray(0, 20), gzipSync(file).subarray(20)])).rows,
        expected,
      );
    }
  }
  t.strictSame((await read('First,Beta\n1,2\r\n3,4\n')).rows, [
    { line: 2, cells: { a: '1', b: '2' } },
    { line: 3, cells: { a: '3', b: '4' } },
  ]);
});

t.test('lines are counted through quoted cells and empty lines', async (t) => {
  const { rows, report } = await read('First,Beta\n"1\n\n1",2\n\n , \n3,4\n\n5,6,7\n8\n');
  t.strictSame(
    rows.map(({ line }) => line),
    [2, 7],
  );
  t.strictSame(report.skipped, [{ text: 'nothing in them', count: 3, examples: [5, 6, 8] }]);
  t.strictSame(faultsOf(report), [
    '9 | the row has 3 cells, and the header 2',
    '10 | the row has 1 cells, and the header 2',
  ]);
});

t.test('headers that are none', async (t) => {
  const unread = 'the first line must name the columns, so that nothing below it was read';
  for (const [text, ...faults] of [
    ['', 'the file is empty'],
    ['\ufeff', 'the file is empty'],
    ['1,2\n', '1 | Alpha {X} | the column is missing', `1 | ${unread}`],
    ['1200023305967\n', '1 | Alpha {X} | the column is missing', `1 | ${unread}`],
    ['\nFirst\n1\n', '1 | Alpha {X} | the column is missing', `1 | ${unread}`],
    ['First,Beta,beta \n', '1 | Beta | the column stands there more than once', `1 | ${unread}`],
    ['First,Alpha {X}\n', '1 | Alpha {X} | the column stands there more than once', `1 | ${unread}`],
    ...(
      [
        [';', 'semicolons'],
        ['\t', 'tabs'],
        ['|', 'bars'],
      ] as const
    ).map(([separator, name]) => [
      `First${separator}Beta\n1${separator}2\n`,
      '1 | Alpha {X} | the column is missing',
      `1 | the file is not separated by commas, but by ${name}`,
    ]),
  ] as const) {
    const { rows, faults: found } = await read(text);
    t.strictSame(rows, []);
    t.strictSame(found, faults, JSON.stringify(text));
  }
  const { faults } = await read('First\n1\n', (has) => (has.has('b') ? undefined : 'Beta it must be'));
  t.strictSame(faults, ['1 | Beta it must be', `1 | ${unread}`]);
  t.strictSame((await read('First,Beta\n1,2\n', (has) => (has.has('b') ? undefined : 'no'))).faults, []);
});

t.test('quotes that are not those of CSV name the row, and what came before it is read', async (t) => {
  const long = 'x'.repeat(20_000);
  for (const [text, fault] of [
    ['"3,4\n5,6\n', 'a quote is not closed'],
    ['"3"x,4\n5,6\n', 'something follows a closing quote: a quote inside a quoted cell is written twice'],
    ['3,="4"\n5,6\n', 'a quote stands inside a cell that does not begin with one'],
    [`"3,4\n${'5,6\n'.repeat(5_000)}`, 'the row is longer than 16384 bytes, or a quote in it is not closed'],
    [`3,4${long}\n5,6\n`, 'the row is longer than 16384 bytes, or a quote in it is not closed'],
  ] as const) {
    const { rows, faults } = await read([Buffer.from(`First,Beta\n1,2\n${text}`)]);
    t.strictSame(rows, [{ line: 2, cells: { a: '1', b: '2' } }]);
    t.strictSame(faults, [`3 | ${fault}`]);
  }
  const { faults } = await read(`First,Beta\n1,2\n3,${long}`);
  t.strictSame(faults, ['3 | the line is longer than 16384 bytes']);
  t.strictSame((await read([Buffer.from('First,Beta\n1,2\n'), Buffer.from('"3"x,4\n')])).faults, [
    '3 | something follows a closing quote: a quote inside a quoted cell is written twice',
  ]);
});

t.test('what is not UTF-8 names the first such line', async (t) => {
  const fault = 'is not UTF-8 text: save the file as "CSV UTF-8"';
  const latin1 = Buffer.from('First\nabc\nAch d\u00e9\nabc\n', 'latin1');
  for (const length of [1, 3, 100])
    t.strictSame((await read(inChunks(latin1, length))).faults, [`3 | ${fault}`]);
  for (const bytes of [
    Buffer.from('\ufeffFirst\n1\n', 'utf16le'),
    Buffer.from('First\n1\n', 'utf16le'),
    Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0]),
    Buffer.concat([Buffer.from('First'), Buffer.from([0xc3])]),
  ]) {
    t.strictSame((await read([bytes])).faults, [`1 | ${fault}`]);
  }
  const [first] = (await read('First\n\u00e9\u20ac\u{1f600}\n')).rows;
  t.equal(first?.cells.a, '\u00e9\u20ac\u{1f600}');
});

t.test('a gzip file that is damaged, or cut off', async (t) => {
  const file = gzipSync(Buffer.from(`First\n${'1\n'.repeat(10_000)}`));
  const fault = 'the gzip file is damaged, or ends too early';
  t.strictSame((await read([file.subarray(0, -9)])).faults, [fault]);
  t.strictSame((await read([Buffer.concat([file.subarray(0, 10), Buffer.alloc(50, 0xff)])])).faults, [fault]);
});

t.test('trouble with the source is not a fault of the file', async (t) => {
  for (const head of ['First\n1\n', gzipSync(Buffer.from('First\n1\n')).subarray(0, -4)]) {
    await t.rejects(
      read(
        (async function* () {
          yield Buffer.from(head);
          throw new Error('the disk is gone');
        })(),
      ),
      { message: 'the disk is gone' },
    );
  }
});

t.test('whoever reads may stop', async (t) => {
  let closed = false;
  const source = (async function* () {
    try {
      yield Buffer.from('First\n');
      for (;;) yield Buffer.from('1\n'.repeat(100));
    } finally {
      closed = true;
    }
  })();
  for await (const [row] of readCsv(source, columns, new ImportLog())) {
    t.equal(row?.line, 2);
    break;
  }
  t.ok(closed);
});

t.test('any cells, in chunks of any length, come out as they were', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', 'é', '€', '😀', ' ', '1') });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { maxLength: 20 }),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 40 }),
      async (rows, lineEnd, length) => {
        const [file = Buffer.alloc(0)] = csvFile([['First', 'Beta'], ...rows], { lineEnd });
        const found = await read(inChunks(file, length));
        const expected = rows
          .map(([a, b]) => ({ a: a.trim(), b: b.trim() }))
          .filter(({ a, b }) => a !== '' || b !== '');
        return isDeepStrictEqual([found.faults, found.rows.map(({ cells }) => cells)], [[], expected]);
      },
    ),
    { numRuns: 300 },
  );
});

t.test('no bytes stop the service, and every fault has a message', async () => {
  const header = Buffer.from('First,Beta\n');
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.constantFrom(Buffer.from('"'), Buffer.from('1,2\n'))),
      ),
      async (chunks) => {
        const { report } = await read([header, ...chunks]);
        return report.faults.every(({ message }) => message.length > 0);
      },
    ),
    { numRuns: 500 },
  );
});
