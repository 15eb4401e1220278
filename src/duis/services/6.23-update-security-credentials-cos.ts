import { z } from 'zod';
import {
  certificationPathMembers,
  digitalSigningCertificate,
  executionDateTime,
  inSlots,
  keyAgreementMembers,
} from '../parts.js';
import { element, floorSeqNumber } from '../simple-types.js';
import { defineService } from '../service.js';
import { certificatesOfTwoOrganisations } from '../../rules/certificates-of-two-organisations.js';
import { deviceRegistryUnavailable } from '../../rules/device-registry-unavailable.js';
import { combinationNotPermitted } from '../../rules/e061501-combination-not-permitted.js';
import { topUpFloorNotApplicable } from '../../rules/e061504-top-up-floor-not-applicable.js';
import { certificateTypeNotForDeviceType } from '../../rules/e061505-certificate-type-not-for-device-type.js';
import { futureDatedNotSupplier } from '../../rules/e061506-future-dated-not-supplier.js';
import { certificateTypeNotForRemoteParty } from '../../rules/e061507-certificate-type-not-for-remote-party.js';
import { mpanCheckDigitWrong } from '../../rules/mpan-check-digit-wrong.js';
import { mpxnNotOfDeviceType } from '../../rules/mpxn-not-of-device-type.js';
import { userSystemNotNotified } from '../../rules/user-system-not-notified.js';

/**
 * Change of Supplier: the Remote Party is the Supplier without saying so, and no Network Operator's certificate
 * can come in, so that the mismatch is not judged. The first five rules are 6.15.1's own, and advise here.
 */
export const updateSecurityCredentialsCos = defineService({
  serviceReference: '6.23',
  serviceReferenceVariant: '6.23',
  commandVariants: [1],
  preCommandModes: [],
  element: 'UpdateSecurityCredentialsCoS',
  member: 'updateSecurityCredentialsCos',
  body: z.strictObject({
    executionDateTime,
    supplierFloorSeqNumber: element('SupplierFloorSeqNumber', floorSeqNumber),
    supplierPrepaymentTopUpFloorSeqNumber: element(
      'SupplierPrepaymentTopUpFloorSeqNumber',
      floorSeqNumber,
    ).optional(),
    supplierReplacementCertificates: element(
      'SupplierReplacementCertificates',
      z.strictObject({ digitalSigningCertificate, ...keyAgreementMembers }),
    ),
    ...certificationPathMembers,
    importMpxn: element('ImportMPxN', z.string().regex(/^.{1,13}$/su, 'must have 1 to 13 characters')),
  }),
  credentialsUpdate: (body) => ({
    executionDateTime: body.executionDateTime,
    remotePartyRole: 'Supplier',
    floorSeqNumber: body.supplierFloorSeqNumber,
    prepaymentTopUpFloorSeqNumber: body.supplierPrepaymentTopUpFloorSeqNumber,
    replacementCertificates: inSlots(body.supplierReplacementCertificates),
    certificationPathCertificates: body.certificationPathCertificates.certificate,
    applyTimeBasedCpvChecks: body.applyTimeBasedCpvChecks,
    importMpxn: body.importMpxn,
  }),
  rules: [
    combinationNotPermitted,
    topUpFloorNotApplicable,
    certificateTypeNotForDeviceType,
    futureDatedNotSupplier,
    certificateTypeNotForRemoteParty,
    certificatesOfTwoOrganisations,
    mpxnNotOfDeviceType,
    mpanCheckDigitWrong,
    userSystemNotNotified,
    deviceRegistryUnavailable,
  ],
});
