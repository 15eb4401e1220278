import fs, { readFile, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { orMissing, writeDurably } from '../../src/stores/durable-file.js';
import { temporaryDirectory } from '../directories.js';

/** Until the test ends, `rename` or `open` is another. */
function replacing<Name extends 'rename' | 'open'>(t: Test, name: Name, by: (typeof fs)[Name]): void {
  const original = fs[name];
  const set = (value: (typeof fs)[Name]): void => {
    Object.assign(fs, { [name]: value });
    syncBuiltinESMExports();
  };
  t.teardown(() => {
    set(original);
  });
  set(by);
}

const failing = (message: string): Promise<never> => Promise.reject(new Error(message));

t.test('writes a file, and over it', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = path.join(directory, 'deep', 'er', 'file');
  await writeDurably(file, 'text');
  t.equal(await readFile(file, 'utf8'), 'text');
  const bytes = Buffer.from([0, 0xff]);
  await writeDurably(file, bytes);
  t.strictSame(await readFile(file), bytes);
  t.strictSame(await readdir(path.dirname(file)), ['file'], 'and no draft');
  t.equal((await stat(file)).mode & 0o027, 0, 'which is not for everybody');
});

t.test('many at once: one of them is there, whole', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = path.join(directory, 'file');
  const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
  await Promise.all(texts.map((text) => writeDurably(file, text)));
  t.ok(texts.includes(await readFile(file, 'utf8')));
  t.strictSame(await readdir(directory), ['file']);
});

t.test('where it is interrupted, what was there stays, and no draft', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = path.join(directory, 'file');
  await writeDurably(file, 'old');
  const isAsItWas = async (t: Test): Promise<void> => {
    t.equal(await readFile(file, 'utf8'), 'old');
    t.strictSame(await readdir(directory), ['file']);
  };

  t.test('before it has its name', async (t) => {
    replacing(t, 'rename', () => failing('no rename'));
    await t.rejects(writeDurably(file, 'new'), { message: 'no rename' });
    await isAsItWas(t);
  });
  t.test('while it is written', async (t) => {
    const { open } = fs;
    const closed: string[] = [];
    replacing(t, 'open', async (...args) => {
      const handle = await open(...args);
      const close = handle.close.bind(handle);
      return Object.assign(handle, {
        sync: () => failing('the disk is full'),
        close: async () => {
          closed.push('closed');
          await close();
        },
      });
    });
    await t.rejects(writeDurably(file, 'new'), { message: 'the disk is full' });
    t.strictSame(closed, ['closed']);
    await isAsItWas(t);
  });
  t.test('before it begins', async (t) => {
    replacing(t, 'open', () => failing('no file'));
    await t.rejects(writeDurably(file, 'new'), { message: 'no file' });
    await isAsItWas(t);
  });
});

t.test('the bytes are on the disk before the name, and the name before it is done', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = path.join(directory, 'file');
  const { open, rename } = fs;
  const steps: string[] = [];
  replacing(t, 'open', async (...args) => {
    const handle = await open(...args);
    const sync = handle.sync.bind(handle);
    return Object.assign(handle, {
      sync: async () => {
        steps.push(args[0] === directory ? 'sync directory' : 'sync draft');
        await sync();
      },
    });
  });
  replacing(t, 'rename', async (...args) => {
    steps.push('rename');
    await rename(...args);
  });
  await writeDurably(file, 'text');
  t.strictSame(steps, ['sync draft', 'rename', 'sync directory']);
});

t.test('what is missing, and what else is wrong', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = path.join(directory, 'file');
  t.equal(await readFile(file).catch(orMissing), undefined);
  await t.rejects(readFile(directory).catch(orMissing), { code: 'EISDIR' });
  await writeFile(file, '');
  await t.rejects(readdir(file).catch(orMissing), { code: 'ENOTDIR' });
});
