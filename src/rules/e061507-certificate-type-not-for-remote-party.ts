import type { CertificateFacts, PermittedCombination } from './facts.js';
import { list, type Rule } from './rule.js';

/**
 * The type of a certificate is both the slot that it comes in and the role that it was issued for: a Supplier's
 * certificate in a Network Operator's slot is of the wrong type, whosever it is. The access control broker's
 * certificates in a Network Operator's slot of a gas device are right (MP128A), and listed as such.
 */
export const certificateTypeNotForRemoteParty: Rule = {
  name: 'certificate-type-not-for-remote-party',
  requirement: 'Each certificate is of a type, in slot and role, that goes with the Remote Party Role.',
  citation: 'DUIS 3.8.66.3, E061507; SMKI Organisation Certificate profile, OU; MP128A',
  evaluate: ({ applicability, remotePartyRole, deviceType, certificates }) => {
    const ofRole = applicability.filter((entry) => entry.remotePartyRole === remotePartyRole);
    const onDevice = ofRole.filter(
      (entry) => deviceType !== undefined && entry.deviceTypes.includes(deviceType),
    );
    // A device that the role has no place on is E061501's to refuse; here its certificates are held against the role.
    const entries = onDevice.length > 0 ? onDevice : ofRole;
    const isPossible = certificates.every((each) => entries.some((entry) => fits(each, entry)));
    const isSure =
      deviceType !== undefined || certificates.every((each) => ofRole.every((entry) => fits(each, entry)));
    const sent = certificates.map(
      ({ certificateType, certificate: { role } }) => `${certificateType} of ${role.name} (${role.code})`,
    );
    const types = list(entries.flatMap((entry) => entry.certificateTypes));
    const roles = list(entries.flatMap((entry) => entry.certificateRoles));
    return {
      verdict: !isPossible ? 'fail' : isSure ? 'pass' : 'undetermined',
      got: list(sent),
      wanted: `for ${remotePartyRole} on Device Type ${deviceType ?? 'not known'}: ${types} of ${roles}`,
    };
  },
};

const fits = ({ certificateType, certificate }: CertificateFacts, entry: PermittedCombination): boolean =>
  entry.certificateTypes.includes(certificateType) &&
  entry.certificateRoles.some((role) => role === certificate.role.name);
