import { LRUCache } from 'lru-cache';
import { type CacheTally, newTally } from './cache-tally.js';
import type { Service } from './duis/service.js';
import { type Circumstances, gatherFacts } from './gather-facts.js';
import type { ReferenceData } from './reference-data/snapshot.js';
import { evaluate, type Judgement, type RulePolicy } from './rules/evaluate.js';
import type { CertificateFacts } from './rules/facts.js';
import type { TrustFlaw } from './rules/trust.js';

/** What the rules of a service say, and whose the certificates are. */
export interface Judged extends Judgement {
  readonly certificates: readonly CertificateFacts[];
  /** Of the originator; undefined where it is in no list of Users. */
  readonly userRoles: readonly string[] | undefined;
}

export type Judge = (
  service: Service,
  circumstances: Circumstances,
  trustFlaws: readonly TrustFlaw[],
  referenceData: ReferenceData,
) => Judged;

// About 5 kB each.
const maxRemembered = 2_000;

/**
 * Judges by the rules of a service. The rules are pure, so that what they said of some circumstances by one state of the
 * reference data is remembered; but not where something is wrong with certificates or signature, which is said of one
 * request and in its own words.
 */
export function judgeWith(refuses: RulePolicy['refuses'], tally: CacheTally = newTally()): Judge {
  const judge: Judge = (service, circumstances, trustFlaws, referenceData) => {
    const facts = gatherFacts(circumstances, trustFlaws, referenceData);
    const judgement = evaluate(service.rules, facts, {
      responseCode: (rule) => referenceData.responseCode(service.serviceReferenceVariant, rule),
      refuses,
    });
    return { ...judgement, certificates: facts.certificates, userRoles: facts.sender.userRoles };
  };
  const remembered = new WeakMap<ReferenceData, LRUCache<string, Judged>>();
  return (service, circumstances, trustFlaws, referenceData) => {
    if (trustFlaws.length > 0) return judge(service, circumstances, trustFlaws, referenceData);
    let known = remembered.get(referenceData);
    if (known === undefined) {
      known = new LRUCache({ max: maxRemembered });
      remembered.set(referenceData, known);
    }
    const text = JSON.stringify(circumstances);
    let judged = known.get(text);
    if (judged !== undefined) tally.hits += 1;
    else {
      tally.misses += 1;
      // Read back from the text, so that nothing counts which is not in it, and no text is a part of a body that it would
      // keep in memory.
      judged = judge(service, JSON.parse(text) as Circumstances, [], referenceData);
      known.set(text, judged);
    }
    return judged;
  };
}
