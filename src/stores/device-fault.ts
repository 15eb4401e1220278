import { isDeepStrictEqual } from 'node:util';
import { deviceTypes } from '../duis/vocabulary.js';
import { type Mpxn, parseMpxn } from '../metering-point/mpxn.js';
import { type Device, InvalidDevice, networkOperatorIdPattern, smetsVersions } from './device-store.js';

const canonicalIdentifier = /^[0-9A-F]{2}(?:-[0-9A-F]{2}){7}$/;

const isIdentifier = (text: string): boolean => canonicalIdentifier.test(text);

const isMpxn = (mpxn: Mpxn | undefined): boolean =>
  mpxn === undefined || isDeepStrictEqual(mpxn, parseMpxn(mpxn.kind === 'mpan' ? mpxn.core : mpxn.number));

const isOperator = (operator: string | undefined): boolean =>
  operator === undefined || networkOperatorIdPattern.test(operator);

const checks: Readonly<Record<keyof Device, (device: Device) => boolean>> = {
  entityIdentifier: ({ entityIdentifier }) => isIdentifier(entityIdentifier),
  deviceType: ({ deviceType }) => deviceTypes.includes(deviceType),
  importMpxn: ({ importMpxn }) => isMpxn(importMpxn),
  secondaryImportMpan: ({ secondaryImportMpan }) => isMpxn(secondaryImportMpan),
  exportMpan: ({ exportMpan }) => isMpxn(exportMpan),
  importNetworkOperator: ({ importNetworkOperator }) => isOperator(importNetworkOperator),
  secondaryImportNetworkOperator: (device) => isOperator(device.secondaryImportNetworkOperator),
  exportNetworkOperator: ({ exportNetworkOperator }) => isOperator(exportNetworkOperator),
  smetsVersion: ({ smetsVersion }) => smetsVersion === undefined || smetsVersions.includes(smetsVersion),
  responsibleSupplier: ({ responsibleSupplier }) =>
    responsibleSupplier === undefined || isIdentifier(responsibleSupplier),
};

const members = Object.keys(checks) as (keyof Device)[];

/** The first member that is not as its type says: what types cannot say, or what came from outside them. */
export const deviceFault = (device: Device): keyof Device | undefined =>
  members.find((member) => !checks[member](device));

/** Throws InvalidDevice. */
export function assertDevices(devices: readonly Device[]): void {
  for (const device of devices) {
    const member = deviceFault(device);
    if (member !== undefined) throw new InvalidDevice(device.entityIdentifier, member);
  }
}
