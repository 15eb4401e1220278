import type { Clock } from './clock.js';
import type { Config } from './config.js';
import type { ReferenceData } from './reference-data/snapshot.js';
import { refusalPolicy } from './refusal-policy.js';
import { pathFinder } from './smki/certification-path.js';
import { profileCheck } from './smki/profile.js';
import { certificateReader } from './smki/request-certificates.js';
import { memoryDeviceStore } from './stores/memory-device-store.js';
import { memoryRequestHistory } from './stores/memory-request-history.js';
import type { ValidationDeps } from './validate.js';

/** What a request is judged with, as the settings ask. Each call has caches and a history of its own. */
export function validationDeps(config: Config, referenceData: ReferenceData, clock: Clock): ValidationDeps {
  const modes = {
    certificateProfile: config.CERTIFICATE_PROFILE,
    certificatePath: config.CERTIFICATE_PATH,
    certificateRevocation: config.CERTIFICATE_REVOCATION,
  };
  return {
    referenceData: () => referenceData,
    deviceStore: memoryDeviceStore(referenceData.devices),
    requestHistory: memoryRequestHistory(config.REQUEST_HISTORY_SIZE, config.REQUEST_HISTORY_SECONDS, clock),
    readCertificates: certificateReader(config.CERTIFICATE_CACHE_SIZE),
    trustChecks: {
      ...modes,
      xmlSignature: config.XML_SIGNATURE,
      checkProfile: profileCheck(config.CERTIFICATE_POLICIES),
      findPath: pathFinder(config.CERTIFICATE_CACHE_SIZE),
    },
    refuses: refusalPolicy({
      ...modes,
      revocationUnknown: config.REVOCATION_UNKNOWN,
      mpanCheckDigit: config.MPAN_CHECK_DIGIT,
    }),
    clock,
  };
}
