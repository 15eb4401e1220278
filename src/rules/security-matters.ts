import type { FindingName } from './evaluate.js';

/** Whether somebody has a duty to act on a failure, and why. */
export interface SecurityMatter {
  readonly isSecurityMatter: boolean;
  readonly reason: string;
}

const matter = (reason: string): SecurityMatter => ({ isSecurityMatter: true, reason });
const noMatter = (reason: string): SecurityMatter => ({ isSecurityMatter: false, reason });

const notOfTheSmki = matter('The SMKI issues no such certificate: it is somebody else’s, or was altered.');
const keyMisused = matter('A key is used for what it was not issued for.');
const notVouchedFor = matter('No authority that is trusted vouches for the certificate.');
const notOfItsDays = matter('Nobody vouches for the certificate on the day.');
const statusUnknown = noMatter(
  'Whether the certificate is revoked is not known, and what is not known is not wrong.',
);
const signsOneShowsAnother = matter('It is a way to sign one thing and to show another.');
const arrangedOtherwise = noMatter(
  'Both parties are known, and what is agreed between them is theirs, and the list’s, to put right.',
);
const formOfRequest = noMatter(
  'The request asks for what does not go together, and says nothing of a certificate.',
);

/**
 * Which failures are a matter of security, where somebody has to act by SEC Section G: a certificate that is suspicious, or a
 * request with one that somebody else made. A mistake in the form of a request is none.
 */
export const securityMatters: Readonly<Record<FindingName, SecurityMatter>> = {
  'certificate-algorithm-not-ecdsa-with-sha256': notOfTheSmki,
  'certificate-point-not-on-curve': notOfTheSmki,
  'certificate-serial-number-too-long': notOfTheSmki,
  'certificate-issuer-not-an-issuing-authority': notOfTheSmki,
  'certificate-operator-with-common-name': notOfTheSmki,
  'certificate-validity-reversed': notOfTheSmki,
  'certificate-key-usage-not-single': notOfTheSmki,
  'certificate-key-usage-not-critical': notOfTheSmki,
  'certificate-policy-not-accepted': notOfTheSmki,
  'certificate-policies-not-critical': notOfTheSmki,
  'certificate-subject-key-identifier-wrong': notOfTheSmki,
  'certificate-authority-key-identifier-wrong': notOfTheSmki,
  'certificate-is-an-authority': notOfTheSmki,
  'certificate-critical-extension-unknown': notOfTheSmki,
  'certificate-key-usage-not-for-slot': keyMisused,
  'certificate-path-not-found': notVouchedFor,
  'certificate-signature-wrong': notVouchedFor,
  'certificate-issuer-not-an-authority': notVouchedFor,
  'certificate-path-too-long': notVouchedFor,
  'certificate-key-identifiers-differ': notVouchedFor,
  'certificate-not-yet-valid': notOfItsDays,
  'certificate-expired': notOfItsDays,
  'certificate-revoked': matter(
    'Its authority has taken the certificate back: its key may be in other hands.',
  ),
  'revocation-list-not-current': statusUnknown,
  'revocation-list-missing': statusUnknown,
  'xml-signature-missing': noMatter('Nothing is signed, and so nothing signed is wrong.'),
  'xml-signature-malformed': signsOneShowsAnother,
  'xml-signature-algorithm-not-allowed': signsOneShowsAnother,
  'xml-signature-not-of-whole-request': signsOneShowsAnother,
  'xml-signature-with-comment': signsOneShowsAnother,
  'xml-signature-with-foreign-namespace': signsOneShowsAnother,
  'xml-signature-digest-wrong': matter('The request was altered after it was signed.'),
  'xml-signature-certificate-unknown': matter('It is signed with a certificate that no User is listed with.'),
  'xml-signature-value-wrong': matter('Somebody else signed it, or it is the signature of something else.'),
  'xml-signature-certificate-role-wrong': keyMisused,
  'signer-not-originator': matter('Somebody has signed in the name of another.'),
  'shared-resource-provider-not-on-the-day': arrangedOtherwise,
  'shared-resource-provider-not-for-service': arrangedOtherwise,
  'combination-not-permitted': formOfRequest,
  'top-up-floor-not-applicable': formOfRequest,
  'certificate-type-not-for-device-type': noMatter(
    'The device has no place for the certificate, whosever it is.',
  ),
  'future-dated-not-supplier': formOfRequest,
  'certificate-type-not-for-remote-party': matter(
    'The certificate would put somebody of another role in the place of the Remote Party.',
  ),
  'certificate-party-mpan-mismatch': matter(
    'The certificate would put another operator in the place of the true one.',
  ),
  'registered-operator-not-of-distributor-id': noMatter(
    'The registration and the number differ, which says nothing of a certificate.',
  ),
  'certificates-of-two-organisations': matter(
    'One of the two is seldom meant, and would have a part of the keys.',
  ),
  'mpxn-not-of-device-type': noMatter(
    'Type and number of the device differ, which says nothing of a certificate.',
  ),
  'mpan-check-digit-wrong': noMatter('It is the form of a number.'),
  'user-system-not-notified': noMatter(
    'What is owed then is to the Security Sub-Committee, by the User (SECMP0057), and no certificate is in doubt.',
  ),
  'device-registry-unavailable': noMatter('It is a fault of operation.'),
};
