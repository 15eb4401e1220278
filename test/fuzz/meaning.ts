import { isUtf8 } from 'node:buffer';
import { ParseOption, XmlCData, XmlDocument, XmlElement, XmlText } from 'libxml2-wasm';
import { type JsonTree, readStrictJson } from './strict-json.js';

/**
 * What a request says, by a reading that shares no code with the service: libxml2 for XML, a reader of our own for JSON. A
 * value each, by the way to it, in names that are the same in both media types.
 */
export interface Meaning {
  readonly values: ReadonlyMap<string, string>;
  readonly hasSignature: boolean;
}

const serviceUserGateway = 'http://www.dccinterface.co.uk/ServiceUserGateway';
const signatures = 'http://www.w3.org/2000/09/xmldsig#';
const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';

/** Undefined where it cannot be read, or could be read in two ways. */
export function meaningOf(body: Buffer, mediaType: 'xml' | 'json'): Meaning | undefined {
  if (!isUtf8(body)) return undefined;
  try {
    return mediaType === 'xml' ? meaningOfXml(body) : meaningOfJson(body.toString().replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

/** Values by their ways. Throws where there would be two of one way. */
class Values extends Map<string, string> {
  add(way: string, value: string): void {
    if (this.has(way)) throw new Error(`${way} twice`);
    this.set(way, value);
  }
}

const collapsed = (text: string): string => text.replace(/[\t\n\r ]+/g, ' ').replace(/^ | $/g, '');

function meaningOfXml(body: Buffer): Meaning | undefined {
  const options = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE;
  const document = XmlDocument.fromBuffer(body, { option: options });
  try {
    if (document.dtd !== null) return undefined;
    const values = new Values();
    let hasSignature = false;
    const walk = (element: XmlElement, way: string): void => {
      for (const { name, namespaceUri, value } of element.attrs) {
        if (namespaceUri === schemaInstance) continue;
        const isOfRequest = way === '' && namespaceUri === '' && name === 'schemaVersion';
        values.add(isOfRequest ? '/schemaversion' : `${way}@${namespaceUri} ${name}`, collapsed(value));
      }
      let text = '';
      let children = 0;
      let hasOther = false;
      for (let node = element.firstChild; node !== null; node = node.next) {
        if (node instanceof XmlElement) {
          const isSignature = way === '' && node.namespaceUri === signatures && node.name === 'Signature';
          if (isSignature) hasSignature = true;
          else walk(node, wayTo(node, way, children));
          children += 1;
        } else if (node instanceof XmlText || node instanceof XmlCData) text += node.content;
        else hasOther = true;
      }
      if (children === 0) values.add(way, collapsed(text));
      // A comment in a value could hide half of it, and text between elements means nothing that we know.
      if (children === 0 ? hasOther : collapsed(text) !== '') throw new Error('not one value');
    };
    if (document.root.name !== 'Request' || document.root.namespaceUri !== serviceUserGateway)
      return undefined;
    walk(document.root, '');
    return { values, hasSignature };
  } finally {
    document.dispose();
  }
}

function wayTo({ name, namespaceUri }: XmlElement, way: string, place: number): string {
  const own = namespaceUri === serviceUserGateway ? name.toLowerCase() : `{${namespaceUri}}${name}`;
  return `${way}/${own === 'certificate' ? `certificate ${String(place)}` : own}`;
}

function meaningOfJson(text: string): Meaning {
  const values = new Values();
  const walk = (tree: JsonTree, way: string): void => {
    if (typeof tree === 'string') values.add(way, tree);
    else if (Array.isArray(tree)) {
      if (tree.length === 0) values.add(`${way} nothing`, '');
      tree.forEach((item, place) => {
        walk(item, `${way} ${String(place)}`);
      });
    } else if (tree instanceof Map) {
      if (tree.size === 0) values.add(way, '');
      // Two names of JSON that differ in case are two names; in lower case one would hide the other.
      for (const [name, item] of tree) walk(item, `${way}/${memberNames.get(name) ?? `"${name}"`}`);
    } else values.add(way, tree.literal);
  };
  walk(readStrictJson(text), '');
  return { values, hasSignature: false };
}

/** Those of the requests that are sent, and what they are called in XML, in lower case. */
const memberNames = new Map(
  [
    ...['schemaVersion', 'header', 'requestId', 'commandVariant', 'serviceReference', 'body'],
    ...['serviceReferenceVariant', 'updateSecurityCredentialsKrp', 'requestHandoverOfDccControlledDevice'],
    ...['updateSecurityCredentialsCos', 'remotePartyRole', 'remotePartyFloorSeqNumber', 'certificate'],
    ...['supplierFloorSeqNumber', 'replacementCertificates', 'supplierReplacementCertificates'],
    ...['supplierOrNetworkOperatorCertificates', 'digitalSigningCertificate', 'keyAgreementCertificate'],
    ...['certificationPathCertificates', 'applyTimeBasedCpvChecks', 'importMpxn', 'signedPreCommand'],
    ...['gbcsPayload', 'device', 'deviceType', 'userSystem'],
  ].map((name) => [name, name.toLowerCase()]),
);
