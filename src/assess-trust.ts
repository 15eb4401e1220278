import { ukDayOf } from './clock.js';
import type { SignatureReading } from './duis/xml/signature.js';
import type { ServiceRequest } from './duis/request.js';
import { holdsOn } from './reference-data/list.js';
import type { ReferenceData } from './reference-data/snapshot.js';
import { type TrustCheck, type TrustFlaw, trustRequirements } from './rules/trust.js';
import type { OrganisationCertificate } from './smki/certificate.js';
import { type PathFinder, validityFlaws } from './smki/certification-path.js';
import type { EntityIdentifier } from './smki/entity-identifier.js';
import type { Flaw } from './smki/flaw.js';
import { keyUsageFlaws, type ProfileCheck } from './smki/profile.js';
import { hasSignedRaw } from './smki/public-key.js';
import type { ReceivedCertificates } from './smki/request-certificates.js';
import { revocationFlaws } from './smki/revocation.js';

/** `report` finds without refusing, for a run beside a live pipeline; `off` does not look. */
export type CheckMode = 'enforce' | 'report' | 'off';

export interface TrustChecks {
  readonly certificateProfile: CheckMode;
  readonly certificatePath: CheckMode;
  readonly certificateRevocation: CheckMode;
  readonly xmlSignature: 'require' | 'verify-if-present' | 'off';
  readonly checkProfile: ProfileCheck;
  readonly findPath: PathFinder;
}

/** Who signed a request, where a signature says so and is right. */
export interface Signer {
  readonly entityIdentifier: EntityIdentifier;
  /** The Business Originator, where the signer is a Shared Resource Provider that is listed for it. */
  readonly onBehalfOf: EntityIdentifier | undefined;
}

/** Of a check: `absent`, there was no signature; `undetermined`, revocation was not known. */
export type TrustOutcome = 'passed' | 'failed' | 'undetermined' | 'absent' | 'off';

export type TrustSummary = Readonly<Record<Exclude<TrustCheck, 'sender'>, TrustOutcome>>;

export interface TrustAssessment {
  readonly flaws: readonly TrustFlaw[];
  readonly signer: Signer | undefined;
  readonly summary: TrustSummary;
}

/** What there is to be trusted, or not. */
export interface Claims {
  readonly request: ServiceRequest;
  readonly certificates: ReceivedCertificates;
  /** Undefined where there is none, or it is not looked into. */
  readonly signature: SignatureReading | undefined;
}

/** Finds what is wrong with the certificates of a request, its signature, and the right of its sender to send it. */
export async function assessTrust(
  checks: TrustChecks,
  { request, certificates, signature: reading }: Claims,
  referenceData: ReferenceData,
  at: Date,
): Promise<TrustAssessment> {
  const judge = certificateJudge(checks, certificates, referenceData, at);
  const flaws: TrustFlaw[] = [];
  for (const { certificateType, certificate } of certificates.replacements) {
    const wanted = certificateType === 'DigitalSigning' ? 'digitalSignature' : 'keyAgreement';
    flaws.push(...about(`${certificateType}Certificate`, judge(certificate, wanted)));
  }
  const signature = await assessSignature(checks, reading, referenceData);
  flaws.push(...signature.flaws);
  let signer: Signer | undefined;
  if (signature.certificate !== undefined) {
    const { certificate } = signature;
    flaws.push(...about('certificate of the signature', judge(certificate, 'digitalSignature')));
    if (signature.flaws.length === 0) {
      const sender = assessSender(certificate.entityIdentifier, request, referenceData, ukDayOf(at));
      flaws.push(...sender.flaws);
      signer = sender.signer;
    }
  }
  return { flaws, signer, summary: summarise(checks, reading !== undefined, flaws) };
}

const about = <Name extends string>(certificate: string, flaws: readonly Flaw<Name>[]): Flaw<Name>[] =>
  flaws.map(({ name, got }) => ({ name, got: `${certificate}: ${got}` }));

type CertificateJudge = (
  certificate: OrganisationCertificate,
  wanted: 'digitalSignature' | 'keyAgreement',
) => TrustFlaw[];

/** What is not enforced is found all the same, and what is off is not looked at. */
function certificateJudge(
  { certificateProfile, certificatePath, certificateRevocation, checkProfile, findPath }: TrustChecks,
  { path: companions }: ReceivedCertificates,
  { trust }: ReferenceData,
  at: Date,
): CertificateJudge {
  return (certificate, wanted) => {
    const flaws: TrustFlaw[] = [];
    if (certificateProfile !== 'off') {
      flaws.push(...checkProfile(certificate), ...keyUsageFlaws(certificate, wanted));
    }
    if (certificatePath === 'off' && certificateRevocation === 'off') return flaws;
    const { path, otherPaths = [], flaws: pathFlaws } = findPath(certificate, companions, trust);
    if (certificatePath !== 'off') flaws.push(...pathFlaws);
    const ofPaths = [path, ...otherPaths].map((each): readonly TrustFlaw[] => [
      ...(certificatePath === 'off' ? [] : validityFlaws(each, at)),
      ...(certificateRevocation === 'off' ? [] : revocationFlaws(each, trust, at)),
    ]);
    // One good path is enough; where there is none, the one with least wrong is told.
    return [...flaws, ...ofPaths.reduce((least, each) => (each.length < least.length ? each : least))];
  };
}

