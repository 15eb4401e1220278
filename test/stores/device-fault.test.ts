import t from 'tap';
import { parseMpxn } from '../../src/metering-point/mpxn.js';
import { assertDevices, deviceFault } from '../../src/stores/device-fault.js';
import type { Device } from '../../src/stores/device-store.js';
import { bare, esme, eui } from '../contract/device-store.js';

t.test('the member that is not valid is named, whichever it is', async (t) => {
  const mpan = parseMpxn('1200023305967')!;
  const wrong: Readonly<Record<keyof Device, readonly unknown[]>> = {
    entityIdentifier: ['', '02-00-00-00-02-00-00-0a', '02-00-00-00-02-00-00-01-', '0200000002000001'],
    deviceType: ['esme', undefined],
    importMpxn: [
      { kind: 'mprn', number: '' },
      { kind: 'mprn', number: '1200023305967' },
    ],
    secondaryImportMpan: [
      { ...mpan, distributorId: '13' },
      { ...mpan, core: '1200 023305967' },
    ],
    exportMpan: [
      { ...mpan, checkDigitIsRight: false },
      { ...mpan, number: '1' },
    ],
    importNetworkOperator: ['', 'ABCDEFGHI', 'lond'],
    secondaryImportNetworkOperator: ['LOND\n'],
    exportNetworkOperator: ['LO ND'],
    smetsVersion: ['SMETS3', null],
    responsibleSupplier: ['90-b3-d5-1f-30-00-00-01', ''],
  };
  t.equal(deviceFault(esme), undefined);
  t.equal(deviceFault(bare), undefined);
  for (const [member, values] of Object.entries(wrong)) {
    for (const value of values) t.equal(deviceFault({ ...esme, [member]: value }), member);
  }
});

t.test('no message has more than the identifier of the device and the name of the member', async (t) => {
  const wrong: Device = {
    ...esme,
    entityIdentifier: eui('02-00-00-00-02-00-00-01'),
    exportNetworkOperator: 'x',
  };
  t.throws(
    () => {
      assertDevices([bare, wrong]);
    },
    {
      message: 'device 02-00-00-00-02-00-00-01: exportNetworkOperator is not valid',
    },
  );
});
