import { hash } from 'node:crypto';
import { catchDefect, type Result } from '../rejection.js';
import {
  children,
  Class,
  explicit,
  type Node,
  notDer,
  notSmki,
  notX509,
  parseDer,
  primitive,
  Type,
} from './der.js';
import { pemBody } from './pem.js';
import {
  extensionValue,
  oids,
  type ParsedExtension,
  readAlgorithm,
  readAuthorityKeyIdentifier,
  readExtensions,
  readName,
  readSerialNumber,
  readSigned,
  readTime,
  type Signed,
} from './x509-fields.js';

/** Which certificates of its issuer a list is about (RFC 5280 section 5.2.5). */
export type RevocationScope = 'all' | 'end-entities' | 'authorities';

/** A certificate revocation list, or an authority revocation list, which is one about authorities. */
export interface RevocationList extends Signed {
  /** SHA-256 of the DER, upper-case hexadecimal. */
  readonly fingerprint: string;
  /** In the notation of RFC 4514, last RDN first. */
  readonly issuer: string;
  readonly authorityKeyIdentifier: string | undefined;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly scope: RevocationScope;
  /** When each was revoked, by serial number in upper-case hexadecimal. */
  readonly revoked: ReadonlyMap<string, Date>;
}

// About 100,000 revoked certificates; the SMKI's lists are far shorter.
const maxBytes = 4 * 1024 * 1024;

/**
 * Reads a revocation list, DER or PEM. Not checked here: its signature, which the trust set is not built without, and
 * whether it is current. A list that says only what changed (a delta) or speaks for several issuers is refused.
 */
export function readRevocationList(bytes: Buffer): Result<RevocationList> {
  return catchDefect(() => {
    const der = bytes[0] === 0x30 ? bytes : pemBody(bytes.toString('latin1'), 'X509 CRL');
    return walkList(der, parseDer(der, maxBytes));
  });
}

function walkList(der: Buffer, root: Node): RevocationList {
  const { fields, signed } = readSigned(root, 'the list');
  const [version, innerAlgorithm, issuer, thisUpdate, nextUpdate, ...optional] = children(
    fields,
    Type.SEQUENCE,
    'tbsCertList',
  );
  if (primitive(version, Type.INTEGER, 'version') !== '\x01') throw notX509('its version is not v2');
  const entries =
    optional[0]?.type === Type.SEQUENCE && optional[0].tagClass === Class.UNIVERSAL
      ? optional.shift()
      : undefined;
  const [extensionField, ...rest] = optional;
  if (rest.length > 0) throw notX509('tbsCertList has more fields than a v2 list');
  const [extensionSequence, ...others] = explicit(extensionField, 0, 'crlExtensions');
  if (others.length > 0) throw notX509('crlExtensions is not one sequence');
  const extensions = readExtensions(extensionSequence);
  // To be critical, and then refused anyway: a list of changes alone would clear whomever it leaves out.
  if (extensionValue(extensions, oids.deltaCRLIndicator) !== undefined) throw notX509('it is a delta list');
  refuseUnknownCritical(extensions, [oids.issuingDistributionPoint]);
  return {
    fingerprint: hash('sha256', der, 'hex').toUpperCase(),
    ...signed,
    tbsSignatureAlgorithm: readAlgorithm(innerAlgorithm, 'tbsCertList.signature'),
    issuer: readName(issuer, 'issuer').text,
    authorityKeyIdentifier: readAuthorityKeyIdentifier(extensions),
    thisUpdate: readTime(thisUpdate, 'thisUpdate'),
    nextUpdate: readTime(nextUpdate, 'nextUpdate'),
    scope: readScope(extensions),
    revoked: readEntries(entries),
  };
}

function readEntries(node: Node | undefined): Map<string, Date> {
  const revoked = new Map<string, Date>();
  for (const entry of node === undefined ? [] : children(node, Type.SEQUENCE, 'revokedCertificates')) {
    const [serial, date, extensions, ...others] = children(entry, Type.SEQUENCE, 'an entry of the list');
    if (others.length > 0) throw notX509('an entry of the list has more than three parts');
    // certificateIssuer, which makes an entry another issuer's, is critical. Any reason at all counts as revoked.
    if (extensions !== undefined) refuseUnknownCritical(readExtensions(extensions), []);
    revoked.set(readSerialNumber(serial), readTime(date, 'the revocation date'));
  }
  return revoked;
}

function refuseUnknownCritical(extensions: readonly ParsedExtension[], known: readonly string[]): void {
  const unknown = extensions.find(({ oid, critical }) => critical && !known.includes(oid));
  if (unknown !== undefined)
    throw notX509(`it has the critical extension ${unknown.oid}, which is not known`);
}

// The flags of an IssuingDistributionPoint that are understood, by their tags.
const scopes = new Map<number, RevocationScope>([
  [1, 'end-entities'],
  [2, 'authorities'],
]);

/** One flag of IssuingDistributionPoint, or none; a list in parts, or by reasons, is not understood. */
function readScope(extensions: readonly ParsedExtension[]): RevocationScope {
  const value = extensionValue(extensions, oids.issuingDistributionPoint);
  if (value === undefined) return 'all';
  const [flag, ...others] = children(value, Type.SEQUENCE, 'issuingDistributionPoint');
  if (flag === undefined) return 'all';
  const scope = flag.tagClass === Class.CONTEXT_SPECIFIC ? scopes.get(flag.type) : undefined;
  if (scope === undefined || others.length > 0) {
    throw notSmki('its issuingDistributionPoint says more than whom the list is about');
  }
  // DER leaves FALSE out.
  if (typeof flag.value !== 'string' || flag.value !== '\xff')
    throw notDer('its issuingDistributionPoint is not DER');
  return scope;
}
