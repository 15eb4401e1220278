import { type Clock, ukDayOf } from './clock.js';
import type { ServiceRequest } from './duis/request.js';
import { gatherFacts } from './gather-facts.js';
import type { ReferenceData } from './reference-data/snapshot.js';
import { accept, type Result } from './rejection.js';
import { evaluate, type Judgement, type RulePolicy } from './rules/evaluate.js';
import type { CertificateFacts } from './rules/facts.js';
import type { CertificateReader } from './smki/request-certificates.js';
import type { DeviceStore } from './stores/device-store.js';
import { type CallerDevice, findTargetDevice } from './target-device.js';

export interface ValidationDeps {
  /** The reference data in force; asked once for each request, which is then judged by it alone. */
  readonly referenceData: () => ReferenceData;
  readonly deviceStore: DeviceStore;
  readonly readCertificates: CertificateReader;
  readonly alwaysRefuses: RulePolicy['alwaysRefuses'];
  readonly clock: Clock;
}

/** The answer to a request that could be judged. */
export interface Decision extends Judgement {
  readonly request: ServiceRequest;
  readonly decidedAt: Date;
  /** What the code means; null where a refusal has none. */
  readonly description: string | null;
  readonly certificates: readonly CertificateFacts[];
  readonly referenceDataVersion: string;
}

/** A decision that DUIS has a code for: every acceptance, and a refusal whose rule has one in the service. */
export interface CodedDecision extends Decision {
  readonly code: string;
  readonly description: string;
}

export const hasCode = (decision: Decision): decision is CodedDecision => decision.code !== null;

/** Judges one Service Request. Throws only where the device store cannot be asked. */
export async function validate(
  deps: ValidationDeps,
  request: ServiceRequest,
  said: CallerDevice,
): Promise<Result<Decision>> {
  const decidedAt = deps.clock();
  const referenceData = deps.referenceData();
  const variant = request.service.serviceReferenceVariant;

  const certificates = deps.readCertificates(request.credentialsUpdate);
  if (!certificates.ok) return certificates;
  const device = await findTargetDevice(deps.deviceStore, request, said);
  if (!device.ok) return device;

  const facts = gatherFacts(request, certificates.value, device.value, referenceData, ukDayOf(decidedAt));
  const judgement = evaluate(request.service.rules, facts, {
    responseCode: (rule) => referenceData.responseCode(variant, rule),
    alwaysRefuses: deps.alwaysRefuses,
  });
  return accept({
    ...judgement,
    request,
    decidedAt,
    description: judgement.code === null ? null : referenceData.describe(variant, judgement.code),
    certificates: facts.certificates,
    referenceDataVersion: referenceData.version,
  });
}
