import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { pipeline, Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/** The estate cannot be read, or gone on with, for what is in it. */
export class EstateUnreadable extends Error {}

/** What tells one estate from another, without reading all of it. */
export interface EstateId {
  /** Undefined for standard input. */
  readonly file: { readonly size: number; readonly modified: number } | undefined;
  /** Of its first bytes as text. */
  readonly head: string;
}

/** An estate that is being read: its bytes as text, however they come. */
export interface Estate {
  /** Without its directory; "-" for standard input. */
  readonly name: string;
  readonly id: EstateId;
  /** The first bytes, as far as a header may reach; all of them where there are no more. */
  readonly head: Buffer;
  /** The bytes behind an offset, once. A piece is overwritten by the next. */
  readonly from: (offset: number) => AsyncIterable<Uint8Array>;
  /** How much of the file has been read, of how much; as it stands on the disk. */
  readonly progress: () => { readonly read: number; readonly size: number | undefined };
  /** Whoever waits for the next piece gets the error. */
  readonly abort: (error: Error) => void;
  readonly close: () => Promise<void>;
}

const pieceBytes = 1024 * 1024;

export const standardInput = '-';

/** Opens a file, or standard input: plain, gzip, or zstd where Node has it. Throws an EstateUnreadable. */
export async function openEstate(
  file: string,
  input: Readable,
  /** How much may be looked at beforehand. */
  headBytes: number,
): Promise<Estate> {
  return file === standardInput ? fromStream(input, headBytes) : fromFile(file, headBytes);
}

async function fromStream(input: Readable, headBytes: number): Promise<Estate> {
  let read = 0;
  const counted = (async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of input) {
      read += (piece as Uint8Array).length;
      yield piece as Uint8Array;
    }
  })();
  const { head, rest } = await peek(await expanded(counted), headBytes);
  return {
    name: standardInput,
    id: { file: undefined, head: digest(head) },
    head,
    from: (offset) => behind(offset, rest),
    progress: () => ({ read, size: undefined }),
    abort: (error) => {
      input.destroy(error);
    },
    close: async () => {
      input.destroy();
    },
  };
}

async function fromFile(file: string, headBytes: number): Promise<Estate> {
  const handle = await open(file);
  try {
    const { size, mtimeMs } = await handle.stat();
    const reading = { read: 0 };
    const start = await firstBytes(handle, magicBytes);
    const isPlain = compressionOf(start) === undefined;
    const { head, rest } = await peek(await expanded(piecesOf(handle, 0, reading)), headBytes);
    return {
      name: path.basename(file),
      id: { file: { size, modified: mtimeMs }, head: digest(head) },
      head,
      from: (offset) => (isPlain ? piecesOf(handle, offset, reading) : behind(offset, rest)),
      progress: () => ({ read: reading.read, size }),
      // A file keeps nobody waiting.
      abort: () => undefined,
      close: async () => {
        await rest.return(undefined);
        await handle.close();
      },
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function firstBytes(handle: FileHandle, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

async function* piecesOf(
  handle: FileHandle,
  offset: number,
  reading: { read: number },
): AsyncGenerator<Uint8Array, undefined> {
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  for (let at = offset; ;) {
    const { bytesRead } = await handle.read(piece, 0, piece.length, at);
    if (bytesRead === 0) return undefined;
    at += bytesRead;
    reading.read = at;
    yield piece.subarray(0, bytesRead);
  }
}

const digest = (head: Buffer): string => createHash('sha256').update(head).digest('hex');

/** The head of some bytes, and all of them: with the head again. */
async function peek(
  pieces: AsyncGenerator<Uint8Array>,
  length: number,
): Promise<{ readonly head: Buffer; readonly rest: AsyncGenerator<Uint8Array> }> {
  const { head, isEnd } = await take(pieces, length);
  const rest = (async function* (): AsyncGenerator<Uint8Array> {
    yield head;
    if (!isEnd) yield* pieces;
  })();
  return { head: head.subarray(0, length), rest };
}

/** At least so many bytes, or all that there are. */
async function take(
  pieces: AsyncGenerator<Uint8Array>,
  length: number,
): Promise<{ readonly head: Buffer; readonly isEnd: boolean }> {
  const taken: Buffer[] = [];
  for (let bytes = 0; bytes < length;) {
    const next = await pieces.next();
    if (next.done === true) return { head: Buffer.concat(taken), isEnd: true };
    taken.push(Buffer.from(next.value));
    bytes += next.value.length;
  }
  return { head: Buffer.concat(taken), isEnd: false };
}

async function* behind(offset: number, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let toSkip = offset;
  for await (const piece of pieces) {
    if (piece.length > toSkip) yield piece.subarray(toSkip);
    toSkip = Math.max(0, toSkip - piece.length);
  }
}

const magic = {
  gzip: Buffer.from([0x1f, 0x8b]),
  zstd: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
} as const;

const magicBytes = 4;

type Compression = keyof typeof magic;

const compressionOf = (start: Buffer): Compression | undefined =>
  (Object.keys(magic) as Compression[]).find((kind) =>
    start.subarray(0, magic[kind].length).equals(magic[kind]),
  );

/** The bytes as they are, or what they are the compression of. */
async function expanded(source: AsyncGenerator<Uint8Array>): Promise<AsyncGenerator<Uint8Array>> {
  const { head, rest } = await peek(source, magicBytes);
  const compression = compressionOf(head);
  return compression === undefined ? rest : decompress(rest, compression);
}

async function* decompress(
  source: AsyncGenerator<Uint8Array>,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  const stream = decompressor(compression);
  const input = Readable.from(copiesOf(source), { objectMode: false });
  // What goes wrong comes out of the end that is read.
  pipeline(input, stream, () => undefined);
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!/^(?:Z_|ZSTD_)/.test(code)) throw error;
    throw new EstateUnreadable(`the ${compression} file is damaged, or ends too early`);
  } finally {
    input.destroy();
    stream.destroy();
  }
}

/** Where a piece is overwritten by the next, nothing can be kept waiting. */
async function* copiesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const piece of source) yield Buffer.from(piece);
}

function decompressor(compression: Compression): Transform {
  const settings = { chunkSize: pieceBytes };
  if (compression === 'gzip') return zlib.createGunzip(settings);
  // Not in the types of the Node that the types are of.
  const create = (zlib as { createZstdDecompress?: (options: object) => Transform }).createZstdDecompress;
  if (create !== undefined) return create(settings);
  throw new EstateUnreadable(
    `the estate is a zstd file, which Node ${process.version} cannot read: Node 22.15 can, or give it gzip or the output of zstd -dc on standard input`,
  );
}
