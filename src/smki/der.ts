import forge from 'node-forge';
import { Defect } from '../rejection.js';

declare module 'node-forge' {
  // The package's own types are namespaces.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace asn1 {
    /** The options that @types/node-forge does not know yet. */
    function fromDer(
      bytes: string,
      options: { strict: boolean; parseAllBytes: boolean; decodeBitStrings: boolean; maxDepth: number },
    ): Asn1;
  }
}

export type Node = forge.asn1.Asn1;

export const { Class, Type } = forge.asn1;

export const notDer = (what: string): Defect => new Defect('certificate-not-der', what);
export const notX509 = (what: string): Defect => new Defect('certificate-not-x509', what);
export const notSmki = (what: string): Defect => new Defect('certificate-not-smki', what);

// A real Organisation Certificate has about 410 bytes and nests 9 deep.
const maxCertificateBytes = 4096;
const maxDepth = 16;

/** Reads canonical DER, with nothing after it. Throws a Defect. */
export function parseDer(der: Buffer, maxBytes = maxCertificateBytes): Node {
  if (der.length > maxBytes) throw notDer(`it is over ${String(maxBytes)} bytes long`);
  const bytes = der.toString('latin1');
  const root = fromDer(bytes);
  // forge takes lengths that are not minimal; DER has one encoding for each value, so writing it again shows them.
  if (forge.asn1.toDer(root).getBytes() !== bytes) throw notDer('its encoding is not canonical');
  return root;
}

function fromDer(bytes: string): Node {
  try {
    return forge.asn1.fromDer(bytes, {
      strict: true,
      parseAllBytes: true,
      // Left on, forge guesses whether a BIT STRING holds ASN.1, and some Entity Identifiers do look like it.
      decodeBitStrings: false,
      maxDepth,
    });
  } catch {
    throw notDer('it is not complete, definite-length ASN.1 with nothing after it');
  }
}

export function directoryString(node: Node | undefined, what: string): string {
  if (node?.tagClass !== Class.UNIVERSAL || typeof node.value !== 'string')
    throw notX509(`${what} is not a string`);
  if (node.type === Type.UTF8) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
        Buffer.from(node.value, 'latin1'),
      );
    } catch {
      throw notX509(`${what} is not UTF-8`);
    }
  }
  if (node.type !== Type.PRINTABLESTRING || !/^[A-Za-z0-9 '()+,./:=?-]*$/.test(node.value)) {
    throw notX509(`${what} is neither a UTF8String nor a PrintableString`);
  }
  return node.value;
}

export function children(node: Node | undefined, type: forge.asn1.Type, what: string): Node[] {
  if (node?.tagClass !== Class.UNIVERSAL || node.type !== type || typeof node.value === 'string') {
    throw notX509(`${what} is missing or not of its type`);
  }
  return node.value;
}

export function explicit(node: Node | undefined, tag: number, what: string): Node[] {
  if (node?.tagClass !== Class.CONTEXT_SPECIFIC || node.type !== tag || typeof node.value === 'string') {
    throw notX509(`${what} is missing or not of its type`);
  }
  return node.value;
}

export function primitive(node: Node | undefined, type: forge.asn1.Type, what: string): string {
  if (node?.tagClass !== Class.UNIVERSAL || node.type !== type || typeof node.value !== 'string') {
    throw notX509(`${what} is missing or not of its type`);
  }
  return node.value;
}

export function objectIdentifier(node: Node | undefined, what: string): string {
  const octets = primitive(node, Type.OID, what);
  try {
    const oid = forge.asn1.derToOid(octets);
    // forge drops a last arc that is cut short and takes padded arcs: two ways to write another attribute's OID.
    if (forge.asn1.oidToDer(oid).getBytes() === octets) return oid;
  } catch {
    // An arc over 53 bits, or no arc at all.
  }
  throw notDer(`${what} is not an OBJECT IDENTIFIER in DER`);
}

export interface BitString {
  readonly unusedBits: number;
  readonly bytes: string;
}

export function bitString(node: Node | undefined, what: string): BitString {
  const value = primitive(node, Type.BITSTRING, what);
  const unusedBits = value === '' ? Number.NaN : value.charCodeAt(0);
  const bytes = value.slice(1);
  const unusedMask = (1 << unusedBits) - 1;
  // X.690 section 11.2.1: at most seven unused bits, all zero, none where there are no bits.
  const isDer =
    unusedBits <= 7 &&
    (bytes === '' ? unusedBits === 0 : (bytes.charCodeAt(bytes.length - 1) & unusedMask) === 0);
  if (!isDer) throw notDer(`${what} is not a BIT STRING in DER`);
  return { unusedBits, bytes };
}

export const hex = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('hex').toUpperCase();

/** The DER of a part of what was read. */
export const encode = (node: Node): Buffer => Buffer.from(forge.asn1.toDer(node).getBytes(), 'latin1');
