import type { MpanCheck } from '../../rules/mpan-check.js';

const words: Readonly<Record<MpanCheck, string>> = {
  matched: 'Right: the Network Operator’s own certificate',
  mismatched: 'Wrong: not the Network Operator’s certificate',
  'not-applicable': 'Not for the check',
  'mpan-unknown': 'The MPAN is not known',
  'distributor-unknown': 'The distributor ID, or the Entity Identifiers of its operator, are not listed',
  'registration-unknown': 'A gas device that nobody is known to be registered for',
  'operator-unknown': 'Somebody is registered whose Entity Identifiers are not listed',
};

/** A reason that is no outcome of the check stands for itself. */
export const inWords = (reason: string): string => (isMpanCheck(reason) ? words[reason] : reason);

const isMpanCheck = (reason: string): reason is MpanCheck => Object.hasOwn(words, reason);
