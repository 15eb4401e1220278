import { z } from 'zod';
import {
  certificationPathMembers,
  digitalSigningCertificate,
  inSlots,
  keyAgreementMembers,
  remotePartyMembers,
} from '../parts.js';
import { element } from '../simple-types.js';
import { defineService } from '../service.js';
import { certificatePartyMpanMismatch } from '../../rules/certificate-party-mpan-mismatch.js';
import { certificatesOfTwoOrganisations } from '../../rules/certificates-of-two-organisations.js';
import { deviceRegistryUnavailable } from '../../rules/device-registry-unavailable.js';
import { combinationNotPermitted } from '../../rules/e061501-combination-not-permitted.js';
import { topUpFloorNotApplicable } from '../../rules/e061504-top-up-floor-not-applicable.js';
import { certificateTypeNotForDeviceType } from '../../rules/e061505-certificate-type-not-for-device-type.js';
import { futureDatedNotSupplier } from '../../rules/e061506-future-dated-not-supplier.js';
import { certificateTypeNotForRemoteParty } from '../../rules/e061507-certificate-type-not-for-remote-party.js';
import { mpanCheckDigitWrong } from '../../rules/mpan-check-digit-wrong.js';
import { mpxnNotOfDeviceType } from '../../rules/mpxn-not-of-device-type.js';
import { registeredOperatorNotOfDistributorId } from '../../rules/registered-operator-not-of-distributor-id.js';
import { userSystemNotNotified } from '../../rules/user-system-not-notified.js';

export const updateSecurityCredentialsKrp = defineService({
  serviceReference: '6.15',
  serviceReferenceVariant: '6.15.1',
  // As a critical Service Request. The Signed Pre-Command that follows (5) carries a GBCS payload instead.
  commandVariants: [4],
  preCommandModes: [2, 3, 4, 5, 6, 7, 8],
  element: 'UpdateSecurityCredentialsKRP',
  member: 'updateSecurityCredentialsKrp',
  body: z.strictObject({
    ...remotePartyMembers,
    replacementCertificates: element(
      'ReplacementCertificates',
      z.strictObject({
        supplierOrNetworkOperatorCertificates: element(
          'SupplierOrNetworkOperatorCertificates',
          z.strictObject({
            digitalSigningCertificate: digitalSigningCertificate.optional(),
            ...keyAgreementMembers,
          }),
        ),
      }),
    ),
    ...certificationPathMembers,
  }),
  credentialsUpdate: (body) => {
    const certificates = body.replacementCertificates.supplierOrNetworkOperatorCertificates;
    return {
      executionDateTime: body.executionDateTime,
      remotePartyRole: body.remotePartyRole,
      floorSeqNumber: body.remotePartyFloorSeqNumber,
      prepaymentTopUpFloorSeqNumber: body.remotePartyPrepaymentTopUpFloorSeqNumber,
      replacementCertificates: inSlots(certificates),
      certificationPathCertificates: body.certificationPathCertificates.certificate,
      applyTimeBasedCpvChecks: body.applyTimeBasedCpvChecks,
      importMpxn: undefined,
    };
  },
  rules: [
    combinationNotPermitted,
    topUpFloorNotApplicable,
    certificateTypeNotForDeviceType,
    futureDatedNotSupplier,
    certificateTypeNotForRemoteParty,
    certificatePartyMpanMismatch,
    registeredOperatorNotOfDistributorId,
    certificatesOfTwoOrganisations,
    mpxnNotOfDeviceType,
    mpanCheckDigitWrong,
    userSystemNotNotified,
    deviceRegistryUnavailable,
  ],
});
