import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { persistedDataSets } from '../../src/stores/persisted-data-set.js';
import { temporaryDirectory } from '../directories.js';
import { now } from '../fixtures.js';
import { pointerText } from '../../src/stores/data-set-repository.js';
import { published, sealed } from '../reference-data/data-sets.js';

t.test('nothing has been kept', async (t) => {
  const directory = path.join(await temporaryDirectory(t), 'state');
  const persisted = persistedDataSets(directory);
  t.strictSame(await persisted.versions(), []);
  t.equal(await persisted.read(1), undefined);
  t.equal(await persisted.confirmed(), undefined);
});

t.test('keeps what was taken, and forgets what is older than what is in force', async (t) => {
  const directory = await temporaryDirectory(t);
  const persisted = persistedDataSets(directory);
  const signature = Buffer.from('signature');
  const dataSet = (version: number) => ({ ...published({ version }), signature });
  await persisted.keep(1, dataSet(1), 1);
  await persisted.keep(9, dataSet(9), 1);
  t.strictSame(await persisted.versions(), [1, 9]);
  await persisted.keep(10, dataSet(10), 9);
  t.strictSame(await persisted.versions(), [9, 10]);
  const again = persistedDataSets(directory);
  t.strictSame(await again.versions(), [9, 10]);
  t.strictSame(await again.read(10), dataSet(10));
  t.strictSame((await readdir(path.join(directory, 'data-sets'))).sort(), [
    '10.json',
    '10.sig',
    '9.json',
    '9.sig',
  ]);
});

t.test('when it was confirmed', async (t) => {
  const directory = await temporaryDirectory(t);
  const persisted = persistedDataSets(directory);
  const { version, sha256 } = sealed();
  const first = { at: now, dataSet: { version, sha256 } };
  await persisted.confirm(first);
  t.strictSame(await persistedDataSets(directory).confirmed(), first);
  const later = { ...first, at: new Date(now.getTime() + 1) };
  await persisted.confirm(later);
  t.strictSame(await persisted.confirmed(), later);
  const pointer = pointerText(sealed());
  for (const text of ['', 'yesterday', '2026-13-01', now.toISOString(), `2026-13-01 ${pointer}`, pointer]) {
    await writeFile(path.join(directory, 'confirmed-at'), text);
    t.equal(await persisted.confirmed(), undefined, text);
  }
});

t.test('a disk that cannot be used', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = path.join(directory, 'file');
  await writeFile(file, '');
  const persisted = persistedDataSets(file);
  await t.rejects(persisted.versions(), { code: 'ENOTDIR' });
  await t.rejects(persisted.read(1), { code: 'ENOTDIR' });
  await t.rejects(persisted.confirmed(), { code: 'ENOTDIR' });
  await t.rejects(persisted.keep(1, published(), 1), { code: /^(ENOTDIR|EEXIST)$/ });
  await t.rejects(persisted.confirm({ at: now, dataSet: sealed() }), { code: 'EEXIST' });
  await mkdir(path.join(directory, 'confirmed-at'));
  await t.rejects(persistedDataSets(directory).confirmed(), { code: 'EISDIR' });
});
