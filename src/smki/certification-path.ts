import { LRUCache } from 'lru-cache';
import { type CacheTally, newTally } from '../cache-tally.js';
import { nameOf, shownName, type SmkiCertificate } from './certificate.js';
import type { Flaw, Requirement } from './flaw.js';
import { unknownCriticalExtension } from './profile.js';
import { hasSigned as verifySigned } from './public-key.js';
import { boundedBy, sizeOf } from './remember.js';
import { steady } from './steady.js';
import type { TrustSet } from './trust-set.js';

/**
 * Certification paths to trust anchors (RFC 5280 section 6). Not checked: policies and names along the path, which the
 * SMKI does not constrain; revocation, which is revocation.ts's.
 */
export const certificationPathRequirements = {
  'certificate-path-not-found': {
    requirement:
      'A path of certificates leads to a trust anchor that is configured here. Those in the request may complete it, and never anchor it.',
    citation: 'RFC 5280 section 6.1',
  },
  'certificate-signature-wrong': {
    requirement: 'The certificate is signed with the key of its issuer, with ecdsa-with-SHA256.',
    citation: 'RFC 5280 sections 4.1.1.2 and 6.1.3 (a)(1)',
  },
  'certificate-issuer-not-an-authority': {
    requirement:
      'The issuer is a certification authority: the cA flag, keyCertSign, and no critical extension that is not known.',
    citation: 'RFC 5280 sections 4.2.1.3, 4.2.1.9 and 6.1.4 (k), (n), (o)',
  },
  'certificate-path-too-long': {
    requirement:
      'No more authorities stand below an issuer than its path length allows, those aside that are self-issued, and never more than three.',
    citation: 'RFC 5280 section 6.1.4 (l), (m)',
  },
  'certificate-key-identifiers-differ': {
    requirement: "The authorityKeyIdentifier of the certificate is the subjectKeyIdentifier of its issuer's.",
    citation: 'RFC 5280 section 4.2.1.1',
  },
  'certificate-not-yet-valid': {
    requirement:
      'Every certificate of the path, the anchor too, is valid already at the time of the decision.',
    citation: 'RFC 5280 section 6.1.3 (a)(2)',
  },
  'certificate-expired': {
    requirement: 'Every certificate of the path, the anchor too, is still valid at the time of the decision.',
    citation: 'RFC 5280 section 6.1.3 (a)(2)',
  },
} as const satisfies Record<string, Requirement>;

export type CertificationPathFlaw = Flaw<keyof typeof certificationPathRequirements>;

/** What was found without looking at the time. Where there are flaws, the path is the certificate alone. */
export interface CertificationPath {
  /** From the certificate to the trust anchor: the shortest there is. */
  readonly path: readonly SmkiCertificate[];
  /** Where there are several, as when an authority's certificate has been renewed: which is valid, the time will tell. */
  readonly otherPaths?: readonly (readonly SmkiCertificate[])[];
  readonly flaws: readonly CertificationPathFlaw[];
}

/**
 * Looks for a path from a certificate to an anchor, through certificates that came with it, in whatever order. A
 * certificate that is an anchor vouches for others, and not for itself.
 */
export type PathFinder = (
  certificate: SmkiCertificate,
  companions: readonly SmkiCertificate[],
  trust: TrustSet,
) => CertificationPath;

/**
 * A finder that remembers the last `max` verdicts, found or not: none depends on the time. A verdict holds for one
 * certificate, the certificates that came with it, and one state of the trust anchors.
 */
export function pathFinder(
  max: number,
  tallies: Readonly<Record<'paths' | 'signatures', CacheTally>> = {
    paths: newTally(),
    signatures: newTally(),
  },
): PathFinder {
  const known = new LRUCache<string, CertificationPath>({
    ...boundedBy(max),
    sizeCalculation: ({ path, otherPaths = [] }) => sizeOf(...[path, ...otherPaths].flat()),
  });
  const hasSigned = rememberedSignatures(max, tallies.signatures);
  return (certificate, companions, trust) => {
    // In one order, and each once: the verdict depends on neither.
    const distinct = inOneOrder(companions);
    const key = [trust.id, ...[certificate, ...distinct].map(({ fingerprint }) => fingerprint)].join();
    let verdict = known.get(key);
    if (verdict !== undefined) tallies.paths.hits += 1;
    else {
      tallies.paths.misses += 1;
      verdict = findPath(certificate, distinct, trust, hasSigned);
      known.set(key, verdict);
    }
    return verdict;
  };
}

