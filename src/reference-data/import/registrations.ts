import { type Mpxn, parseMpxn } from '../../metering-point/mpxn.js';
import { networkOperatorIdPattern } from '../../stores/device-store.js';
import { readDay, spreadsheetDamage } from './cells.js';
import { type Columns, type CsvRow, readCsv } from './csv.js';
import { at, GrowingArray } from './growing-array.js';
import type { ByteSource } from './gunzip.js';
import type { ImportLog } from './import-log.js';
import { sortedOrder } from './sorted-order.js';

const columns = {
  mpxn: { names: ['MPxN', 'MPAN', 'MPRN'] },
  networkOperator: { names: ['Network Operator', 'Distributor', 'Gas Transporter'] },
  effectiveFrom: { names: ['Effective From', 'Effective From Date'], optional: true },
} as const satisfies Columns<string>;

type ColumnName = keyof typeof columns;

/** The number of Network Operators that an index tells apart. There are under a hundred. */
const maxOperators = 0xffff;

/**
 * A number for an MPxN, under 2^44: an MPAN core as it is, and an MPRN beyond all of those by its length, so that "12"
 * and "012" are two.
 */
export const mpxnKey = (mpxn: Mpxn): number =>
  mpxn.kind === 'mpan' ? Number(mpxn.core) : 1e13 + mpxn.number.length * 1e10 + Number(mpxn.number);

/**
 * Who is registered as the Network Operator of which MPxN. Ten bytes for each: 30 million take 300 MB, and while they
 * are read about 1 GB.
 */
export class Registrations {
  readonly #keys: Float64Array;
  readonly #operators: Uint16Array;
  readonly #names: readonly string[];

  /** Keys in order and each once; for each, the place of its operator in the names. */
  constructor(keys: Float64Array, operators: Uint16Array, names: readonly string[]) {
    this.#keys = keys;
    this.#operators = operators;
    this.#names = names;
  }

  get size(): number {
    return this.#keys.length;
  }

  /** The Network Operator by its Market Participant Id or short code; undefined where the MPxN is not registered. */
  networkOperatorOf(mpxn: Mpxn): string | undefined {
    const key = mpxnKey(mpxn);
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at(this.#keys, middle) < key) low = middle + 1;
      else high = middle;
    }
    return this.#keys[low] === key ? this.#names[at(this.#operators, low)] : undefined;
  }
}

/**
 * Reads registrations by MPxN from CSV: the Network Operator of each, and from which day, if the file says so. Of several
 * days of one MPxN the last counts that is not after `day` (YYYY-MM-DD, UK local time). Two operators from the same day
 * contradict each other, which is a fault. Undefined where there is any; the log says what.
 */
export async function readRegistrations(
  source: ByteSource,
  log: ImportLog,
  { day }: { readonly day: string },
): Promise<Registrations | undefined> {
  const rows = new RegistrationRows();
  for await (const batch of readCsv(source, columns, log)) {
    for (const row of batch) readRow(row, day, rows, log);
  }
  const registrations = rows.index(log);
  return log.hasFaults ? undefined : registrations;
}

function readRow(
  { line, cells }: CsvRow<ColumnName>,
  day: string,
  rows: RegistrationRows,
  log: ImportLog,
): void {
  const fault = (name: ColumnName, message: string): void => {
    log.fault(line, columns[name].names[0], message);
  };
  const mpxn = parseMpxn(cells.mpxn);
  // The number is personal data, and so is not in the message.
  if (mpxn === undefined) fault('mpxn', spreadsheetDamage(cells.mpxn) ?? 'must be an MPAN or an MPRN');
  const isOperator = networkOperatorIdPattern.test(cells.networkOperator);
  if (!isOperator) {
    fault('networkOperator', 'must be one to eight upper-case letters and digits, with a letter among them');
  }
  const from = cells.effectiveFrom === '' ? undefined : readDay(cells.effectiveFrom);
  if (from?.ok === false) fault('effectiveFrom', from.rejection);
  if (mpxn === undefined || !isOperator || from?.ok === false) return;
  if (from !== undefined && from.value > day) {
    log.skip(`effective after ${day}`, line);
    return;
  }
  if (mpxn.kind === 'mpan' && !mpxn.checkDigitIsRight) log.note('MPANs whose check digit is wrong', line);
  if (!rows.add(mpxnKey(mpxn), cells.networkOperator, from?.value, line)) {
    fault('networkOperator', `is one more than the ${String(maxOperators)} that can be told apart`);
  }
}

/** What is kept of each row until all have been read. */
class RegistrationRows {
  readonly #keys = new GrowingArray(Float64Array);
  readonly #operators = new GrowingArray(Uint16Array);
  readonly #days = new GrowingArray(Uint32Array);
  readonly #lines = new GrowingArray(Uint32Array);
  readonly #places = new Map<string, number>();

  /** False where there are too many operators. */
  add(key: number, operator: string, from: string | undefined, line: number): boolean {
    const place = this.#places.get(operator) ?? this.#places.size;
    if (place >= maxOperators) return false;
    this.#places.set(operator, place);
    this.#keys.push(key);
    this.#operators.push(place);
    // As the number YYYYMMDD, which orders as days do; a row without one is the oldest.
    this.#days.push(Number(from?.replaceAll('-', '') ?? 0));
    this.#lines.push(line);
    return true;
  }

  /** Leaves one row of each MPxN, and says what became of the others. */
  index(log: ImportLog): Registrations {
    const keys = this.#keys.whole();
    const order = sortedOrder(keys);
    const operators = this.#operators.whole();
    const days = this.#days.whole();
    const lines = this.#lines.whole();
    const operatorsInOrder = new Uint16Array(keys.length);
    const rowAt = (place: number): number => (order === undefined ? place : at(order, place));
    let size = 0;
    for (let start = 0; start < keys.length;) {
      const key = at(keys, start);
      let end = start;
      let last = rowAt(start);
      for (; end < keys.length && keys[end] === key; end += 1) {
        if (at(days, rowAt(end)) > at(days, last)) last = rowAt(end);
      }
      for (let place = start; place < end; place += 1) {
        const row = rowAt(place);
        const line = at(lines, row);
        if (row === last) log.take();
        else if (days[row] !== days[last]) log.skip('followed by a later day of the same MPxN', line);
        else if (operators[row] === operators[last])
          log.skip('there already, with nothing else in them', line);
        else {
          const message = `is not that of the same MPxN in line ${String(at(lines, last))}`;
          log.fault(line, columns.networkOperator.names[0], message);
        }
      }
      keys[size] = key;
      operatorsInOrder[size] = at(operators, last);
      size += 1;
      start = end;
    }
    return new Registrations(keys.slice(0, size), operatorsInOrder.slice(0, size), [...this.#places.keys()]);
  }
}
