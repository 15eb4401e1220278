import {
  type C14NOptions,
  XmlC14NMode,
  XmlDocument,
  XmlElement,
  XmlError,
  type XmlTreeNode,
} from 'libxml2-wasm';
import { accept, reject, type Result } from '../../rejection.js';

/** What an enveloped signature at the end of a document is made over. */
export interface CanonicalForms {
  /** The document without the signature, in Canonical XML 1.0 without comments: what the digest is of. */
  readonly content: Buffer;
  /** The SignedInfo, in Exclusive Canonical XML 1.0 without comments: what the signature is of. */
  readonly signedInfo: Buffer;
}

/**
 * Canonicalises a document whose root ends with a ds:Signature that begins with its SignedInfo. It has been parsed
 * before, within bounds, and has neither a document type nor a processing instruction.
 */
export function canonicalForms(xml: Buffer): Result<CanonicalForms> {
  try {
    return accept(withDocument(xml, takeApart));
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    // Namespaces are held to be URIs there, and a relative one has no canonical form (Canonical XML 1.0 section 1.3).
    return reject(
      'malformed-body',
      'The body is not XML to the parser that its signature is checked with, or has no canonical form.',
    );
  }
}

/** The document is not in our memory: nobody but us gives it back. */
function withDocument<T>(xml: Buffer, use: (document: XmlDocument) => T): T {
  const document = XmlDocument.fromBuffer(xml);
  try {
    return use(document);
  } finally {
    document.dispose();
  }
}

function takeApart(document: XmlDocument): CanonicalForms {
  const signature = elementFrom(document.root.lastChild, 'prev');
  const signedInfo = bytesOf(document, {
    mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
    // Half the time of canonicalising the element by itself, which asks back for every node of the document.
    nodeSet: new Set([elementFrom(signature.firstChild, 'next')]),
  });
  // The enveloped-signature transform takes the element out, and leaves the white space around it.
  signature.remove();
  return { content: bytesOf(document), signedInfo };
}

/** As they are: the library's own way to a string loses a byte order mark that a piece of the output begins with. */
function bytesOf(document: XmlDocument, options?: C14NOptions): Buffer {
  const pieces: Buffer[] = [];
  const write = (piece: Uint8Array): number => {
    pieces.push(Buffer.from(piece));
    return piece.byteLength;
  };
  document.canonicalize({ write, close: () => true }, options);
  return Buffer.concat(pieces);
}

/** The first element from a node on. It is there: the document has been read before. */
function elementFrom(node: XmlTreeNode | null, direction: 'next' | 'prev'): XmlElement {
  let at: unknown = node;
  while (!(at instanceof XmlElement)) at = (at as XmlTreeNode)[direction];
  return at;
}
