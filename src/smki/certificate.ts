import {
  bitString,
  children,
  Class,
  directoryString,
  explicit,
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
import { type CertificateRole, parseCertificateRole } from './remote-party-role.js';
import { type EntityIdentifier, entityIdentifierFromOctets } from './entity-identifier.js';
import { accept, catchDefect, reject, type Result } from '../rejection.js';

/** The keyUsage bits of RFC 5280 section 4.2.1.3, in their order. */
export const keyUsageNames = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type KeyUsage = (typeof keyUsageNames)[number];

export interface CertificateExtension {
  readonly oid: string;
  readonly critical: boolean;
  /** The DER inside the extension's OCTET STRING. */
  readonly value: Buffer;
}

interface ParsedExtension extends CertificateExtension {
  readonly content: Node;
}

/** What the SMKI's certificates have in common: RFC 5280 with a P-256 key and a role in the subject. */
export interface SmkiCertificate {
  readonly der: Buffer;
  /** Upper-case hexadecimal. */
  readonly serialNumber: string;
  /** In the notation of RFC 4514, last RDN first. */
  readonly issuer: string;
  readonly subject: string;
  readonly role: CertificateRole;
  readonly commonName: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The uncompressed point, 65 bytes. Whether it is on the curve is not checked here. */
  readonly publicKey: Buffer;
  readonly keyUsage: readonly KeyUsage[];
  readonly certificatePolicies: readonly string[];
  /** Upper-case hexadecimal. */
  readonly subjectKeyIdentifier: string | undefined;
  readonly authorityKeyIdentifier: string | undefined;
  readonly extensions: readonly CertificateExtension[];
  /** In the subject of an organisation, and of nobody else. */
  readonly entityIdentifier: EntityIdentifier | undefined;
}

/** An SMKI Organisation Certificate: its subject also holds the organisation's Entity Identifier. */
export interface OrganisationCertificate extends SmkiCertificate {
  readonly entityIdentifier: EntityIdentifier;
}

const oids = {
  commonName: '2.5.4.3',
  organizationalUnitName: '2.5.4.11',
  x500UniqueIdentifier: '2.5.4.45',
  ecPublicKey: '1.2.840.10045.2.1',
  p256: '1.2.840.10045.3.1.7',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
};

/**
 * Reads an SMKI Organisation Certificate (a replacement certificate) from the base64 of its DER.
 *
 * Not checked here: signatures, path, validity on the day, revocation, whether the key usage fits the slot,
 * whether the point is on the curve, extensions other than those that it names.
 */
export function readOrganisationCertificate(base64: string): Result<OrganisationCertificate> {
  const read = readSmkiCertificate(base64);
  if (!read.ok) return read;
  const { entityIdentifier } = read.value;
  if (entityIdentifier === undefined) {
    return reject('certificate-not-smki', 'its subject has no x500UniqueIdentifier (2.5.4.45)');
  }
  return accept({ ...read.value, entityIdentifier });
}

/** Reads any SMKI certificate, such as the issuing CA's in the certification path, from the base64 of its DER. */
export function readSmkiCertificate(base64: string): Result<SmkiCertificate> {
  const der = Buffer.from(base64, 'base64');
  // Buffer.from skips what is not base64 and takes wrong padding; only a canonical text comes back the same.
  if (base64 === '') return reject('certificate-not-base64', 'it is empty');
  if (der.toString('base64') !== base64)
    return reject('certificate-not-base64', 'it is not canonical base64');
  return catchDefect(() => walkCertificate(der, parseDer(der)));
}

function walkCertificate(der: Buffer, root: Node): SmkiCertificate {
  const [tbs, algorithm, signature, ...afterSignature] = children(root, Type.SEQUENCE, 'the certificate');
  if (afterSignature.length > 0) throw notX509('the certificate has more than three parts');
  algorithmIdentifier(algorithm, 'signatureAlgorithm');
  bitString(signature, 'signatureValue');

  const fields = children(tbs, Type.SEQUENCE, 'tbsCertificate');
  const [version, serial, innerAlgorithm, issuer, validity, subject, keyInfo, extensionField, ...rest] =
    fields;
  if (rest.length > 0)
    throw notX509('tbsCertificate has more fields than a v3 certificate without unique identifiers');
  readVersion(version);
  algorithmIdentifier(innerAlgorithm, 'tbsCertificate.signature');
  const serialNumber = readSerialNumber(serial);
  const issuerName = readName(issuer, 'issuer');
  const subjectName = readName(subject, 'subject');
  const [notBefore, notAfter] = readValidity(validity);
  const publicKey = readPublicKey(keyInfo);
  const extensions = readExtensions(extensionField);
  return {
    der,
    serialNumber,
    issuer: issuerName.text,
    subject: subjectName.text,
    role: subjectName.role,
    commonName: subjectName.commonName,
    entityIdentifier: subjectName.entityIdentifier,
    notBefore,
    notAfter,
    publicKey,
    keyUsage: readKeyUsage(extensions),
    certificatePolicies: readCertificatePolicies(extensions),
    subjectKeyIdentifier: readSubjectKeyIdentifier(extensions),
    authorityKeyIdentifier: readAuthorityKeyIdentifier(extensions),
    extensions: extensions.map(({ oid, critical, value }) => ({ oid, critical, value })),
  };
}

function readVersion(node: Node | undefined): void {
  const [version, ...others] = explicit(node, 0, 'version');
  if (others.length > 0) throw notX509('version has more than one number');
  if (primitive(version, Type.INTEGER, 'version') !== '\x02') throw notX509('its version is not v3');
}

/** RFC 5280 section 4.1.2.2: positive, of at most 20 octets. */
function readSerialNumber(node: Node | undefined): string {
  const octets = primitive(node, Type.INTEGER, 'serialNumber');
  if (octets === '' || octets.length > 20 || octets === '\0' || octets.charCodeAt(0) > 0x7f) {
    throw notX509('its serialNumber is not a positive number of at most 20 octets');
  }
  return hex(octets);
}

/** Which algorithm it is belongs to the profile, and is not checked here. */
function algorithmIdentifier(node: Node | undefined, what: string): void {
  const [algorithm, , ...others] = children(node, Type.SEQUENCE, what);
  objectIdentifier(algorithm, what);
  if (others.length > 0) throw notX509(`${what} has more than an algorithm and its parameters`);
}

interface Name {
  readonly text: string;
  readonly role: CertificateRole;
  readonly commonName: string | undefined;
  readonly entityIdentifier: EntityIdentifier | undefined;
}

/** A Name of the SMKI: one attribute to each RDN, of three kinds, each at most once, the OU always. */
function readName(node: Node | undefined, what: string): Name {
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

function readValidity(node: Node | undefined): readonly [Date, Date] {
  const [notBefore, notAfter, ...rest] = children(node, Type.SEQUENCE, 'validity');
  if (rest.length > 0) throw notX509('validity has more than two times');
  return [readTime(notBefore, 'notBefore'), readTime(notAfter, 'notAfter')];
}

/** RFC 5280 section 4.1.2.5: UTCTime through 2049; seconds always there, Z always, no fractions. */
function readTime(node: Node | undefined, what: string): Date {
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

function readPublicKey(node: Node | undefined): Buffer {
  const [algorithm, key, ...rest] = children(node, Type.SEQUENCE, 'subjectPublicKeyInfo');
  if (rest.length > 0) throw notX509('subjectPublicKeyInfo has more than two parts');
  const [type, curve, ...parameters] = children(algorithm, Type.SEQUENCE, 'the key algorithm');
  const bits = bitString(key, 'subjectPublicKey');
  if (objectIdentifier(type, 'the key algorithm') !== oids.ecPublicKey) {
    throw notSmki('its key is not an elliptic-curve key');
  }
  if (
    curve?.type !== Type.OID ||
    parameters.length > 0 ||
    objectIdentifier(curve, 'the curve') !== oids.p256
  ) {
    throw notSmki('its key is not on the curve P-256');
  }
  if (bits.unusedBits !== 0 || bits.bytes.length !== 65 || !bits.bytes.startsWith('\x04')) {
    throw notSmki('its key is not an uncompressed point of P-256');
  }
  return Buffer.from(bits.bytes, 'latin1');
}

function readExtensions(node: Node | undefined): ParsedExtension[] {
  if (node === undefined) throw notSmki('it has no extensions');
  const [sequence, ...rest] = explicit(node, 3, 'extensions');
  if (rest.length > 0) throw notX509('extensions is not one sequence');
  const seen = new Set<string>();
  return children(sequence, Type.SEQUENCE, 'extensions').map((extension) => {
    const parts = children(extension, Type.SEQUENCE, 'an extension');
    const oid = objectIdentifier(parts[0], 'the type of an extension');
    if (seen.has(oid)) throw notX509(`it has the extension ${oid} twice`);
    seen.add(oid);
    if (parts.length === 2) return extensionOf(oid, false, parts[1]);
    if (parts.length !== 3) throw notX509(`the extension ${oid} has not two or three parts`);
    // DER leaves a default out, so that the only critical flag that may be written is TRUE, as FF.
    if (primitive(parts[1], Type.BOOLEAN, `the critical flag of ${oid}`) !== '\xff') {
      throw notDer(`the critical flag of ${oid} is not DER`);
    }
    return extensionOf(oid, true, parts[2]);
  });
}

/** An extension's value is DER in an OCTET STRING, whatever the extension is (RFC 5280 section 4.1). */
function extensionOf(oid: string, critical: boolean, node: Node | undefined): ParsedExtension {
  const value = Buffer.from(primitive(node, Type.OCTETSTRING, `the value of ${oid}`), 'latin1');
  return { oid, critical, value, content: parseDer(value) };
}

const extensionValue = (extensions: readonly ParsedExtension[], oid: string): Node | undefined =>
  extensions.find((candidate) => candidate.oid === oid)?.content;

function readKeyUsage(extensions: readonly ParsedExtension[]): KeyUsage[] {
  const value = extensionValue(extensions, oids.keyUsage);
  if (value === undefined) throw notSmki('it has no keyUsage');
  const { unusedBits, bytes } = bitString(value, 'keyUsage');
  const bits = Array.from(bytes, (byte) => byte.charCodeAt(0).toString(2).padStart(8, '0')).join('');
  // X.690 section 11.2.2: a named bit list has no trailing zero bits.
  const used = bits.slice(0, bits.length - unusedBits);
  if (!used.endsWith('1')) throw notDer('its keyUsage is empty or has trailing zero bits');
  if (used.length > keyUsageNames.length) throw notX509('its keyUsage has a bit that RFC 5280 does not name');
  return keyUsageNames.filter((_, place) => used[place] === '1');
}

function readCertificatePolicies(extensions: readonly ParsedExtension[]): string[] {
  const value = extensionValue(extensions, oids.certificatePolicies);
  if (value === undefined) return [];
  const policies = children(value, Type.SEQUENCE, 'certificatePolicies');
  if (policies.length === 0) throw notX509('certificatePolicies is empty');
  return policies.map((policy) => {
    const [identifier, , ...others] = children(policy, Type.SEQUENCE, 'a certificate policy');
    if (others.length > 0) throw notX509('a certificate policy has more than an identifier and qualifiers');
    return objectIdentifier(identifier, 'a certificate policy');
  });
}

function readSubjectKeyIdentifier(extensions: readonly ParsedExtension[]): string | undefined {
  const value = extensionValue(extensions, oids.subjectKeyIdentifier);
  if (value === undefined) return undefined;
  const identifier = primitive(value, Type.OCTETSTRING, 'subjectKeyIdentifier');
  if (identifier === '') throw notX509('subjectKeyIdentifier is empty');
  return hex(identifier);
}

/** The keyIdentifier, [0]; the profile has neither of the other two fields of an AuthorityKeyIdentifier. */
function readAuthorityKeyIdentifier(extensions: readonly ParsedExtension[]): string | undefined {
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
