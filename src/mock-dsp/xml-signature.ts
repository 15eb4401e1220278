import { createHash, type DSAEncoding, type KeyObject, sign, X509Certificate } from 'node:crypto';
import type { Certificate } from './certificate-builder.js';
import { escaped } from './message.js';

export interface XmlSigner {
  readonly privateKey: KeyObject;
  /** In the order of RFC 4514, as CN=Z1,OU=07. */
  readonly issuerName: string;
  /** The octets of the INTEGER, or its value. */
  readonly serialNumber: Buffer | bigint;
}

/** An element that names an algorithm. */
export interface Algorithm {
  readonly algorithm: string;
  /** XML that the element holds; it has to be canonical. */
  readonly content?: string;
}

export interface XmlReference {
  /** Left out where the Reference has no URI. */
  readonly uri?: string;
  readonly transforms: readonly Algorithm[];
  readonly digestMethod: Algorithm;
  readonly digestValue: string;
}

/** What SignedInfo says. */
export interface SignedParts {
  readonly canonicalizationMethod: Algorithm;
  readonly signatureMethod: Algorithm;
  readonly references: readonly XmlReference[];
}

export interface SignatureParts extends SignedParts {
  /** As text, in base64. */
  readonly signatureValue: string;
  /** What KeyInfo holds, in XML. */
  readonly keyInfo: string;
}

/** What a signature may have that the usual one has not. */
export interface SignatureChange {
  /** Breaks the lines of SignatureValue as Java does. */
  readonly lineLength?: 64 | 76;
  readonly issuerLayout?: keyof typeof issuerLayouts;
  /** Changes parts before they are signed; `covered` is what the usual Reference refers to, canonical. */
  readonly alter?: (parts: SignedParts, covered: string) => Partial<SignedParts>;
  /** Signs SignedInfo, which stands alone in its exclusive canonical form, in another way. */
  readonly sign?: (signedInfo: string) => Buffer;
  /** Changes parts after they have been signed. */
  readonly alterSigned?: (parts: SignatureParts) => Partial<SignatureParts>;
}

export const dsig = 'http://www.w3.org/2000/09/xmldsig#';
export const exclusiveC14n = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** Senders do not write the name of an issuer alike. */
export const issuerLayouts = {
  'CN=Z1,OU=07': (name: string) => name,
  'CN=Z1, OU=07': (name: string) => name.split(',').join(', '),
  'OU=07,CN=Z1': (name: string) => name.split(',').reverse().join(','),
} as const;

/** The holder of an Organisation Certificate as a signer. */
export function xmlSignerOf({ der, keys }: Certificate): XmlSigner {
  const { issuer, serialNumber } = new X509Certificate(der);
  return {
    privateKey: keys.privateKey,
    issuerName: issuer.split('\n').reverse().join(','),
    serialNumber: BigInt(`0x${serialNumber}`),
  };
}

/**
 * Signs what toXml wrote, as a User does. Nothing is canonicalised: toXml writes canonical XML, and so do the functions
 * below.
 */
export function signXml(xml: string, signer: XmlSigner, change: SignatureChange = {}): string {
  const end = xml.lastIndexOf('</');
  // A verifier that takes the Signature out leaves the white space around it, which is therefore signed.
  const before = `${xml.slice(0, end)}  `;
  const after = `\n${xml.slice(end)}`;
  return `${before}${signatureOver(canonicalOf(before + after), signer, change)}${after}`;
}

/** The root element alone: the canonical form has no XML declaration, and nothing after the end tag. */
export const canonicalOf = (xml: string): string => xml.slice(xml.search(/<[^?]/)).trimEnd();

/** A ds:Signature for a document whose canonical form without it is `covered`. */
export function signatureOver(covered: string, signer: XmlSigner, change: SignatureChange = {}): string {
  const usual: SignedParts = {
    canonicalizationMethod: { algorithm: exclusiveC14n },
    signatureMethod: { algorithm: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256' },
    references: [
      {
        uri: '',
        transforms: [{ algorithm: `${dsig}enveloped-signature` }],
        digestMethod: { algorithm: 'http://www.w3.org/2001/04/xmlenc#sha256' },
        digestValue: digestOf(covered),
      },
    ],
  };
  const parts = { ...usual, ...change.alter?.(usual, covered) };
  const signatureValue = (change.sign ?? ecdsaOf(signer))(signedInfoOf(parts)).toString('base64');
  const signed = {
    ...parts,
    signatureValue: broken(signatureValue, change.lineLength),
    keyInfo: issuerSerialOf(signer, change.issuerLayout ?? 'CN=Z1,OU=07'),
  };
  return signatureOf({ ...signed, ...change.alterSigned?.(signed) });
}

export const digestOf = (text: string | Buffer): string => createHash('sha256').update(text).digest('base64');

export const ecdsaOf =
  (
    { privateKey: key }: XmlSigner,
    { hash = 'sha256', dsaEncoding = 'ieee-p1363' }: { hash?: string; dsaEncoding?: DSAEncoding } = {},
  ) =>
  (signedInfo: string): Buffer =>
    sign(hash, Buffer.from(signedInfo), { key, dsaEncoding });

const broken = (base64: string, lineLength: number | undefined): string =>
  lineLength === undefined
    ? base64
    : base64.replace(new RegExp(`.{${String(lineLength)}}(?=.)`, 'g'), '$&&#13;\n');

function issuerSerialOf(signer: XmlSigner, layout: keyof typeof issuerLayouts): string {
  const { issuerName, serialNumber } = signer;
  const decimal = Buffer.isBuffer(serialNumber) ? BigInt(`0x${serialNumber.toString('hex')}`) : serialNumber;
  return `<ds:X509Data>
        <ds:X509IssuerSerial>
          <ds:X509IssuerName>${escaped(issuerLayouts[layout](issuerName))}</ds:X509IssuerName>
          <ds:X509SerialNumber>${String(decimal)}</ds:X509SerialNumber>
        </ds:X509IssuerSerial>
      </ds:X509Data>`;
}

const declaration = ` xmlns:ds="${dsig}"`;

function signatureOf(parts: SignatureParts): string {
  // The declaration is in scope from ds:Signature, so that SignedInfo has the same canonical form without its own.
  return `<ds:Signature${declaration}>
    ${signedInfoOf(parts).replace(declaration, '')}
    <ds:SignatureValue>${parts.signatureValue}</ds:SignatureValue>
    <ds:KeyInfo>
      ${parts.keyInfo}
    </ds:KeyInfo>
  </ds:Signature>`;
}

function signedInfoOf({ canonicalizationMethod, signatureMethod, references }: SignedParts): string {
  return `<ds:SignedInfo${declaration}>
      ${algorithmOf('CanonicalizationMethod', canonicalizationMethod)}
      ${algorithmOf('SignatureMethod', signatureMethod)}${references.map(referenceOf).join('')}
    </ds:SignedInfo>`;
}

const referenceOf = ({ uri, transforms, digestMethod, digestValue }: XmlReference): string => `
      <ds:Reference${uri === undefined ? '' : ` URI="${uri}"`}>
        <ds:Transforms>${transforms.map((each) => algorithmOf('Transform', each)).join('')}</ds:Transforms>
        ${algorithmOf('DigestMethod', digestMethod)}
        <ds:DigestValue>${digestValue}</ds:DigestValue>
      </ds:Reference>`;

const algorithmOf = (element: string, { algorithm, content = '' }: Algorithm): string =>
  `<ds:${element} Algorithm="${algorithm}">${content}</ds:${element}>`;
