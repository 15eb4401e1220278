import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { mock } from 'node:test';
import t from 'tap';
import { fileName, fileSink, type FileSinkOptions, type LogFile } from '../../src/decision-log/files.js';

const noError = (error: unknown): void => {
  throw error;
};

/** Files in memory, which say what is done to them; what is in `failing` fails. */
function disk(): {
  readonly done: string[];
  readonly failing: Set<keyof LogFile>;
  readonly openFile: NonNullable<FileSinkOptions['openFile']>;
} {
  const done: string[] = [];
  const failing = new Set<keyof LogFile>();
  const does = (name: string, what: keyof LogFile, detail = ''): void => {
    done.push(`${name} ${what}${detail}`);
    if (failing.has(what)) throw new Error(`${what} fails`);
  };
  const openFile = async (file: string): Promise<LogFile> => {
    const name = String(Number(/\d+/.exec(path.basename(file))?.[0]));
    return {
      appendFile: async (data) => {
        does(name, 'appendFile', ` ${String(data)}`);
      },
      truncate: async (length) => {
        does(name, 'truncate', ` ${String(length)}`);
      },
      datasync: async () => {
        does(name, 'datasync');
      },
      close: async () => {
        does(name, 'close');
      },
    };
  };
  return { done, failing, openFile };
}

t.test('lines are written to files of their owner, one after the other', async (t) => {
  const directory = t.testdir();
  const sink = await fileSink(1, { directory, maxBytes: 5, sync: 'always', onSyncError: noError });
  t.equal(sink.isFresh(), true);
  await sink.write('äb\n');
  t.strictSame([sink.isFresh(), sink.isFull()], [false, false]);
  await sink.write('c\n');
  t.equal(sink.isFull(), true, 'in bytes');
  await sink.beginFile(3);
  t.strictSame([sink.isFresh(), sink.isFull()], [true, false]);
  await sink.write('d\n');
  await sink.close();
  t.strictSame((await readdir(directory)).sort(), [fileName(1), fileName(3)]);
  t.equal(await readFile(path.join(directory, fileName(1)), 'utf8'), 'äb\nc\n');
  t.equal(await readFile(path.join(directory, fileName(3)), 'utf8'), 'd\n');
  t.equal((await stat(path.join(directory, fileName(3)))).mode & 0o777, 0o600);
});

t.test("a file that is there is another process's", async (t) => {
  const directory = t.testdir({ [fileName(3)]: 'of another' });
  const options = { directory, maxBytes: 5, sync: 'no', onSyncError: noError } as const;
  await t.rejects(fileSink(3, options), { code: 'EEXIST' });
  const sink = await fileSink(1, options);
  await t.rejects(sink.beginFile(3), { code: 'EEXIST' });
  await sink.write('goes on\n');
  await sink.close();
  t.equal(await readFile(path.join(directory, fileName(1)), 'utf8'), 'goes on\n');
  t.equal(await readFile(path.join(directory, fileName(3)), 'utf8'), 'of another');
});

t.test('what a failed write has left is cut off, by the next or at the end', async (t) => {
  const { done, failing, openFile } = disk();
  const directory = t.testdir();
  const sink = await fileSink(1, { directory, maxBytes: 99, sync: 'no', onSyncError: noError, openFile });
  await sink.write('a\n');
  failing.add('appendFile');
  await t.rejects(sink.write('b\n'), { message: 'appendFile fails' });
  failing.clear();
  await sink.write('c\n');
  failing.add('appendFile');
  await t.rejects(sink.write('d\n'), { message: 'appendFile fails' });
  await sink.close();
  t.strictSame(done, [
    '1 appendFile a\n',
    '1 appendFile b\n',
    '1 truncate 2',
    '1 appendFile c\n',
    '1 appendFile d\n',
    '1 truncate 4',
    '1 close',
  ]);
});

t.test('a write that is not on the disk has failed, where each is to be', async (t) => {
  const { done, failing, openFile } = disk();
  const directory = t.testdir();
  const sink = await fileSink(1, { directory, maxBytes: 99, sync: 'always', onSyncError: noError, openFile });
  failing.add('datasync');
  await t.rejects(sink.write('a\n'), { message: 'datasync fails' });
  failing.clear();
  await sink.write('b\n');
  await sink.close();
  t.strictSame(done.slice(2), ['1 truncate 0', '1 appendFile b\n', '1 datasync', '1 datasync', '1 close']);
});

t.test(
  'once a second what was written is put on the disk, and who asks is told where it is not',
  async (t) => {
    mock.timers.enable({ apis: ['setInterval'] });
    t.teardown(() => {
      mock.timers.reset();
    });
    const { done, failing, openFile } = disk();
    const told: unknown[] = [];
    const directory = t.testdir();
    const onSyncError = (error: unknown): void => {
      told.push((error as Error).message);
    };
    const sink = await fileSink(1, { directory, maxBytes: 99, sync: 'everysec', onSyncError, openFile });
    const syncs = (): number => done.filter((each) => each.endsWith('datasync')).length;
    mock.timers.tick(1_000);
    t.equal(syncs(), 0, 'there is nothing');
    await sink.write('a\n');
    t.equal(syncs(), 0);
    mock.timers.tick(1_000);
    t.equal(syncs(), 1);
    mock.timers.tick(5_000);
    t.equal(syncs(), 1, 'and not again');
    failing.add('datasync');
    await sink.write('b\n');
    await sink.beginFile(3);
    t.strictSame(told, ['datasync fails'], 'with the file before');
    failing.clear();
    await sink.write('c\n');
    await sink.close();
    mock.timers.tick(5_000);
    t.strictSame(done.slice(-4), ['1 close', '3 appendFile c\n', '3 datasync', '3 close']);
  },
);

t.test('a directory that cannot be put on the disk is told of, and the file written', async (t) => {
  const { done, openFile } = disk();
  const told: unknown[] = [];
  const directory = path.join(t.testdir(), 'nowhere');
  const onSyncError = (error: unknown): void => {
    told.push((error as NodeJS.ErrnoException).code);
  };
  const sink = await fileSink(1, { directory, maxBytes: 99, sync: 'always', onSyncError, openFile });
  t.strictSame(told, ['ENOENT']);
  await sink.write('a\n');
  t.equal(done[0], '1 appendFile a\n');
  await sink.close();
});
