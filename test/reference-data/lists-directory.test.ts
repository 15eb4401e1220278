import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type Fault, faultText } from '../../src/reference-data/fault.js';
import { contentOf, readListFiles, trustFilesIn } from '../../src/reference-data/lists-directory.js';
import { sealListFiles } from '../../src/reference-data/load.js';
import { directoryWith, temporaryDirectory } from '../directories.js';
import { pki } from '../fixtures.js';
import { revocationList, trustFiles } from '../trust-data.js';
import { listFiles, pem } from './lists.js';

const head = (text: string): Map<string, Buffer> => listFiles().set('data-set.json', Buffer.from(text));

function content(files: Map<string, Buffer | Error>): ReturnType<typeof contentOf> & { faults: string[] } {
  const faults: Fault[] = [];
  return { ...contentOf(files, faults), faults: faults.map(faultText) };
}

t.test('reads the files of a directory, byte for byte', async (t) => {
  const files = trustFiles();
  const directory = await directoryWith(t, files);
  await writeFile(path.join(directory, 'notes.txt'), 'not a list');
  await writeFile(path.join(directory, 'trust', '.hidden'), 'not a certificate');
  t.strictSame(await readListFiles(directory), new Map([...(await readListFiles(directory))]));
  const read = await readListFiles(directory);
  t.strictSame([...read.keys()].sort(), [...files.keys()].sort());
  for (const [file, bytes] of files) t.strictSame(read.get(file), bytes);
  t.strictSame([...trustFilesIn(read).keys()], ['trust/issuing-ca.pem', 'revocation-lists/issuing-ca.crl']);
});

t.test('the files of a directory are in the order of their names', async (t) => {
  const certificate = pem('CERTIFICATE', pki.root.der);
  const files = listFiles().set('trust/b.pem', certificate).set('trust/a.pem', certificate);
  const read = await readListFiles(await directoryWith(t, files));
  const names = ['trust/a.pem', 'trust/b.pem', 'trust/issuing-ca.pem'];
  t.strictSame([...trustFilesIn(read).keys()], names);
});

t.test('a directory that is not there, and one with nothing in it', async (t) => {
  const empty = await temporaryDirectory(t);
  for (const directory of [empty, path.join(empty, 'missing')]) {
    const { faults, lists, head: none } = content(new Map(await readListFiles(directory)));
    t.equal(none, undefined);
    t.strictSame(lists, { trust: {}, 'revocation-lists': {} });
    t.equal(faults.length, 11);
    t.match(faults[0], /^data-set\.json: cannot be read: ENOENT/);
    t.match(faults[1], /^applicability\.json: cannot be read: ENOENT/);
  }
});

t.test('a directory in it that cannot be read', async (t) => {
  const files = listFiles().set('revocation-lists', Buffer.from('a file in its place'));
  await t.rejects(readListFiles(await directoryWith(t, files)), {
    name: 'ReferenceDataError',
    message: /^The reference data has faults:\n {2}revocation-lists\/: cannot be read: ENOTDIR/,
  });
});

t.test('what the files say, with the files of trust in base64', async (t) => {
  const list = revocationList();
  const { head: read, lists, faults } = content(trustFiles({}, list));
  t.strictSame(faults, []);
  const instant = '2026-06-01T00:00:00Z';
  t.strictSame(read, { version: 1, issuedAt: instant, effectiveFrom: instant });
  t.strictSame(lists['revocation-lists'], { 'issuing-ca.crl': list.toString('base64') });
  t.strictSame(lists.users, { source: 'tests', retrieved: '2026-06-15', entries: listFiles.defaults.users });
  t.equal(Object.keys(lists).length, 13);
});

t.test('$schema is for editors alone', async (t) => {
  const schema = '"$schema": "../schemas/x.schema.json"';
  const files = head(`{${schema}, "version": 1, "issuedAt": "2026-06-01T00:00:00Z"}`);
  const text = files.get('users.json')!.toString();
  files.set('users.json', Buffer.from(text.replace('{', `{${schema},`)));
  t.strictSame(content(files), content(listFiles()));
});

