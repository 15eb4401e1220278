import { judgedBy } from './mpan-check.js';
import { notApplicable, type Rule } from './rule.js';

/**
 * Advises: the certificates are held against the registration whatever the digits say, and networks change hands while
 * MPANs keep their digits. Where nothing changed hands, one of the two is wrong, and somebody should look. Not checked:
 * which of the two; gas, whose MPRN has no network in its digits; and requests for other Remote Parties, since whether the
 * registration is looked up for those depends on what the caller leaves out.
 */
export const registeredOperatorNotOfDistributorId: Rule = {
  name: 'registered-operator-not-of-distributor-id',
  requirement:
    'The Network Operator that is registered for an MPAN holds the distributor ID at its front on the day.',
  citation:
    'no clause: Market Domain Data, Market Participant Role R, has the distributor IDs of a Market Participant Id',
  evaluate: (facts) => {
    const { registration, distributor } = facts;
    if (judgedBy(facts) !== 'mpan' || registration === undefined || distributor === undefined) {
      return notApplicable;
    }
    const { networkOperatorId, name, distributorIds } = registration;
    const holds = distributorIds.includes(distributor.distributorId);
    return {
      verdict: distributorIds.length === 0 ? 'undetermined' : holds ? 'pass' : 'fail',
      got: `the registered operator ${networkOperatorId} (${name ?? 'not listed on the day'})`,
      wanted: `the holder of distributor ID ${distributor.distributorId} (${distributor.name ?? 'not listed on the day'})`,
    };
  },
};
