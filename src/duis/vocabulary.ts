/** Words of the DUIS schema, as they are written in messages. */

export const remotePartyRoles = [
  'ACB',
  'NetworkOperator',
  'Recovery',
  'Root',
  'Supplier',
  'TransCoS',
  'LoadController',
] as const;
export type RemotePartyRole = (typeof remotePartyRoles)[number];

export const deviceTypes = ['ESME', 'GSME', 'GPF', 'CHF', 'HCALCS', 'PPMID', 'IHD', 'CAD'] as const;
export type DeviceType = (typeof deviceTypes)[number];

/** The slot that a replacement certificate comes in: the element's name without "Certificate". */
export const certificateTypes = ['DigitalSigning', 'KeyAgreement', 'KeyAgreementTopUp'] as const;
export type CertificateType = (typeof certificateTypes)[number];

export const serviceReferenceVariants = ['6.15.1', '6.21', '6.23'] as const;
export type ServiceReferenceVariant = (typeof serviceReferenceVariants)[number];

/** The response code of success. */
export const successCode = 'I0';
