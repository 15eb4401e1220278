import { type CsvError, type CsvErrorCode, parse, type Parser } from 'csv-parse';
import type { ByteSource } from './gunzip.js';
import type { ImportLog } from './import-log.js';
import { Unreadable } from './unreadable.js';
import { type Lines, maxLineLength, wholeLines } from './whole-lines.js';

/** A column that an import takes. */
export interface Column {
  /** What its header may say, of which messages take the first. Case, spaces and punctuation do not count. */
  readonly names: readonly [string, ...string[]];
  /** Whether a file may do without it; its cells are then empty. */
  readonly optional?: boolean;
}

export type Columns<Name extends string> = Readonly<Record<Name, Column>>;

/** A row, with the cells of the columns that were asked for. White space around a cell is not part of it. */
export interface CsvRow<Name extends string> {
  /** The line that it begins on, from 1; a quoted cell may go over several. */
  readonly line: number;
  readonly cells: Readonly<Record<Name, string>>;
}

/** Which of the columns a file has. Says what is wrong where they are not enough together. */
export type HeaderCheck<Name extends string> = (has: ReadonlySet<Name>) => string | undefined;

/**
 * Reads a CSV file (RFC 4180; UTF-8 with or without a byte order mark, lines that end with LF or CRLF, gzip or not)
 * in batches of rows, and never more of it than a batch. Columns are found by the names in the first line, in any
 * order. Rows without anything in them are skipped, and those with too many or too few cells are faults. Where the
 * file cannot be gone on with, the log has a fault, and the rows end.
 */
export async function* readCsv<Name extends string>(
  source: ByteSource,
  columns: Columns<Name>,
  log: ImportLog,
  checkHeader?: HeaderCheck<Name>,
): AsyncGenerator<CsvRow<Name>[]> {
  try {
    yield* readCsvLines(wholeLines(source), columns, log, checkHeader);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    log.fault(error.line, undefined, error.message);
  }
}

/** The same from lines that are text already. Throws an Unreadable. */
export async function* readCsvLines<Name extends string>(
  pieces: AsyncIterable<Lines>,
  columns: Columns<Name>,
  log: ImportLog,
  checkHeader: HeaderCheck<Name> = () => undefined,
): AsyncGenerator<CsvRow<Name>[]> {
  let header: Header<Name> | undefined;
  for await (const records of readRecords(pieces)) {
    const rows: CsvRow<Name>[] = [];
    for (const record of records) {
      if (header === undefined) header = readHeader(record, columns, log, checkHeader);
      else readRow(record, header, log, rows);
    }
    if (rows.length > 0) yield rows;
  }
  if (header === undefined) throw new Unreadable(undefined, 'the file is empty');
}

interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Where each of the columns stands, and how many cells a row has. */
interface Header<Name extends string> {
  readonly columns: readonly (readonly [Name, number | undefined])[];
  readonly width: number;
}

/** The records as they come, those of one piece at a time. What csv-parse says quotes the file, and is not passed on. */
async function* readRecords(pieces: AsyncIterable<Lines>): AsyncGenerator<CsvRecord[]> {
  let records: CsvRecord[] = [];
  let line = 1;
  const parser = parse({
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    max_record_size: maxLineLength,
    // Rows are taken here, and do not go through the stream, which would cost as much again as reading them.
    on_record: (cells: string[]) => {
      records.push({ line, cells });
      line += 1;
      for (const cell of cells) if (cell.includes('\n')) line += cell.split('\n').length - 1;
      return null;
    },
  });
  parser.on('error', () => undefined);
  parser.resume();
  let error: CsvError | undefined;
  try {
    for await (const { bytes } of pieces) {
      error = await write(parser, bytes);
      yield records;
      if (error !== undefined) break;
      records = [];
    }
    if (error === undefined) {
      error = await end(parser);
      yield records;
    }
  } finally {
    parser.destroy();
  }
  if (error !== undefined) throw new Unreadable(line, csvFaults[error.code as keyof typeof csvFaults]);
}

/** The codes that csv-parse has for a file, with the options above. */
const csvFaults = {
  CSV_INVALID_CLOSING_QUOTE:
    'something follows a closing quote: a quote inside a quoted cell is written twice',
  CSV_MAX_RECORD_SIZE: `the row is longer than ${String(maxLineLength)} bytes, or a quote in it is not closed`,
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  INVALID_OPENING_QUOTE: 'a quote stands inside a cell that does not begin with one',
} as const satisfies Partial<Record<CsvErrorCode, string>>;

const write = async (parser: Parser, bytes: Buffer): Promise<CsvError | undefined> =>
  new Promise((resolve) => {
    parser.write(bytes, (error) => {
      resolve((error ?? undefined) as CsvError | undefined);
    });
  });

const end = async (parser: Parser): Promise<CsvError | undefined> =>
  new Promise((resolve) => {
    parser.on('error', resolve).end(() => {
      resolve(undefined);
    });
  });

/** A column's name, as far as it counts. */
export const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

function readHeader<Name extends string>(
  { line, cells }: CsvRecord,
  columns: Columns<Name>,
  log: ImportLog,
  checkHeader: HeaderCheck<Name>,
): Header<Name> {
  const spelled = cells.map(plain);
  const taken = new Set<number>();
  const faults: { readonly column: string | undefined; readonly message: string }[] = [];
  const found = (Object.entries(columns) as [Name, Column][]).map(([name, { names, optional }]) => {
    const wanted = new Set(names.map(plain));
    const places = spelled.flatMap((spelling, place) => (wanted.has(spelling) ? [place] : []));
    for (const place of places) taken.add(place);
    const column = names[0];
    if (places.length > 1) faults.push({ column, message: 'the column stands there more than once' });
    if (places.length === 0 && optional !== true) faults.push({ column, message: 'the column is missing' });
    return [name, places[0]] as const;
  });
  const message = checkHeader(new Set(found.flatMap(([name, place]) => (place === undefined ? [] : name))));
  if (message !== undefined) faults.push({ column: undefined, message });
  if (faults.length > 0) {
    for (const fault of faults) log.fault(line, fault.column, fault.message);
    const separator = /[;\t|]/.exec(cells.join(''))?.[0];
    throw new Unreadable(
      line,
      cells.length === 1 && separator !== undefined
        ? `the file is not separated by commas, but by ${separatorNames[separator as keyof typeof separatorNames]}`
        : 'the first line must name the columns, so that nothing below it was read',
    );
  }
  const others = cells.filter((_, place) => !taken.has(place));
  if (others.length > 0) log.note(`columns that are not taken: ${others.map(nameToShow).join(', ')}`);
  return { columns: found, width: cells.length };
}

const separatorNames = { ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

/** In a file without a header the first line is data, which may be personal. */
const nameToShow = (name: string): string =>
  /^[\p{L}\p{N} ._{}()/-]{1,60}$/u.test(name) && !/[0-9]{4}/.test(name) ? name.trim() : '(not shown)';

function readRow<Name extends string>(
  { line, cells }: CsvRecord,
  { columns, width }: Header<Name>,
  log: ImportLog,
  rows: CsvRow<Name>[],
): void {
  if (cells.every((cell) => cell.trim() === '')) {
    log.skip('nothing in them', line);
    return;
  }
  if (cells.length !== width) {
    const message = `the row has ${String(cells.length)} cells, and the header ${String(width)}`;
    log.fault(line, undefined, message);
    return;
  }
  const read: Partial<Record<Name, string>> = {};
  for (const [name, place] of columns) read[name] = place === undefined ? '' : String(cells[place]).trim();
  rows.push({ line, cells: read as Record<Name, string> });
}
