import { accept, reject, type Result } from '../../rejection.js';
import type { RequestDocument } from '../request.js';
import { requestHeader } from '../parts.js';
import { services } from '../services/index.js';
import { collapse, duisNamespace, elementReader, hasText, unexpectedAttribute } from './content-model.js';
import { parseXml, type XmlElement } from './parse.js';

const xmldsigNamespace = 'http://www.w3.org/2000/09/xmldsig#';

const readHeader = elementReader(requestHeader);

const bodyReaders = new Map(
  services.map(({ element, member, body }) => [element, { member, read: elementReader(body) }]),
);

/**
 * Reads an sr:Request into the document that the same request is in JSON. What the schema says of structure is
 * checked here, of values in readRequest. Not checked: the signature, whose content is not looked into.
 */
export function readXmlRequest(body: Buffer): Result<RequestDocument> {
  const parsed = parseXml(body);
  if (!parsed.ok) return parsed;
  const root = parsed.value;
  if (!isElement(root, 'Request')) return notValid(root, `is not the element Request of ${duisNamespace}`);
  const attribute = unexpectedAttribute(root, 'schemaVersion');
  if (attribute !== undefined) return notValid(root, `has the unknown attribute ${attribute}`);
  if (hasText(root)) return notValid(root, 'holds text between its elements');

  const [header, content, signature, ...rest] = root.children;
  if (header === undefined || !isElement(header, 'Header'))
    return notValid(header ?? root, 'has no Header first');
  if (content === undefined || !isElement(content, 'Body'))
    return notValid(content ?? root, 'has no Body second');
  const isSignature = signature?.uri === xmldsigNamespace && signature.name === 'Signature';
  if ((signature !== undefined && !isSignature) || rest.length > 0) {
    return notValid(root, 'has something other than one Signature after its Body');
  }

  const readHeaderResult = readHeader(header);
  if (!readHeaderResult.ok) return readHeaderResult;
  const readBodyResult = readBody(content);
  if (!readBodyResult.ok) return readBodyResult;
  const schemaVersion = root.attributes.find(
    ({ uri, name }) => uri === '' && name === 'schemaVersion',
  )?.value;
  return accept({
    schemaVersion: schemaVersion === undefined ? undefined : collapse(schemaVersion),
    header: readHeaderResult.value,
    body: readBodyResult.value,
  });
}

/** The one request in the body. A request of another service goes on unread, to be refused by its reference. */
function readBody(element: XmlElement): Result<Record<string, unknown>> {
  const attribute = unexpectedAttribute(element);
  if (attribute !== undefined) return notValid(element, `has the unknown attribute ${attribute}`);
  if (hasText(element)) return notValid(element, 'holds text between its elements');
  const [request, ...others] = element.children;
  if (request?.uri !== duisNamespace || others.length > 0)
    return notValid(element, 'does not hold exactly one request');
  const reader = bodyReaders.get(request.name);
  if (reader === undefined) return accept({ [request.name]: null });
  const read = reader.read(request);
  return read.ok ? accept({ [reader.member]: read.value }) : read;
}

const isElement = (element: XmlElement, name: string): boolean =>
  element.uri === duisNamespace && element.name === name;

const notValid = (element: XmlElement, what: string): Result<never> =>
  reject('not-schema-valid', `Line ${String(element.line)}: ${element.name} ${what}.`.slice(0, 300));
