import { constants } from 'node:buffer';

/** A line without its line feed. */
export interface Line {
  readonly bytes: Buffer;
  /** From 1. */
  readonly number: number;
  /** False of a last line without a line feed, and of one that is too long to be a record: its bytes are not all there. */
  readonly isWhole: boolean;
}

// A record is as long as a request at the most, whose body is bounded.
export const maxRecordBytes = Math.min(4 * 1024 * 1024, constants.MAX_LENGTH);
const lineFeed = 0x0a;

/**
 * Cuts bytes into lines, in as much memory whatever their number or length. The bytes of a line are there until the next
 * is asked for.
 */
export async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<readonly Line[], undefined> {
  let number = 0;
  let rest: Buffer = Buffer.alloc(0);
  let isTooLong = false;
  for await (const chunk of source) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      number += 1;
      lines.push({ bytes: bytes.subarray(start, end), number, isWhole: !isTooLong });
      isTooLong = false;
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > maxRecordBytes) {
      isTooLong = true;
      rest = Buffer.alloc(0);
    }
    yield lines;
  }
  if (rest.length > 0 || isTooLong) yield [{ bytes: rest, number: number + 1, isWhole: false }];
  return undefined;
}
