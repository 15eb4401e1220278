import type { Duty, DutyFacts } from './duties/duty.js';
import { dutiesOn, securityFindings, whoActs } from './duties/who-acts.js';
import type { DeviceType } from './duis/vocabulary.js';
import type { ReferenceData } from './reference-data/snapshot.js';
import type { Finding } from './rules/evaluate.js';
import type { EntityIdentifier } from './smki/entity-identifier.js';
import type { Device, DeviceStore } from './stores/device-store.js';
import { lookUp, type TargetDevice } from './target-device.js';

/** A device that something was found on. */
export interface Suspect {
  readonly target: EntityIdentifier;
  readonly device: TargetDevice;
  readonly findings: readonly Finding[];
}

export interface DutyAssessment {
  readonly duties: readonly Duty[];
  /** With what the registry said, where it was asked only now. */
  readonly device: TargetDevice;
}

const none: readonly Duty[] = [];

/**
 * Names who has to act on what was found. A registry that no rule had to ask is asked for it, once, and only where somebody
 * has to act; one that cannot be asked keeps nobody from an answer.
 */
export async function assessDuties(
  store: DeviceStore,
  { target, device, findings }: Suspect,
  referenceData: ReferenceData,
  day: string,
): Promise<DutyAssessment> {
  const found = securityFindings(findings);
  if (found.length === 0) return { duties: none, device };
  const known =
    device.deviceRegistry === 'not-asked'
      ? { ...device, ...(await lookUp({ store, whenUnavailable: 'accept' }, target)) }
      : device;
  const listed = known.deviceRegistry === 'unavailable' ? 'unavailable' : known.listed;
  const facts = gatherDutyFacts(listed, known.deviceType, referenceData, day);
  return { duties: dutiesOn(found, whoActs(facts)), device: known };
}

/** What the lists say of whoever might have to act for a device. Its type is that of the registry where nobody states another. */
export function gatherDutyFacts(
  listed: Device | 'unavailable' | undefined,
  stated: DeviceType | undefined,
  referenceData: ReferenceData,
  day: string,
): DutyFacts {
  if (listed === undefined || listed === 'unavailable') {
    const device = listed ?? 'not-listed';
    return { device, deviceType: stated, responsibleSupplier: undefined, arrangement: undefined };
  }
  const { deviceType, smetsVersion, responsibleSupplier: supplier } = listed;
  const name = supplier && referenceData.userName(supplier, day);
  return {
    device: { deviceType, smetsVersion },
    deviceType: stated ?? deviceType,
    responsibleSupplier: supplier && { entityIdentifier: supplier, ...(name !== undefined && { name }) },
    arrangement: supplier && referenceData.meteringArrangement(supplier, listed, day),
  };
}
