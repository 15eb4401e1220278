import {
  authorityKeyIdentifierExtension,
  type Certificate,
  extension,
  nameOf,
  oids,
  signWith,
} from './certificate-builder.js';
import { explicit, implicit, integer, type Node, oid, sequence, time } from './der.js';

export interface RevokedCertificate {
  readonly serialNumber: Buffer;
  readonly revocationDate: Date;
  /** Such as a reason. */
  readonly extensions?: readonly Node[];
}

/** Fields of a revocation list. A test changes one of them and leaves the rest valid. */
export interface RevocationListFields {
  readonly version: Node;
  readonly signatureAlgorithm: Node;
  readonly issuer: Node;
  readonly thisUpdate: Node;
  readonly nextUpdate: Node;
  readonly revokedCertificates: readonly Node[];
  readonly extensions: readonly Node[];
}

export interface RevocationListSpec {
  readonly issuer: Pick<Certificate, 'subject' | 'keys'>;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked?: readonly RevokedCertificate[];
  readonly number?: number;
  /** Left out for a list about every certificate of its issuer. */
  readonly scope?: 'end-entities' | 'authorities';
  /** Changes fields after they have been built validly, and before they are signed. */
  readonly alter?: (fields: RevocationListFields) => Partial<RevocationListFields>;
}

/** Builds a revocation list (v2) and signs it; gives its DER. */
export function buildRevocationList(spec: RevocationListSpec): Buffer {
  const { issuer, revoked = [], number = 1, scope } = spec;
  const valid: RevocationListFields = {
    version: integer(Buffer.from([1])),
    signatureAlgorithm: sequence(oid(oids.ecdsaWithSha256)),
    issuer: nameOf(issuer.subject),
    thisUpdate: time(spec.thisUpdate),
    nextUpdate: time(spec.nextUpdate),
    revokedCertificates: revoked.map(entry),
    extensions: [
      authorityKeyIdentifierExtension(issuer.keys),
      extension(oids.cRLNumber, false, integer(Buffer.from([number]))),
      ...(scope === undefined ? [] : [scopeExtension(scope)]),
    ],
  };
  const fields = { ...valid, ...spec.alter?.(valid) };
  const { version, signatureAlgorithm, thisUpdate, nextUpdate, revokedCertificates, extensions } = fields;
  const tbs = sequence(
    version,
    signatureAlgorithm,
    fields.issuer,
    thisUpdate,
    nextUpdate,
    // RFC 5280 section 5.1.2.6: absent where there are none.
    ...(revokedCertificates.length === 0 ? [] : [sequence(...revokedCertificates)]),
    explicit(0, sequence(...extensions)),
  );
  return signWith(issuer.keys, tbs, signatureAlgorithm);
}

const entry = ({ serialNumber, revocationDate, extensions }: RevokedCertificate): Node =>
  sequence(
    integer(serialNumber),
    time(revocationDate),
    ...(extensions === undefined ? [] : [sequence(...extensions)]),
  );

/** onlyContainsUserCerts and onlyContainsCACerts (RFC 5280 section 5.2.5). */
const scopeExtension = (scope: 'end-entities' | 'authorities'): Node =>
  extension(
    oids.issuingDistributionPoint,
    true,
    sequence(implicit(scope === 'end-entities' ? 1 : 2, Buffer.from([0xff]))),
  );