function inOneOrder(companions: readonly SmkiCertificate[]): readonly SmkiCertificate[] {
  if (companions.length < 2) return companions;
  const distinct = [...new Map(companions.map((companion) => [companion.fingerprint, companion])).values()];
  return distinct.sort((one, other) => (one.fingerprint < other.fingerprint ? -1 : 1));
}

// In the SMKI a root stands above issuing authorities, which issue everything else.
const maxAuthoritiesBelow = 3;

// An authority's certificate is renewed every few years.
const maxPaths = 8;

function findPath(
  certificate: SmkiCertificate,
  companions: readonly SmkiCertificate[],
  trust: TrustSet,
  hasSigned: SignatureCheck,
): CertificationPath {
  const candidates = [...trust.anchors, ...companions.filter((each) => !trust.isAnchor(each))].filter(
    ({ fingerprint }) => fingerprint !== certificate.fingerprint,
  );

  // A hostile sender can make many paths of few certificates. What stands above a certificate depends on how many
  // stand below it and not on which, so that neither a link nor a place in a path is looked at twice.
  const links = new Map<string, readonly CertificationPathFlaw[]>();
  const flawsBetween = (
    issuer: SmkiCertificate,
    issued: SmkiCertificate,
  ): readonly CertificationPathFlaw[] => {
    const key = `${issuer.fingerprint} ${issued.fingerprint}`;
    const flaws = links.get(key) ?? linkFlaws(issuer, issued, hasSigned);
    links.set(key, flaws);
    return flaws;
  };
  const places = new Set<string>();

  const found: (readonly SmkiCertificate[])[] = [];
  let reasons: readonly CertificationPathFlaw[] = [];
  // The queue grows while it is walked: the shortest paths come first, and so nobody stands twice in what is found.
  const queue: { path: readonly SmkiCertificate[]; last: SmkiCertificate }[] = [
    { path: [certificate], last: certificate },
  ];
  for (const { path, last } of queue) {
    const below = path.slice(1);
    const issuers = candidates.filter(
      ({ subject, fingerprint }) => subject === last.issuer && fingerprint !== last.fingerprint,
    );
    if (issuers.length === 0) {
      const got = `${nameOf(last)}: nobody known here is its issuer ${shownName(last.issuer)}`;
      reasons = nearer(reasons, [{ name: 'certificate-path-not-found', got }]);
    }
    for (const issuer of issuers) {
      const flaws = [...flawsBetween(issuer, last), ...lengthFlaws(issuer, below)];
      const longer = [...path, issuer];
      const place = [issuer.fingerprint, longer.length, countedAuthorities(longer.slice(1))].join();
      if (flaws.length > 0) {
        reasons = nearer(reasons, flaws);
      } else if (trust.isAnchor(issuer)) {
        found.push(longer);
      } else if (!places.has(place)) {
        places.add(place);
        queue.push({ path: longer, last: issuer });
      }
    }
  }
  const [shortest, ...otherPaths] = found.slice(0, maxPaths);
  if (shortest === undefined) return { path: [certificate], flaws: reasons };
  return { path: shortest, ...(otherPaths.length > 0 && { otherPaths }), flaws: [] };
}

/** Of two reasons why there is no path, the one with less wrong. */
const nearer = (
  one: readonly CertificationPathFlaw[],
  other: readonly CertificationPathFlaw[],
): readonly CertificationPathFlaw[] => (one.length > 0 && one.length <= other.length ? one : other);

type SignatureCheck = (issuer: SmkiCertificate, issued: SmkiCertificate) => boolean;

