import { accept, type Result } from '../../rejection.js';
import type { XmlSignatureFormFlaw } from '../../rules/trust.js';
import { collapse, removeWhiteSpace } from './content-model.js';
import type { ParsedXml, XmlElement } from './parse.js';
import { type SignedForms, signedForms } from './signed-forms.js';

export const xmldsigNamespace = 'http://www.w3.org/2000/09/xmldsig#';

/** A signature that is well-formed; whether it is genuine is still to be found. */
export interface XmlSignature {
  /** As it was written; its layout varies, and nothing signs it. */
  readonly issuerName: string;
  readonly serialNumber: bigint;
  /** The bytes that are signed. */
  readonly signedInfo: Buffer;
  /** Base64 of r and s, as it was written but for white space. */
  readonly signatureValue: string;
}

/** What a Signature says, and what is wrong with it before anybody asks whose it is. */
export interface SignatureReading {
  /** Undefined where it has not the shape of one. */
  readonly signature: XmlSignature | undefined;
  readonly flaws: readonly XmlSignatureFormFlaw[];
}

/** A signed document, opened. */
export interface SignedDocument {
  /** The root, read again from the bytes that were digested; as it came where the signature has no shape. */
  readonly root: XmlElement;
  readonly reading: SignatureReading;
}

/**
 * Opens a document whose root has a ds:Signature as its last child, as DUIS profiles XML Signature. Its certificate is
 * not looked up here, and the signature value not verified: both need reference data.
 */
export function openSigned(xml: Buffer, parsed: ParsedXml, signature: XmlElement): Result<SignedDocument> {
  const { root } = parsed;
  const fault = faultOfShape(signature, signatureShape) ?? faultOfIds(signature);
  if (fault !== undefined) {
    const flaws = [{ name: 'xml-signature-malformed', got: fault }] as const;
    return accept({ root, reading: { signature: undefined, flaws } });
  }
  const forms = signedForms(xml, parsed);
  return forms.ok ? accept(openForms(forms.value, root, signature)) : forms;
}

function openForms(
  { digest, content, signedInfo, signedInfoElement }: SignedForms,
  root: XmlElement,
  signature: XmlElement,
): SignedDocument {
  // What SignedInfo says is read from the bytes that are signed, as the request is from those that are digested.
  const parts = signatureParts(signedInfoElement, signature);
  const flaws: XmlSignatureFormFlaw[] = [...flawsOf(parts)];
  if (hasComment(root)) flaws.push({ name: 'xml-signature-with-comment', got: 'a comment' });
  if (declaresForeign(signature)) {
    flaws.push({
      name: 'xml-signature-with-foreign-namespace',
      got: 'the declaration of another namespace in the Signature',
    });
  }
  if (digest !== parts.digestValue) {
    flaws.push({ name: 'xml-signature-digest-wrong', got: 'the digest of something else' });
  }
  const { issuerName, serialNumber, signatureValue } = parts;
  return {
    root: content,
    reading: {
      signature: { issuerName, serialNumber: BigInt(serialNumber), signedInfo, signatureValue },
      flaws,
    },
  };
}

interface Shape {
  readonly name: string;
  readonly attribute?: 'Algorithm' | 'URI';
  readonly children?: readonly Shape[];
  /** Of an element without children. */
  readonly value?: Value;
}

/** A simple type: what its white space means, and what its text is without it. */
interface Value {
  readonly read: (text: string) => string;
  readonly pattern: RegExp;
}

const base64: Value = {
  read: removeWhiteSpace,
  pattern: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
};
const nameOfIssuer: Value = { read: collapse, pattern: /^.{1,512}$/s };
// A serial number has at most twenty octets (RFC 5280 section 4.1.2.2).
const integer: Value = { read: collapse, pattern: /^[0-9]{1,49}$/ };

const method = (name: string): Shape => ({ name, attribute: 'Algorithm', children: [] });

const signatureShape: Shape = {
  name: 'Signature',
  children: [
    {
      name: 'SignedInfo',
      children: [
        method('CanonicalizationMethod'),
        method('SignatureMethod'),
        {
          name: 'Reference',
          attribute: 'URI',
          children: [
            { name: 'Transforms', children: [method('Transform')] },
            method('DigestMethod'),
            { name: 'DigestValue', value: base64 },
          ],
        },
      ],
    },
    { name: 'SignatureValue', value: base64 },
    {
      name: 'KeyInfo',
      children: [
        {
          name: 'X509Data',
          children: [
            {
              name: 'X509IssuerSerial',
              children: [
                { name: 'X509IssuerName', value: nameOfIssuer },
                { name: 'X509SerialNumber', value: integer },
              ],
            },
          ],
        },
      ],
    },
  ],
};