t.test('the head of a directory', async (t) => {
  const issuedAt = '2026-06-01T00:00:00Z';
  const full = {
    version: 7,
    issuedAt,
    effectiveFrom: '2026-07-01T00:00:00Z',
    expiresAt: '2026-08-01T00:00:00Z',
  };
  t.strictSame(content(head(JSON.stringify(full))).head, full);
  for (const [text, ...expected] of [
    [
      '{}',
      'version: is missing',
      'issuedAt: must be an instant of UTC, as YYYY-MM-DDThh:mm:ssZ',
      'effectiveFrom: must be an instant of UTC, as YYYY-MM-DDThh:mm:ssZ',
    ],
    [JSON.stringify({ ...full, note: 1 }), 'has a member that is not known, note'],
    [JSON.stringify({ ...full, version: 0 }), 'version: Too small: expected number to be >=1'],
    [JSON.stringify({ ...full, expiresAt: full.effectiveFrom }), 'expiresAt: is not after effectiveFrom'],
    ['[]', 'Invalid input: expected object, received array'],
    ['{', 'is not well-formed JSON at position 1'],
    ['{"version": 1, "version": 2}', 'has a member name twice in one object'],
    ['{"version": 1.0}', 'has a number that would be rounded or rewritten'],
  ] as const) {
    const found = content(head(text));
    t.equal(found.head, undefined, text);
    t.strictSame(
      found.faults,
      expected.map((message) => `data-set.json: ${message}`),
    );
  }
});

t.test('what has no canonical form is a fault of its file', async (t) => {
  const wrong = 'has half a surrogate pair, or is nested too deeply';
  const text = listFiles().get('users.json')!.toString();
  for (const half of ['\\ud800', '\\udc00', '\\udc00\\ud800']) {
    const files = listFiles().set('users.json', Buffer.from(text.replace('Supplier', half)));
    t.strictSame(content(files).faults, [`users.json: ${wrong}`]);
    t.throws(() => sealListFiles(files), { name: 'ReferenceDataError' });
  }
  t.strictSame(
    content(listFiles().set('users.json', Buffer.from(text.replace('Supplier', '\\ud83d\\ude00')))).faults,
    [],
  );
  for (const depth of [100, 5_000, 1_000_000]) {
    const deep = text.replace('"Supplier"', '['.repeat(depth) + ']'.repeat(depth));
    const { faults } = content(listFiles().set('users.json', Buffer.from(deep)));
    t.strictSame(faults, ['users.json: is nested over 100 deep']);
  }
});

const sealingFaults = (t: Test, files: Map<string, Buffer | Error>): string[] => {
  try {
    sealListFiles(files);
  } catch (error) {
    return (error as { faults: Fault[] }).faults.map(faultText);
  }
  t.fail('it was sealed');
  return [];
};

t.test('nothing is sealed of which a file could not be read', async (t) => {
  const whole = trustFiles();
  t.match(sealListFiles(whole), { version: 1, sha256: /^[0-9a-f]{64}$/ });
  for (const file of [...whole.keys()].filter((each) => each.includes('/'))) {
    const files = new Map<string, Buffer | Error>(whole).set(file, new Error('EACCES'));
    t.match(sealingFaults(t, files)[0], `${file}: cannot be used: EACCES`);
  }
  for (const file of [...whole.keys()].filter((each) => !each.includes('/'))) {
    const files = new Map<string, Buffer | Error>(whole).set(file, new Error('EACCES'));
    t.match(sealingFaults(t, files), [`${file}: cannot be read: EACCES`]);
  }
  const directory = await directoryWith(t, whole);
  await mkdir(path.join(directory, 'revocation-lists', 'more'));
  t.match(sealingFaults(t, new Map(await readListFiles(directory))), [
    /^revocation-lists\/more: cannot be used: EISDIR/,
  ]);
});

t.test('the faults inside the other files are told with it', async (t) => {
  const files = listFiles({ devices: [{ entityIdentifier: 'x', deviceType: 'ESME' }] });
  t.strictSame(sealingFaults(t, files.set('data-set.json', Buffer.from('{'))), [
    'data-set.json: is not well-formed JSON at position 1',
    'devices.json, entry 1 (x): entityIdentifier: must be an EUI-64: eight hyphenated octets',
  ]);
});

t.test('a version is not read with lists that are older than it', async (t) => {
  const directory = await directoryWith(t, listFiles());
  const head = path.join(directory, 'data-set.json');
  await rm(head);
  // Reading it waits until somebody writes it.
  execFileSync('mkfifo', [head]);
  const reading = readListFiles(directory);
  await setTimeout(100);
  await writeFile(path.join(directory, 'users.json'), 'changed');
  await mkdir(path.join(directory, 'trust'), { recursive: true });
  await writeFile(path.join(directory, 'trust', 'new.pem'), 'new');
  await writeFile(head, 'version');
  const files = await reading;
  const text = (file: string): string => String(files.get(file));
  t.strictSame(['data-set.json', 'users.json', 'trust/new.pem'].map(text), ['version', 'changed', 'new']);
});
