import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { directoryDataSets } from '../../src/stores/directory-data-sets.js';
import { dataSetRepositoryContract } from '../contract/data-set-repository.js';
import { temporaryDirectory } from '../directories.js';
import { now } from '../fixtures.js';
import { sealed } from '../reference-data/data-sets.js';

const clock = (): Date => now;

dataSetRepositoryContract(t, async (t, clock) => {
  const directory = await temporaryDirectory(t);
  return {
    open: () => directoryDataSets(directory, clock),
    point: (text) => writeFile(path.join(directory, 'current.json'), text),
  };
});

t.test('what is on the disk', async (t) => {
  const directory = await temporaryDirectory(t);
  const repository = directoryDataSets(directory, clock);
  const dataSet = sealed();
  await repository.publish(dataSet, Buffer.from('signature'), undefined);
  await repository.report({ replica: 'host-1', at: now.toISOString() });
  t.strictSame((await readdir(directory, { recursive: true })).sort(), [
    'current.json',
    'replicas',
    'replicas/host-1.json',
    'versions',
    'versions/1.json',
    'versions/1.sig',
  ]);
});

t.test('a directory that is not there yet', async (t) => {
  const directory = path.join(await temporaryDirectory(t), 'missing', 'deep');
  const repository = directoryDataSets(directory, clock);
  t.equal(await repository.current(), undefined);
  t.equal(await repository.read(1), undefined);
  t.strictSame(await repository.versions(), []);
  t.strictSame(await repository.replicas(), []);
  repository.watch(() => {
    t.fail('nothing is watched');
  });
  t.strictSame(await repository.publish(sealed(), undefined, undefined), { published: true });
  t.match(await repository.current(), { version: 1 });
  await repository.close();
});

t.test('closing what does not watch', async () => {
  await directoryDataSets('/nowhere', clock).close();
});

t.test('somebody was killed while publishing', async (t) => {
  const directory = await temporaryDirectory(t);
  const repository = directoryDataSets(directory, clock);
  const lock = path.join(directory, 'publishing.lock');
  await writeFile(lock, '');
  await t.rejects(repository.publish(sealed(), undefined, undefined), {
    name: 'StoreUnavailable',
    message: `the directory ${directory} is not available`,
    cause: { message: `somebody is publishing; if nobody is, remove ${lock}` },
  });
  t.equal(await repository.current(), undefined, 'and reading goes on');
  t.strictSame(await readdir(directory), ['publishing.lock'], 'nothing was written');
  await rm(lock);
  t.strictSame(await repository.publish(sealed(), undefined, undefined), { published: true });
  t.notOk((await readdir(directory)).includes('publishing.lock'));
});

t.test('a publication that fails leaves no lock, and what was current', async (t) => {
  const directory = await temporaryDirectory(t);
  const repository = directoryDataSets(directory, clock);
  const first = sealed();
  await repository.publish(first, undefined, undefined);
  // In the place of the signature, so that it cannot be written.
  await mkdir(path.join(directory, 'versions', '2.sig', 'x'), { recursive: true });
  const second = sealed({ version: 2 });
  await t.rejects(repository.publish(second, Buffer.from('signature'), first), {
    name: 'StoreUnavailable',
    cause: { code: /^(EISDIR|ENOTEMPTY)$/ },
  });
  t.match(await repository.current(), { version: 1 });
  t.strictSame(await repository.versions(), [1]);
  await rm(path.join(directory, 'versions', '2.sig'), { recursive: true });
  t.strictSame(await repository.publish(second, Buffer.from('signature'), first), { published: true });
});

t.test('a directory that cannot be written, and what cannot be read', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = path.join(directory, 'file');
  await writeFile(file, '');
  const inFile = directoryDataSets(file, clock);
  const unavailable = (code: string) => ({
    name: 'StoreUnavailable',
    store: `the directory ${file}`,
    cause: { code },
  });
  await t.rejects(inFile.current(), unavailable('ENOTDIR'));
  await t.rejects(inFile.read(1), unavailable('ENOTDIR'));
  await t.rejects(inFile.versions(), unavailable('ENOTDIR'));
  await t.rejects(inFile.replicas(), unavailable('ENOTDIR'));
  await t.rejects(inFile.publish(sealed(), undefined, undefined), unavailable('EEXIST'));
  await t.rejects(inFile.report({ replica: 'host-1', at: now.toISOString() }), unavailable('ENOTDIR'));
  const long = path.join(directory, 'x'.repeat(300));
  await t.rejects(directoryDataSets(long, clock).publish(sealed(), undefined, undefined), {
    cause: { code: 'ENAMETOOLONG' },
  });
});

t.test('a lock that cannot be made, for another reason than that it is there', async (t) => {
  const directory = await temporaryDirectory(t);
  const deep = path.join(directory, ...Array.from({ length: 16 }, () => 'x'.repeat(254)));
  const fits = deep.slice(0, 4090);
  await t.rejects(directoryDataSets(fits, clock).publish(sealed(), undefined, undefined), {
    cause: { code: 'ENAMETOOLONG' },
  });
});

t.test('a report that goes while they are read', async (t) => {
  const directory = await temporaryDirectory(t);
  const repository = directoryDataSets(directory, clock);
  const report = { replica: 'host-1', at: now.toISOString() };
  await repository.report(report);
  // It is in the directory, and cannot be found.
  await symlink(path.join(directory, 'nowhere'), path.join(directory, 'replicas', 'host-2.json'));
  t.strictSame(await repository.replicas(), [report]);
});

t.test('reports that are none', async (t) => {
  const directory = await temporaryDirectory(t);
  const repository = directoryDataSets(directory, clock);
  const report = { replica: 'host-1', at: now.toISOString() };
  await repository.report(report);
  const replicas = path.join(directory, 'replicas');
  for (const name of ['.host-2.json.draft', '.json', 'notes.txt']) {
    await writeFile(path.join(replicas, name), 'garbage');
  }
  t.strictSame(await repository.replicas(), [report], 'of other names');
  for (const text of [
    '',
    '{',
    'null',
    '{}',
    '{"replica":"host-2"}',
    '{"replica":"host-2","at":"yesterday"}',
  ]) {
    await writeFile(path.join(replicas, 'host-2.json'), text);
    await t.rejects(repository.replicas(), { name: 'StoreUnavailable' }, text);
  }
});
