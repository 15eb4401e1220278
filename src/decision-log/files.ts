import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import type { Sink } from './sink.js';

export const fileNamePattern = /^decisions-\d{15}\.ndjson$/;

/** Sorts as its first record does. */
export const fileName = (firstSeq: number): string =>
  `decisions-${String(firstSeq).padStart(15, '0')}.ndjson`;

/** When what is written is also on the disk: after each write, within a second, or when the system sees to it. */
export type SyncPolicy = 'always' | 'everysec' | 'no';

export interface FileSinkOptions {
  readonly directory: string;
  /** After which another file is begun. */
  readonly maxBytes: number;
  readonly sync: SyncPolicy;
  /** Told where what was written could not be put on the disk. */
  readonly onSyncError: (error: unknown) => void;
  /** Replaced in tests. */
  readonly openFile?: (file: string) => Promise<LogFile>;
}

export type LogFile = Pick<FileHandle, 'appendFile' | 'truncate' | 'datasync' | 'close'>;

// Nobody else has written it: a file of that name is another process's.
const createFile = (file: string): Promise<FileHandle> => open(file, 'ax', 0o600);

interface Current {
  readonly file: LogFile;
  /** Of what has been written whole. */
  length: number;
  /** Whether a write failed, part of which may be there. */
  isDirty: boolean;
  isUnsynced: boolean;
}

const everyMs = 1_000;

/** Files in a directory, one after the other, each only ever added to. Nothing removes them. */
export async function fileSink(
  firstSeq: number,
  { directory, maxBytes, sync, onSyncError, openFile = createFile }: FileSinkOptions,
): Promise<Sink> {
  const begin = async (seq: number): Promise<Current> => {
    const file = await openFile(path.join(directory, fileName(seq)));
    // Should it not be there after a power cut, the next service finds the end of the file before.
    if (sync !== 'no') await syncDirectory(directory).catch(onSyncError);
    return { file, length: 0, isDirty: false, isUnsynced: false };
  };
  const syncNow = async (one: Current): Promise<void> => {
    one.isUnsynced = false;
    await one.file.datasync();
  };
  let current = await begin(firstSeq);
  const timer =
    sync === 'everysec'
      ? setInterval(() => {
          if (current.isUnsynced) syncNow(current).catch(onSyncError);
        }, everyMs).unref()
      : undefined;
  return {
    isFresh: () => current.length === 0,
    isFull: () => current.length >= maxBytes,
    beginFile: async (seq) => {
      const before = current;
      current = await begin(seq);
      if (before.isUnsynced) await syncNow(before).catch(onSyncError);
      await before.file.close();
    },
    write: async (lines) => {
      const one = current;
      if (one.isDirty) await one.file.truncate(one.length);
      one.isDirty = true;
      const bytes = Buffer.from(lines);
      await one.file.appendFile(bytes);
      if (sync === 'always') await one.file.datasync();
      one.isUnsynced = sync === 'everysec';
      one.length += bytes.length;
      one.isDirty = false;
    },
    close: async () => {
      clearInterval(timer);
      if (current.isDirty) await current.file.truncate(current.length);
      if (sync !== 'no') await current.file.datasync();
      await current.file.close();
    },
  };
}

/** The name of a file is on the disk only once its directory is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
