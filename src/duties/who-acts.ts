import type { Finding, FindingName } from '../rules/evaluate.js';
import { securityMatters } from '../rules/security-matters.js';
import {
  type Actor,
  type Duty,
  type DutyFacts,
  type Manufacturer,
  type MeteringArrangement,
  type Responsibility,
  type Warning,
  warnings,
} from './duty.js';

const clauses = ['G3.17', 'G3.18', 'G3.20'] as const;

/** The findings that somebody has to act on: those that fail, whether they refuse or advise, each once. */
export function securityFindings(findings: readonly Finding[]): readonly FindingName[] {
  const failed = findings.filter(
    ({ verdict, rule }) => verdict === 'fail' && securityMatters[rule].isSecurityMatter,
  );
  return [...new Set(failed.map(({ rule }) => rule))];
}

/** The duties that a request gives rise to, in the order of its findings. */
export const dutiesOn = (findings: readonly FindingName[], responsibility: Responsibility): readonly Duty[] =>
  findings.map((finding) => ({ finding, ...responsibility }));

/**
 * Names who has to act for a device by SEC Section G: its Responsible Supplier, but for a Communications Hub Function or Gas
 * Proxy Function that forms part of a SMETS2+ device, which is the DCC's; of SMETS1 these are the User's too (MP087). Not
 * checked: whether a device of its type is part of a Smart Metering System, and which of the clauses says what.
 */
export function whoActs(facts: DutyFacts): Responsibility {
  const actor = actorOf(facts);
  const manufacturer = manufacturerFor(actor, facts.arrangement);
  return {
    actor,
    clauses,
    sources: ['MP087', 'DP075'],
    manufacturer,
    warnings: manufacturer.owesNotification === false ? [warningOf('nobody-owes-notification')] : [],
  };
}

function actorOf({ device, deviceType, responsibleSupplier }: DutyFacts): Actor {
  if (device === 'not-listed') return notKnown('device-not-listed');
  if (device === 'unavailable') return notKnown('device-registry-unavailable');
  // One of the two is not about this device.
  if (deviceType !== device.deviceType) return notKnown('device-type-disputed');
  const isOfHub = deviceType === 'CHF' || deviceType === 'GPF';
  if (isOfHub && device.smetsVersion === 'SMETS2+') return { kind: 'dcc' };
  if (isOfHub && device.smetsVersion === undefined) return notKnown('smets-version-not-listed');
  if (responsibleSupplier === undefined) return notKnown('responsible-supplier-not-listed');
  return isOfHub
    ? { kind: 'user', capacity: 'responsible-supplier', ...responsibleSupplier }
    : { kind: 'responsible-supplier', ...responsibleSupplier };
}

const notKnown = (why: Extract<Actor, { kind: 'not-known' }>['why']): Actor => ({ kind: 'not-known', why });

function manufacturerFor(actor: Actor, arrangement: MeteringArrangement | undefined): Manufacturer {
  if (actor.kind === 'not-known') return notReached('actor-not-known');
  if (actor.kind === 'dcc') return notReached('dcc-arrangements-not-public');
  if (arrangement === undefined) return notReached('arrangement-not-listed');
  const { reachedBy, party, owesNotification = usually[reachedBy] } = arrangement;
  return { reachedBy, ...(party !== undefined && { party }), owesNotification };
}

const notReached = (why: Extract<Manufacturer, { reachedBy: 'not-known' }>['why']): Manufacturer => ({
  reachedBy: 'not-known',
  owesNotification: null,
  why,
});

/** Whether there is a duty to notify where the list does not say: what a contract of the Supplier's own has is the list's to say. */
const usually: Readonly<Record<MeteringArrangement['reachedBy'], boolean | null>> = {
  'direct-contract': null,
  map: false,
  mam: false,
  'customer-arrangement': false,
};

const warningOf = (warning: Warning['warning']): Warning => ({ warning, ...warnings[warning] });