/** What is wrong with the structure of an element, in one sentence; undefined where it is as it must be. */
function faultOfShape(element: XmlElement, shape: Shape): string | undefined {
  const { name, attribute, children = [], value } = shape;
  if (element.uri !== xmldsigNamespace || element.name !== name) return `an element in the place of ${name}`;
  const names = element.attributes.map((each) => (each.uri === '' ? each.name : ''));
  // Nothing refers to an Id, so that it says nothing; but XML Signature has one on every element.
  const others = names.filter((each) => each !== attribute && each !== 'Id');
  if (others.length > 0) return `${name} with an attribute that the profile does not have`;
  if (attribute !== undefined && !names.includes(attribute)) return `${name} without ${attribute}`;
  if (value !== undefined) {
    if (element.children.length > 0) return `${name} with an element inside`;
    return value.pattern.test(value.read(element.text))
      ? undefined
      : `${name} with a value that it cannot have`;
  }
  if (removeWhiteSpace(element.text) !== '' || element.hasCdata)
    return `${name} with text between its elements`;
  if (element.children.length > children.length) return `${name} with more elements than the profile has`;
  for (const [index, child] of children.entries()) {
    const found = element.children[index];
    if (found === undefined) return `${name} without ${child.name}`;
    const fault = faultOfShape(found, child);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** An Id names one element. */
function faultOfIds(signature: XmlElement): string | undefined {
  const ids = idsIn(signature);
  return new Set(ids).size < ids.length ? 'an Id that comes twice' : undefined;
}

const idsIn = (element: XmlElement): string[] => [
  ...element.attributes.flatMap(({ uri, name, value }) => (uri === '' && name === 'Id' ? [value] : [])),
  ...element.children.flatMap(idsIn),
];

const hasComment = (element: XmlElement): boolean => element.hasComment || element.children.some(hasComment);

const declaresForeign = (element: XmlElement): boolean =>
  element.declares.some((uri) => uri !== xmldsigNamespace) || element.children.some(declaresForeign);

interface SignatureParts {
  /** The elements that name an algorithm, and the one that each must name. */
  readonly methods: readonly (readonly [XmlElement, string])[];
  readonly uri: string | undefined;
  readonly digestValue: string;
  readonly signatureValue: string;
  readonly issuerName: string;
  readonly serialNumber: string;
}

/** Takes a Signature apart whose shape is right. */
function signatureParts(signedInfo: XmlElement, signature: XmlElement): SignatureParts {
  type Three = [XmlElement, XmlElement, XmlElement];
  const [, signatureValue, keyInfo] = signature.children as Three;
  const [canonicalizationMethod, signatureMethod, reference] = signedInfo.children as Three;
  const [transforms, digestMethod, digestValue] = reference.children as Three;
  const [transform] = transforms.children as [XmlElement];
  const [x509Data] = keyInfo.children as [XmlElement];
  const [issuerSerial] = x509Data.children as [XmlElement];
  const [issuerName, serialNumber] = issuerSerial.children as [XmlElement, XmlElement];
  return {
    methods: [
      [canonicalizationMethod, 'http://www.w3.org/2001/10/xml-exc-c14n#'],
      [signatureMethod, 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'],
      [transform, `${xmldsigNamespace}enveloped-signature`],
      [digestMethod, 'http://www.w3.org/2001/04/xmlenc#sha256'],
    ],
    uri: attributeOf(reference, 'URI'),
    digestValue: base64.read(digestValue.text),
    signatureValue: base64.read(signatureValue.text),
    issuerName: nameOfIssuer.read(issuerName.text),
    serialNumber: integer.read(serialNumber.text),
  };
}

const attributeOf = ({ attributes }: XmlElement, wanted: string): string | undefined =>
  attributes.find(({ uri, name }) => uri === '' && name === wanted)?.value;

function* flawsOf({ methods, uri }: SignatureParts): Generator<XmlSignatureFormFlaw> {
  for (const [element, algorithm] of methods) {
    if (attributeOf(element, 'Algorithm') !== algorithm) {
      yield { name: 'xml-signature-algorithm-not-allowed', got: `another algorithm in ${element.name}` };
    }
  }
  if (uri !== '') yield { name: 'xml-signature-not-of-whole-request', got: 'a Reference to a part' };
}
