import { assessDuties } from './assess-duties.js';
import { assessTrust, type Signer, type TrustChecks, type TrustSummary } from './assess-trust.js';
import { type Clock, ukDayOf } from './clock.js';
import type { Duty } from './duties/duty.js';
import type { ServiceRequest } from './duis/request.js';
import type { ServiceReferenceVariant } from './duis/vocabulary.js';
import type { SignatureReading } from './duis/xml/signature.js';
import { type Circumstances, circumstancesOf } from './gather-facts.js';
import type { Judge } from './judge.js';
import { checkHistory } from './check-history.js';
import type { DecidingDataSet } from './reference-data/activation.js';
import type { DataSetId } from './reference-data/data-set.js';
import type { Freshness } from './reference-data/freshness.js';
import type { ReferenceData } from './reference-data/snapshot.js';
import { accept, type Result } from './rejection.js';
import type { Judgement, RulePolicy } from './rules/evaluate.js';
import type { CertificateFacts } from './rules/facts.js';
import type { TrustFlaw } from './rules/trust.js';
import { type StageClock, unclocked } from './stage-clock.js';
import type { CertificateReader, ReceivedCertificate } from './smki/request-certificates.js';
import type { DeviceStore } from './stores/device-store.js';
import type { RequestHistory } from './stores/request-history.js';
import {
  type CallerDevice,
  type DeviceLookup,
  findTargetDevice,
  type TargetDevice,
} from './target-device.js';

export interface ValidationDeps {
  /** The reference data in force at an instant; asked once for each request, which is then judged by it alone. */
  readonly referenceData: (at: Date) => Result<DecidingDataSet>;
  /** Where devices are looked up: a registry of their own, or the list in the reference data. */
  readonly deviceStore: (referenceData: ReferenceData) => DeviceStore;
  readonly whenDeviceRegistryUnavailable: DeviceLookup['whenUnavailable'];
  /** Where a Network Operator's certificates are judged on gas. */
  readonly gasServices: readonly ServiceReferenceVariant[];
  readonly requestHistory: RequestHistory;
  readonly readCertificates: CertificateReader;
  readonly trustChecks: TrustChecks;
  readonly refuses: RulePolicy['refuses'];
  readonly judge: Judge;
  readonly clock: Clock;
}

/** What comes with a request, and is no part of it. */
export interface Accompaniment {
  readonly device: CallerDevice;
  /** The User System that it came through, as the caller names it. */
  readonly userSystem?: string | undefined;
  /** Undefined where there is no signature, or it is not looked into. */
  readonly signature?: SignatureReading | undefined;
}

/** The answer to a request that could be judged. */
export interface Decision extends Judgement {
  readonly request: ServiceRequest;
  readonly decidedAt: Date;
  /** What the code means; null where a refusal has none. */
  readonly description: string | null;
  readonly certificates: readonly (ReceivedCertificate & Pick<CertificateFacts, 'organisation'>)[];
  readonly device: TargetDevice;
  readonly signer: Signer | undefined;
  readonly trust: TrustSummary;
  /** Who has to act on what was found, one for each finding that is a matter of security; mostly none. */
  readonly duties: readonly Duty[];
  /** What it was judged by, with the reference data: enough to be judged again. */
  readonly circumstances: Circumstances;
  readonly trustFlaws: readonly TrustFlaw[];
  readonly referenceData: DataSetId & { readonly freshness: Freshness };
  /** Of the originator; undefined where it is in no list of Users. */
  readonly userRoles: readonly string[] | undefined;
}

/** A decision that DUIS has a code for: every acceptance, and a refusal whose rule has one in the service. */
export interface CodedDecision extends Decision {
  readonly code: string;
  readonly description: string;
}

export const hasCode = (decision: Decision): decision is CodedDecision => decision.code !== null;

/** Judges one Service Request or Signed Pre-Command. Throws only where a store cannot be asked. */
export async function validate(
  deps: ValidationDeps,
  request: ServiceRequest,
  { device: said, userSystem, signature }: Accompaniment,
  clock: StageClock = unclocked,
): Promise<Result<Decision>> {
  const decidedAt = deps.clock();
  const deciding = deps.referenceData(decidedAt);
  if (!deciding.ok) return deciding;
  const { referenceData, freshness } = deciding.value;
  const variant = request.service.serviceReferenceVariant;

  const read = deps.readCertificates(request.credentialsUpdate);
  if (!read.ok) return read;
  const certificates = read.value;
  clock.ended('certificates');
  const gasIsJudged = deps.gasServices.includes(variant);
  const store = deps.deviceStore(referenceData);
  const { whenDeviceRegistryUnavailable: whenUnavailable } = deps;
  const device = await findTargetDevice({ store, whenUnavailable, gasIsJudged }, request, said);
  if (!device.ok) return device;
  clock.ended('device');

  const claims = { request, certificates, signature };
  const trust = await assessTrust(deps.trustChecks, claims, referenceData, decidedAt);
  clock.ended('trust');
  const history = await checkHistory(deps.requestHistory, claims, trust, deps.refuses);
  if (!history.ok) return history;
  clock.ended('history');

  const known = {
    request,
    certificates,
    device: device.value,
    gasIsJudged,
    userSystem,
    signer: trust.signer,
  };
  const day = ukDayOf(decidedAt);
  const circumstances = circumstancesOf(known, day);
  const judged = deps.judge(request.service, circumstances, trust.flaws, referenceData);
  clock.ended('judge');
  const { outcome, code, mpanCheck, findings } = judged;
  const suspect = { target: request.requestId.target, device: device.value, findings };
  const assessed = await assessDuties(store, suspect, referenceData, day);
  const { version, sha256 } = referenceData.dataSet;
  return accept({
    outcome,
    code,
    mpanCheck,
    findings,
    request,
    decidedAt,
    description: code === null ? null : referenceData.describe(variant, code),
    certificates: certificates.replacements.map(({ certificateType, certificate }, index) => ({
      certificateType,
      certificate,
      organisation: judged.certificates[index]?.organisation,
    })),
    device: assessed.device,
    signer: trust.signer,
    trust: trust.summary,
    duties: assessed.duties,
    circumstances,
    trustFlaws: trust.flaws,
    referenceData: { version, sha256, freshness },
    userRoles: judged.userRoles,
  });
}
