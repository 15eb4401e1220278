import t from 'tap';
import type { ServiceRequest } from '../src/duis/request.js';
import { parseMpxn } from '../src/metering-point/mpxn.js';
import type { Message } from '../src/mock-dsp/message.js';
import type { EntityIdentifier } from '../src/smki/entity-identifier.js';
import type { Device } from '../src/stores/device-store.js';
import { memoryDeviceStore } from '../src/stores/memory-device-store.js';
import { type CallerDevice, findTargetDevice } from '../src/target-device.js';
import { requestOf } from './decisions.js';
import { euis, message } from './fixtures.js';

const request = (change: Partial<Message> = {}): ServiceRequest => requestOf(message(change));

const mpans = {
  import: '1200023305967',
  secondary: '1470116845051',
  export: '2200031930792',
  said: '2143967712809',
};

async function found(
  device: Omit<Device, 'entityIdentifier'> | undefined,
  said: CallerDevice,
  change: Partial<Message> = {},
): Promise<unknown> {
  const entityIdentifier = euis.device as EntityIdentifier;
  const store = memoryDeviceStore(device === undefined ? [] : [{ entityIdentifier, ...device }]);
  const result = await findTargetDevice(store, request(change), said);
  return result.ok ? result.value : result.rejection.kind;
}

const listed: Omit<Device, 'entityIdentifier'> = {
  deviceType: 'ESME',
  importMpxn: parseMpxn(mpans.import),
  secondaryImportMpan: parseMpxn(mpans.secondary),
  exportMpan: parseMpxn(mpans.export),
};
const esme = (core: string): object => ({ deviceType: 'ESME', mpxn: parseMpxn(core) });

t.test('what the inventory has: import before secondary import before export', async (t) => {
  t.strictSame(await found(listed, {}), esme(mpans.import));
  t.strictSame(await found({ ...listed, importMpxn: undefined }, {}), esme(mpans.secondary));
  t.strictSame(await found({ deviceType: 'ESME', exportMpan: listed.exportMpan }, {}), esme(mpans.export));
  t.strictSame(await found({ deviceType: 'PPMID' }, {}), { deviceType: 'PPMID', mpxn: undefined });
  t.strictSame(await found(undefined, {}), { deviceType: undefined, mpxn: undefined });
});

t.test('an EUI in lower case is found', async (t) => {
  t.strictSame(await found(listed, {}, { target: euis.device.toLowerCase() }), esme(mpans.import));
});

t.test('what the caller says wins, each for itself', async (t) => {
  t.strictSame(await found(listed, { importMpxn: mpans.said }), esme(mpans.said));
  t.strictSame(await found(listed, { deviceType: 'ESME' }), esme(mpans.import));
  t.strictSame(await found(listed, { deviceType: 'HCALCS', importMpxn: mpans.said }), {
    deviceType: 'HCALCS',
    mpxn: parseMpxn(mpans.said),
  });
});

t.test('a record of a device of another type than the caller says is not used', async (t) => {
  t.strictSame(await found(listed, { deviceType: 'GSME' }), { deviceType: 'GSME', mpxn: undefined });
  const gas: Omit<Device, 'entityIdentifier'> = { deviceType: 'GSME', importMpxn: parseMpxn('1234567890') };
  t.strictSame(await found(gas, { deviceType: 'ESME' }), { deviceType: 'ESME', mpxn: undefined });
});

const changeOfSupplier = { serviceReferenceVariant: '6.23', remotePartyRole: 'Supplier' } as const;

t.test('the ImportMPxN of a 6.23 comes after the caller and before the inventory', async (t) => {
  const own = { ...changeOfSupplier, importMpxn: mpans.export };
  t.strictSame(await found(listed, {}, own), esme(mpans.export));
  t.strictSame(await found(listed, { importMpxn: mpans.said }, own), esme(mpans.said));
});

t.test('a number that is none is said, whoever stated it, and whatever else is known', async (t) => {
  t.equal(await found(listed, { importMpxn: '123456789012' }), 'invalid-mpxn');
  t.equal(await found(listed, { importMpxn: '' }), 'invalid-mpxn');
  const own = { ...changeOfSupplier, importMpxn: 'ABCDEFGHIJKLM' };
  t.equal(await found(listed, {}, own), 'invalid-mpxn');
  t.equal(await found(listed, { importMpxn: mpans.said }, own), 'invalid-mpxn');
});

t.test('a contradiction', async (t) => {
  t.equal(
    await found(undefined, { deviceType: 'ESME', importMpxn: '1234567890' }),
    'mpxn-not-of-device-type',
  );
  t.equal(await found(listed, { importMpxn: '1234567890' }), 'mpxn-not-of-device-type');
});

t.test('a Device Type that DUIS does not know', async (t) => {
  t.equal(await found(listed, { deviceType: 'esme' }), 'invalid-device-type');
  t.equal(await found(listed, { deviceType: '' }), 'invalid-device-type');
});

t.test('the store is asked only where something is left to know, and its failure goes on', async (t) => {
  const store = { find: () => Promise.reject(new Error('down')) };
  const all = { deviceType: 'ESME', importMpxn: mpans.said };
  t.equal((await findTargetDevice(store, request(), all)).ok, true);
  await t.rejects(findTargetDevice(store, request(), { deviceType: 'ESME' }), { message: 'down' });
});
