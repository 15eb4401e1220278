import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import {
  bitString,
  bool,
  encode,
  explicit,
  implicit,
  integer,
  type Node,
  octetString,
  oid,
  printableString,
  raw,
  sequence,
  set,
  time,
  utf8String,
} from './der.js';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface Subject {
  readonly commonName?: string;
  /** Two hexadecimal digits, as in the OU. */
  readonly role: string;
  /** Hyphenated EUI-64; a certification authority has none. */
  readonly entityIdentifier?: string;
}

export type KeyUsage = 'digitalSignature' | 'keyAgreement' | 'keyCertSign and cRLSign';

/** Fields of a certificate. A test changes one of them and leaves the rest valid. */
export interface CertificateFields {
  readonly version: Node;
  readonly serialNumber: Node;
  readonly signatureAlgorithm: Node;
  readonly issuer: Node;
  readonly validity: Node;
  readonly subject: Node;
  readonly subjectPublicKeyInfo: Node;
  readonly extensions: readonly Node[];
}

export interface Certificate {
  readonly der: Buffer;
  readonly base64: string;
  readonly subject: Subject;
  readonly keys: KeyPair;
}

export interface CertificateSpec {
  readonly subject: Subject;
  readonly keyUsage: KeyUsage;
  readonly keys: KeyPair;
  /** Left out for a self-signed root. */
  readonly issuer?: Certificate;
  readonly serialNumber: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Changes fields after they have been built validly, and before they are signed. */
  readonly alter?: (fields: CertificateFields) => Partial<CertificateFields>;
}

export const oids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  organizationalUnitName: '2.5.4.11',
  x500UniqueIdentifier: '2.5.4.45',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  cRLNumber: '2.5.29.20',
  issuingDistributionPoint: '2.5.29.28',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
};

// The policy of the public test PKI.
const testPolicy = '1.2.826.0.1.8641679.1.2.1.4';

/** A P-256 key pair that is the same for the same seed: for tests and mocks, and nothing else. */
export function keyPairFrom(seed: string): KeyPair {
  const secret = createHash('sha256').update(seed).digest();
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(secret);
  const point = ecdh.getPublicKey();
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: secret.toString('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** Builds a certificate of the SMKI profile and signs it. */
export function buildCertificate(spec: CertificateSpec): Certificate {
  const { subject, keys, issuer } = spec;
  const signedBy = issuer ?? { subject, keys };
  const valid: CertificateFields = {
    version: explicit(0, integer(Buffer.from([2]))),
    serialNumber: integer(spec.serialNumber),
    signatureAlgorithm: sequence(oid(oids.ecdsaWithSha256)),
    issuer: nameOf(signedBy.subject),
    validity: sequence(time(spec.notBefore), time(spec.notAfter)),
    subject: nameOf(subject),
    subjectPublicKeyInfo: raw(spkiOf(keys.publicKey)),
    extensions: [
      keyUsageExtension(spec.keyUsage),
      ...(subject.entityIdentifier === undefined
        ? [extension(oids.basicConstraints, true, basicConstraints(issuer === undefined))]
        : []),
      extension(oids.certificatePolicies, true, sequence(sequence(oid(testPolicy)))),
      extension(oids.subjectKeyIdentifier, false, octetString(keyIdentifierOf(keys.publicKey))),
      authorityKeyIdentifierExtension(signedBy.keys),
    ],
  };
  const fields = { ...valid, ...spec.alter?.(valid) };
  const { version, serialNumber, signatureAlgorithm, validity, subjectPublicKeyInfo, extensions } = fields;
  const head = [version, serialNumber, signatureAlgorithm, fields.issuer, validity, fields.subject];
  const tbs = sequence(...head, subjectPublicKeyInfo, explicit(3, sequence(...extensions)));
  const der = signWith(signedBy.keys, tbs, signatureAlgorithm);
  return { der, base64: der.toString('base64'), subject, keys };
}

/** What is signed, how, and the signature: a certificate or a revocation list. */
export function signWith({ privateKey }: KeyPair, tbs: Node, signatureAlgorithm: Node): Buffer {
  const signature = sign('sha256', encode(tbs), { key: privateKey, dsaEncoding: 'der' });
  return encode(sequence(tbs, signatureAlgorithm, bitString(signature)));
}

/** As the SMKI writes them: an authority OU first, as PrintableString; an organisation CN first, as UTF8String. */
export function nameOf({ commonName, role, entityIdentifier }: Subject): Node {
  if (entityIdentifier === undefined) {
    return sequence(
      attribute(oids.organizationalUnitName, printableString(role)),
      ...(commonName === undefined ? [] : [attribute(oids.commonName, printableString(commonName))]),
    );
  }
  return sequence(
    ...(commonName === undefined ? [] : [attribute(oids.commonName, utf8String(commonName))]),
    attribute(oids.organizationalUnitName, utf8String(role)),
    attribute(oids.x500UniqueIdentifier, bitString(Buffer.from(entityIdentifier.replaceAll('-', ''), 'hex'))),
  );
}

export const attribute = (type: string, value: Node): Node => set(sequence(oid(type), value));

export function extension(type: string, critical: boolean, value: Node): Node {
  return sequence(oid(type), ...(critical ? [bool(true)] : []), octetString(encode(value)));
}

function keyUsageExtension(usage: KeyUsage): Node {
  const [octet, unusedBits] = {
    digitalSignature: [0x80, 7],
    keyAgreement: [0x08, 3],
    'keyCertSign and cRLSign': [0x06, 1],
  }[usage] as [number, number];
  return extension(oids.keyUsage, true, bitString(Buffer.from([octet]), unusedBits));
}

/** Which key of an authority has signed: its keyIdentifier, and neither of the other two ways to say so. */
export const authorityKeyIdentifierExtension = ({ publicKey }: KeyPair): Node =>
  extension(oids.authorityKeyIdentifier, false, sequence(implicit(0, keyIdentifierOf(publicKey))));

const basicConstraints = (isRoot: boolean): Node =>
  sequence(bool(true), ...(isRoot ? [] : [integer(Buffer.from([0]))]));

const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** Eight octets, as the SMKI has them: the end of the hash of the point. */
const keyIdentifierOf = (key: KeyObject): Buffer =>
  createHash('sha1').update(spkiOf(key).subarray(-65)).digest().subarray(-8);
