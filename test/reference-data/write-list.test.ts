import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/package-root.js';
import type { ReferenceList } from '../../src/reference-data/list.js';
import { lists } from '../../src/reference-data/lists/index.js';
import { listText, readListContent, replaceListFile } from '../../src/reference-data/write-list.js';

t.test('the lists that are shipped are written as they are, byte by byte', async (t) => {
  for (const list of Object.values(lists) as ReferenceList[]) {
    const bytes = await readFile(path.join(packageRoot, 'reference-data', `${list.name}.json`));
    const content = readListContent(list, bytes);
    if (!content.ok) throw new Error(content.rejection);
    t.equal(listText(content.value), bytes.toString(), list.name);
    const backwards = { ...content.value, entries: [...content.value.entries].reverse() };
    t.equal(listText(backwards), bytes.toString(), `${list.name} in another order`);
  }
});

t.test('a list without entries, and without a schema', async (t) => {
  t.equal(
    listText({ source: 'a test', retrieved: '2026-06-15', entries: [] }),
    '{\n  "source": "a test",\n  "retrieved": "2026-06-15",\n  "entries": []\n}\n',
  );
});

t.test('members without a value are left out', async (t) => {
  const entries = [{ b: undefined, a: [{ c: 1, d: undefined }, {}], e: true }];
  t.match(listText({ source: 'x', retrieved: 'y', entries }), '\n    {"a": [{"c": 1}, {}], "e": true}\n');
});

t.test('what is not a list is not read for changing it', async (t) => {
  const read = (text: string) => readListContent(lists.users, Buffer.from(text));
  t.match(read('{'), { ok: false, rejection: /^users\.json is not well-formed JSON/ });
  t.match(read('{"source":"x","retrieved":"2026-06-15","entries":[{}]}'), {
    ok: false,
    rejection: 'users.json is not valid by its schema',
  });
});

t.test('a file is replaced as a whole', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'write-list-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const file = path.join(directory, 'users.json');
  for (const text of ['one', 'two']) {
    await replaceListFile(file, text);
    t.equal(await readFile(file, 'utf8'), text);
  }
  t.strictSame(await readdir(directory), ['users.json']);
  await t.rejects(replaceListFile(path.join(directory, 'none', 'users.json'), 'x'), { code: 'ENOENT' });
});

t.test('who could not read a list before cannot read it after', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'lists-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const file = path.join(directory, 'devices.json');
  for (const mode of [0o600, 0o644]) {
    await writeFile(file, 'before');
    await chmod(file, mode);
    await replaceListFile(file, 'after');
    t.equal(await readFile(file, 'utf8'), 'after');
    t.equal((await stat(file)).mode & 0o777, mode);
  }
});
