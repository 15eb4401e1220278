import { z } from 'zod';
import { readOrganisationCertificate } from '../../smki/certificate.js';
import { defineList, entityIdentifier } from '../list.js';

/**
 * The certificates that Users sign their requests with. A signature names its certificate by issuer and serial number,
 * and brings none of its own.
 */
export const userCertificates = defineList({
  name: 'user-certificates',
  noun: 'certificate',
  nameMember: 'entityIdentifier',
  mayBeEmpty: true,
  entry: z
    .strictObject({
      entityIdentifier,
      serialNumber: z.string().regex(/^(?:[0-9A-F]{2}){1,20}$/, {
        error: 'must be octets in upper-case hexadecimal',
        // What is not a serial number is told once.
        abort: true,
      }),
      certificate: z.string().meta({ contentEncoding: 'base64', contentMediaType: 'application/pkix-cert' }),
    })
    .superRefine((entry, context) => {
      const read = readOrganisationCertificate(entry.certificate);
      const fault = (member: keyof typeof entry, message: string): void => {
        context.addIssue({ code: 'custom', path: [member], message });
      };
      if (!read.ok) {
        fault('certificate', `cannot be read: ${read.rejection.detail}`);
        return;
      }
      for (const member of ['entityIdentifier', 'serialNumber'] as const) {
        if (entry[member] !== read.value[member]) fault(member, 'is not that of the certificate');
      }
    }),
  key: ({ entityIdentifier, serialNumber }) => `${entityIdentifier} ${serialNumber}`,
});
