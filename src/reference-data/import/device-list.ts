import type { z } from 'zod';
import type { Mpxn } from '../../metering-point/mpxn.js';
import type { Device } from '../../stores/device-store.js';
import type { devices } from '../lists/devices.js';
import { inListOrder } from '../write-list.js';
import { readDeviceRows } from './devices.js';
import type { ByteSource } from './gunzip.js';
import { ImportLog, type ListImport } from './import-log.js';
import type { Registrations } from './registrations.js';

/** An entry of devices.json, as it stands in the file. */
export type DeviceEntry = z.input<typeof devices.entry>;

/** The service holds this list in memory, and reads it at each start. */
export const maxListedDevices = 100_000;

/**
 * The list of devices from an inventory of at most `maxDevices`, as `readDevices` reads it. The file is the whole list:
 * nothing stays of the one before. A device that comes twice is a fault.
 */
export async function importDevices(
  source: ByteSource,
  {
    registrations,
    maxDevices = maxListedDevices,
  }: { readonly registrations?: Registrations | undefined; readonly maxDevices?: number } = {},
): Promise<ListImport<DeviceEntry>> {
  const log = new ImportLog();
  const entries: DeviceEntry[] = [];
  const lines = new Map<string, number>();
  for await (const rows of readDeviceRows(source, log, registrations)) {
    for (const { line, device } of rows) {
      const earlier = lines.get(device.entityIdentifier);
      if (earlier === undefined) entries.push(entryOf(device));
      else log.fault(line, 'Device', `is there already, in line ${String(earlier)}`);
      lines.set(device.entityIdentifier, line);
    }
    if (entries.length > maxDevices) {
      const message = `the file has more than ${String(maxDevices)} devices, which is too many for a list: load them into a store`;
      log.fault(undefined, undefined, message);
      break;
    }
  }
  return { entries: log.hasFaults ? undefined : inListOrder(entries), report: log.report() };
}

function entryOf(device: Device): DeviceEntry {
  const { entityIdentifier, deviceType, importMpxn, secondaryImportMpan, exportMpan, ...rest } = device;
  return withoutUndefined({
    entityIdentifier,
    deviceType,
    importMpxn: textOf(importMpxn),
    secondaryImportMpan: textOf(secondaryImportMpan),
    exportMpan: textOf(exportMpan),
    ...rest,
  });
}

const textOf = (mpxn: Mpxn | undefined): string | undefined =>
  mpxn?.kind === 'mpan' ? mpxn.core : mpxn?.number;

const withoutUndefined = (entry: DeviceEntry): DeviceEntry =>
  Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as DeviceEntry;
