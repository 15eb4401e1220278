import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mock } from 'node:test';
import t, { type Test } from 'tap';
import { followFiles, type FollowedFiles } from '../../src/stores/follow-files.js';
import { temporaryDirectory } from '../directories.js';
import { until } from '../until.js';

interface Followed extends FollowedFiles<string> {
  readonly changes: string[];
  readonly faults: string[];
}

/** The contents of some files in one text, which may not have an x in it. */
async function follow(t: Test, ...files: string[]): Promise<Followed> {
  const changes: string[] = [];
  const faults: string[] = [];
  const make = (contents: readonly Buffer[]): string => {
    const text = contents.join(' ');
    if (text.includes('x')) throw new Error(`x in ${text}`);
    return text;
  };
  const followed = await followFiles(files, make, {
    onChange: (made) => changes.push(made),
    onFault: ({ message }) => faults.push(message),
  });
  t.teardown(followed.close);
  return { ...followed, changes, faults };
}

t.test('other contents are taken, and what cannot be used is not', async (t) => {
  const directory = await temporaryDirectory(t);
  const [one, other] = [path.join(directory, 'one'), path.join(directory, 'other')];
  await writeFile(one, 'a');
  await writeFile(other, 'b');
  const { current, changes, faults } = await follow(t, one, other);
  t.equal(current(), 'a b');
  await writeFile(other, 'c');
  await until('the change is taken', () => current() === 'a c');
  await writeFile(one, 'x');
  await until('the fault is told', () => faults.length === 1);
  t.equal(current(), 'a c');
  await rm(other);
  await until('it is told that one is away', () => faults.length === 2);
  await writeFile(path.join(directory, 'beside'), '');
  await writeFile(other, 'c');
  await until('the fault is told again', () => faults.length === 3);
  t.equal(current(), 'a c');
  await writeFile(one, 'd');
  await until('the mended one is taken', () => current() === 'd c');
  t.strictSame(changes, ['a c', 'd c']);
  t.match(faults, ['x in x c', /^ENOENT/, 'x in x c']);
});

t.test('a secret of Kubernetes changes by a link', async (t) => {
  const directory = await temporaryDirectory(t);
  const secret = path.join(directory, 'secret');
  for (const [name, text] of [
    ['..1', 'a'],
    ['..2', 'b'],
  ] as const) {
    await mkdir(path.join(secret, name), { recursive: true });
    await writeFile(path.join(secret, name, 'key'), text);
  }
  await symlink('..1', path.join(secret, '..data'));
  await symlink('..data/key', path.join(secret, 'key'));
  const { current } = await follow(t, path.join(secret, 'key'));
  t.equal(current(), 'a');
  await symlink('..2', path.join(secret, '..new'));
  await rename(path.join(secret, '..new'), path.join(secret, '..data'));
  await until('what it leads to now is taken', () => current() === 'b');
});

t.test('what nobody tells of is found all the same', async (t) => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.teardown(() => {
    mock.timers.reset();
  });
  const directory = await temporaryDirectory(t);
  const elsewhere = await temporaryDirectory(t);
  const file = path.join(elsewhere, 'file');
  await writeFile(file, 'a');
  await symlink(file, path.join(directory, 'link'));
  const { current, faults } = await follow(t, path.join(directory, 'link'));
  await writeFile(file, 'b');
  await until('it is taken', () => {
    mock.timers.tick(10_000);
    return current() === 'b';
  });
  await rm(file);
  await until('it is told once', () => {
    mock.timers.tick(10_000);
    return faults.length === 1;
  });
  for (let turn = 0; turn < 5; turn += 1) mock.timers.tick(10_000);
  await writeFile(file, 'c');
  await until('it is there again', () => {
    mock.timers.tick(10_000);
    return current() === 'c';
  });
  t.equal(faults.length, 1);
});

t.test('it does not begin on what cannot be read or used, and ends when it is closed', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = path.join(directory, 'file');
  await t.rejects(follow(t, file), { code: 'ENOENT' });
  await writeFile(file, 'x');
  await t.rejects(follow(t, file), { message: 'x in x' });
  await writeFile(file, 'a');
  const { close, current, faults } = await follow(t, file);
  const other = await follow(t, file);
  await writeFile(file, 'b');
  close();
  await until('another follows it', () => other.current() === 'b');
  t.equal(current(), 'a');
  await rm(file);
  t.strictSame(faults, []);
});
