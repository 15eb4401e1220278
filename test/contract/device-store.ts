import type { Test } from 'tap';
import { parseMpxn } from '../../src/metering-point/mpxn.js';
import type { EntityIdentifier } from '../../src/smki/entity-identifier.js';
import type { Device, DeviceLoad, DeviceRegistry, DeviceStore } from '../../src/stores/device-store.js';

export const eui = (text: string): EntityIdentifier => text as EntityIdentifier;

export const esme: Device = {
  entityIdentifier: eui('02-00-00-00-02-00-00-01'),
  deviceType: 'ESME',
  importMpxn: parseMpxn('1200023305967'),
  secondaryImportMpan: parseMpxn('1470116845051'),
  exportMpan: parseMpxn('2200031930792'),
  importNetworkOperator: 'LOND',
  exportNetworkOperator: 'SOUT',
  smetsVersion: 'SMETS2+',
  responsibleSupplier: eui('90-B3-D5-1F-30-00-00-01'),
};
export const bare: Device = { entityIdentifier: eui('02-00-00-00-02-00-00-02'), deviceType: 'PPMID' };
const gsme: Device = {
  entityIdentifier: eui('02-00-00-00-02-00-00-03'),
  deviceType: 'GSME',
  importMpxn: parseMpxn('0012345678'),
  smetsVersion: 'SMETS1',
};
const esmeMoved: Device = { ...esme, responsibleSupplier: eui('90-B3-D5-1F-30-00-00-02') };

/** What every device store does, whatever is behind it. `open` makes one that holds the devices given. */
export function deviceStoreContract(
  t: Test,
  open: (devices: readonly Device[]) => Promise<DeviceStore>,
): void {
  t.test('finds a device with all that is known of it', async (t) => {
    const store = await open([esme, bare, gsme]);
    t.strictSame(await store.find(esme.entityIdentifier), esme);
    t.strictSame(await store.find(bare.entityIdentifier), bare);
    t.strictSame(await store.find(gsme.entityIdentifier), gsme);
  });

  t.test('a device that is not there is undefined', async (t) => {
    const store = await open([esme]);
    t.equal(await store.find(bare.entityIdentifier), undefined);
    t.equal(await (await open([])).find(esme.entityIdentifier), undefined);
  });
}

/** Loads devices as one batch. */
export async function load(
  registry: DeviceRegistry,
  devices: readonly Device[],
  id = 'first',
): Promise<void> {
  const begun = await registry.beginLoad(id, devices.length);
  await begun.add(devices);
  await begun.finish(devices.length);
}

