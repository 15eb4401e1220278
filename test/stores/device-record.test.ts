import fc from 'fast-check';
import t from 'tap';
import { deviceTypes } from '../../src/duis/vocabulary.js';
import { deviceFault } from '../../src/stores/device-fault.js';
import { decodeRecord, encodeDevice, octetsOf, removedRecord } from '../../src/stores/device-record.js';
import type { Device } from '../../src/stores/device-store.js';
import { bare, esme, eui } from '../contract/device-store.js';
import { anyDevice } from './devices.js';

const origins = fc.constantFrom('load' as const, 'change' as const);
const { entityIdentifier } = esme;

t.test('what is encoded decodes to the same device', async () => {
  fc.assert(
    fc.property(anyDevice, origins, (device, origin) => {
      const octets = encodeDevice(device, origin);
      t.equal(deviceFault(device), undefined);
      t.ok(octets.length <= 56, 'a packed hash takes values below 64 octets');
      t.strictSame(decodeRecord(device.entityIdentifier, octets), { origin, device });
    }),
  );
});

t.test('this is how it is kept: a database outlives the code', async (t) => {
  t.equal(
    encodeDevice(esme, 'load').toString('hex'),
    [
      '010aab',
      ...['011766f67eef', '015649cad5fb', '02003c1f29a8'],
      ...['044c4f4e44', '04534f5554'],
      '90b3d51f30000001',
    ].join(''),
  );
  t.equal(encodeDevice(bare, 'change').toString('hex'), '025000');
  const gas: Device = {
    entityIdentifier,
    deviceType: 'GPF',
    importMpxn: { kind: 'mprn', number: '0012345678' },
  };
  t.equal(encodeDevice(gas, 'load').toString('hex'), '0120402800bc614e');
  const types = deviceTypes.map((deviceType) => encodeDevice({ entityIdentifier, deviceType }, 'load')[1]);
  t.strictSame(types, [0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70]);
  t.equal(octetsOf(eui('90-B3-D5-1F-30-00-00-01')).toString('hex'), '90b3d51f30000001');
});

t.test('a removed device has a record, too', async (t) => {
  t.strictSame(decodeRecord(entityIdentifier, removedRecord), { origin: 'change', device: undefined });
});

t.test('octets decode to what encodes to them, or not at all', async (t) => {
  let decoded = 0;
  const check = (octets: Buffer): void => {
    const record = decodeRecord(entityIdentifier, octets);
    if (record === undefined) return;
    decoded += 1;
    const again = record.device === undefined ? removedRecord : encodeDevice(record.device, record.origin);
    t.strictSame(again, octets);
    if (record.device !== undefined) t.equal(deviceFault(record.device), undefined);
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (octets) => {
      check(Buffer.from(octets));
    }),
  );
  // Close to what is right: one octet changed, taken away or added.
  fc.assert(
    fc.property(anyDevice, origins, fc.nat(), fc.nat(255), (device, origin, at, octet) => {
      const octets = encodeDevice(device, origin);
      const place = at % octets.length;
      const changed = Buffer.from(octets);
      changed[place] = octet;
      check(changed);
      t.equal(decodeRecord(entityIdentifier, octets.subarray(0, place)), undefined);
      t.equal(decodeRecord(entityIdentifier, Buffer.concat([octets, Buffer.from([octet])])), undefined);
    }),
    { numRuns: 1_000 },
  );
  t.ok(decoded > 0);
});

t.test('octets that are no record', async (t) => {
  const not = (hex: string): void => {
    t.equal(decodeRecord(entityIdentifier, Buffer.from(hex, 'hex')), undefined, hex);
  };
  for (const hex of ['', '00ff', '01', '0100', '030000', '018000', '010c00']) not(hex);
  not('010020ffffffffffff'); // more than 13 digits
  not('0100400000000000'); // an MPRN of no digits
  not('0100402c00000000'); // of eleven
  not('0100400402540be400'); // of more digits than it says
  not('010060000000000000'); // a third kind
  not('0102000161'); // an operator in lower case
  not('01020000'); // without a character
  not('01020009414141414141414141'); // with nine
});
