import { list, type Rule } from './rule.js';

export const certificateTypeNotForDeviceType: Rule = {
  name: 'certificate-type-not-for-device-type',
  requirement: 'Each Certificate Type in the request is one that the Device Type has a place for.',
  citation: 'DUIS 3.8.66.3, E061505',
  evaluate: ({ applicability, deviceType, certificates }) => {
    const possible = new Set(
      applicability
        .filter((entry) => deviceType === undefined || entry.deviceTypes.includes(deviceType))
        .flatMap((entry) => entry.certificateTypes),
    );
    const sent = certificates.map(({ certificateType }) => certificateType);
    const isPossible = sent.every((type) => possible.has(type));
    return {
      verdict: !isPossible ? 'fail' : deviceType === undefined ? 'undetermined' : 'pass',
      got: `${list(sent)} for Device Type ${deviceType ?? 'not known'}`,
      wanted: `only ${list(possible)}`,
    };
  },
};