/** What every device registry does. `open` makes one in which nothing has been loaded, at the time `loadedAt`. */
export function deviceRegistryContract(
  t: Test,
  open: (t: Test) => Promise<DeviceRegistry>,
  loadedAt: Date,
): void {
  const opened = async (t: Test, devices: readonly Device[]): Promise<DeviceRegistry> => {
    const registry = await open(t);
    await load(registry, devices);
    return registry;
  };
  const refused = (t: Test, promise: Promise<unknown>, reason: string): Promise<unknown> =>
    t.rejects(promise, { name: 'LoadRefused', reason });
  const unavailable = (t: Test, promise: Promise<unknown>): Promise<unknown> =>
    t.rejects(promise, { name: 'StoreUnavailable', store: 'the device registry' });

  deviceStoreContract(t, (devices) => opened(t, devices));

  t.test('before anything is loaded it is unavailable, and nothing can be changed', async (t) => {
    const registry = await open(t);
    await unavailable(t, registry.find(esme.entityIdentifier));
    await unavailable(t, registry.put([esme]));
    await unavailable(t, registry.remove([esme.entityIdentifier]));
    t.strictSame(await registry.status(), { current: undefined, load: undefined });
  });

  t.test('changes are seen at once', async (t) => {
    const registry = await opened(t, [esme]);
    t.equal(await registry.find(bare.entityIdentifier), undefined);
    await registry.put([esmeMoved, bare]);
    t.strictSame(await registry.find(esme.entityIdentifier), esmeMoved);
    t.strictSame(await registry.find(bare.entityIdentifier), bare);
    await registry.remove([esme.entityIdentifier, gsme.entityIdentifier]);
    t.equal(await registry.find(esme.entityIdentifier), undefined);
    await registry.put([esme]);
    t.strictSame(await registry.find(esme.entityIdentifier), esme);
    await registry.put([]);
  });

  t.test('of several changes to a device in one call the last counts', async (t) => {
    const registry = await opened(t, []);
    await registry.put([esme, esmeMoved]);
    t.strictSame(await registry.find(esme.entityIdentifier), esmeMoved);
  });

  t.test('a device that is not valid is refused, and nothing of the call is written', async (t) => {
    const registry = await opened(t, []);
    const wrong = { ...bare, importNetworkOperator: 'lower' };
    await t.rejects(registry.put([esme, wrong]), {
      name: 'InvalidDevice',
      entityIdentifier: bare.entityIdentifier,
      member: 'importNetworkOperator',
    });
    t.equal(await registry.find(esme.entityIdentifier), undefined);
  });

  t.test('a load takes the place of what was there, when it is finished and not before', async (t) => {
    const registry = await opened(t, [esme]);
    const second = await registry.beginLoad('second', 2);
    t.strictSame(await second.add([bare]), []);
    t.equal(second.rows, 1);
    t.strictSame(await registry.find(esme.entityIdentifier), esme);
    t.equal(await registry.find(bare.entityIdentifier), undefined);
    t.strictSame(await registry.status(), {
      current: { loadId: 'first', rows: 1, loadedAt },
      load: { id: 'second', begunAt: loadedAt, rows: 1, faults: 0 },
    });
    await second.add([gsme]);
    await second.finish(2);
    t.equal(await registry.find(esme.entityIdentifier), undefined);
    t.strictSame(await registry.find(bare.entityIdentifier), bare);
    t.strictSame(await registry.status(), {
      current: { loadId: 'second', rows: 2, loadedAt },
      load: undefined,
    });
    await refused(t, second.add([esme]), 'not-this-load');
    await refused(t, second.finish(2), 'not-this-load');
  });

  t.test('what has changed while a load is running outlives it', async (t) => {
    const registry = await opened(t, [esme, bare, gsme]);
    const second = await registry.beginLoad('second', 3);
    await registry.put([esmeMoved]);
    await registry.remove([gsme.entityIdentifier]);
    t.strictSame(await second.add([esme, bare, gsme]), []);
    const ppmid: Device = { ...bare, smetsVersion: 'SMETS2+' };
    await registry.put([ppmid]);
    t.strictSame(await registry.find(esme.entityIdentifier), esmeMoved);
    await second.finish(3);
    t.strictSame(await registry.find(esme.entityIdentifier), esmeMoved);
    t.strictSame(await registry.find(bare.entityIdentifier), ppmid);
    t.equal(await registry.find(gsme.entityIdentifier), undefined);
  });

  t.test('changes reach the first load, too', async (t) => {
    const registry = await open(t);
    const first = await registry.beginLoad('first', 1);
    await registry.put([esmeMoved]);
    await unavailable(t, registry.find(esme.entityIdentifier));
    await first.add([esme]);
    await first.finish(1);
    t.strictSame(await registry.find(esme.entityIdentifier), esmeMoved);
  });

  t.test('a load is resumed behind the rows that are confirmed, and by one process only', async (t) => {
    const registry = await open(t);
    const begun = await registry.beginLoad('first', 2);
    await begun.add([esme]);
    const resumed = await registry.beginLoad('first', 2);
    t.equal(resumed.rows, 1);
    await refused(t, begun.add([bare]), 'not-this-load');
    await refused(t, begun.finish(2), 'not-this-load');
    await resumed.add([bare]);
    await resumed.finish(2);
    t.strictSame(await registry.find(esme.entityIdentifier), esme);
    t.strictSame(await registry.find(bare.entityIdentifier), bare);
  });

  t.test('two loads at once are refused, unless the first is given up', async (t) => {
    const registry = await opened(t, [esme]);
    const second = await registry.beginLoad('second', 1);
    await second.add([bare]);
    await refused(t, registry.beginLoad('third', 1), 'another-load-is-running');
    await refused(t, registry.abandonLoad('third'), 'not-this-load');
    await registry.abandonLoad('second');
    await refused(t, registry.abandonLoad('second'), 'not-this-load');
    await refused(t, second.add([bare]), 'not-this-load');
    t.strictSame(await registry.find(esme.entityIdentifier), esme);
    await load(registry, [gsme], 'third');
    t.equal(await registry.find(bare.entityIdentifier), undefined);
    t.strictSame(await registry.find(gsme.entityIdentifier), gsme);
  });

  t.test('a load that is not whole is not switched to', async (t) => {
    const registry = await opened(t, [esme]);
    const second = await registry.beginLoad('second', 2);
    await second.add([bare]);
    await refused(t, second.finish(2), 'not-whole');
    await refused(t, second.finish(0), 'not-whole');
    t.strictSame(await registry.find(esme.entityIdentifier), esme);
    await second.finish(1);
    t.equal(await registry.find(esme.entityIdentifier), undefined);
  });

  t.test('a row that is wrong is reported, and keeps the load from being finished', async (t) => {
    const faultsOf = async (...batches: (readonly Device[])[]): Promise<unknown[]> => {
      const registry = await open(t);
      const begun: DeviceLoad = await registry.beginLoad('first', 4);
      const faults: unknown[] = [];
      for (const batch of batches) faults.push(...(await begun.add(batch)));
      const rows = batches.flat().length;
      t.equal(begun.rows, rows);
      t.equal((await registry.status()).load?.faults, faults.length);
      await refused(t, begun.finish(rows), 'not-whole');
      return faults;
    };
    const { entityIdentifier } = esme;
    const wrong = { ...bare, exportMpan: { ...parseMpxn('1200023305967'), core: '12' } } as Device;
    t.strictSame(await faultsOf([esme, wrong]), [
      { row: 1, entityIdentifier: bare.entityIdentifier, fault: 'exportMpan' },
    ]);
    const repeated = [{ row: 2, entityIdentifier, fault: 'repeated' }];
    t.strictSame(await faultsOf([esme, bare, esme]), repeated);
    t.strictSame(await faultsOf([esme, bare, esmeMoved]), repeated);
    t.strictSame(await faultsOf([esme, bare], [esme]), repeated);
    t.strictSame(await faultsOf([esme, bare], [esmeMoved]), repeated);
    t.strictSame(await faultsOf([esme], [wrong, esme, gsme, gsme]), [
      { row: 1, entityIdentifier: bare.entityIdentifier, fault: 'exportMpan' },
      { row: 2, entityIdentifier, fault: 'repeated' },
      { row: 4, entityIdentifier: gsme.entityIdentifier, fault: 'repeated' },
    ]);
  });
}
