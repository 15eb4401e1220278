import Papa from 'papaparse';
import { plain } from '../reference-data/import/csv.js';
import { lineFeed, maxLineLength } from '../reference-data/import/whole-lines.js';
import { isText } from '../utf8.js';
import type { Layout } from './audit-chunk.js';
import { EstateUnreadable } from './estate.js';
import { type EstateColumn, estateColumns } from './row.js';

/** How an estate is written, by its first bytes. */
export interface EstateLayout {
  readonly layout: Layout;
  /** The offset of the first row. */
  readonly firstRowAt: number;
  /** Columns that are passed over, as the header has them. */
  readonly otherColumns: readonly string[];
}

/** As much as has to be looked at. */
export const headBytes = maxLineLength + 4;

const byteOrderMark = Buffer.from('\ufeff');

/** Tells NDJSON from CSV, whose header names the columns in any order. Throws an EstateUnreadable. */
export function layoutOf(head: Buffer): EstateLayout {
  const mark = head.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? byteOrderMark.length : 0;
  const found = head.indexOf(lineFeed, mark);
  const end = found < 0 ? head.length : found;
  const line = head.subarray(mark, end);
  if (head.length === mark) throw new EstateUnreadable('the estate is empty');
  if (line.length > maxLineLength) throw new EstateUnreadable('the first line is longer than any header');
  if (!isText(line)) throw new EstateUnreadable('the estate is not UTF-8 text');
  const text = line.toString('utf8');
  if (/^\s*\{/.test(text)) return { layout: { format: 'ndjson' }, firstRowAt: mark, otherColumns: [] };
  return { ...csvLayout(text.trim()), firstRowAt: Math.min(end + 1, head.length) };
}

function csvLayout(header: string): Pick<EstateLayout, 'layout' | 'otherColumns'> {
  const cells = (Papa.parse<string[]>(header, { delimiter: ',' }).data[0] ?? []).map((cell) => cell.trim());
  const places: Partial<Record<EstateColumn, number>> = {};
  const otherColumns: string[] = [];
  for (const [place, cell] of cells.entries()) {
    const column = estateColumns.find((each) => plain(each) === plain(cell));
    if (column === undefined) otherColumns.push(cell);
    else if (places[column] !== undefined) throw new EstateUnreadable(`the header names ${column} twice`);
    else places[column] = place;
  }
  const missing = [
    ...(places.device === undefined ? ['device'] : []),
    ...(places.certificate === undefined && places.entityIdentifier === undefined
      ? ['certificate or entityIdentifier']
      : []),
  ];
  if (missing.length > 0) {
    throw new EstateUnreadable(
      `the first line must name the columns, with commas between them: it has no ${missing.join(' and no ')}`,
    );
  }
  return { layout: { format: 'csv', width: cells.length, places }, otherColumns };
}
