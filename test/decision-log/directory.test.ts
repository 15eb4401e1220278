import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { DecisionLogError, endOf, logFiles, makeDirectory } from '../../src/decision-log/directory.js';
import { fileName } from '../../src/decision-log/files.js';
import { maxRecordBytes } from '../../src/decision-log/lines.js';
import { headOf, logLines } from './logs.js';

const lines = logLines();
const whole = `${lines.join('\n')}\n`;
const last = headOf(lines.at(-1));
const first = fileName(1);
const second = fileName(last.seq + 1);

t.test('files are those of a log, in order', async (t) => {
  const directory = t.testdir({
    [second]: '',
    [first]: '',
    lock: '',
    'decisions-1.ndjson': '',
    [`${first}.x.torn`]: '',
  });
  t.strictSame(await logFiles(directory), [first, second]);
});

t.test('a directory is made, for its owner alone', async (t) => {
  const directory = path.join(t.testdir(), 'a', 'b');
  await makeDirectory(directory);
  await makeDirectory(directory);
  t.equal((await stat(directory)).mode & 0o777, 0o700);
  t.strictSame(await endOf(directory), { last: undefined, torn: [] });
});

t.test('the end is the last whole record', async (t) => {
  const directory = t.testdir({ [first]: whole });
  const end = await endOf(directory);
  t.match(end.last?.link, { ...last, kind: 'stop' });
  t.equal(end.last?.line.toString(), lines.at(-1));
  t.strictSame(end.torn, []);
  t.equal(await readFile(path.join(directory, first), 'utf8'), whole);
});

t.test('a torn tail is put aside, and the file ends with a whole record', async (t) => {
  for (const tail of ['{"decisionLog":1,"seq"', 'x\n', '\n', `${lines[0]?.slice(0, -1) ?? ''}\nhalf`]) {
    const directory = t.testdir({ [first]: whole + tail });
    const { last: found, torn } = await endOf(directory);
    t.match(found?.link, last, JSON.stringify(tail));
    const [{ file, bytes } = { file: '', bytes: 0 }] = torn;
    t.equal(bytes, Buffer.byteLength(tail));
    t.equal(await readFile(path.join(directory, file), 'utf8'), tail);
    t.equal((await stat(path.join(directory, file))).mode & 0o777, 0o600);
    t.equal(await readFile(path.join(directory, first), 'utf8'), whole);
    t.strictSame(await logFiles(directory), [first], 'no reader takes it for the log');
  }
});

t.test('an empty file goes, and one with a piece of a record is put aside whole', async (t) => {
  for (const [content, left] of [
    ['', 0],
    ['{"decisionLog"', 1],
    ['\n', 1],
  ] as const) {
    const directory = t.testdir({ [first]: whole, [second]: content });
    const { last: found, torn } = await endOf(directory);
    t.match(found?.link, last);
    t.strictSame(
      torn.map(({ bytes }) => bytes),
      left === 0 ? [] : [content.length],
    );
    t.strictSame(await logFiles(directory), [first]);
    t.equal((await readdir(directory)).length, 1 + left);
  }
});

t.test('a file of another kind is left as it is, and the log not gone on with', async (t) => {
  const directory = t.testdir();
  const file = path.join(directory, first);
  const content = Buffer.alloc(maxRecordBytes + 1, 'x');
  await writeFile(file, content);
  await t.rejects(endOf(directory), new DecisionLogError(`${file} does not end with a record`));
  t.equal((await stat(file)).size, content.length);
  t.strictSame(await readdir(directory), [first]);
});
