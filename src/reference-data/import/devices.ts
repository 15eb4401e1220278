import type { z } from 'zod';
import { faultIn, memberPath } from '../../duis/value-fault.js';
import { isJsonObject, parseJson } from '../../json.js';
import type { Mpxn } from '../../metering-point/mpxn.js';
import type { Device } from '../../stores/device-store.js';
import { deviceFaults } from '../check.js';
import { devices } from '../lists/devices.js';
import { spreadsheetDamage } from './cells.js';
import { type Columns, readCsvLines } from './csv.js';
import type { ByteSource } from './gunzip.js';
import type { ImportLog } from './import-log.js';
import type { Registrations } from './registrations.js';
import { RepeatedIdentifiers } from './repeated-identifiers.js';
import { Unreadable } from './unreadable.js';
import { type Lines, linesOf, maxLineLength, tooLong, wholeLines } from './whole-lines.js';

/** The columns of a CSV file, by the members that they have in a device. */
const columns = {
  entityIdentifier: { names: ['Device', 'Device Id', 'Entity Identifier'] },
  deviceType: { names: ['Device Type'] },
  smetsVersion: { names: ['SMETS Version'], optional: true },
  importMpxn: { names: ['Import MPxN'], optional: true },
  secondaryImportMpan: { names: ['Secondary Import MPAN'], optional: true },
  exportMpan: { names: ['Export MPAN'], optional: true },
  responsibleSupplier: { names: ['Responsible Supplier'], optional: true },
  importNetworkOperator: { names: ['Import Network Operator'], optional: true },
  secondaryImportNetworkOperator: { names: ['Secondary Import Network Operator'], optional: true },
  exportNetworkOperator: { names: ['Export Network Operator'], optional: true },
} as const satisfies Columns<keyof Device>;

/** The MPxNs of a device, and who is registered for each. */
const registered = [
  ['importMpxn', 'importNetworkOperator'],
  ['secondaryImportMpan', 'secondaryImportNetworkOperator'],
  ['exportMpan', 'exportNetworkOperator'],
] as const;

/** A device, and the line that it stands in. */
export interface DeviceRow {
  readonly line: number;
  readonly device: Device;
}

export interface DeviceOptions {
  readonly registrations?: Registrations | undefined;
  readonly noticeRepeats?: boolean;
}

/**
 * The devices of an inventory, each of them checked by itself as an entry of devices.json is. It is CSV, or NDJSON where
 * it begins with a brace: an object a line, with the members of such an entry. An inventory of any length is read in
 * the same memory, and no faster than its devices are taken.
 *
 * A device with a fault is not given, the log has the fault, and the reading goes on, so that it finds them all. Once
 * `log.hasFaults`, nothing that was given may be used: who loads devices looks at it at the end before they
 * count, and may stop early.
 *
 * A device that comes twice is a fault of which no line is known, and which is found at the end, where
 * `noticeRepeats` is set: that takes 16 bytes for each device. Otherwise it is given twice.
 *
 * With registrations, each MPxN has the Network Operator that is registered for it; it is a fault where the inventory
 * names another. Rejects where the source does.
 */
export async function* readDevices(
  source: ByteSource,
  log: ImportLog,
  { registrations, noticeRepeats = false }: DeviceOptions = {},
): AsyncGenerator<Device> {
  const repeated = new RepeatedIdentifiers();
  for await (const rows of readDeviceRows(source, log, registrations)) {
    for (const { device } of rows) {
      if (noticeRepeats) repeated.add(device.entityIdentifier);
      yield device;
    }
  }
  for (const identifier of repeated.found()) {
    log.fault(undefined, columns.entityIdentifier.names[0], `${identifier} is there more than once`);
  }
}

