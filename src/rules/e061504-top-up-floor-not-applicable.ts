import { list, notApplicable, type Rule } from './rule.js';

export const topUpFloorNotApplicable: Rule = {
  name: 'top-up-floor-not-applicable',
  requirement:
    'A Remote Party (New) Prepayment Top Up Floor Seq Number comes only where Remote Party and device have prepayment top-up.',
  citation: 'DUIS 3.8.66.3, E061504',
  evaluate: ({ applicability, remotePartyRole, deviceType, hasPrepaymentTopUpFloor }) => {
    if (!hasPrepaymentTopUpFloor) return notApplicable;
    const withFloor = applicability.filter((entry) => entry.prepaymentTopUpFloor);
    const isPossible = withFloor.some(
      (entry) =>
        entry.remotePartyRole === remotePartyRole &&
        (deviceType === undefined || entry.deviceTypes.includes(deviceType)),
    );
    const places = withFloor.map((entry) => `${entry.remotePartyRole} on ${entry.deviceTypes.join('/')}`);
    return {
      verdict: !isPossible ? 'fail' : deviceType === undefined ? 'undetermined' : 'pass',
      got: `a top-up floor for ${remotePartyRole} on Device Type ${deviceType ?? 'not known'}`,
      wanted: `one only for ${list(places)}`,
    };
  },
};
