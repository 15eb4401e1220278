import { certificationPathRequirements } from '../smki/certification-path.js';
import type { Flaw, Requirement } from '../smki/flaw.js';
import { keyUsageRequirements, profileRequirements } from '../smki/profile.js';
import { revocationRequirements } from '../smki/revocation.js';

/**
 * What is judged in front of the rules: whether the certificates are genuine, the signature whole, and the sender
 * entitled. A request has no finding for what is in order here, and one for each requirement that is not met.
 */

const xmlSignature = 'DUIS, XML signature profile';

export const xmlSignatureRequirements = {
  'xml-signature-missing': {
    requirement: 'The request is signed.',
    citation: `${xmlSignature}; a setting (XML_SIGNATURE=require)`,
  },
  'xml-signature-malformed': {
    requirement:
      'The Signature has the elements of the DUIS profile and no others: one Reference, one Transform, and an X509IssuerSerial.',
    citation: `${xmlSignature}; XML Signature section 4`,
  },
  'xml-signature-algorithm-not-allowed': {
    requirement:
      'The Signature uses Exclusive C14N for SignedInfo, ecdsa-sha256, the enveloped-signature transform alone, and SHA-256.',
    citation: xmlSignature,
  },
  'xml-signature-not-of-whole-request': {
    requirement: 'The Reference of the Signature has the URI "", which is the whole request.',
    citation: `${xmlSignature}; XML Signature section 4.4.3.2`,
  },
  'xml-signature-with-comment': {
    requirement:
      'A signed request has no comment anywhere: canonicalisation drops it, so that anybody may put one in.',
    citation: 'Canonical XML 1.0 section 2.1',
  },
  'xml-signature-with-foreign-namespace': {
    requirement:
      'The Signature declares no namespace but that of XML Signature: nothing signs its declarations.',
    citation: 'Exclusive Canonical XML 1.0 section 3',
  },
  'xml-signature-digest-wrong': {
    requirement: 'The DigestValue is the SHA-256 of the request without its Signature, in Canonical XML 1.0.',
    citation: `${xmlSignature}; XML Signature section 3.2.1`,
  },
  'xml-signature-certificate-unknown': {
    requirement:
      'The certificate that the Signature names by issuer and serial number is in the list of User certificates.',
    citation: xmlSignature,
  },
  'xml-signature-value-wrong': {
    requirement: 'The SignatureValue is r and s, 64 octets, and verifies with the key of that certificate.',
    citation: `${xmlSignature}; RFC 6931 section 2.3.6`,
  },
  'xml-signature-certificate-role-wrong': {
    requirement: 'The certificate behind the Signature was issued for XML signing (OU 87).',
    citation: `${xmlSignature}; SMKI Organisation Certificate profile, OU`,
  },
} as const satisfies Record<string, Requirement>;

/** What can be wrong with a signature before anybody asks whose it is. */
export type XmlSignatureFormFlaw = Flaw<
  Exclude<
    keyof typeof xmlSignatureRequirements,
    `xml-signature-certificate-${string}` | 'xml-signature-missing' | 'xml-signature-value-wrong'
  >
>;

export const senderRequirements = {
  'signer-not-originator': {
    requirement:
      'The request is signed by its Business Originator, or by a Shared Resource Provider that is listed for it.',
    citation: 'DUIS, XML signature profile; MP134B',
  },
  'shared-resource-provider-not-on-the-day': {
    requirement: 'The Shared Resource Provider is listed for the Business Originator on the day.',
    citation: 'MP134B',
  },
  'shared-resource-provider-not-for-service': {
    requirement: 'The Shared Resource Provider is listed for requests of this service.',
    citation: 'MP134B',
  },
} as const satisfies Record<string, Requirement>;

const checks = {
  certificateProfile: { ...profileRequirements, ...keyUsageRequirements },
  certificatePath: certificationPathRequirements,
  certificateRevocation: revocationRequirements,
  xmlSignature: xmlSignatureRequirements,
  sender: senderRequirements,
} as const satisfies Record<string, Readonly<Record<string, Requirement>>>;

export type TrustCheck = keyof typeof checks;

type NamesOf<Check> = Check extends TrustCheck ? keyof (typeof checks)[Check] : never;
export type TrustRuleName = NamesOf<TrustCheck>;
export type TrustFlaw = Flaw<TrustRuleName>;

/** Every requirement, with the check that it belongs to. */
export const trustRequirements = Object.fromEntries(
  Object.entries(checks).flatMap(([check, requirements]) =>
    Object.entries(requirements as Readonly<Record<string, Requirement>>).map(
      ([name, { requirement, citation }]) => [name, { check, requirement, citation }],
    ),
  ),
) as Readonly<Record<TrustRuleName, Requirement & { readonly check: TrustCheck }>>;

export const trustRuleNames = Object.keys(trustRequirements) as [TrustRuleName, ...TrustRuleName[]];

export const isTrustRule = (name: string): name is TrustRuleName => Object.hasOwn(trustRequirements, name);
