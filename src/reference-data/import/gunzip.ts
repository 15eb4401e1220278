import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Unreadable } from './unreadable.js';

/** The bytes of a file, however they come: a stream of a file, standard input, or one Buffer in an array. */
export type ByteSource = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * The bytes as they are, or what they are the gzip of. Throws an Unreadable where a gzip file is damaged or cut off;
 * what the source itself throws goes through.
 */
export async function* gunzipIfNeeded(source: ByteSource): AsyncGenerator<Uint8Array> {
  const chunks = chunksOf(source);
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const all = startingWith(head, chunks);
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all;
    return;
  }
  const input = Readable.from(all, { objectMode: false });
  const gunzip = createGunzip();
  input.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const chunk of input.pipe(gunzip)) yield chunk as Buffer;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code.startsWith('Z_')) throw new Unreadable(undefined, 'the gzip file is damaged, or ends too early');
    throw error;
  } finally {
    input.destroy();
  }
}

async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  yield* source;
}

async function* startingWith(head: Buffer, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}
