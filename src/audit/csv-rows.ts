import Papa from 'papaparse';
import { lineFeed, maxLineLength } from '../reference-data/import/whole-lines.js';
import { accept } from '../rejection.js';
import { isText, textOf } from '../utf8.js';
import { type Lines, measureLines } from './lines.js';
import { type EstateColumn, estateColumns, rowFault, type TakeRow } from './row.js';

/** Where the columns of a CSV file stand, and how many cells a row has. */
export interface CsvLayout {
  readonly format: 'csv';
  readonly width: number;
  /** From 0; a column that the file does without has no place. */
  readonly places: Readonly<Partial<Record<EstateColumn, number>>>;
}

const options = { delimiter: ',', newline: '\n' } as const;

/**
 * Reads rows of CSV (RFC 4180), of which each is a line: a line feed inside quotes is not taken, so that a quote which is
 * not closed spoils its row, and none below it. Lines are parsed together where that comes to the same, which is some ten
 * times as fast as one by one.
 */
export function readCsvRows(lines: Lines, { width, places }: CsvLayout, take: TakeRow): void {
  const placeOf = (column: EstateColumn): number => places[column] ?? -1;
  const [device, deviceType, mpxn, certificate, entityIdentifier, networkOperator, supplier, installedOn] =
    estateColumns.map(placeOf);
  const cell = (cells: readonly string[], place = -1): string => cells[place]?.trim() ?? '';
  const takeCells = (cells: readonly string[]): void => {
    if (cells.length !== width) {
      const isEmpty = cells.length === 1 && cells[0]?.trim() === '';
      take(rowFault(isEmpty ? 'row-empty' : 'row-not-of-header'));
      return;
    }
    take(
      accept({
        device: cell(cells, device),
        deviceType: cell(cells, deviceType),
        mpxn: cell(cells, mpxn),
        certificate: cell(cells, certificate),
        entityIdentifier: cell(cells, entityIdentifier),
        networkOperator: cell(cells, networkOperator),
        supplier: cell(cells, supplier),
        installedOn: cell(cells, installedOn),
      }),
    );
  };
  readTogether(lines.bytes, lines, takeCells, take);
}

/** Where lines cannot be read together, each half of them is tried, down to the ones that are at fault. */
function readTogether(
  bytes: Buffer,
  measured: Pick<Lines, 'rows' | 'longest'>,
  takeCells: (cells: readonly string[]) => void,
  take: TakeRow,
): void {
  if (takeTogether(bytes, measured, takeCells)) return;
  if (measured.rows === 1) {
    takeOne(withoutLineFeed(bytes), takeCells, take);
    return;
  }
  const middle = bytes.indexOf(lineFeed, bytes.length >> 1) + 1;
  // In the second half there may be nothing but the last line, or a part of it.
  const cutAt =
    middle > 0 && middle < bytes.length ? middle : bytes.lastIndexOf(lineFeed, bytes.length - 2) + 1;
  for (const half of [bytes.subarray(0, cutAt), bytes.subarray(cutAt)]) {
    readTogether(half, measureLines(half), takeCells, take);
  }
}

const withoutLineFeed = (bytes: Buffer): Buffer =>
  bytes.at(-1) === lineFeed ? bytes.subarray(0, -1) : bytes;

/** False, with nothing taken, where what is wrong with one line could spoil the others. */
function takeTogether(
  bytes: Buffer,
  { rows, longest }: Pick<Lines, 'rows' | 'longest'>,
  takeCells: (cells: readonly string[]) => void,
): boolean {
  if (longest > maxLineLength || !isText(bytes)) return false;
  const text = textOf(withoutLineFeed(bytes));
  // Of nothing the parser makes no record; and it takes a byte order mark off what it is given, wherever that was cut out.
  if (text === '' || text.includes('\ufeff')) return false;
  if (!text.includes('"')) {
    Papa.parse<string[]>(text, {
      ...options,
      step: ({ data }) => {
        takeCells(data);
      },
    });
    return true;
  }
  const { data, errors } = Papa.parse<string[]>(text.replaceAll('\r\n', '\n'), options);
  // As many records as lines: then no record goes over two.
  if (errors.length > 0 || data.length !== rows) return false;
  data.forEach(takeCells);
  return true;
}

function takeOne(line: Buffer, takeCells: (cells: readonly string[]) => void, take: TakeRow): void {
  if (line.length > maxLineLength) {
    take(rowFault('row-too-long'));
    return;
  }
  if (!isText(line)) {
    take(rowFault('row-not-text'));
    return;
  }
  const { data, errors } = Papa.parse<string[]>(textOf(line).replace(/\r$/, ''), options);
  const [cells = ['']] = data;
  if (errors.length > 0) take(rowFault('row-not-csv'));
  else takeCells(cells);
}