/** The same in batches, and with the lines. */
export async function* readDeviceRows(
  source: ByteSource,
  log: ImportLog,
  registrations?: Registrations,
): AsyncGenerator<DeviceRow[]> {
  try {
    for await (const objects of readObjects(wholeLines(source), log)) {
      const rows: DeviceRow[] = [];
      for (const { line, value, columnOf } of objects) {
        const device = checkDevice(value, line, columnOf, registrations, log);
        if (device === undefined) continue;
        log.take();
        rows.push({ line, device });
      }
      yield rows;
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    log.fault(error.line, undefined, error.message);
  }
}

interface ReadObject {
  readonly line: number;
  readonly value: unknown;
  /** What messages call a member. */
  readonly columnOf: (issue: z.core.$ZodIssue) => string | undefined;
}

async function* readObjects(
  pieces: AsyncGenerator<Lines, undefined>,
  log: ImportLog,
): AsyncGenerator<ReadObject[]> {
  const { value: first } = await pieces.next();
  const all = startingWith(first, pieces);
  if (/^\s*\{/.test(first?.bytes.toString('latin1', 0, 64) ?? '')) yield* readJsonLines(all, log);
  else yield* readCsvObjects(all, log);
}

async function* startingWith(first: Lines | undefined, rest: AsyncIterable<Lines>): AsyncGenerator<Lines> {
  if (first !== undefined) yield first;
  yield* rest;
}

async function* readCsvObjects(pieces: AsyncIterable<Lines>, log: ImportLog): AsyncGenerator<ReadObject[]> {
  const columnOf = ({ path: [member] }: z.core.$ZodIssue): string =>
    columns[member as keyof typeof columns].names[0];
  for await (const rows of readCsvLines(pieces, columns, log)) {
    yield rows.map(({ line, cells }) => {
      const value: Record<string, string> = {};
      for (const [member, cell] of Object.entries(cells)) if (cell !== '') value[member] = cell;
      return { line, value, columnOf };
    });
  }
}

async function* readJsonLines(pieces: AsyncIterable<Lines>, log: ImportLog): AsyncGenerator<ReadObject[]> {
  const columnOf = ({ path }: z.core.$ZodIssue): string | undefined =>
    path.length === 0 ? undefined : memberPath(devices.entry, path);
  for await (const { bytes, line: firstLine } of pieces) {
    const objects: ReadObject[] = [];
    let line = firstLine - 1;
    for (const text of linesOf(bytes)) {
      line += 1;
      if (text.length > maxLineLength) throw new Unreadable(line, tooLong);
      if (text.toString('latin1').trim() === '') {
        log.skip('nothing in them', line);
        continue;
      }
      const json = parseJson(text);
      if (json.ok) objects.push({ line, value: json.value, columnOf });
      else log.fault(line, undefined, json.rejection.detail);
    }
    yield objects;
  }
}

function checkDevice(
  value: unknown,
  line: number,
  columnOf: ReadObject['columnOf'],
  registrations: Registrations | undefined,
  log: ImportLog,
): Device | undefined {
  const { data, error } = devices.entry.safeParse(value);
  if (data === undefined) {
    for (const issue of error.issues) {
      const [member] = issue.path;
      const text = isJsonObject(value) ? value[String(member)] : undefined;
      const damage = typeof text === 'string' ? spreadsheetDamage(text) : undefined;
      log.fault(line, columnOf(issue), damage ?? faultIn(issue));
    }
    return undefined;
  }
  let isWhole = true;
  for (const message of deviceFaults(data)) {
    log.fault(line, undefined, message);
    isWhole = false;
  }
  for (const [mpxn] of registered) {
    const number = data[mpxn];
    if (number?.kind === 'mpan' && !number.checkDigitIsRight)
      log.note('MPANs whose check digit is wrong', line);
  }
  if (!isWhole || registrations === undefined) return isWhole ? data : undefined;
  return join(data, line, registrations, log);
}

function join(
  device: Device,
  line: number,
  registrations: Registrations,
  log: ImportLog,
): Device | undefined {
  const operators: Partial<Record<(typeof registered)[number][1], string>> = {};
  for (const [mpxn, operator] of registered) {
    const number: Mpxn | undefined = device[mpxn];
    if (number === undefined) continue;
    const found = registrations.networkOperatorOf(number);
    if (found === undefined) {
      log.note(
        'MPxNs that no registration is of: their Network Operator is as the inventory says, or not known',
        line,
      );
    } else if (device[operator] !== undefined && device[operator] !== found) {
      log.fault(line, columns[operator].names[0], 'is not the one that is registered for the MPxN');
      return undefined;
    } else {
      operators[operator] = found;
    }
  }
  return { ...device, ...operators };
}
