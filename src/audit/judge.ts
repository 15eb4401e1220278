import { LRUCache } from 'lru-cache';
import { type Circumstances, gatherFacts } from '../gather-facts.js';
import type { ReferenceData } from '../reference-data/snapshot.js';
import { certificatePartyMpanMismatch } from '../rules/certificate-party-mpan-mismatch.js';
import { evaluate } from '../rules/evaluate.js';
import type { Organisation } from '../rules/facts.js';
import { heldAgainst, type MpanCheck } from '../rules/mpan-check.js';
import { mpanCheckDigitWrong } from '../rules/mpan-check-digit-wrong.js';
import { mpxnNotOfDeviceType } from '../rules/mpxn-not-of-device-type.js';
import { registeredOperatorNotOfDistributorId } from '../rules/registered-operator-not-of-distributor-id.js';
import type { Meter } from './meter.js';

/** What a meter is judged by. */
export interface JudgingBy {
  readonly referenceData: ReferenceData;
  /** That the lists are asked of, YYYY-MM-DD. */
  readonly day: string;
  readonly gasIsJudged: boolean;
}

/** What came of a meter. What is not known, or nobody's, is empty. It holds no MPxN. */
export interface MeterJudgement {
  readonly check: MpanCheck;
  readonly group: 'judged' | 'mismatched' | 'unknown';
  readonly deviceType: string;
  readonly distributorId: string;
  /** Who is registered, as registration data names it. */
  readonly networkOperator: string;
  readonly entityIdentifier: string;
  readonly role: string;
  /** organisationId of whose certificate it is, and of whoever operates the network. */
  readonly holder: string;
  readonly operator: string;
  /** The words of the rule. */
  readonly got: string;
  readonly wanted: string;
  /** The other rules that fail. */
  readonly advice: string;
}

/** Those that need nothing but what is known of a meter; the service has them in every list. */
const rules = [
  certificatePartyMpanMismatch,
  registeredOperatorNotOfDistributorId,
  mpxnNotOfDeviceType,
  mpanCheckDigitWrong,
];

/** No request is refused here, so that no rule has a code. */
const policy = { responseCode: () => undefined, refuses: () => false };

/** Judges one meter by the rules of the service. */
export function judgeMeter(meter: Meter, { referenceData, day, gasIsJudged }: JudgingBy): MeterJudgement {
  const { deviceType, mpxn, networkOperatorId, held } = meter;
  const { certificateType, certificate } = held;
  const { entityIdentifier, role } = certificate;
  const circumstances: Circumstances = {
    deviceType,
    mpxn,
    networkOperatorId,
    gasIsJudged,
    certificates: [{ certificateType, certificate }],
    day,
    remotePartyRole: 'NetworkOperator',
    // There is no request, and so none of what these are about; no rule above asks.
    serviceReferenceVariant: '6.15.1',
    isFutureDated: false,
    hasPrepaymentTopUpFloor: false,
    originator: entityIdentifier,
    user: entityIdentifier,
    userSystem: undefined,
    deviceRegistry: 'not-asked',
  };
  const facts = gatherFacts(circumstances, [], referenceData);
  const [organisation] = facts.certificates.map((each) => each.organisation);
  const { mpanCheck: check, findings } = evaluate(rules, facts, policy);
  const mismatch = findings.find(({ rule }) => rule === certificatePartyMpanMismatch.name);
  const words =
    mismatch === undefined || mismatch.verdict === 'not-applicable' ? { got: '', wanted: '' } : mismatch;
  return {
    check,
    group: groups[check],
    deviceType: deviceType ?? '',
    distributorId: facts.distributor?.distributorId ?? '',
    networkOperator: networkOperatorId ?? '',
    entityIdentifier,
    role: role.name,
    holder: organisation?.organisationId ?? '',
    operator: operatorIn(heldAgainst(facts)?.operators ?? [])?.organisationId ?? '',
    got: words.got,
    wanted: words.wanted,
    advice: findings
      .filter(({ rule, verdict }) => verdict === 'fail' && rule !== certificatePartyMpanMismatch.name)
      .map(({ rule }) => rule)
      .join(' '),
  };
}

/** A distributor ID may have several: the first stands for them, but for those of test environments. */
const operatorIn = (operators: readonly Organisation[]): Organisation | undefined =>
  operators.find(({ test }) => !test) ?? operators[0];

const groups = {
  matched: 'judged',
  'not-applicable': 'judged',
  mismatched: 'mismatched',
  'mpan-unknown': 'unknown',
  'distributor-unknown': 'unknown',
  'registration-unknown': 'unknown',
  'operator-unknown': 'unknown',
} as const satisfies Record<MpanCheck, MeterJudgement['group']>;

/**
 * The same, with `max` of its judgements remembered by all that the rules can see of a meter. Judgements that are the same
 * are one object for as long as they are remembered.
 */
export function rememberedJudge(by: JudgingBy, max: number): (meter: Meter) => MeterJudgement {
  const known = new LRUCache<string, MeterJudgement>({ max });
  return (meter) => {
    const key = visibleOf(meter);
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const judgement = judgeMeter(meter, by);
    // A copy, that keeps nothing of the text that it was put together from.
    known.set(Buffer.from(key).toString(), judgement);
    return judgement;
  };
}

/**
 * Of the number itself, rules see its kind, its distributor ID, and whether its check digit is right. Certificates are told
 * apart by their reader, of which there is one to a judge.
 */
function visibleOf({ deviceType, mpxn, networkOperatorId, held }: Meter): string {
  const number =
    mpxn?.kind === 'mpan' ? `${mpxn.distributorId}${mpxn.checkDigitIsRight ? '' : '!'}` : (mpxn?.kind ?? '');
  return `${String(held.id)} ${deviceType ?? ''} ${number} ${networkOperatorId ?? ''}`;
}
