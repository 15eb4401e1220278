import Papa from 'papaparse';
import type { MeterJudgement } from './judge.js';
import type { Meter } from './meter.js';
import type { RowFault } from './row.js';

export const findingsFormats = ['csv', 'ndjson'] as const;
export type FindingsFormat = (typeof findingsFormats)[number];

/** The files of an audit that grow with its estate, in the directory of the audit. */
export const outputFiles = (format: FindingsFormat) =>
  ({ findings: `findings.${format}`, unknown: `unknown.${format}`, badRows: 'bad-rows.csv' }) as const;

export const workListFile = (operator: string): string => `work-lists/${operator}.csv`;

const meterMembers = ['row', 'device', 'supplier', 'installedOn'] as const;
const findingMembers = [
  'check',
  'deviceType',
  'distributorId',
  'networkOperator',
  'entityIdentifier',
  'role',
  'holder',
  'operator',
  'got',
  'wanted',
  'advice',
] as const satisfies (keyof MeterJudgement)[];
const workMembers = [
  'deviceType',
  'distributorId',
  'entityIdentifier',
  'role',
  'holder',
] as const satisfies (keyof MeterJudgement)[];

/** What the first line of a new file says; empty where it needs none. */
export function headerOf(file: string): string {
  if (file.endsWith('.ndjson')) return '';
  if (file === 'bad-rows.csv') return csvLine(['row', 'reason', 'detail']);
  return csvLine([...meterMembers, ...(file.startsWith('work-lists/') ? workMembers : findingMembers)]);
}

/** A spreadsheet is not to take a cell for a formula. */
const csvLine = (cells: readonly (string | number)[]): string =>
  `${Papa.unparse([[...cells]], { escapeFormulae: true })}\n`;

/** Writes the lines of meters. What follows from a judgement alone is written once for all that share it. */
export class MeterLines {
  readonly #isJson: boolean;
  readonly #findings = new WeakMap<MeterJudgement, string>();
  readonly #work = new WeakMap<MeterJudgement, string>();

  constructor(format: FindingsFormat) {
    this.#isJson = format === 'ndjson';
  }

  finding(row: number, meter: Meter, judgement: MeterJudgement): string {
    let end = this.#findings.get(judgement);
    if (end === undefined) {
      const members = findingMembers.map((member) => [member, judgement[member]] as const);
      end = this.#isJson
        ? `${JSON.stringify(Object.fromEntries(members)).slice(1)}\n`
        : csvLine(members.map(([, value]) => value));
      this.#findings.set(judgement, end);
    }
    const { device, supplier, month } = meter;
    return this.#isJson
      ? `${JSON.stringify({ row, device, supplier, installedOn: month }).slice(0, -1)},${end}`
      : `${meterCells(row, meter)}${end}`;
  }

  work(row: number, meter: Meter, judgement: MeterJudgement): string {
    let end = this.#work.get(judgement);
    if (end === undefined) {
      end = csvLine(workMembers.map((member) => judgement[member]));
      this.#work.set(judgement, end);
    }
    return `${meterCells(row, meter)}${end}`;
  }
}

/** A number, EUI-64s and a month: cells that need no quotes, and that begin with a hexadecimal digit. */
const meterCells = (row: number, { device, supplier, month }: Meter): string =>
  `${String(row)},${device},${supplier},${month},`;

export const badRowLine = (row: number, { kind, detail }: RowFault): string => csvLine([row, kind, detail]);
