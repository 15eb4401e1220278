import { list, notApplicable, type Rule } from './rule.js';

/**
 * The paper of 2018 knows the Supplier alone; which roles may be future dated today is in the applicability list.
 * Not checked: whether the execution time is still to come.
 */
export const futureDatedNotSupplier: Rule = {
  name: 'future-dated-not-supplier',
  requirement: 'A request with an ExecutionDateTime is for a Remote Party Role that may be future dated.',
  citation: 'DUIS 3.8.66.3, E061506',
  evaluate: ({ applicability, remotePartyRole, isFutureDated }) => {
    if (!isFutureDated) return notApplicable;
    const roles = applicability.filter((entry) => entry.futureDating).map((entry) => entry.remotePartyRole);
    return {
      verdict: roles.includes(remotePartyRole) ? 'pass' : 'fail',
      got: `an ExecutionDateTime for ${remotePartyRole}`,
      wanted: `one only for ${list(roles)}`,
    };
  },
};
