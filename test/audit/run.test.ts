import { createReadStream } from 'node:fs';
import { appendFile, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { auditSummary } from '../../src/audit/summary.js';
import { runAudit } from '../../src/audit/run.js';
import { temporaryDirectory } from '../directories.js';
import { type Audited, audited, auditSettings, fileWith, filesIn, generated, records } from './estates.js';

/** What was found of each row that has a line: by the three files that rows get into. */
function found({ files }: Audited): Map<string, string> {
  const rows = ['findings.csv', 'unknown.csv', 'bad-rows.csv'].flatMap((file) => records(files[file] ?? ''));
  return new Map(rows.map(({ row = '', check = 'bad' }) => [row, check]));
}

const counts = { wrong: 300, unknown: 60, bad: 60 };

for (const certificates of [false, true]) {
  t.test(`finds what was planted, and nothing else${certificates ? ', by certificates' : ''}`, async (t) => {
    const { estate, truth } = await generated(t, { certificates });
    t.match(
      await readFile(estate, 'utf8'),
      certificates ? /,MII/ : /^device,deviceType,mpxn,entityIdentifier,/,
    );
    const outcome = await audited(t, estate, { workers: 2 });
    const checks = found(outcome);
    t.strictSame(
      truth.map(({ row = '' }) => checks.get(row) ?? 'matched'),
      truth.map(({ expected }) => expected),
    );
    const { summary, files } = outcome;
    t.match(summary, { rows: 3_000, judged: 2_880, mismatched: counts.wrong, unknown: 60, bad: 60 });
    t.strictSame(JSON.parse(files['summary.json'] ?? ''), summary);
    t.ok(auditSummary.safeParse(summary).success);
    t.notOk('checkpoint.json' in files);
    const sum = (parts: readonly { readonly rows: number; readonly mismatched?: number }[]): number =>
      parts.reduce((total, { rows }) => total + rows, 0);
    for (const group of [summary.suppliers, summary.distributors, summary.months, summary.matrix]) {
      t.equal(sum(group), 2_940, 'every row that could be read, once');
    }
    t.equal(sum(summary.workLists), counts.wrong);
    t.equal(sum(summary.unknowns), counts.unknown);
    t.equal(sum(summary.faults), counts.bad);
    for (const { file, rows } of summary.workLists) t.equal(records(files[file] ?? '').length, rows);
    const wrong = new Map(
      truth.filter(({ expected }) => expected === 'mismatched').map((row) => [row.row, row]),
    );
    for (const finding of records(files['findings.csv'] ?? '')) {
      const { holder, operator } = wrong.get(finding.row) ?? {};
      t.strictSame([finding.holder, finding.operator], [holder, operator]);
    }
  });
}

t.test(
  'an estate is the same for the same seed, and has exactly as many of each kind as asked',
  async (t) => {
    const [one, same, other] = await Promise.all(
      [1, 1, 2].map((seed) => generated(t, { seed, wrong: 0.123 })),
    );
    t.equal(await readFile(one!.estate, 'utf8'), await readFile(same!.estate, 'utf8'));
    t.not(await readFile(one!.estate, 'utf8'), await readFile(other!.estate, 'utf8'));
    for (const { truth } of [one!, other!]) {
      t.equal(truth.filter(({ expected }) => expected === 'mismatched').length, 369);
    }
    const all = await generated(t, { rows: 50, wrong: 1, unknown: 0, bad: 0 });
    t.ok(all.truth.every(({ expected }) => expected === 'mismatched'));
  },
);

/** Of the same rows in every form. */
function ndjsonOf(csv: string): string {
  const rows = records(csv).map((row) =>
    Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== '')),
  );
  return `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
}

const withoutName = ({ summary, files }: Audited): unknown => ({
  ...files,
  'summary.json': { ...summary, estate: '' },
});

t.test('the same comes of the same rows in every form, by any workers and chunks', async (t) => {
  const { estate } = await generated(t, { bad: 0 });
  const csv = await readFile(estate, 'utf8');
  const expected = withoutName(await audited(t, estate, { chunkBytes: 1_000_000 }));
  const forms = {
    'three workers': await audited(t, estate, { workers: 3 }),
    'two workers': await audited(t, estate, { workers: 2, chunkBytes: 30_000 }),
    NDJSON: await audited(t, await fileWith(t, 'estate.ndjson', ndjsonOf(csv))),
    gzip: await audited(t, await fileWith(t, 'estate.csv.gz', gzipSync(csv))),
    'standard input': await audited(t, '-', { input: createReadStream(estate, { highWaterMark: 777 }) }),
    CRLF: await audited(t, await fileWith(t, 'crlf.csv', csv.replaceAll('\n', '\r\n'))),
    'byte order mark': await audited(t, await fileWith(t, 'bom.csv', `\ufeff${csv}`)),
    quotes: await audited(t, await fileWith(t, 'quotes.csv', csv.replaceAll(/[^,\n]+/g, '"$&"'))),
    'no line feed at the end': await audited(t, await fileWith(t, 'end.csv', csv.trimEnd())),
  };
  for (const [form, outcome] of Object.entries(forms)) t.strictSame(withoutName(outcome), expected, form);
});

t.test('findings as NDJSON', async (t) => {
  const { estate } = await generated(t, { rows: 200 });
  const { files } = await audited(t, estate, { findings: 'ndjson' });
  const { files: csv } = await audited(t, estate);
  const rows = (files['findings.ndjson'] ?? '').trimEnd().split('\n');
  const asCsv = records(csv['findings.csv'] ?? '');
  t.equal(rows.length, asCsv.length);
  rows.forEach((line, index) => {
    const { row, device, check, operator } = JSON.parse(line) as Record<string, unknown>;
    t.match(asCsv[index], { row: String(row), device, check, operator });
  });
  t.notOk('findings.csv' in files);
});

/** A worker that fails at its second chunk. */
async function failingWorker(t: Test, how: string): Promise<URL> {
  const worker = pathToFileURL(path.resolve('dist/src/audit/worker.js')).href;
  const file = await fileWith(
    t,
    'worker.mjs',
    `import { parentPort } from 'node:worker_threads';
     import ${JSON.stringify(worker)};
     let tasks = 0;
     parentPort.on('message', () => { tasks += 1; if (tasks > 8) { ${how} } });`,
  );
  return pathToFileURL(file);
}

t.test('goes on where it stood, whatever was written since', async (t) => {
  const { estate } = await generated(t);
  const directory = await temporaryDirectory(t);
  const uninterrupted = await audited(t, estate);
  const workerFile = await failingWorker(t, 'throw new Error("a fault");');
  await t.rejects(audited(t, estate, { directory, workerFile }), { message: 'a worker failed: a fault' });
  const left = await filesIn(directory);
  t.ok('checkpoint.json' in left);
  t.notOk('summary.json' in left);
  await appendFile(path.join(directory, 'findings.csv'), 'what counts no more\n');
  await writeFile(path.join(directory, 'work-lists', 'of-nobody.csv'), 'nor this\n');

  await t.rejects(audited(t, estate, { directory, day: '2026-06-16' }), {
    message: /is of another day: audit into another directory, or begin anew with --restart/,
  });
  await t.rejects(audited(t, estate, { directory, findings: 'ndjson' }), {
    message: /is of another set of options/,
  });
  const other = await fileWith(t, 'estate.csv', `${await readFile(estate, 'utf8')} `);
  await t.rejects(audited(t, other, { directory }), { message: /is of another estate/ });

  const resumed = await audited(t, estate, { directory });
  t.ok(resumed.resumedBehind > 0 && resumed.resumedBehind < 3_000);
  t.strictSame(resumed.files, uninterrupted.files);
});

t.test('goes on in standard input and in gzip, behind what was read of them', async (t) => {
  const { estate } = await generated(t);
  const gzip = await fileWith(t, 'estate.csv', gzipSync(await readFile(estate)));
  const uninterrupted = await audited(t, estate);
  const workerFile = await failingWorker(t, 'process.exit(7);');
  for (const [file, input] of [
    ['-', () => createReadStream(estate)],
    [gzip, () => new PassThrough()],
  ] as const) {
    const directory = await temporaryDirectory(t);
    await t.rejects(audited(t, file, { directory, input: input(), workerFile }), {
      message: 'a worker ended with 7',
    });
    const resumed = await audited(t, file, { directory, input: input() });
    t.ok(resumed.resumedBehind > 0);
    t.strictSame(withoutName(resumed), withoutName(uninterrupted));
  }
});

t.test('begins anew where it is told to, and where there is nothing to go on with', async (t) => {
  const { estate } = await generated(t);
  const directory = await temporaryDirectory(t);
  const workerFile = await failingWorker(t, 'throw new Error("a fault");');
  await t.rejects(audited(t, estate, { directory, workerFile }));
  await writeFile(path.join(directory, 'checkpoint.json'), '{');
  await t.rejects(audited(t, estate, { directory }), { message: /checkpoint\.json cannot be read/ });
  const anew = await audited(t, estate, { directory, restart: true });
  t.equal(anew.resumedBehind, 0);
  const again = await audited(t, estate, { directory });
  t.equal(again.resumedBehind, 0);
  t.strictSame(again.files, anew.files);
});

t.test('does not go on where an output has lost what counts', async (t) => {
  const { estate } = await generated(t);
  const directory = await temporaryDirectory(t);
  const workerFile = await failingWorker(t, 'throw new Error("a fault");');
  await t.rejects(audited(t, estate, { directory, workerFile }));
  await truncate(path.join(directory, 'findings.csv'), 3);
  await t.rejects(audited(t, estate, { directory }), { message: /findings\.csv is shorter than it was/ });
});

t.test('a worker that fails ends the run, even while it waits for input', async (t) => {
  const { estate } = await generated(t);
  const input = new PassThrough();
  input.write((await readFile(estate)).subarray(0, 250_000));
  const workerFile = await failingWorker(t, 'throw new Error("a fault");');
  const settings = { ...auditSettings('-', await temporaryDirectory(t)), input, workerFile };
  await t.rejects(runAudit(settings), { message: 'a worker failed: a fault' });
  const missing = new URL('file:///nowhere/worker.js');
  await t.rejects(audited(t, estate, { workerFile: missing }), {
    message: /^a worker failed: Cannot find module/,
  });
});

t.test('says what an estate is that it cannot read', async (t) => {
  const refused = async (content: string | Buffer, message: string | RegExp): Promise<void> => {
    await t.rejects(audited(t, await fileWith(t, 'estate.csv', content)), { message });
  };
  await refused('', 'the estate is empty');
  await refused('\ufeff', 'the estate is empty');
  await refused(Buffer.from([0, 1, 2, 0xff, 10]), 'the estate is not UTF-8 text');
  await refused('x'.repeat(20_000), 'the first line is longer than any header');
  await refused('02-00,ESME\n', /it has no device and no certificate or entityIdentifier/);
  await refused('\ndevice,certificate\n', /it has no device and no certificate or entityIdentifier/);
  await refused('device,certificate,device\n', 'the header names device twice');
  const gzip = gzipSync(`device,certificate\n${'x,y\n'.repeat(50_000)}`);
  await refused(gzip.subarray(0, gzip.length - 20), 'the gzip file is damaged, or ends too early');
  if (!('createZstdDecompress' in (await import('node:zlib')))) {
    await refused(
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]),
      /the estate is a zstd file, which Node .* cannot read/,
    );
  }
  await t.rejects(audited(t, '/nowhere/estate.csv'), { code: 'ENOENT' });
  const { summary } = await audited(t, await fileWith(t, 'header.csv', 'device,certificate\n'));
  t.match(summary, { rows: 0, judged: 0, bad: 0 });
});

t.test('a file that is touched in between is another', async (t) => {
  const { estate } = await generated(t);
  const directory = await temporaryDirectory(t);
  const workerFile = await failingWorker(t, 'throw new Error("a fault");');
  await t.rejects(audited(t, estate, { directory, workerFile }));
  await utimes(estate, 1, 1);
  await t.rejects(audited(t, estate, { directory }), { message: /is of another estate/ });
});
