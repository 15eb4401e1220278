import {
  bitString,
  children,
  Class,
  directoryString,
  encode,
  hex,
  type Node,
  notDer,
  notSmki,
  notX509,
  objectIdentifier,
  parseDer,
  primitive,
  Type,
} from './der.js';
import { type EntityIdentifier, entityIdentifierFromOctets } from './entity-identifier.js';
import { type CertificateRole, parseCertificateRole } from './remote-party-role.js';

/** Fields that certificates and revocation lists have in common (RFC 5280 sections 4.1 and 5.1). */

export const oids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  organizationalUnitName: '2.5.4.11',
  x500UniqueIdentifier: '2.5.4.45',
  ecPublicKey: '1.2.840.10045.2.1',
  p256: '1.2.840.10045.3.1.7',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  deltaCRLIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
};

/** What the signer of a certificate or a revocation list vouches for, and its word. */
export interface Signed {
  /** The bytes that are signed. */
  readonly tbs: Buffer;
  /** Outside and inside: an OID, with a word where parameters follow it. */
  readonly signatureAlgorithm: string;
  readonly tbsSignatureAlgorithm: string;
  /** The DER of an ECDSA-Sig-Value, which is not looked into here. */
  readonly signature: Buffer;
}

/** Takes a certificate or a list apart into what is signed, and the signature. */
export function readSigned(
  root: Node,
  what: string,
): { readonly fields: Node; readonly signed: Omit<Signed, 'tbsSignatureAlgorithm'> } {
  const [fields, algorithm, signature, ...others] = children(root, Type.SEQUENCE, what);
  if (fields === undefined || others.length > 0) throw notX509(`${what} has not three parts`);
  const signatureAlgorithm = readAlgorithm(algorithm, 'signatureAlgorithm');
  const bits = bitString(signature, 'signatureValue');
  if (bits.unusedBits !== 0) throw notX509('signatureValue is not whole octets');
  const signed = { tbs: encode(fields), signatureAlgorithm, signature: Buffer.from(bits.bytes, 'latin1') };
  return { fields, signed };
}

export interface CertificateExtension {
  readonly oid: string;
  readonly critical: boolean;
}

export interface ParsedExtension extends CertificateExtension {
  /** What is inside its OCTET STRING. */
  readonly content: Node;
}

/** RFC 5280 section 4.1.2.2: positive, of at most 20 octets. */
export function readSerialNumber(node: Node | undefined): string {
  const octets = primitive(node, Type.INTEGER, 'serialNumber');
  if (octets === '' || octets.length > 20 || octets === '\0' || octets.charCodeAt(0) > 0x7f) {
    throw notX509('its serialNumber is not a positive number of at most 20 octets');
  }
  return hex(octets);
}

/** The OID, and a word where parameters follow it. Which algorithm it is belongs to the profile. */
export function readAlgorithm(node: Node | undefined, what: string): string {
  const [algorithm, parameters, ...others] = children(node, Type.SEQUENCE, what);
  const oid = objectIdentifier(algorithm, what);
  if (others.length > 0) throw notX509(`${what} has more than an algorithm and its parameters`);
  return parameters === undefined ? oid : `${oid} with parameters`;
}

export interface Name {
  readonly text: string;
  readonly role: CertificateRole;
  readonly commonName: string | undefined;
  readonly entityIdentifier: EntityIdentifier | undefined;
}

/** A Name of the SMKI: one attribute to each RDN, of three kinds, each at most once, the OU always. */
export function readName(node: Node | undefined, what: string): Name {
  let role: CertificateRole | undefined;
  let commonName: string | undefined;
  let entityIdentifier: EntityIdentifier | undefined;
  const seen = new Set<string>();
  const text: string[] = [];
  for (const rdn of children(node, Type.SEQUENCE, what)) {
    const [attribute, ...others] = children(rdn, Type.SET, `an RDN of ${what}`);
    if (others.length > 0) throw notSmki(`its ${what} has an RDN of several attributes`);
    const [type, value, ...extra] = children(attribute, Type.SEQUENCE, `an attribute of ${what}`);
    if (extra.length > 0) throw notX509(`an attribute of ${what} has more than a type and a value`);
    const oid = objectIdentifier(type, `an attribute type of ${what}`);
    if (seen.has(oid)) throw notSmki(`its ${what} has the attribute ${oid} twice`);
    seen.add(oid);
    if (oid === oids.organizationalUnitName) {
      role = parseCertificateRole(directoryString(value, `the OU of ${what}`));
      if (role === undefined)
        throw notSmki(`the OU of its ${what} is not a role code of two hexadecimal digits`);
      text.unshift(`OU=${role.code}`);
    } else if (oid === oids.commonName) {
      commonName = directoryString(value, `the CN of ${what}`);
      text.unshift(`CN=${escapeRfc4514(commonName)}`);
    } else if (oid === oids.x500UniqueIdentifier) {
      entityIdentifier = readEntityIdentifier(value, what);
      text.unshift(`${oids.x500UniqueIdentifier}=${entityIdentifier}`);
    } else {
      throw notSmki(`its ${what} has the attribute ${oid}, which the profile does not`);
    }
  }
  if (role === undefined) throw notSmki(`its ${what} has no OU, which holds the role`);
  return { text: text.join(','), role, commonName, entityIdentifier };
}

