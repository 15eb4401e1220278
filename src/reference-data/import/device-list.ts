import { deviceEntry, type DeviceEntry } from '../lists/devices.js';
import { inListOrder } from '../write-list.js';
import { readDeviceRows } from './devices.js';
import type { ByteSource } from './gunzip.js';
import { ImportLog, type ListImport } from './import-log.js';
import type { Registrations } from './registrations.js';

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
      if (earlier === undefined) entries.push(deviceEntry(device));
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
