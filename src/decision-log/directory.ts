import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Link, readLink } from './chain.js';
import { fileNamePattern } from './files.js';
import { maxRecordBytes } from './lines.js';

/** The end of what is written in a directory. */
export interface DirectoryEnd {
  /** The last whole record, and its line; undefined where there is none. */
  readonly last: { readonly link: Link; readonly line: Buffer } | undefined;
  /** What a write that was cut short has left, and where it is now: in files beside, which no reader takes for the log. */
  readonly torn: readonly { readonly file: string; readonly bytes: number }[];
}

/** The files of a log, in the order in which they were written. */
export async function logFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => fileNamePattern.test(name)).sort();
}

/** A directory of decision logs cannot be gone on with. */
export class DecisionLogError extends Error {}

/**
 * Finds the last record in a directory, which is made where it is missing. What stands behind it and is no whole record is
 * put aside; nothing is thrown away but empty files. To be called by whoever has locked the directory.
 */
export async function endOf(directory: string): Promise<DirectoryEnd> {
  const torn: DirectoryEnd['torn'][number][] = [];
  for (const name of (await logFiles(directory)).reverse()) {
    const file = path.join(directory, name);
    const handle = await open(file, 'r+');
    try {
      const { size } = await handle.stat();
      const { link, line, end } = await lastRecord(handle, size);
      if (link !== undefined) {
        if (end < size) torn.push(await putAside(handle, file, end, size));
        return { last: { link, line }, torn };
      }
      if (size > maxRecordBytes) throw new DecisionLogError(`${file} does not end with a record`);
      if (size > 0) {
        const aside = `${file}.${randomUUID()}.torn`;
        await rename(file, aside);
        torn.push({ file: path.basename(aside), bytes: size });
      } else await rm(file);
    } finally {
      await handle.close();
    }
  }
  return { last: undefined, torn };
}

export async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
}

interface LastRecord {
  readonly link: Link | undefined;
  readonly line: Buffer;
  /** Where the line ends, its line feed included. */
  readonly end: number;
}

const lineFeed = 0x0a;

/** Looks backwards through the end of a file; what is not a whole record there was not written whole. */
async function lastRecord(handle: FileHandle, size: number): Promise<LastRecord> {
  const length = Math.min(size, 2 * maxRecordBytes);
  const from = size - length;
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, from);
  for (let end = buffer.lastIndexOf(lineFeed); end >= 0;) {
    const start = end === 0 ? 0 : buffer.lastIndexOf(lineFeed, end - 1) + 1;
    const line = buffer.subarray(start, end);
    const link = readLink(line);
    if (link !== undefined) return { link, line, end: from + end + 1 };
    end = start - 1;
  }
  return { link: undefined, line: Buffer.alloc(0), end: 0 };
}

async function putAside(
  handle: FileHandle,
  file: string,
  end: number,
  size: number,
): Promise<DirectoryEnd['torn'][number]> {
  const bytes = size - end;
  const { buffer } = await handle.read(Buffer.alloc(bytes), 0, bytes, end);
  const aside = `${file}.${randomUUID()}.torn`;
  await writeFile(aside, buffer, { flag: 'wx', mode: 0o600, flush: true });
  await handle.truncate(end);
  return { file: path.basename(aside), bytes };
}
