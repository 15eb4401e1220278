import type { ImportFault, ImportReport, Tally } from './import-log.js';

/** A report as lines for people. */
export const reportLines = ({ taken, skipped, faults, faultCount, notes }: ImportReport): string[] => [
  `taken: ${rows(taken)}`,
  ...skipped.map((tally) => `skipped: ${rows(tally.count)}, ${tally.text}${examplesOf(tally)}`),
  ...notes.map(
    (tally) => `note: ${tally.text}${tally.count > 1 ? ` (${rows(tally.count)})` : ''}${examplesOf(tally)}`,
  ),
  ...faults.map((fault) => `fault: ${placeOf(fault)}${fault.message}`),
  ...(faultCount > faults.length ? [`fault: ${String(faultCount - faults.length)} more`] : []),
  ...(faultCount > 0 ? ['Nothing is imported, because of the faults.'] : []),
];

const rows = (count: number): string => `${String(count)} ${count === 1 ? 'row' : 'rows'}`;

function examplesOf({ count, examples }: Tally): string {
  if (examples.length === 0) return '';
  const lines = examples.map(String).join(', ');
  return ` [${examples.length === 1 ? 'line' : 'lines'} ${lines}${count > examples.length ? ', …' : ''}]`;
}

function placeOf({ line, column }: ImportFault): string {
  const parts = [line === undefined ? [] : [`line ${String(line)}`], column ?? []].flat();
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
}
