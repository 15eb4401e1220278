import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { writeLog } from '../../bench/decision-log.js';
import { packageRoot } from '../../src/package-root.js';
import { logLines } from '../decision-log/logs.js';
import { temporaryDirectory } from '../directories.js';
import { cli } from './cli.js';

// npm run bench:decisions does the same with a million.
const count = 5_000;

t.test('a log of many decisions is verified, and judged again', { timeout: 240_000 }, async (t) => {
  const parent = await temporaryDirectory(t);
  const { directory, keyFile } = await writeLog(parent, count, { DECISION_LOG_FILE_BYTES: '2000000' });
  const key = { DECISION_LOG_KEY_FILE: keyFile };
  const names = (await readdir(directory)).filter((name) => name.endsWith('.ndjson')).sort();
  t.ok(names.length > 3, 'in several files');
  const opened = { decisions: count, records: count + names.length + 1 };

  const whole = await cli(['decisions', 'verify', directory, '--json'], key);
  t.equal(whole.code, 0);
  t.match(whole.json(), { ...opened, faultCount: 0, dropped: 0, first: { seq: 1 } });
  const asFiles = await cli(['decisions', 'verify', ...names.map((name) => path.join(directory, name))], key);
  t.match(asFiles.out, /All is as it was written\.\n$/);

  const again = await cli(['decisions', 'replay', directory], key);
  t.equal(again.out, `${String(count)} recorded decisions made again: every answer is the same.\n`);
  t.equal(again.code, 0);

  const file = path.join(directory, names[1]!);
  const kept = await readFile(file, 'latin1');
  const lines = kept.split('\n');
  const at = lines.length >> 1;
  const { seq } = JSON.parse(lines[at]!) as { readonly seq: number };

  await writeFile(file, lines.with(at, lines[at]!.replace('"level":30', '"level":31')).join('\n'), 'latin1');
  const changed = await cli(['decisions', 'verify', directory], key);
  t.equal(changed.code, 1);
  t.match(
    changed.out,
    `${file}, line ${String(at + 1)}: record ${String(seq)} is not as it was written\n1 fault.`,
  );

  await writeFile(file, lines.toSpliced(at, 1).join('\n'), 'latin1');
  const removed = await cli(['decisions', 'verify', directory], key);
  t.equal(removed.code, 1);
  t.match(removed.out, `record ${String(seq)} is missing\n1 fault.`);

  await rm(file);
  const cut = await cli(['decisions', 'verify', directory], key);
  t.match(cut.out, /records \d+ to \d+ are missing\n1 fault\.\n$/);
  await writeFile(file, kept, 'latin1');

  const lists = path.join(parent, 'lists');
  await cp(path.join(packageRoot, 'reference-data'), lists, { recursive: true });
  const codes = path.join(lists, 'response-codes.json');
  await writeFile(codes, (await readFile(codes, 'utf8')).replaceAll('E061510', 'E061599'));
  const other = await cli(['decisions', 'replay', directory, '--by', lists], key);
  t.equal(other.code, 1);
  t.match(
    other.out,
    /answers? changed\.\n.*\d+ E061510 mismatched -> E061599 mismatched\n.*the first in the records \d/,
  );
  const own = await cli(['decisions', 'replay', directory, '--json'], { REFERENCE_DATA_DIR: lists });
  t.equal(own.code, 1);
  t.match(own.json(), {
    replayed: 0,
    notJudged: { 'version 1 of the reference data is another one here': count },
  });
});

t.test('the log of a service is read among its other lines', async (t) => {
  const lines = [
    ...logLines(),
    'something else',
    ...logLines({ log: '99999999-2222-3333-4444-555555555555' }),
  ];
  const input = `${lines.join('\n')}\n`;
  const mixed = await cli(['decisions', 'verify', '--mixed', '-'], {}, input);
  t.equal(mixed.code, 0);
  t.match(
    mixed.out,
    /^14 records, 1 to 7, of 8 decisions\.\nIt says that 6 decisions had no record\.\n1 other line\n14 records chained without a key: /,
  );
  const strict = await cli(['decisions', 'verify', '-'], {}, input);
  t.equal(strict.code, 1);
  t.match(strict.out, '-, line 8: is no whole record');
  const replayed = await cli(['decisions', 'replay', '-', '--json'], {}, input);
  t.match(replayed.json(), { replayed: 8, changed: 0, unreadable: 0, notJudged: {} });
  const hidden = input.replace('"kind":"decision"', '"kind":"other"');
  const counted = await cli(['decisions', 'replay', '-', '--json'], {}, hidden);
  t.match(counted.json(), { replayed: 7, unreadable: 1 }, 'none is passed over by another name');
  t.equal(counted.code, 1);
  t.equal(replayed.code, 0);
});

t.test('what cannot be read, and what is no log', async (t) => {
  const directory = await temporaryDirectory(t);
  t.match(await cli(['decisions', 'verify', directory]), {
    code: 2,
    errors: /has no file of a decision log/,
  });
  t.match(await cli(['decisions', 'verify', path.join(directory, 'none')]), { code: 2, errors: /ENOENT/ });
  t.match(await cli(['decisions', 'verify', '-']), {
    code: 1,
    out: 'There is no record of a decision log.\n',
  });
  t.match(await cli(['decisions', 'replay', '-']), { code: 1, out: 'There is no recorded decision.\n' });
  t.match(await cli(['decisions', 'verify', '-', '--head', '1:2']), {
    code: 2,
    errors: /a number and a hash/,
  });
  const short = path.join(directory, 'key');
  await writeFile(short, 'too short\n');
  t.match(await cli(['decisions', 'verify', '-', '--key-file', short]), {
    code: 2,
    errors: /DECISION_LOG_KEY_FILE: has fewer than 32 bytes/,
  });
});
