import { lineFeed, maxLineLength } from '../reference-data/import/whole-lines.js';
import { type Lines, measureLines } from './lines.js';

/** Some rows of an estate, cut at the ends of lines. */
export interface Chunk extends Omit<Lines, 'bytes'> {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The offset in the estate that is behind them. */
  readonly end: number;
}

export interface CutSettings {
  /** Of the first byte that comes, in the estate. */
  readonly offset: number;
  /** The rows in front of it. */
  readonly rows: number;
  readonly chunkBytes: number;
  /** For the bytes of a chunk; of that size, or longer. */
  readonly buffer: (size: number) => ArrayBuffer;
}

/**
 * Cuts bytes into chunks of whole lines, each in a buffer of its own. Of a line that is too long to be a row, no more is
 * kept than shows that it is.
 */
export async function* cut(
  pieces: AsyncIterable<Uint8Array>,
  { offset, rows: rowsBefore, chunkBytes, buffer }: CutSettings,
): AsyncGenerator<Chunk, undefined> {
  const size = Math.max(chunkBytes, maxLineLength + 2);
  let bytes = new Uint8Array(buffer(size));
  let used = 0;
  let isSkipping = false;
  let taken = offset;
  let rows = rowsBefore;
  const chunkOf = (length: number): Chunk => {
    const chunk = bytes.subarray(0, length);
    const measured = measureLines(chunk);
    const firstRow = rows + 1;
    rows += measured.rows;
    return { bytes: chunk, firstRow, ...measured, end: taken - (used - length) };
  };
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      if (isSkipping) {
        const end = piece.indexOf(lineFeed, at);
        const next = end < 0 ? piece.length : end;
        taken += next - at;
        at = next;
        isSkipping = end < 0;
        continue;
      }
      const fitting = piece.subarray(at, at + size - used);
      bytes.set(fitting, used);
      used += fitting.length;
      taken += fitting.length;
      at += fitting.length;
      if (used < size) continue;
      const end = bytes.lastIndexOf(lineFeed, used - 1) + 1;
      if (end === 0) {
        used = maxLineLength + 1;
        isSkipping = true;
        continue;
      }
      const chunk = chunkOf(end);
      // Whoever takes the chunk takes its buffer.
      const next = new Uint8Array(buffer(size));
      next.set(bytes.subarray(end, used));
      yield chunk;
      bytes = next;
      used -= end;
    }
  }
  if (used > 0) yield chunkOf(used);
  return undefined;
}