interface SignatureAssessment {
  readonly flaws: readonly TrustFlaw[];
  /** The one that made the signature; undefined where there is no signature, or nobody's that is known. */
  readonly certificate: OrganisationCertificate | undefined;
}

async function assessSignature(
  { xmlSignature }: TrustChecks,
  reading: SignatureReading | undefined,
  referenceData: ReferenceData,
): Promise<SignatureAssessment> {
  if (reading === undefined) {
    const flaws = [{ name: 'xml-signature-missing', got: 'no signature' }] as const;
    return { flaws: xmlSignature === 'require' ? flaws : [], certificate: undefined };
  }
  const { signature, flaws: formFlaws } = reading;
  if (signature === undefined) return { flaws: formFlaws, certificate: undefined };
  const { issuerName, serialNumber, signedInfo, signatureValue } = signature;
  const certificate = referenceData.userCertificate(issuerName, serialNumber);
  if (certificate === undefined) {
    const got = 'an issuer and serial number that no listed certificate has';
    return { flaws: [...formFlaws, { name: 'xml-signature-certificate-unknown', got }], certificate };
  }
  const flaws: TrustFlaw[] = [...formFlaws];
  if (certificate.role.name !== 'userXmlSigning') {
    const got = `a certificate of ${certificate.role.name} (${certificate.role.code})`;
    flaws.push({ name: 'xml-signature-certificate-role-wrong', got });
  }
  if (!(await hasSignedRaw(certificate, signedInfo, signatureValue))) {
    flaws.push({
      name: 'xml-signature-value-wrong',
      got: 'the signature of something else, or by somebody else',
    });
  }
  return { flaws, certificate };
}

interface SenderAssessment {
  readonly flaws: readonly TrustFlaw[];
  readonly signer: Signer | undefined;
}

/** Holds the signer of a request against its Business Originator, and the list of who may act for it. */
function assessSender(
  entityIdentifier: EntityIdentifier,
  { requestId: { originator }, service }: ServiceRequest,
  referenceData: ReferenceData,
  day: string,
): SenderAssessment {
  if (entityIdentifier === originator) {
    return { flaws: [], signer: { entityIdentifier, onBehalfOf: undefined } };
  }
  const refusal = (name: TrustFlaw['name'], got: string): SenderAssessment => ({
    flaws: [{ name, got: `signed by ${entityIdentifier}, originated by ${originator}${got}` }],
    signer: undefined,
  });
  const arrangements = referenceData.sharedResourceArrangements(entityIdentifier, originator);
  if (arrangements.length === 0) return refusal('signer-not-originator', '');
  const onDay = arrangements.find((arrangement) => holdsOn(arrangement, day));
  if (onDay === undefined) {
    const periods = arrangements.map(
      ({ effectiveFrom = 'ever', effectiveTo = 'further notice' }) =>
        `from ${effectiveFrom} to ${effectiveTo}`,
    );
    return refusal('shared-resource-provider-not-on-the-day', `, listed ${periods.join(' and ')}`);
  }
  const { serviceReference, serviceReferenceVariant } = service;
  if (
    !onDay.serviceReferences.some((each) => each === serviceReference || each === serviceReferenceVariant)
  ) {
    const got = `, listed for ${onDay.serviceReferences.join(', ')}`;
    return refusal('shared-resource-provider-not-for-service', got);
  }
  return { flaws: [], signer: { entityIdentifier, onBehalfOf: originator } };
}

function summarise(checks: TrustChecks, isSigned: boolean, flaws: readonly TrustFlaw[]): TrustSummary {
  const outcome = (check: TrustCheck): TrustOutcome => {
    const found = flaws.filter(({ name }) => trustRequirements[name].check === check);
    if (found.length === 0) return 'passed';
    return found.every(({ name }) => name.startsWith('revocation-list')) ? 'undetermined' : 'failed';
  };
  const unlessOff = (
    check: 'certificateProfile' | 'certificatePath' | 'certificateRevocation',
  ): TrustOutcome => (checks[check] === 'off' ? 'off' : outcome(check));
  return {
    certificateProfile: unlessOff('certificateProfile'),
    certificatePath: unlessOff('certificatePath'),
    certificateRevocation: unlessOff('certificateRevocation'),
    xmlSignature: checks.xmlSignature === 'off' ? 'off' : isSigned ? outcome('xmlSignature') : 'absent',
  };
}
