import { list, type Rule } from './rule.js';

/** Not checked: that the sender is who it says it is. */
export const combinationNotPermitted: Rule = {
  name: 'combination-not-permitted',
  requirement:
    'The combination of User Role, Remote Party Role and Device Type is one that the service permits.',
  citation: 'DUIS 3.8.66.3, E061501',
  evaluate: ({ applicability, remotePartyRole, deviceType, sender: { userRoles, entityIdentifier } }) => {
    const ofRole = applicability.filter((entry) => entry.remotePartyRole === remotePartyRole);
    // A sender that is not listed cannot be judged, unless it is for a Remote Party that nobody may send: Root, say.
    const isPossible = ofRole.some(
      (entry) =>
        userRoles === undefined ||
        (userRoles.some((role) => entry.userRoles.includes(role)) &&
          (deviceType === undefined || entry.deviceTypes.includes(deviceType))),
    );
    const isSure = userRoles !== undefined && deviceType !== undefined;
    const sender = userRoles === undefined ? `of ${entityIdentifier} not listed` : list(userRoles);
    const permitted = ofRole.map((entry) => `${entry.userRoles.join('/')} on ${entry.deviceTypes.join('/')}`);
    return {
      verdict: !isPossible ? 'fail' : isSure ? 'pass' : 'undetermined',
      got: `User Role ${sender}; Remote Party Role ${remotePartyRole}; Device Type ${deviceType ?? 'not known'}`,
      wanted: `for ${remotePartyRole}: ${list(permitted)}`,
    };
  },
};
