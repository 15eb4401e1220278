import t from 'tap';
import type { ServiceRequest } from '../src/duis/request.js';
import { parseMpxn } from '../src/metering-point/mpxn.js';
import type { Message } from '../src/mock-dsp/message.js';
import type { EntityIdentifier } from '../src/smki/entity-identifier.js';
import type { Device } from '../src/stores/device-store.js';
import { StoreUnavailable } from '../src/stores/unavailable.js';
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

const lookup = { whenUnavailable: 'refuse', gasIsJudged: false } as const;

async function found(
  device: Omit<Device, 'entityIdentifier'> | undefined,
  said: CallerDevice,
  change: Partial<Message> = {},
): Promise<unknown> {
  const entityIdentifier = euis.device as EntityIdentifier;
  const store = memoryDeviceStore(device === undefined ? [] : [{ entityIdentifier, ...device }]);
  const result = await findTargetDevice({ ...lookup, store }, request(change), said);
  if (!result.ok) return result.rejection.kind;
  const { deviceType, mpxn } = result.value;
  return { deviceType, mpxn };
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

/** Who is registered, and how the registry was used. */
async function registered(
  device: Omit<Device, 'entityIdentifier'> | undefined,
  said: CallerDevice,
  change: Partial<Message> = {},
): Promise<unknown> {
  const entityIdentifier = euis.device as EntityIdentifier;
  const store = memoryDeviceStore(device === undefined ? [] : [{ entityIdentifier, ...device }]);
  const result = await findTargetDevice({ ...lookup, store }, request(change), said);
  if (!result.ok) throw new Error(result.rejection.detail);
  return result.value.networkOperatorId;
}

const inRegistration: Omit<Device, 'entityIdentifier'> = {
  ...listed,
  importNetworkOperator: 'IMPT',
  secondaryImportNetworkOperator: 'SECD',
  exportNetworkOperator: 'EXPT',
};

t.test('the registration is that of the number that counts', async (t) => {
  t.equal(await registered(inRegistration, {}), 'IMPT');
  t.equal(await registered({ ...inRegistration, importMpxn: undefined }, {}), 'SECD');
  const { exportMpan, exportNetworkOperator } = inRegistration;
  t.equal(await registered({ deviceType: 'ESME', exportMpan, exportNetworkOperator }, {}), 'EXPT');
  t.equal(
    await registered({ ...inRegistration, importNetworkOperator: undefined }, {}),
    undefined,
    'and not of another that has one',
  );
  t.equal(await registered(listed, {}), undefined);
  t.equal(await registered(undefined, {}), undefined);
});

t.test('a number that the caller states has the registration of the recorded one that it is', async (t) => {
  const said = (importMpxn: string): CallerDevice => ({ deviceType: 'ESME', importMpxn });
  t.equal(await registered(inRegistration, said(mpans.import)), 'IMPT');
  t.equal(await registered(inRegistration, said(mpans.secondary)), 'SECD');
  t.equal(await registered(inRegistration, said(`01 801 101 ${mpans.export}`)), 'EXPT');
  t.equal(await registered(inRegistration, { importMpxn: mpans.export }), 'EXPT');
  t.equal(await registered(inRegistration, said(mpans.said)), undefined, 'or none');
  const twice = {
    ...inRegistration,
    importNetworkOperator: undefined,
    exportMpan: inRegistration.importMpxn,
  };
  t.equal(await registered(twice, said(mpans.import)), 'EXPT');
});

t.test('a record of a device of another type than the caller says has no registration', async (t) => {
  t.equal(await registered(inRegistration, { deviceType: 'PPMID', importMpxn: mpans.import }), undefined);
});

t.test('the registration of an MPRN, however it is filled up', async (t) => {
  const gas: Omit<Device, 'entityIdentifier'> = {
    deviceType: 'GPF',
    importMpxn: parseMpxn('0012345678'),
    importNetworkOperator: 'INV1',
  };
  t.equal(await registered(gas, {}), 'INV1');
  t.equal(await registered(gas, { importMpxn: '12345678' }), 'INV1');
  t.equal(await registered(gas, { importMpxn: '123456780' }), undefined);
});

async function askedOf(
  said: CallerDevice,
  change: Partial<Message> = {},
  gasIsJudged = false,
): Promise<unknown> {
  let count = 0;
  const store = {
    find: () => {
      count += 1;
      return Promise.resolve(undefined);
    },
  };
  const result = await findTargetDevice({ ...lookup, gasIsJudged, store }, request(change), said);
  return [count, result.ok && result.value.deviceRegistry];
}

t.test('the registry is asked once, where something is left to know or registration counts', async (t) => {
  const [asked, notAsked] = [
    [1, 'answered'],
    [0, 'not-asked'],
  ];
  const esmeSaid = { deviceType: 'ESME', importMpxn: mpans.said };
  t.strictSame(await askedOf({}), asked);
  t.strictSame(await askedOf({ deviceType: 'ESME' }), asked);
  t.strictSame(await askedOf(esmeSaid), asked, 'who is registered, the caller does not say');
  const gasSaid = { deviceType: 'GPF', importMpxn: '1234567890' };
  t.strictSame(await askedOf(gasSaid, {}, true), asked);
  t.strictSame(await askedOf(gasSaid, {}, false), notAsked, 'gas is not judged here');
  t.strictSame(await askedOf({ deviceType: 'HCALCS', importMpxn: mpans.said }, {}, true), notAsked);
  t.strictSame(await askedOf(esmeSaid, { remotePartyRole: 'Supplier' }), notAsked);
  t.strictSame(await askedOf({ deviceType: 'ESME' }, { remotePartyRole: 'Supplier' }), asked);
  const own = { ...changeOfSupplier, importMpxn: mpans.export };
  t.strictSame(await askedOf({ deviceType: 'ESME' }, own), notAsked);
  t.strictSame(await askedOf({}, own), asked);
});

t.test('a registry that cannot be asked: unavailable is not unknown', async (t) => {
  const unavailable = { find: () => Promise.reject(new StoreUnavailable('the device registry')) };
  const said = { deviceType: 'ESME', importMpxn: mpans.said };
  await t.rejects(findTargetDevice({ ...lookup, store: unavailable }, request(), said), {
    name: 'StoreUnavailable',
  });
  const accepting = { ...lookup, whenUnavailable: 'accept' } as const;
  t.strictSame(await findTargetDevice({ ...accepting, store: unavailable }, request(), said), {
    ok: true,
    value: {
      deviceType: 'ESME',
      mpxn: parseMpxn(mpans.said),
      networkOperatorId: undefined,
      listed: undefined,
      deviceRegistry: 'unavailable',
    },
  });
  const broken = { find: () => Promise.reject(new Error('a fault')) };
  await t.rejects(findTargetDevice({ ...accepting, store: broken }, request(), said), { message: 'a fault' });
});
