import { type CacheTally, newTally } from './cache-tally.js';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import { judgeWith } from './judge.js';
import { serviceReferenceVariants } from './duis/vocabulary.js';
import type { ReferenceData } from './reference-data/snapshot.js';
import { accept } from './rejection.js';
import { refusalPolicy, type RefusalSettings } from './refusal-policy.js';
import { pathFinder } from './smki/certification-path.js';
import { profileCheck } from './smki/profile.js';
import { certificateReader } from './smki/request-certificates.js';
import type { DeviceStore } from './stores/device-store.js';
import { memoryDeviceStore } from './stores/memory-device-store.js';
import { memoryRequestHistory } from './stores/memory-request-history.js';
import type { RequestHistory } from './stores/request-history.js';
import type { ValidationDeps } from './validate.js';

/** In which services a Network Operator's certificates are judged on gas. 6.21 is the hand-over. */
const gasServices = { handover: ['6.21'], all: serviceReferenceVariants, off: [] } as const;

/** What is not built from the settings alone. */
export interface Sources extends Pick<ValidationDeps, 'referenceData'> {
  /** Left out, devices are looked up in the list of the reference data that is decided by. */
  readonly deviceStore?: DeviceStore | undefined;
  /** Left out, requests are remembered in memory. */
  readonly requestHistory?: RequestHistory | undefined;
}

/** What is remembered in the path of every request, but for devices, which are the registry's. */
export type JudgingCache = 'certificates' | 'paths' | 'signatures' | 'judgements';

export interface JudgingDeps extends ValidationDeps {
  readonly caches: Readonly<Record<JudgingCache, CacheTally>>;
}

/** What a request is judged with, as the settings ask. Each call has caches of its own. */
export function validationDeps(
  config: Config,
  { referenceData, deviceStore, requestHistory }: Sources,
  clock: Clock,
): JudgingDeps {
  const { certificateProfile, certificatePath, certificateRevocation } = refusalSettings(config);
  const refuses = refusalPolicy(refusalSettings(config));
  const caches = {
    certificates: newTally(),
    paths: newTally(),
    signatures: newTally(),
    judgements: newTally(),
  };
  return {
    referenceData,
    deviceStore: deviceStore === undefined ? listedDevices() : () => deviceStore,
    whenDeviceRegistryUnavailable: config.DEVICE_REGISTRY_UNAVAILABLE,
    gasServices: gasServices[config.GAS_CHECK],
    requestHistory:
      requestHistory ??
      memoryRequestHistory(config.REQUEST_HISTORY_SIZE, config.REQUEST_HISTORY_SECONDS, clock),
    readCertificates: certificateReader(config.CERTIFICATE_CACHE_SIZE, caches.certificates),
    trustChecks: {
      certificateProfile,
      certificatePath,
      certificateRevocation,
      xmlSignature: config.XML_SIGNATURE,
      checkProfile: profileCheck(config.CERTIFICATE_POLICIES),
      findPath: pathFinder(config.CERTIFICATE_CACHE_SIZE, caches),
    },
    refuses,
    judge: judgeWith(refuses, caches.judgements),
    clock,
    caches,
  };
}

/** Which findings refuse, as the settings say. */
export const refusalSettings = (config: Config): RefusalSettings => ({
  certificateProfile: config.CERTIFICATE_PROFILE,
  certificatePath: config.CERTIFICATE_PATH,
  certificateRevocation: config.CERTIFICATE_REVOCATION,
  revocationUnknown: config.REVOCATION_UNKNOWN,
  mpanCheckDigit: config.MPAN_CHECK_DIGIT,
});

/** One store for each state of the reference data, so that a decision never mixes two. */
function listedDevices(): (referenceData: ReferenceData) => DeviceStore {
  const stores = new WeakMap<ReferenceData, DeviceStore>();
  return (referenceData) => {
    const known = stores.get(referenceData);
    if (known !== undefined) return known;
    const store = memoryDeviceStore(referenceData.devices);
    stores.set(referenceData, store);
    return store;
  };
}

/** One state of the reference data for good, taken for current. */
export const decidingBy = (referenceData: ReferenceData): Pick<Sources, 'referenceData'> => ({
  referenceData: () => accept({ referenceData, freshness: 'current' }),
});
