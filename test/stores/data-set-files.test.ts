import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { dataSetFiles } from '../../src/stores/data-set-files.js';
import { temporaryDirectory } from '../directories.js';

const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
const signature = Buffer.from([0x30, 0x00]);

t.test('keeps data sets with their signatures, byte for byte', async (t) => {
  const directory = path.join(await temporaryDirectory(t), 'versions');
  const files = dataSetFiles(directory);
  t.equal(await files.read(1), undefined);
  t.strictSame(await files.versions(), []);
  await files.write(1, { bytes, signature });
  await files.write(2, { bytes, signature: undefined });
  t.strictSame(await files.read(1), { bytes, signature });
  t.strictSame(await files.read(2), { bytes, signature: undefined });
  t.strictSame((await readdir(directory)).sort(), ['1.json', '1.sig', '2.json']);
});

t.test('a signature that is left over is not that of another', async (t) => {
  const files = dataSetFiles(await temporaryDirectory(t));
  await files.write(1, { bytes, signature });
  await files.write(1, { bytes, signature: undefined });
  t.strictSame(await files.read(1), { bytes, signature: undefined });
});

t.test('removes one, with its signature, and what is not there', async (t) => {
  const directory = await temporaryDirectory(t);
  const files = dataSetFiles(directory);
  await files.write(1, { bytes, signature });
  await files.write(2, { bytes, signature: undefined });
  for (const version of [1, 2, 3]) await files.remove(version);
  t.strictSame(await readdir(directory), []);
});

t.test('versions are numbers as they are written, in their order', async (t) => {
  const directory = await temporaryDirectory(t);
  for (const name of [
    ...['10.json', '9.json', '9007199254740991.json', '1.json'],
    ...['0.json', '01.json', '1.5.json', '-1.json', '1e3.json', 'x.json', '.json', ' 2.json'],
    ...['9007199254740993.json', '3.sig', '4.json.old', '.5.json.draft', '6'],
  ]) {
    await writeFile(path.join(directory, name), '');
  }
  t.strictSame(await dataSetFiles(directory).versions(), [1, 9, 10, 9_007_199_254_740_991]);
});

t.test('what cannot be read is not missing', async (t) => {
  const directory = await temporaryDirectory(t);
  const files = dataSetFiles(directory);
  await mkdir(path.join(directory, '1.json'));
  await t.rejects(files.read(1), { code: 'EISDIR' });
  await files.write(2, { bytes, signature: undefined });
  await mkdir(path.join(directory, '2.sig'));
  await t.rejects(files.read(2), { code: 'EISDIR' }, 'nor is a signature');
  await writeFile(path.join(directory, 'file'), '');
  await t.rejects(dataSetFiles(path.join(directory, 'file')).versions(), { code: 'ENOTDIR' });
});
