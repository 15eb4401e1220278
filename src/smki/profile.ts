import { type KeyUsage, shownName, type SmkiCertificate } from './certificate.js';
import type { Flaw, Requirement } from './flaw.js';
import { isOnCurve } from './public-key.js';
import { oids } from './x509-fields.js';

interface ProfileRequirement extends Requirement {
  /** What the certificate has instead; undefined where it is as the profile asks. */
  readonly deviation: (certificate: SmkiCertificate, policies: readonly string[]) => string | undefined;
}

const profile = 'SMKI Organisation Certificate profile';

const organisationKeyUsages: readonly KeyUsage[] = ['digitalSignature', 'keyAgreement'];

const isCritical = ({ extensions }: SmkiCertificate, wanted: string): boolean =>
  extensions.some(({ oid, critical }) => oid === wanted && critical);

const understood = [
  oids.keyUsage,
  oids.certificatePolicies,
  oids.subjectKeyIdentifier,
  oids.authorityKeyIdentifier,
  oids.basicConstraints,
];

/**
 * The SMKI Organisation Certificate profile, a requirement each. That a certificate is X.509 v3 in DER, has a P-256
 * key as an uncompressed point, no attribute but CN, OU and x500UniqueIdentifier, and a keyUsage, is asked by the
 * reader already, without which there is nothing to judge. Not checked: how long a certificate runs (ten years), and
 * how a key identifier was derived.
 */
export const profileRequirements = {
  'certificate-algorithm-not-ecdsa-with-sha256': {
    requirement: 'The certificate is signed with ecdsa-with-SHA256, without parameters, and says so twice.',
    citation: `${profile}; RFC 5280 sections 4.1.1.2 and 4.1.2.3, RFC 5758 section 3.2`,
    deviation: ({ signatureAlgorithm, tbsSignatureAlgorithm }) =>
      signatureAlgorithm === oids.ecdsaWithSha256 && tbsSignatureAlgorithm === oids.ecdsaWithSha256
        ? undefined
        : `${signatureAlgorithm} outside, ${tbsSignatureAlgorithm} inside`,
  },
  'certificate-point-not-on-curve': {
    requirement: 'The public key is a point of the curve P-256.',
    citation: `${profile}; SEC 1 section 3.2.2.1`,
    deviation: (certificate) => (isOnCurve(certificate) ? undefined : 'a point that is not on the curve'),
  },
  'certificate-serial-number-too-long': {
    requirement: 'The serial number has at most sixteen octets.',
    citation: profile,
    deviation: ({ serialNumber }) => {
      // Not counting the octet that makes a number positive.
      const octets = serialNumber.replace(/^00/, '').length / 2;
      return octets > 16 ? `a serial number of ${String(octets)} octets` : undefined;
    },
  },
  'certificate-issuer-not-an-issuing-authority': {
    requirement: 'The issuer has the role issuingAuthority (OU 07), a common name, and no Entity Identifier.',
    citation: profile,
    // A value has its "=" escaped, so that what is found is an attribute.
    deviation: ({ issuer, issuerRole }) =>
      issuerRole.code === '07' &&
      /(?:^|,)CN=[^,]/.test(issuer) &&
      !issuer.includes(`${oids.x500UniqueIdentifier}=`)
        ? undefined
        : `the issuer ${shownName(issuer)}`,
  },
  'certificate-operator-with-common-name': {
    requirement: "A Network Operator's certificate has no common name in its subject.",
    citation: profile,
    deviation: ({ role, commonName }) =>
      role.name === 'networkOperator' && commonName !== undefined ? 'a subject with a CN' : undefined,
  },
  'certificate-validity-reversed': {
    requirement: 'The certificate does not expire before it becomes valid.',
    citation: 'RFC 5280 section 4.1.2.5',
    deviation: ({ notBefore, notAfter }) =>
      notAfter < notBefore ? `valid from ${notBefore.toISOString()} to ${notAfter.toISOString()}` : undefined,
  },
  'certificate-key-usage-not-single': {
    requirement: 'The keyUsage is exactly one of digitalSignature and keyAgreement.',
    citation: profile,
    deviation: ({ keyUsage: [only, ...others], keyUsage }) =>
      only !== undefined && others.length === 0 && organisationKeyUsages.includes(only)
        ? undefined
        : keyUsage.join(' and '),
  },
  'certificate-key-usage-not-critical': {
    requirement: 'The keyUsage extension is critical.',
    citation: `${profile}; RFC 5280 section 4.2.1.3`,
    deviation: (certificate) =>
      isCritical(certificate, oids.keyUsage) ? undefined : 'a keyUsage that is not critical',
  },
  'certificate-policy-not-accepted': {
    requirement:
      'The certificate names exactly one policy, without qualifiers, and it is one that is accepted.',
    citation: `${profile}; the accepted policies are a setting (CERTIFICATE_POLICIES)`,
    deviation: ({ certificatePolicies: [only, ...others] }, policies) =>
      only !== undefined && others.length === 0 && policies.includes(only)
        ? undefined
        : [only ?? 'no policy', ...others].join(' and '),
  },
  'certificate-policies-not-critical': {
    requirement: 'The certificatePolicies extension is critical.',
    citation: profile,
    deviation: (certificate) =>
      certificate.certificatePolicies.length === 0 || isCritical(certificate, oids.certificatePolicies)
        ? undefined
        : 'certificatePolicies that are not critical',
  },
  'certificate-subject-key-identifier-wrong': {
    requirement: 'The subjectKeyIdentifier has eight octets, and is not critical.',
    citation: `${profile}; RFC 5280 section 4.2.1.2`,
    deviation: (certificate) =>
      keyIdentifierFault(certificate, oids.subjectKeyIdentifier, certificate.subjectKeyIdentifier),
  },
  'certificate-authority-key-identifier-wrong': {
    requirement: 'The authorityKeyIdentifier is a keyIdentifier of eight octets, and is not critical.',
    citation: `${profile}; RFC 5280 section 4.2.1.1`,
    deviation: (certificate) =>
      keyIdentifierFault(certificate, oids.authorityKeyIdentifier, certificate.authorityKeyIdentifier),
  },
  'certificate-is-an-authority': {
    requirement: 'The certificate of an organisation is not that of a certification authority.',
    citation: `${profile}; RFC 5280 section 4.2.1.9`,
    deviation: ({ basicConstraints }) => (basicConstraints?.isCa === true ? 'the cA flag' : undefined),
  },
  'certificate-critical-extension-unknown': {
    requirement: 'No extension is critical but keyUsage, certificatePolicies and basicConstraints.',
    citation: 'RFC 5280 section 4.2',
    deviation: unknownCriticalExtension,
  },
} as const satisfies Record<string, ProfileRequirement>;

