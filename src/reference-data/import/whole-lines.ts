import { isText } from '../../utf8.js';
import { type ByteSource, gunzipIfNeeded } from './gunzip.js';
import { Unreadable } from './unreadable.js';

/** Some lines of a file, each of them whole, with the line feed of all but perhaps the file's last. */
export interface Lines {
  readonly bytes: Buffer;
  /** The number of the first of them, from 1. */
  readonly line: number;
}

/** No row of these files comes near it. In bytes. */
export const maxLineLength = 16_384;

export const lineFeed = 0x0a;
const byteOrderMark = Buffer.from('\ufeff');

/**
 * Cuts a file into pieces of whole lines, without its byte order mark, and makes sure that they are UTF-8 text. A
 * piece is as long as a chunk of the source, and at most one line longer. Throws an Unreadable that names the line.
 */
export async function* wholeLines(source: ByteSource): AsyncGenerator<Lines, undefined> {
  let line = 1;
  let rest = Buffer.alloc(0);
  let atStart = true;
  for await (const chunk of gunzipIfNeeded(source)) {
    const bytes = Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(lineFeed) + 1;
    if (end > 0) {
      const piece = withoutMark(bytes.subarray(0, end), atStart);
      checkText(piece, line);
      yield { bytes: piece, line };
      line += countLines(piece);
      atStart = false;
    }
    rest = bytes.subarray(end);
    if (rest.length > maxLineLength) throw new Unreadable(line, tooLong);
  }
  const last = withoutMark(rest, atStart);
  if (last.length === 0) return undefined;
  checkText(last, line);
  yield { bytes: last, line };
  return undefined;
}

export const tooLong = `the line is longer than ${String(maxLineLength)} bytes`;

const withoutMark = (bytes: Buffer, atStart: boolean): Buffer =>
  atStart && bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark)
    ? bytes.subarray(byteOrderMark.length)
    : bytes;

/** A line feed is no part of any other character in UTF-8, so that each line can be looked at by itself. */
function checkText(piece: Buffer, firstLine: number): void {
  if (isText(piece)) return;
  let line = firstLine;
  for (const bytes of linesOf(piece)) {
    if (!isText(bytes)) break;
    line += 1;
  }
  throw new Unreadable(line, 'is not UTF-8 text: save the file as "CSV UTF-8"');
}

/** The lines of a piece, without their line feeds. */
export function* linesOf(piece: Buffer): Generator<Buffer> {
  for (let start = 0; start < piece.length;) {
    const found = piece.indexOf(lineFeed, start);
    const end = found < 0 ? piece.length : found;
    yield piece.subarray(start, end);
    start = end + 1;
  }
}

function countLines(piece: Buffer): number {
  let count = 0;
  for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, at + 1)) count += 1;
  return count;
}
