import { notApplicable, type Rule } from './rule.js';

/**
 * Advises, unless a response code is given to it: a notification that is missing is the User's to explain to the
 * Security Sub-Committee, and no reason to keep a meter from its operator. Not checked: the assessment, which the
 * finding tells.
 */
export const userSystemNotNotified: Rule = {
  name: 'user-system-not-notified',
  requirement:
    'A second or subsequent User System is used after the Security Sub-Committee has been told of it.',
  citation: 'SECMP0057',
  evaluate: ({ sender: { userSystem }, day }) => {
    if (userSystem === undefined) return notApplicable;
    const { name, listed, employed } = userSystem;
    const wanted = 'the first system of the User, or one with a notification that is recorded';
    // What is in no list is the caller's word, and could be anything.
    if (employed === undefined)
      return { verdict: 'undetermined', got: 'no system of the User is listed', wanted };
    if (listed === undefined) {
      return { verdict: 'fail', got: `a system that is not among the User's ${String(employed)}`, wanted };
    }
    const { sequence, operator, notifiedOn, assessedOn } = listed;
    const isNotified = notifiedOn !== undefined && notifiedOn <= day;
    const told = `told ${notifiedOn ?? 'never'}, assessed ${assessedOn ?? 'never'}`;
    return {
      verdict: sequence === 1 || isNotified ? 'pass' : 'fail',
      got: `${name}, system ${String(sequence)} of the User, run by ${operator}, ${told}`,
      wanted,
    };
  },
};