export type ProfileFlaw = Flaw<keyof typeof profileRequirements>;

function keyIdentifierFault(
  certificate: SmkiCertificate,
  oid: string,
  identifier: string | undefined,
): string | undefined {
  if (identifier === undefined) return 'none';
  if (isCritical(certificate, oid)) return 'a critical one';
  return identifier.length === 16 ? undefined : `one of ${String(identifier.length / 2)} octets`;
}

/** The first critical extension whose meaning is not known, without which nobody may go on (RFC 5280 section 4.2). */
export function unknownCriticalExtension({ extensions }: SmkiCertificate): string | undefined {
  const unknown = extensions.find(({ oid, critical }) => critical && !understood.includes(oid));
  return unknown === undefined ? undefined : `the critical extension ${unknown.oid}`;
}

const requirements = Object.entries(profileRequirements) as [ProfileFlaw['name'], ProfileRequirement][];

/** Finds where an Organisation Certificate leaves the profile. */
export type ProfileCheck = (certificate: SmkiCertificate) => readonly ProfileFlaw[];

/** A check against a set of accepted policies, which remembers what it found for as long as the certificate is held. */
export function profileCheck(policies: readonly string[]): ProfileCheck {
  const known = new WeakMap<SmkiCertificate, readonly ProfileFlaw[]>();
  return (certificate) => {
    let flaws = known.get(certificate);
    if (flaws === undefined) {
      flaws = requirements.flatMap(([name, { deviation }]) => {
        const got = deviation(certificate, policies);
        return got === undefined ? [] : [{ name, got }];
      });
      known.set(certificate, flaws);
    }
    return flaws;
  };
}

/** What a certificate is for, where it stands: a slot of a request, or the signature of one. */
export const keyUsageRequirements = {
  'certificate-key-usage-not-for-slot': {
    requirement:
      'A certificate in a signing slot or behind an XML signature is for digitalSignature, one in a key agreement slot for keyAgreement.',
    citation: `${profile}; GBCS, Trust Anchor Cells`,
  },
} as const satisfies Record<string, Requirement>;

export type KeyUsageFlaw = Flaw<keyof typeof keyUsageRequirements>;

/** Holds the keyUsage of a certificate against the one that its place asks for. */
export function keyUsageFlaws({ keyUsage }: SmkiCertificate, wanted: KeyUsage): KeyUsageFlaw[] {
  return keyUsage.includes(wanted)
    ? []
    : [
        {
          name: 'certificate-key-usage-not-for-slot',
          got: `${keyUsage.join(' and ')}, where ${wanted} is wanted`,
        },
      ];
}
