import type { Device, DeviceStore } from './device-store.js';

/** The devices of the reference data, in memory. */
export function memoryDeviceStore(devices: readonly Device[]): DeviceStore {
  const byIdentifier = new Map(devices.map((device) => [device.entityIdentifier, device]));
  return { find: (entityIdentifier) => Promise.resolve(byIdentifier.get(entityIdentifier)) };
}