/**
 * By key and not by certificate: a request often brings another certificate of an authority that is an anchor already,
 * and the signature is the same. It is the one part of a search that takes time.
 */
function rememberedSignatures(max: number, tally: CacheTally): SignatureCheck {
  const known = new LRUCache<string, boolean>({ max });
  return (issuer, issued) => {
    const key = `${issuer.publicKey.toString('base64')} ${issued.fingerprint}`;
    let verdict = known.get(key);
    if (verdict !== undefined) tally.hits += 1;
    else {
      tally.misses += 1;
      verdict = verifySigned(issuer, issued);
      known.set(key, verdict);
    }
    return verdict;
  };
}

function linkFlaws(
  issuer: SmkiCertificate,
  issued: SmkiCertificate,
  hasSigned: SignatureCheck,
): CertificationPathFlaw[] {
  const flaws: CertificationPathFlaw[] = [];
  const notAuthority = whyNotAuthority(issuer);
  if (notAuthority !== undefined) {
    flaws.push({ name: 'certificate-issuer-not-an-authority', got: `${nameOf(issuer)}: ${notAuthority}` });
  }
  const { authorityKeyIdentifier: wanted = 'none' } = issued;
  const { subjectKeyIdentifier: got = 'none' } = issuer;
  if (wanted !== got) {
    flaws.push({
      name: 'certificate-key-identifiers-differ',
      got: `${nameOf(issued)} names the key ${wanted}; ${nameOf(issuer)} has ${got}`,
    });
  }
  if (!hasSigned(issuer, issued)) {
    flaws.push({
      name: 'certificate-signature-wrong',
      got: `${nameOf(issued)} is not signed by ${nameOf(issuer)}`,
    });
  }
  return flaws;
}

/** Why a certificate is not that of an authority which may issue others; undefined where it is. */
export function whyNotAuthority(certificate: SmkiCertificate): string | undefined {
  if (certificate.basicConstraints?.isCa !== true) return 'it has no cA flag';
  if (!certificate.keyUsage.includes('keyCertSign')) return 'its key is not for keyCertSign';
  return unknownCriticalExtension(certificate);
}

/** Those that count against a path length: a self-issued one is an authority's word for its own next key. */
const countedAuthorities = (below: readonly SmkiCertificate[]): number =>
  below.filter(({ issuer, subject }) => issuer !== subject).length;

function lengthFlaws(issuer: SmkiCertificate, below: readonly SmkiCertificate[]): CertificationPathFlaw[] {
  const { pathLength = maxAuthoritiesBelow } = issuer.basicConstraints ?? {};
  if (countedAuthorities(below) <= pathLength && below.length <= maxAuthoritiesBelow) return [];
  const allowed = Math.min(pathLength, maxAuthoritiesBelow);
  return [
    {
      name: 'certificate-path-too-long',
      got: `${nameOf(issuer)} has ${String(below.length)} authorities below it, and may have ${String(allowed)}`,
    },
  ];
}

/** Holds every certificate of a path against the time. Both ends of a validity are in it, to the second. */
export const validityFlaws = steady(
  (path: readonly SmkiCertificate[], at: Date) => findValidityFlaws(path, at),
  (path) => path.flatMap(({ notBefore, notAfter }) => [notBefore.getTime(), notAfter.getTime() + 1000]),
);

function findValidityFlaws(path: readonly SmkiCertificate[], at: Date): readonly CertificationPathFlaw[] {
  const second = Math.floor(at.getTime() / 1000) * 1000;
  return path.flatMap((certificate): CertificationPathFlaw[] => {
    const { notBefore, notAfter } = certificate;
    if (second < notBefore.getTime()) {
      const got = `${nameOf(certificate)} is valid from ${notBefore.toISOString()}`;
      return [{ name: 'certificate-not-yet-valid', got }];
    }
    if (second > notAfter.getTime()) {
      return [
        { name: 'certificate-expired', got: `${nameOf(certificate)} was valid to ${notAfter.toISOString()}` },
      ];
    }
    return [];
  });
}
