import { accept, type Result } from '../../rejection.js';
import type { z } from 'zod';
import { requestHeader } from '../parts.js';
import { preCommandBodies } from '../pre-command.js';
import type { RequestDocument } from '../service.js';
import { services } from '../services/index.js';
import {
  collapse,
  duisNamespace,
  elementName,
  elementPath,
  elementReader,
  type ElementReader,
  notValid,
  structureFault,
} from './content-model.js';
import { parseXml, type XmlElement } from './parse.js';
import { openSigned, type SignatureReading, xmldsigNamespace } from './signature.js';

const readHeader = elementReader(requestHeader);

const bodyReaders = new Map([
  ...services.map(({ element, member, body }) => bodyReader(element, member, body)),
  ...Object.entries(preCommandBodies).map(([member, body]) => bodyReader(elementName(body), member, body)),
]);

function bodyReader(element: string, member: string, body: z.ZodType): [string, BodyReader] {
  return [element, { member, read: elementReader(body) }];
}

interface BodyReader {
  readonly member: string;
  readonly read: ElementReader;
}

/**
 * Reads an sr:Request into the document that the same request is in JSON. What the schema says of structure is
 * checked here, of values in readRequest. Not checked: the signature, whose content is not looked into.
 */
export function readXmlRequest(bytes: Buffer): Result<RequestDocument> {
  const parsed = parseXml(bytes);
  return parsed.ok ? readRoot(parsed.value.root) : parsed;
}

/** A request, and what can be said of its signature without looking up whose it is. */
export interface SignedRequest {
  readonly document: RequestDocument;
  /** Undefined where there is none. */
  readonly signature: SignatureReading | undefined;
}

/**
 * Reads an sr:Request and the signature that it may have. A signed request is read from the bytes that were digested,
 * so that what is judged is what was signed; the line numbers of a rejection are then theirs.
 */
export function readSignedXmlRequest(bytes: Buffer): Result<SignedRequest> {
  const parsed = parseXml(bytes);
  if (!parsed.ok) return parsed;
  const parts = partsOf(parsed.value.root);
  if (!parts.ok) return parts;
  const { signature } = parts.value;
  if (signature === undefined) {
    const document = readDocument(parts.value);
    return document.ok ? accept({ document: document.value, signature: undefined }) : document;
  }
  const opened = openSigned(bytes, parsed.value, signature);
  if (!opened.ok) return opened;
  const { root: digested, reading } = opened.value;
  const document = readRoot(digested);
  return document.ok ? accept({ document: document.value, signature: reading }) : document;
}

function readRoot(root: XmlElement): Result<RequestDocument> {
  const parts = partsOf(root);
  return parts.ok ? readDocument(parts.value) : parts;
}

interface RequestParts {
  readonly version: string | undefined;
  readonly header: XmlElement;
  readonly body: XmlElement;
  readonly signature: XmlElement | undefined;
}

function partsOf(root: XmlElement): Result<RequestParts> {
  if (!isElement(root, 'Request')) return notValid(root.line, `the root is not Request of ${duisNamespace}`);
  const fault = structureFault(root, 'schemaVersion');
  if (fault !== undefined) return notValid(root.line, fault);

  const [header, body, signature, ...rest] = root.children;
  if (header === undefined || !isElement(header, 'Header'))
    return notValid(root.line, 'Request does not begin with a Header');
  if (body === undefined || !isElement(body, 'Body'))
    return notValid(root.line, 'Request has no Body after its Header');
  const isSignature = signature?.uri === xmldsigNamespace && signature.name === 'Signature';
  if ((signature !== undefined && !isSignature) || rest.length > 0) {
    return notValid(root.line, 'Request has something other than one Signature after its Body');
  }
  const version = root.attributes.find(({ uri, name }) => uri === '' && name === 'schemaVersion')?.value;
  return accept({ version, header, body, signature });
}

function readDocument({ version, header, body }: RequestParts): Result<RequestDocument> {
  const readingOfHeader = readHeader(header);
  if (!readingOfHeader.ok) return readingOfHeader;
  const readingOfBody = readBody(body);
  if (!readingOfBody.ok) return readingOfBody;
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
