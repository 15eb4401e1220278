import forge from 'node-forge';

/** Writes DER. The pipeline builds its own certificates, without the code of the service that reads them. */

export type Node = forge.asn1.Asn1;

const { Class, Type, create, oidToDer, toDer } = forge.asn1;

const universal = (type: forge.asn1.Type, value: string): Node => create(Class.UNIVERSAL, type, false, value);

export const sequence = (...parts: Node[]): Node => create(Class.UNIVERSAL, Type.SEQUENCE, true, parts);
export const set = (...parts: Node[]): Node => create(Class.UNIVERSAL, Type.SET, true, parts);
export const explicit = (tag: number, ...parts: Node[]): Node =>
  create(Class.CONTEXT_SPECIFIC, tag, true, parts);
export const implicit = (tag: number, value: Buffer): Node =>
  create(Class.CONTEXT_SPECIFIC, tag, false, value.toString('latin1'));
export const oid = (dotted: string): Node => universal(Type.OID, oidToDer(dotted).getBytes());
export const bool = (value: boolean): Node => universal(Type.BOOLEAN, value ? '\xff' : '\0');
export const octetString = (value: Buffer): Node => universal(Type.OCTETSTRING, value.toString('latin1'));
export const bitString = (value: Buffer, unusedBits = 0): Node =>
  universal(Type.BITSTRING, String.fromCharCode(unusedBits) + value.toString('latin1'));
export const utf8String = (value: string): Node =>
  universal(Type.UTF8, Buffer.from(value).toString('latin1'));
export const printableString = (value: string): Node => universal(Type.PRINTABLESTRING, value);

/** A positive INTEGER from its big-endian octets, which may start with a high bit. */
export const integer = (octets: Buffer): Node =>
  universal(Type.INTEGER, ((octets[0] ?? 0) > 0x7f ? '\0' : '') + octets.toString('latin1'));

const timeOf = (date: Date): string => `${date.toISOString().replace(/\.\d+Z$|[-:T]/g, '')}Z`;

export const generalizedTime = (date: Date): Node => universal(Type.GENERALIZEDTIME, timeOf(date));

/** UTCTime through 2049 and GeneralizedTime from 2050 (RFC 5280 section 4.1.2.5). */
export const time = (date: Date): Node =>
  date.getUTCFullYear() < 2050 ? universal(Type.UTCTIME, timeOf(date).slice(2)) : generalizedTime(date);

/** Puts bytes that are DER already into a structure. */
export const raw = (der: Buffer): Node =>
  forge.asn1.fromDer(der.toString('latin1'), {
    strict: true,
    parseAllBytes: true,
    decodeBitStrings: false,
    maxDepth: 16,
  });

export const encode = (node: Node): Buffer => Buffer.from(toDer(node).getBytes(), 'latin1');
