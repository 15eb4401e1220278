import { hash } from 'node:crypto';
import {
  bitString,
  children,
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
import type { EntityIdentifier } from './entity-identifier.js';
import type { CertificateRole } from './remote-party-role.js';
import {
  type CertificateExtension,
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
import { fromBase64 } from '../base64.js';
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

export interface BasicConstraints {
  readonly isCa: boolean;
  /** How many authorities may stand between this one and the certificate at the end; undefined: any number. */
  readonly pathLength: number | undefined;
}

/** What the SMKI's certificates have in common: RFC 5280 with a P-256 key and a role in the subject. */
export interface SmkiCertificate extends Signed {
  readonly der: Buffer;
  /** SHA-256 of the DER, upper-case hexadecimal. */
  readonly fingerprint: string;
  /** Upper-case hexadecimal. */
  readonly serialNumber: string;
  /** In the notation of RFC 4514, last RDN first. */
  readonly issuer: string;
  readonly subject: string;
  readonly role: CertificateRole;
  readonly issuerRole: CertificateRole;
  readonly commonName: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The uncompressed point, 65 bytes. Whether it is on the curve is not checked here. */
  readonly publicKey: Buffer;
  readonly keyUsage: readonly KeyUsage[];
  /** An OID each, with a word where qualifiers follow it. */
  readonly certificatePolicies: readonly string[];
  readonly basicConstraints: BasicConstraints | undefined;
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

/**
 * Reads an SMKI Organisation Certificate (a replacement certificate) from the base64 of its DER.
 *
 * Not checked here: what profile.ts, certification-path.ts and revocation.ts check, and extensions other than those
 * that a field is named after.
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
  if (base64 === '') return reject('certificate-not-base64', 'it is empty');
  const der = fromBase64(base64);
  if (der === undefined) return reject('certificate-not-base64', 'it is not canonical base64');
  return catchDefect(() => walkCertificate(der, parseDer(der)));
}

function walkCertificate(der: Buffer, root: Node): SmkiCertificate {
  const { fields, signed } = readSigned(root, 'the certificate');
  const [version, serial, innerAlgorithm, issuer, validity, subject, keyInfo, extensionField, ...rest] =
    children(fields, Type.SEQUENCE, 'tbsCertificate');
  if (rest.length > 0)
    throw notX509('tbsCertificate has more fields than a v3 certificate without unique identifiers');
  readVersion(version);
  const tbsSignatureAlgorithm = readAlgorithm(innerAlgorithm, 'tbsCertificate.signature');
  const serialNumber = readSerialNumber(serial);
  const issuerName = readName(issuer, 'issuer');
  const subjectName = readName(subject, 'subject');
  const [notBefore, notAfter] = readValidity(validity);
  const publicKey = readPublicKey(keyInfo);
  if (extensionField === undefined) throw notSmki('it has no extensions');
  const [extensionSequence, ...otherExtensions] = explicit(extensionField, 3, 'extensions');
  if (otherExtensions.length > 0) throw notX509('extensions is not one sequence');
  const extensions = readExtensions(extensionSequence);
  return {
    der,
    fingerprint: hash('sha256', der, 'hex').toUpperCase(),
    ...signed,
    tbsSignatureAlgorithm,
    serialNumber,
    issuer: issuerName.text,
    subject: subjectName.text,
    role: subjectName.role,
    issuerRole: issuerName.role,
    commonName: subjectName.commonName,
    entityIdentifier: subjectName.entityIdentifier,
    notBefore,
    notAfter,
    publicKey,
    keyUsage: readKeyUsage(extensions),
    certificatePolicies: readCertificatePolicies(extensions),
    basicConstraints: readBasicConstraints(extensions),
    subjectKeyIdentifier: readSubjectKeyIdentifier(extensions),
    authorityKeyIdentifier: readAuthorityKeyIdentifier(extensions),
    extensions: extensions.map(({ oid, critical }) => ({ oid, critical })),
  };
}

function readVersion(node: Node | undefined): void {
  const [version, ...others] = explicit(node, 0, 'version');
  if (others.length > 0) throw notX509('version has more than one number');
  if (primitive(version, Type.INTEGER, 'version') !== '\x02') throw notX509('its version is not v3');
}

function readValidity(node: Node | undefined): readonly [Date, Date] {
  const [notBefore, notAfter, ...rest] = children(node, Type.SEQUENCE, 'validity');
  if (rest.length > 0) throw notX509('validity has more than two times');
  return [readTime(notBefore, 'notBefore'), readTime(notAfter, 'notAfter')];
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
    const [identifier, qualifiers, ...others] = children(policy, Type.SEQUENCE, 'a certificate policy');
    if (others.length > 0) throw notX509('a certificate policy has more than an identifier and qualifiers');
    const oid = objectIdentifier(identifier, 'a certificate policy');
    return qualifiers === undefined ? oid : `${oid} with qualifiers`;
  });
}

/** RFC 5280 section 4.2.1.9. */
function readBasicConstraints(extensions: readonly ParsedExtension[]): BasicConstraints | undefined {
  const value = extensionValue(extensions, oids.basicConstraints);
  if (value === undefined) return undefined;
  const parts = [...children(value, Type.SEQUENCE, 'basicConstraints')];
  const isCa = parts[0]?.type === Type.BOOLEAN;
  // DER leaves FALSE out, since it is the default.
  if (isCa && primitive(parts.shift(), Type.BOOLEAN, 'the cA flag of basicConstraints') !== '\xff') {
    throw notDer('the cA flag of basicConstraints is not DER');
  }
  const [pathLength, ...others] = parts;
  if (others.length > 0) throw notX509('basicConstraints has more than a flag and a path length');
  return { isCa, pathLength: pathLength === undefined ? undefined : readPathLength(pathLength) };
}

function readPathLength(node: Node): number {
  const octets = primitive(node, Type.INTEGER, 'the path length of basicConstraints');
  if (octets.length !== 1 || octets > '\x7f')
    throw notX509('the path length of basicConstraints is not 0 to 127');
  return octets.charCodeAt(0);
}

function readSubjectKeyIdentifier(extensions: readonly ParsedExtension[]): string | undefined {
  const value = extensionValue(extensions, oids.subjectKeyIdentifier);
  if (value === undefined) return undefined;
  const identifier = primitive(value, Type.OCTETSTRING, 'subjectKeyIdentifier');
  if (identifier === '') throw notX509('subjectKeyIdentifier is empty');
  return hex(identifier);
}

/** Names a certificate in a finding: subject and serial number, which every log of certificates has. */
export const nameOf = ({ subject, serialNumber }: SmkiCertificate): string =>
  `${shownName(subject)} (${serialNumber})`;

/** A name for a finding. Its common name is shown where it is as short as an authority's: it could hold anything. */
export const shownName = (name: string): string =>
  name.replace(/(?<=^|,)CN=(?!(?:[A-Za-z][A-Za-z0-9 ]{0,7})?(?:,|$))(?:\\.|[^,\\])*/su, 'CN=…');
