import { isJsonObject, parseJson } from '../json.js';
import { linesOf, maxLineLength } from '../reference-data/import/whole-lines.js';
import { accept, type Result } from '../rejection.js';
import { isText } from '../utf8.js';
import type { Lines } from './lines.js';
import { estateColumns, type EstateRow, rowFault, type RowFault, type TakeRow } from './row.js';

/** Reads rows of NDJSON: a JSON object a line, with the columns as its members. Other members are passed over. */
export function readNdjsonRows(lines: Lines, take: TakeRow): void {
  for (const line of linesOf(lines.bytes)) take(readLine(line));
}

function readLine(line: Buffer): Result<EstateRow, RowFault> {
  if (line.length > maxLineLength) return rowFault('row-too-long');
  if (!isText(line)) return rowFault('row-not-text');
  if (line.toString('utf8').trim() === '') return rowFault('row-empty');
  const json = parseJson(line);
  if (!json.ok || !isJsonObject(json.value)) return rowFault('row-not-json');
  const row = { ...nothing };
  for (const column of estateColumns) {
    const value = json.value[column] ?? '';
    if (typeof value !== 'string') return rowFault('row-not-of-strings');
    row[column] = value.trim();
  }
  return accept(row);
}

const nothing = Object.fromEntries(estateColumns.map((column) => [column, ''])) as EstateRow;