function readEntityIdentifier(node: Node | undefined, what: string): EntityIdentifier {
  const octets = bitString(node, `the x500UniqueIdentifier of ${what}`);
  if (octets.unusedBits !== 0 || octets.bytes.length !== 8) {
    throw notSmki(`the x500UniqueIdentifier of its ${what} is not an EUI-64`);
  }
  return entityIdentifierFromOctets(octets.bytes);
}

const escapeRfc4514 = (value: string): string =>
  value.replace(/[\\",+;<=>#]|^ | $/gu, '\\$&').replaceAll('\0', '\\00');

/** RFC 5280 section 4.1.2.5: UTCTime through 2049; seconds always there, Z always, no fractions. */
export function readTime(node: Node | undefined, what: string): Date {
  const isUtcTime = node?.type === Type.UTCTIME;
  const value = primitive(node, isUtcTime ? Type.UTCTIME : Type.GENERALIZEDTIME, what);
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(value);
  if (match === null || (match[1]?.length === 2) !== isUtcTime)
    throw notX509(`${what} is not a time of RFC 5280`);
  const [year = '', ...others] = match.slice(1);
  const century = isUtcTime ? (Number(year) >= 50 ? '19' : '20') : '';
  const [month, day, hour, minute, second] = others;
  const iso = `${century}${year}-${String(month)}-${String(day)}T${String(hour)}:${String(minute)}:${String(second)}.000Z`;
  const time = new Date(iso);
  // Date rolls 31 February over into March.
  if (Number.isNaN(time.getTime()) || time.toISOString() !== iso) throw notX509(`${what} is not a date`);
  if (!isUtcTime && Number(year) < 2050) throw notX509(`${what} is before 2050, and not a UTCTime`);
  return time;
}

// The profile has four, and an authority's five.
const maxExtensions = 16;

/** The Extensions, each extension at most once. */
export function readExtensions(node: Node | undefined): ParsedExtension[] {
  const extensions = children(node, Type.SEQUENCE, 'extensions');
  if (extensions.length > maxExtensions)
    throw notSmki(`it has more than ${String(maxExtensions)} extensions`);
  const seen = new Set<string>();
  return extensions.map((extension) => {
    const parsed = readExtension(extension);
    if (seen.has(parsed.oid)) throw notX509(`it has the extension ${parsed.oid} twice`);
    seen.add(parsed.oid);
    return parsed;
  });
}

function readExtension(node: Node): ParsedExtension {
  const parts = children(node, Type.SEQUENCE, 'an extension');
  const oid = objectIdentifier(parts[0], 'the type of an extension');
  if (parts.length === 2) return extensionOf(oid, false, parts[1]);
  if (parts.length !== 3) throw notX509(`the extension ${oid} has not two or three parts`);
  // DER leaves a default out, so that the only critical flag that may be written is TRUE, as FF.
  if (primitive(parts[1], Type.BOOLEAN, `the critical flag of ${oid}`) !== '\xff') {
    throw notDer(`the critical flag of ${oid} is not DER`);
  }
  return extensionOf(oid, true, parts[2]);
}

/** An extension's value is DER in an OCTET STRING, whatever the extension is (RFC 5280 section 4.1). */
function extensionOf(oid: string, critical: boolean, node: Node | undefined): ParsedExtension {
  const value = Buffer.from(primitive(node, Type.OCTETSTRING, `the value of ${oid}`), 'latin1');
  return { oid, critical, content: parseDer(value) };
}

export const extensionValue = (extensions: readonly ParsedExtension[], oid: string): Node | undefined =>
  extensions.find((candidate) => candidate.oid === oid)?.content;

/** The keyIdentifier, [0]; the profile has neither of the other two fields of an AuthorityKeyIdentifier. */
export function readAuthorityKeyIdentifier(extensions: readonly ParsedExtension[]): string | undefined {
  const value = extensionValue(extensions, oids.authorityKeyIdentifier);
  if (value === undefined) return undefined;
  const [keyIdentifier, ...others] = children(value, Type.SEQUENCE, 'authorityKeyIdentifier');
  if (
    keyIdentifier?.tagClass !== Class.CONTEXT_SPECIFIC ||
    keyIdentifier.type !== 0 ||
    typeof keyIdentifier.value !== 'string' ||
    others.length > 0
  ) {
    throw notSmki('its authorityKeyIdentifier is not a keyIdentifier alone');
  }
  return hex(keyIdentifier.value);
}
