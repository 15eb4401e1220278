import type { Test } from 'tap';
import { parseMpxn } from '../../src/metering-point/mpxn.js';
import type { EntityIdentifier } from '../../src/smki/entity-identifier.js';
import type { Device, DeviceStore } from '../../src/stores/device-store.js';

const eui = (text: string): EntityIdentifier => text as EntityIdentifier;

/** What every device store does, whatever is behind it. `open` makes one that holds the devices given. */
export function deviceStoreContract(
  t: Test,
  open: (devices: readonly Device[]) => Promise<DeviceStore>,
): void {
  const esme: Device = {
    entityIdentifier: eui('02-00-00-00-02-00-00-01'),
    deviceType: 'ESME',
    importMpxn: parseMpxn('1200023305967'),
    secondaryImportMpan: parseMpxn('1470116845051'),
    exportMpan: parseMpxn('2200031930792'),
  };
  const bare: Device = { entityIdentifier: eui('02-00-00-00-02-00-00-02'), deviceType: 'PPMID' };

  t.test('finds a device with all that is known of it', async (t) => {
    const store = await open([esme, bare]);
    t.strictSame(await store.find(esme.entityIdentifier), esme);
    t.strictSame(await store.find(bare.entityIdentifier), bare);
  });

  t.test('a device that is not there is undefined', async (t) => {
    const store = await open([esme]);
    t.equal(await store.find(bare.entityIdentifier), undefined);
    t.equal(await (await open([])).find(esme.entityIdentifier), undefined);
  });
}
