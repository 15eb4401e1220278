import { z } from 'zod';
import { defineList, userRole, words } from '../list.js';
import {
  certificateTypes,
  deviceTypes,
  remotePartyRoles,
  serviceReferenceVariants,
} from '../../duis/vocabulary.js';
import { knownCertificateRoles } from '../../smki/remote-party-role.js';

/** Which senders, Remote Parties, devices and certificates go together in a service, and why. */
export const applicability = defineList({
  name: 'applicability',
  noun: 'combination',
  entry: z.strictObject({
    serviceReferenceVariants: z.array(z.enum(serviceReferenceVariants)).min(1),
    remotePartyRole: z.enum(remotePartyRoles),
    userRoles: z.array(userRole).min(1),
    deviceTypes: z.array(z.enum(deviceTypes)).min(1),
    certificateTypes: z.array(z.enum(certificateTypes)).min(1).describe('The slots that may be filled'),
    certificateRoles: z
      .array(z.enum(knownCertificateRoles))
      .min(1)
      .describe('The roles that the certificates may have'),
    futureDating: z.boolean().describe('Whether an ExecutionDateTime may come with it'),
    prepaymentTopUpFloor: z.boolean().describe('Whether a prepayment top-up floor may come with it'),
    reason: words,
  }),
  key: ({ serviceReferenceVariants, remotePartyRole, userRoles, deviceTypes }) =>
    `${remotePartyRole} by ${userRoles.join('/')} on ${deviceTypes.join('/')} in ${serviceReferenceVariants.join('/')}`,
});
