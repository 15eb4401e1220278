import { z } from 'zod';
import type { ReplacementCertificate } from './service.js';
import {
  certificate,
  dateTime,
  element,
  floorSeqNumber,
  remotePartyRole,
  requestId,
  serviceReference,
  serviceReferenceVariant,
} from './simple-types.js';
import type { CertificateType } from './vocabulary.js';

/** The parts that the services share. Members in an object to be spread stand in the order of their elements. */

export const requestHeader = element(
  'Header',
  z.strictObject({
    requestId: element('RequestID', requestId),
    firstInSequence: element('FirstInSequence', z.boolean()).optional(),
    precedingServiceRequestId: element('PrecedingServiceRequestID', requestId).optional(),
    commandVariant: element('CommandVariant', z.int().min(1).max(9)),
    serviceReference: element('ServiceReference', serviceReference),
    serviceReferenceVariant: element('ServiceReferenceVariant', serviceReferenceVariant),
  }),
);

export type RequestHeader = z.output<typeof requestHeader>;

export const executionDateTime = element('ExecutionDateTime', dateTime).optional();

/** 6.15.1 and 6.21 begin with these. */
export const remotePartyMembers = {
  executionDateTime,
  remotePartyRole: element('RemotePartyRole', remotePartyRole),
  remotePartyFloorSeqNumber: element('RemotePartyFloorSeqNumber', floorSeqNumber).optional(),
  remotePartyPrepaymentTopUpFloorSeqNumber: element(
    'RemotePartyPrepaymentTopUpFloorSeqNumber',
    floorSeqNumber,
  ).optional(),
};

export const digitalSigningCertificate = element('DigitalSigningCertificate', certificate);

/** The slots after the first, which is optional in 6.15.1 and required elsewhere. */
export const keyAgreementMembers = {
  keyAgreementCertificate: element('KeyAgreementCertificate', certificate).optional(),
  keyAgreementTopUpCertificate: element('KeyAgreementTopUpCertificate', certificate).optional(),
};

/** Every service has these after its replacement certificates. */
export const certificationPathMembers = {
  certificationPathCertificates: element(
    'CertificationPathCertificates',
    z.strictObject({ certificate: z.array(element('Certificate', certificate)).min(1).max(3) }),
  ),
  applyTimeBasedCpvChecks: element('ApplyTimeBasedCPVChecks', z.boolean()),
};

/** The certificates that are there, with the slots that they came in. */
export function inSlots(
  slots: Readonly<Partial<Record<`${Uncapitalize<CertificateType>}Certificate`, string | undefined>>>,
): ReplacementCertificate[] {
  const inOrder: readonly [CertificateType, string | undefined][] = [
    ['DigitalSigning', slots.digitalSigningCertificate],
    ['KeyAgreement', slots.keyAgreementCertificate],
    ['KeyAgreementTopUp', slots.keyAgreementTopUpCertificate],
  ];
  return inOrder.flatMap(([certificateType, base64]) =>
    base64 === undefined ? [] : [{ certificateType, base64 }],
  );
}
