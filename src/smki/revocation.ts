import { nameOf, shownName, type SmkiCertificate } from './certificate.js';
import type { Flaw, Requirement } from './flaw.js';
import type { RevocationList, RevocationScope } from './revocation-list.js';
import { steady } from './steady.js';
import type { TrustSet } from './trust-set.js';

export const revocationRequirements = {
  'certificate-revoked': {
    requirement: 'No certificate of the path is on a revocation list of its issuer.',
    citation: 'RFC 5280 section 6.3',
  },
  'revocation-list-not-current': {
    requirement: "The time of the decision is between a revocation list's thisUpdate and its nextUpdate.",
    citation:
      'RFC 5280 sections 5.1.2.4 and 5.1.2.5; what follows from a stale list is a setting (REVOCATION_UNKNOWN)',
  },
  'revocation-list-missing': {
    requirement: 'There is a revocation list of every issuer in the path.',
    citation: 'RFC 5280 section 6.3; what follows from a missing list is a setting (REVOCATION_UNKNOWN)',
  },
} as const satisfies Record<string, Requirement>;

export type RevocationFlaw = Flaw<keyof typeof revocationRequirements>;

/**
 * Looks up every certificate of a path. An anchor needs no list, since it is trusted as it is; but where there is one
 * of its issuer, it counts. Not checked: the date of a revocation; what is on the list is revoked.
 */
export function revocationFlaws(
  path: readonly SmkiCertificate[],
  trust: TrustSet,
  at: Date,
): readonly RevocationFlaw[] {
  let flawsOf = flawsBy.get(trust);
  if (flawsOf === undefined) {
    flawsOf = flawsByListsOf(trust);
    flawsBy.set(trust, flawsOf);
  }
  return flawsOf(path, at);
}

type FlawsOfPath = (path: readonly SmkiCertificate[], at: Date) => readonly RevocationFlaw[];

const flawsBy = new WeakMap<TrustSet, FlawsOfPath>();

function flawsByListsOf(trust: TrustSet): FlawsOfPath {
  // A list counts from its thisUpdate on, and is current up to its nextUpdate, which is the last moment of that.
  const instants = trust.revocationLists.flatMap(({ thisUpdate, nextUpdate }) => [
    thisUpdate.getTime(),
    nextUpdate.getTime() + 1,
  ]);
  return steady(
    (path, at) =>
      path.flatMap((certificate) => {
        const flaw = flawOf(certificate, trust, at);
        return flaw === undefined ? [] : [flaw];
      }),
    () => instants,
  );
}

function flawOf(certificate: SmkiCertificate, trust: TrustSet, at: Date): RevocationFlaw | undefined {
  const about = trust.revocationLists.filter((list) => isAbout(list, certificate));
  // The newest of each scope and key that has come into force. One that is still to come says nothing yet.
  const come = about.filter(({ thisUpdate }) => thisUpdate <= at);
  const inForce = come.filter(
    (list, place) =>
      come.findIndex(
        ({ scope, authorityKeyIdentifier }) =>
          scope === list.scope && authorityKeyIdentifier === list.authorityKeyIdentifier,
      ) === place,
  );
  const naming = inForce.find(({ revoked }) => revoked.has(certificate.serialNumber));
  if (naming !== undefined) {
    const got = `${nameOf(certificate)} is on the list of ${naming.thisUpdate.toISOString()}`;
    return { name: 'certificate-revoked', got };
  }
  if (about.length === 0) {
    if (trust.isAnchor(certificate)) return undefined;
    return { name: 'revocation-list-missing', got: `there is no list of ${shownName(certificate.issuer)}` };
  }
  if (inForce.some(({ nextUpdate }) => nextUpdate >= at)) return undefined;
  const [last] = inForce;
  const got =
    last === undefined
      ? `no list of ${shownName(certificate.issuer)} is in force yet`
      : `the list of ${shownName(certificate.issuer)} was to be followed by ${last.nextUpdate.toISOString()}`;
  return { name: 'revocation-list-not-current', got };
}

/** Names are equal where their text is; keys where both say which, since an authority may have had several. */
function isAbout(list: RevocationList, certificate: SmkiCertificate): boolean {
  const scope: RevocationScope = certificate.basicConstraints?.isCa === true ? 'authorities' : 'end-entities';
  return (
    list.issuer === certificate.issuer &&
    (list.scope === 'all' || list.scope === scope) &&
    (list.authorityKeyIdentifier === undefined ||
      certificate.authorityKeyIdentifier === undefined ||
      list.authorityKeyIdentifier === certificate.authorityKeyIdentifier)
  );
}
