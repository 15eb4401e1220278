import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { DecisionLogError } from '../../src/decision-log/directory.js';
import { lockDirectory } from '../../src/decision-log/directory-lock.js';
import { temporaryDirectory } from '../directories.js';

/** Has a process listen there and be killed, which leaves the socket behind. */
async function leaveBehind(directory: string): Promise<void> {
  const listens = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  const killed = promisify(execFile)(process.execPath, ['-e', listens, path.join(directory, 'lock')]);
  await killed.catch(() => undefined);
}

t.test('one has a directory, until it gives it back', async (t) => {
  const directory = await temporaryDirectory(t);
  const release = await lockDirectory(directory);
  const taken = new DecisionLogError(`another process writes its decision log to ${directory}`);
  await t.rejects(lockDirectory(directory), taken);
  await t.rejects(lockDirectory(directory), taken, 'who asks does not take it away');
  t.strictSame(await readdir(directory), ['lock']);
  await release();
  t.strictSame(await readdir(directory), []);
  await (
    await lockDirectory(directory)
  )();
});

t.test('what a process that was killed has left is taken over', async (t) => {
  const directory = await temporaryDirectory(t);
  await leaveBehind(directory);
  t.strictSame(await readdir(directory), ['lock']);
  const release = await lockDirectory(directory);
  t.strictSame(await readdir(directory), ['lock'], 'nothing is left of it');
  await t.rejects(lockDirectory(directory), { message: /^another process/ });
  await release();
});

t.test('of several that find it left behind, one has it', async (t) => {
  const directory = await temporaryDirectory(t);
  await leaveBehind(directory);
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockDirectory(directory)));
  const held = outcomes.filter((each) => each.status === 'fulfilled');
  t.equal(held.length, 1);
  for (const each of outcomes)
    if (each.status === 'rejected') t.match(each.reason, { message: /^another process/ });
  t.strictSame(await readdir(directory), ['lock']);
  await held[0]?.value();
});

t.test('a path that is too long for a socket is refused, and not cut off', async (t) => {
  const directory = path.join(await temporaryDirectory(t), 'x'.repeat(200)).slice(0, 89);
  await mkdir(directory);
  await (
    await lockDirectory(directory)
  )();
  await mkdir(`${directory}x`);
  const tooLong = new DecisionLogError(
    `${directory}x is too long a path for a decision log: it may have 89 bytes`,
  );
  await t.rejects(lockDirectory(`${directory}x`), tooLong);
  t.strictSame(await readdir(`${directory}x`), []);
});

t.test('a directory that is not there, or is no directory, cannot be locked', async (t) => {
  const directory = await temporaryDirectory(t);
  await t.rejects(lockDirectory(path.join(directory, 'nowhere')));
  await writeFile(path.join(directory, 'file'), '');
  await t.rejects(lockDirectory(path.join(directory, 'file')));
  await mkdir(path.join(directory, 'other'));
  await (
    await lockDirectory(path.join(directory, 'other'))
  )();
});
