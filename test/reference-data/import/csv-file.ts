import type { ImportLog, ImportReport } from '../../../src/reference-data/import/import-log.js';

/** The bytes of a CSV file of rows, each cell quoted where it must be. */
export const csvFile = (
  rows: readonly (readonly string[])[],
  { lineEnd = '\n', mark = '' }: { readonly lineEnd?: string; readonly mark?: string } = {},
): Buffer[] => [Buffer.from(mark + rows.map((cells) => cells.map(quoted).join(',') + lineEnd).join(''))];

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** A text as a file that comes in chunks of a few bytes. */
export const inChunks = (text: string | Buffer, length = 7): Buffer[] => {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
};

/** The faults of a report, one a line. */
export const faultsOf = (said: ImportReport | ImportLog): string[] => {
  const { faults } = 'report' in said ? said.report() : said;
  return faults.map(({ line, column, message }) => [line, column, message].filter(Boolean).join(' | '));
};
