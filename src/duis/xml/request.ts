import { accept, type Result } from '../../rejection.js';
import { requestHeader } from '../parts.js';
import type { RequestDocument } from '../service.js';
import { services } from '../services/index.js';
import {
  collapse,
  duisNamespace,
  elementPath,
  elementReader,
  notValid,
  structureFault,
} from './content-model.js';
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
export function readXmlRequest(bytes: Buffer): Result<RequestDocument> {
  const parsed = parseXml(bytes);
  if (!parsed.ok) return parsed;
  const root = parsed.value;
  if (!isElement(root, 'Request')) return notValid(root.line, `the root is not Request of ${duisNamespace}`);
  const fault = structureFault(root, 'schemaVersion');
  if (fault !== undefined) return notValid(root.line, fault);

  const [header, content, signature, ...rest] = root.children;
  if (header === undefined || !isElement(header, 'Header'))
    return notValid(root.line, 'Request does not begin with a Header');
  if (content === undefined || !isElement(content, 'Body'))
    return notValid(root.line, 'Request has no Body after its Header');
  const isSignature = signature?.uri === xmldsigNamespace && signature.name === 'Signature';
  if ((signature !== undefined && !isSignature) || rest.length > 0) {
    return notValid(root.line, 'Request has something other than one Signature after its Body');
  }

  const readingOfHeader = readHeader(header);
  if (!readingOfHeader.ok) return readingOfHeader;
  const readingOfBody = readBody(content);
  if (!readingOfBody.ok) return readingOfBody;
  const version = root.attributes.find(({ uri, name }) => uri === '' && name === 'schemaVersion')?.value;
  return accept({
    content: {
      schemaVersion: version === undefined ? undefined : collapse(version),
      header: readingOfHeader.value,
      body: readingOfBody.value,
    },
    pathTo: elementPath,
  });
}

/** The one request in the body. A request of another service goes on unread, to be refused by its reference. */
function readBody(element: XmlElement): Result<Record<string, unknown>> {
  const fault = structureFault(element);
  if (fault !== undefined) return notValid(element.line, fault);
  const [request, ...others] = element.children;
  if (request?.uri !== duisNamespace || others.length > 0) {
    return notValid(element.line, 'Body does not hold exactly one request');
  }
  const reader = bodyReaders.get(request.name);
  if (reader === undefined) return accept({ [request.name]: null });
  const read = reader.read(request);
  return read.ok ? accept({ [reader.member]: read.value }) : read;
}

const isElement = (element: XmlElement, name: string): boolean =>
  element.uri === duisNamespace && element.name === name;
