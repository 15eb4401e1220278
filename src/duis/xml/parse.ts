import {
  type AttributeHandler,
  type CDataHandler,
  type CloseTagHandler,
  type CommentHandler,
  type DoctypeHandler,
  type ErrorHandler,
  type OpenTagHandler,
  type OpenTagStartHandler,
  type PIHandler,
  SaxesParser,
  type SaxesTagNS,
  type TextHandler,
  type XMLDeclHandler,
} from 'saxes';
import { accept, catchDefect, Defect, reject, type RejectionKind, type Result } from '../../rejection.js';
import { decodeUtf8, isAscii } from '../../utf8.js';
import { knownMarkup } from './known-markup.js';
import { treeTemplate } from './tree-template.js';
import { takeApart, type TakenApart } from './values.js';

export interface XmlAttribute {
  readonly uri: string;
  readonly name: string;
  readonly value: string;
}

export interface XmlElement {
  readonly uri: string;
  readonly name: string;
  /** Without the declarations of namespaces. */
  readonly attributes: readonly XmlAttribute[];
  /** The names of the namespaces that are declared on it. */
  readonly declares: readonly string[];
  readonly children: XmlElement[];
  /** The character data directly inside, CDATA included. */
  text: string;
  /**
   * A comment directly inside; of the root, also beside it. Harmless between elements, but inside a value a reader
   * could be led to skip half.
   */
  hasComment: boolean;
  /** A CDATA section directly inside: between elements a fault even where it is empty. */
  hasCdata: boolean;
  /** Where its start tag ends, for messages. */
  readonly line: number;
}

// A request of six certificates has 32 elements, 7 deep, the signature included. Size is bounded before parsing.
const maxElements = 256;
const maxDepth = 16;
const maxAttributes = 16;

export interface ParsedXml {
  readonly root: XmlElement;
  /** Where the markup is known: its values are then each the whole content of an element. */
  readonly takenApart: TakenApart | undefined;
}

/**
 * Parses a whole XML 1.0 document in UTF-8, with namespaces, into a tree. A document type declaration, a
 * processing instruction or a shape far beyond a Service Request ends it on the spot, before any of it is kept.
 *
 * Requests of one sender differ in their values and not in their markup, so that what has been parsed before is filled
 * with other values, and not parsed again.
 */
export function parseXml(body: Buffer): Result<ParsedXml> {
  const text = decodeUtf8(body);
  if (text === undefined) return reject('malformed-body', 'The body is not UTF-8.');
  // One has been taken out, and saxes would take out another.
  if (text.startsWith('\ufeff')) return reject('malformed-body', 'The body has two byte order marks.');
  const takenApart = isAscii(body) ? takeApart(text) : undefined;
  if (takenApart !== undefined) {
    const template = templateOf(takenApart);
    if (template !== undefined) return accept({ root: template(takenApart.values), takenApart });
  }
  return catchDefect(() => ({ root: parseText(text), takenApart: undefined }));
}

const templateOf = knownMarkup((markup, valueCount) => treeTemplate(parseText(markup), valueCount));

/** Parses the canonical form of what has been parsed before. Throws a Defect. */
export const parseCanonical = (text: string): XmlElement => parseText(text);

/**
 * Where saxes keeps its handlers. Set through `on`, which computes the name, more than six of them turn the parser into
 * a dictionary for V8, and a parse takes six times as long; set by name, they do not.
 */
interface Handlers {
  errorHandler: ErrorHandler;
  xmldeclHandler: XMLDeclHandler;
  doctypeHandler: DoctypeHandler;
  piHandler: PIHandler;
  openTagStartHandler: OpenTagStartHandler<{ xmlns: true }>;
  attributeHandler: AttributeHandler<{ xmlns: true }>;
  openTagHandler: OpenTagHandler<{ xmlns: true }>;
  closeTagHandler: CloseTagHandler<{ xmlns: true }>;
  textHandler: TextHandler;
  cdataHandler: CDataHandler;
  commentHandler: CommentHandler;
}

function parseText(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const handlers = parser as unknown as Handlers;
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let hasCommentBesideRoot = false;
  let elements = 0;
  let attributes = 0;

  const stop = (kind: RejectionKind, what: string): never => {
    throw new Defect(kind, `Line ${String(parser.line)}: ${what}.`);
  };

  handlers.errorHandler = (error) => {
    // saxes puts "line:column: " in front, and the caller's names behind another colon.
    stop('malformed-body', error.message.replace(/^\d+:\d+: /, '').replace(/[.:].*$/s, ''));
  };
  handlers.xmldeclHandler = ({ version, encoding }) => {
    if (version !== '1.0') stop('malformed-body', 'the XML version is not 1.0');
    if (encoding !== undefined && !/^utf-8$/i.test(encoding))
      stop('malformed-body', 'the encoding is not UTF-8');
  };
  handlers.doctypeHandler = () => stop('forbidden-xml-construct', 'a document type declaration');
  handlers.piHandler = () => stop('forbidden-xml-construct', 'a processing instruction');
  handlers.openTagStartHandler = () => {
    attributes = 0;
    elements += 1;
    if (elements > maxElements) stop('forbidden-xml-construct', `more than ${String(maxElements)} elements`);
    if (open.length >= maxDepth)
      stop('forbidden-xml-construct', `elements nested over ${String(maxDepth)} deep`);
  };
  handlers.attributeHandler = ({ name, value }) => {
    attributes += 1;
    if (attributes > maxAttributes) {
      stop('forbidden-xml-construct', `more than ${String(maxAttributes)} attributes on an element`);
    }
    // saxes trims namespace names, which would make two different names equal.
    if (/^xmlns(?::|$)/.test(name) && value.trim() !== value)
      stop('malformed-body', 'white space around a namespace name');
  };
  handlers.openTagHandler = (tag) => {
    const element = toElement(tag, parser.line);
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  };
  handlers.closeTagHandler = () => {
    open.pop();
  };
  const append = (part: string, isCdata: boolean): void => {
    const inside = open.at(-1);
    if (inside === undefined) return;
    inside.text += part;
    inside.hasCdata ||= isCdata;
  };
  handlers.textHandler = (part) => {
    append(part, false);
  };
  handlers.cdataHandler = (part) => {
    append(part, true);
  };
  handlers.commentHandler = () => {
    const inside = open.at(-1);
    if (inside === undefined) hasCommentBesideRoot = true;
    else inside.hasComment = true;
  };

  parser.write(text).close();
  // saxes reports a document without a root as an error.
  const whole = root as unknown as XmlElement;
  whole.hasComment ||= hasCommentBesideRoot;
  return whole;
}

const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';

function toElement(tag: SaxesTagNS, line: number): XmlElement {
  const attributes: XmlAttribute[] = [];
  const declares: string[] = [];
  for (const { uri, local, value } of Object.values(tag.attributes)) {
    if (uri === xmlnsNamespace) declares.push(value);
    else attributes.push({ uri, name: local, value });
  }
  return {
    uri: tag.uri,
    name: tag.local,
    attributes,
    declares,
    children: [],
    text: '',
    hasComment: false,
    hasCdata: false,
    line,
  };
}
