import { z } from 'zod';
import { defineList, entityIdentifier } from '../list.js';
import { deviceTypes } from '../../duis/vocabulary.js';
import { type Device, networkOperatorIdPattern, smetsVersions } from '../../stores/device-store.js';
import { type Mpxn, mpxnText, parseMpxn } from '../../metering-point/mpxn.js';

const mpxn = z.string().transform((text, context): Mpxn => {
  const parsed = parseMpxn(text);
  if (parsed !== undefined) return parsed;
  // The number is personal data, and so is not in the message.
  context.addIssue({ code: 'custom', message: 'must be an MPAN or an MPRN' });
  return z.NEVER;
});

const registeredNetworkOperator = z
  .string()
  .regex(
    networkOperatorIdPattern,
    'must be one to eight upper-case letters and digits, with a letter among them',
  )
  .describe('The Network Operator that registration data has for the MPxN, by its Market Participant Id');

/** A sample of the device inventory: what is known of a device where the caller says nothing of it. */
export const devices = defineList({
  name: 'devices',
  noun: 'device',
  nameMember: 'entityIdentifier',
  mayBeEmpty: true,
  entry: z.strictObject({
    entityIdentifier,
    deviceType: z.enum(deviceTypes),
    importMpxn: mpxn.optional(),
    secondaryImportMpan: mpxn.optional(),
    exportMpan: mpxn.optional(),
    importNetworkOperator: registeredNetworkOperator.optional(),
    secondaryImportNetworkOperator: registeredNetworkOperator.optional(),
    exportNetworkOperator: registeredNetworkOperator.optional(),
    smetsVersion: z.enum(smetsVersions).optional(),
    responsibleSupplier: entityIdentifier.optional(),
  }),
  key: ({ entityIdentifier }) => entityIdentifier,
});

/** An entry as it stands in the file. */
export type DeviceEntry = z.input<typeof devices.entry>;

/** A device as the list has it, without what is not known. */
export function deviceEntry(device: Device): DeviceEntry {
  const { entityIdentifier, deviceType, importMpxn, secondaryImportMpan, exportMpan, ...rest } = device;
  const members = {
    entityIdentifier,
    deviceType,
    importMpxn: importMpxn && mpxnText(importMpxn),
    secondaryImportMpan: secondaryImportMpan && mpxnText(secondaryImportMpan),
    exportMpan: exportMpan && mpxnText(exportMpan),
    ...rest,
  };
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as DeviceEntry;
}
