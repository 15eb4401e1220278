import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { buildReferenceData } from '../../src/reference-data/load.js';
import { listedDataSet } from '../../src/stores/listed-data-set.js';
import { directoryWith, temporaryDirectory, writeFiles } from '../directories.js';
import { listFiles, type Lists } from '../reference-data/lists.js';
import { trustFiles } from '../trust-data.js';
import { until } from '../until.js';

// Made once, since no signature in it is the same twice.
const files = trustFiles();

const head = (version: number): Map<string, Buffer> =>
  new Map([['data-set.json', Buffer.from(JSON.stringify({ version, issuedAt: '2026-06-02T00:00:00Z' }))]]);
const users = (change: Partial<Lists>): Map<string, Buffer> =>
  new Map([['users.json', listFiles(change).get('users.json')!]]);

t.test('lists are a data set, unsigned', async (t) => {
  const directory = await directoryWith(t, files);
  const listed = listedDataSet(directory);
  t.equal(await listed.read(1), undefined, 'before anybody has looked');
  const current = await listed.current();
  t.match(current, buildReferenceData(files).dataSet);
  const read = await listed.read(1);
  t.match(JSON.parse(read!.bytes.toString()), { version: 1, sha256: current?.sha256 });
  t.equal(read?.signature, undefined);
  t.equal(await listed.read(2), undefined);
  await listed.close();
});

t.test('they are read again where a file has changed, and only then', async (t) => {
  const directory = await directoryWith(t, files);
  const listed = listedDataSet(directory);
  const first = await listed.current();
  t.equal(await listed.current(), first);
  await writeFiles(directory, users({ users: [] }));
  const second = await listed.current();
  t.not(second?.sha256, first?.sha256);
  t.match(second, { version: 1 }, 'whether the version has risen is not looked into');
  await writeFiles(directory, head(2));
  t.match(await listed.current(), { version: 2 });
  t.equal(await listed.read(1), undefined);
  t.ok(await listed.read(2));
  const third = await listed.current();
  await rm(path.join(directory, 'revocation-lists', 'issuing-ca.crl'));
  t.not((await listed.current())?.sha256, third?.sha256, 'a file of trust that goes');
  await rm(path.join(directory, 'revocation-lists'), { recursive: true });
  t.match(await listed.current(), { version: 2 }, 'and its directory');
});

t.test('lists that cannot be read', async (t) => {
  const directory = await directoryWith(t, files);
  const listed = listedDataSet(directory);
  const first = await listed.current();
  await writeFiles(directory, new Map([['users.json', Buffer.from('{')]]));
  for (let time = 0; time < 2; time += 1) {
    await t.rejects(listed.current(), {
      name: 'ReferenceDataError',
      faults: [{ file: 'users.json', entry: undefined, message: 'is not well-formed JSON at position 1' }],
    });
  }
  t.ok(await listed.read(1), 'what was read before is there');
  await writeFiles(directory, files);
  t.match(await listed.current(), { sha256: first?.sha256 });
  await t.rejects(listedDataSet(path.join(directory, 'missing')).current(), { name: 'ReferenceDataError' });
  await mkdir(path.join(directory, 'trust', 'directory'));
  await t.rejects(listed.current(), { message: /\n {2}trust\/directory: cannot be used: EISDIR[^\n]*$/ });
});

t.test('who watches is nudged of every file, until it is closed', async (t) => {
  const directory = await directoryWith(t, files);
  const listed = listedDataSet(directory);
  let nudges = 0;
  listed.watch(() => {
    nudges += 1;
  });
  for (const file of ['users.json', 'trust/more.pem', 'revocation-lists/more.crl']) {
    const before = nudges;
    await until(`nudged of ${file}`, async () => {
      await writeFile(path.join(directory, file), '{}');
      return nudges > before;
    });
  }
  await listed.close();
  const before = nudges;
  await writeFile(path.join(directory, 'users.json'), '');
  await listed.current().catch(() => undefined);
  t.equal(nudges, before);
});

t.test('watching what is not there yet', async (t) => {
  const directory = path.join(await temporaryDirectory(t), 'missing');
  const listed = listedDataSet(directory);
  listed.watch(() => {
    t.fail('nothing is watched');
  });
  await writeFiles(directory, files);
  t.match(await listed.current(), { version: 1 });
  await listed.close();
});
