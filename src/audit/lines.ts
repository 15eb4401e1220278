import { lineFeed } from '../reference-data/import/whole-lines.js';

/** Some rows of an estate, each of them whole. */
export interface Lines {
  readonly bytes: Buffer;
  /** The number of the first, from 1; the row after a header is 1. */
  readonly firstRow: number;
  readonly rows: number;
  /** Bytes of the longest, without its line feed. */
  readonly longest: number;
}

/** How many lines there are, and how long the longest is. */
export function measureLines(bytes: Uint8Array): Pick<Lines, 'rows' | 'longest'> {
  let [rows, longest, start] = [0, 0, 0];
  for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
    rows += 1;
    longest = Math.max(longest, end - start);
    start = end + 1;
  }
  return start === bytes.length
    ? { rows, longest }
    : { rows: rows + 1, longest: Math.max(longest, bytes.length - start) };
}
