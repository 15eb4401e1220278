import { createServer } from 'node:net';
import fc from 'fast-check';
import { type AttackClass, secret, sentAlone } from './attack.js';
import { isXml, oneOf, sentOf } from './text-attacks.js';

/** What XML can do that no Service Request needs, at places of valid ones. */

const root = /<sr:Request/;
const value = />([^<>\s][^<]*)</g;

interface Construct {
  readonly name: string;
  /** `place` chooses one of several places. */
  readonly apply: (xml: string, place: number) => string | Buffer;
  /** Whether the oracle says if it may be accepted; left out, nothing makes it acceptable. */
  readonly byMeaning?: true;
}

/** Puts something in the place of one value. */
const inValue =
  (change: (text: string) => string) =>
  (xml: string, place: number): string => {
    const found = [...xml.matchAll(value)];
    const { index, 1: text = '' } = found[place % found.length]!;
    return `${xml.slice(0, index + 1)}${change(text)}${xml.slice(index + 1 + text.length)}`;
  };

const beforeRoot = (text: string) => (xml: string) => xml.replace(root, `${text}$&`);
const inBody = (text: string) => (xml: string) => xml.replace('<sr:Body>', `$&${text}`);
const declaring = (declaration: string) => (xml: string) => xml.replace(/^<\?xml[^>]*\?>/, declaration);
const withDoctype =
  (subset: string, reference = '&e;') =>
  (xml: string, place: number): string =>
    beforeRoot(`<!DOCTYPE sr:Request ${subset}>`)(
      inValue((text) => `${text.slice(0, 1)}${reference}${text.slice(1)}`)(xml, place),
    );

// Nothing may ever connect here.
let visits = 0;
const trap = createServer((socket) => {
  visits += 1;
  socket.destroy();
});
trap.listen(0, '127.0.0.1').unref();
const trapUrl = (): string => {
  const address = trap.address();
  return `http://127.0.0.1:${String(address !== null && typeof address === 'object' ? address.port : 0)}/${secret()}`;
};
/** How often anything has fetched what a request names. */
export const trapVisits = (): number => visits;

const lol = (levels: number, width: number): string =>
  `[<!ENTITY e0 "lol">${Array.from({ length: levels }, (_, level) => `<!ENTITY e${String(level + 1)} "${`&e${String(level)};`.repeat(width)}">`).join('')}<!ENTITY e "&e${String(levels)};">]`;

const utf16 = (xml: string, bom: boolean, isBigEndian: boolean): Buffer => {
  const octets = Buffer.from(`${bom ? '\ufeff' : ''}${xml}`, 'utf16le');
  return isBigEndian ? octets.swap16() : octets;
};

/** Writes a character of ASCII in more octets than it takes. */
const overlong = (xml: string, place: number): Buffer => {
  const octets = Buffer.from(xml);
  const found = [...xml.matchAll(value)];
  const { index } = found[place % found.length]!;
  const octet = octets[index + 1]!;
  return Buffer.concat([
    octets.subarray(0, index + 1),
    Buffer.from([0xc0 | (octet >> 6), 0x80 | (octet & 0x3f)]),
    octets.subarray(index + 2),
  ]);
};

const repeated = (text: string, count: number): string => text.repeat(count);

const constructs: readonly Construct[] = [
  { name: 'an empty doctype', apply: beforeRoot('<!DOCTYPE sr:Request>') },
  { name: 'an entity', apply: withDoctype('[<!ENTITY e "">]') },
  { name: 'an entity bomb', apply: withDoctype(lol(9, 10)) },
  { name: 'an entity of itself', apply: withDoctype('[<!ENTITY e "&e;">]') },
  {
    name: 'a large entity, often',
    apply: withDoctype(`[<!ENTITY e "${repeated('a', 5_000)}">]`, repeated('&e;', 5_000)),
  },
  { name: 'an entity of a file', apply: withDoctype('[<!ENTITY e SYSTEM "file:///etc/hostname">]') },
  {
    name: 'an entity on the network',
    apply: (xml, place) => withDoctype(`[<!ENTITY e SYSTEM "${trapUrl()}">]`)(xml, place),
  },
  {
    name: 'a DTD on the network',
    apply: (xml) => beforeRoot(`<!DOCTYPE sr:Request SYSTEM "${trapUrl()}">`)(xml),
  },
  {
    name: 'a parameter entity on the network',
    apply: (xml) => beforeRoot(`<!DOCTYPE sr:Request [<!ENTITY % p SYSTEM "${trapUrl()}">%p;]>`)(xml),
  },
  {
    name: 'an attribute by default',
    apply: beforeRoot('<!DOCTYPE sr:Request [<!ATTLIST sr:Request schemaVersion CDATA "5.4">]>'),
  },
  { name: 'an entity of no doctype', apply: inValue((text) => `${text}&e;`) },
  {
    name: 'an inclusion',
    apply: (xml) =>
      inBody(`<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${trapUrl()}"/>`)(xml),
  },
  {
    name: 'a schema on the network',
    apply: (xml) =>
      xml.replace(
        root,
        `$& xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.dccinterface.co.uk/ServiceUserGateway ${trapUrl()}"`,
      ),
    byMeaning: true,
  },
  { name: 'a style sheet', apply: (xml) => beforeRoot(`<?xml-stylesheet href="${trapUrl()}"?>`)(xml) },
  {
    name: 'a processing instruction in a value',
    apply: inValue((text) => `${text.slice(0, 2)}<?x y?>${text.slice(2)}`),
  },
  { name: 'a processing instruction after the root', apply: (xml) => `${xml}<?x y?>` },
  { name: 'a comment in a value', apply: inValue((text) => `${text.slice(0, 2)}<!-- -->${text.slice(2)}`) },
  {
    name: 'a comment that holds half of a value',
    apply: inValue((text) => `${text.slice(0, 2)}<!--${text.slice(2)}-->`),
  },
  { name: 'a comment that hides a value before another', apply: inValue((text) => `<!--${text}-->${text}0`) },
  {
    name: 'CDATA in a value',
    apply: inValue((text) => `${text.slice(0, 2)}<![CDATA[${text.slice(2)}]]>`),
    byMeaning: true,
  },
  { name: 'markup in CDATA', apply: inValue((text) => `<![CDATA[<!-- ${text} -->]]>`) },
  { name: 'CDATA between elements', apply: inBody('<![CDATA[ ]]>'), byMeaning: true },
  { name: 'text between elements', apply: inBody('0') },
  {
    name: 'a character by its number',
    apply: inValue((text) => `&#x${text.codePointAt(0)!.toString(16)};${text.slice(1)}`),
    byMeaning: true,
  },
  ...[
    '&#0;',
    '&#xD800;',
    '&#x110000;',
    '&#xFFFE;',
    '&#99999999999999999999;',
    '&#x;',
    '&#8203;',
    '&#160;',
    '&#x661;',
  ].map((reference) => ({
    name: `the character ${reference}`,
    apply: inValue((text) => `${text}${reference}`),
    byMeaning: true as const,
  })),
  ...[
    '\u0000',
    '\u0001',
    '\u000b',
    '\u0085',
    '\u00a0',
    '\u2028',
    '\u200b',
    '\ufeff',
    '\ufffe',
    '\ud83d\ude00',
    '\uff10',
    '\u0660',
  ].map((character) => ({
    name: `U+${character.codePointAt(0)!.toString(16)}`,
    apply: inValue((text) => `${text}${character}`),
    byMeaning: true as const,
  })),
  {
    name: 'a null octet between the characters',
    apply: inValue((text) => text.replace(/./gu, '$&\0')),
  },
  { name: 'white space around a value', apply: inValue((text) => `\n\t ${text}\r\n`), byMeaning: true },
  {
    name: 'white space in a value',
    apply: inValue((text) => `${text.slice(0, 2)} ${text.slice(2)}`),
    byMeaning: true,
  },
  { name: 'elements that are deep', apply: inBody(`${repeated('<a>', 8_000)}${repeated('</a>', 8_000)}`) },
  { name: 'elements that never end', apply: inBody(repeated('<a>', 15_000)) },
  { name: 'many elements', apply: inBody(repeated('<a/>', 14_000)) },
  {
    name: 'many attributes',
    apply: (xml) =>
      xml.replace(root, `$& ${Array.from({ length: 4_000 }, (_, at) => `a${String(at)}=""`).join(' ')}`),
  },
  {
    name: 'many namespaces',
    apply: (xml) =>
      xml.replace(
        root,
        `$& ${Array.from({ length: 2_000 }, (_, at) => `xmlns:n${String(at)}="urn:${String(at)}"`).join(' ')}`,
      ),
  },
  { name: 'an attribute twice', apply: (xml) => xml.replace(root, '$& schemaVersion="5.4"') },
  {
    name: 'an attribute twice, by two prefixes',
    apply: (xml) => xml.replace(root, '$& xmlns:a="urn:a" xmlns:b="urn:a" a:x="" b:x=""'),
  },
  { name: 'a long name', apply: inBody(`<${repeated('a', 50_000)}/>`) },
  { name: 'a long value', apply: inValue((text) => `${text}${repeated('0', 50_000)}`) },
  { name: 'much white space', apply: inBody(repeated(' \n', 25_000)), byMeaning: true },
  { name: 'many comments', apply: inBody(repeated('<!---->', 5_000)), byMeaning: true },
  { name: 'many sections of CDATA', apply: inBody(repeated('<![CDATA[]]>', 4_000)), byMeaning: true },
  { name: 'much angle', apply: inBody(repeated('<', 50_000)) },
  { name: 'many ampersands', apply: inBody(repeated('&amp;', 10_000)) },
  { name: 'the end of CDATA', apply: inBody(']]>') },
  { name: 'two roots', apply: (xml) => `${xml}${xml.slice(xml.search(root))}` },
  { name: 'text after the root', apply: (xml) => `${xml}0` },
  {
    name: 'a body by itself',
    apply: (xml) => xml.slice(xml.indexOf('<sr:Body>'), xml.indexOf('</sr:Body>') + 10),
  },
  {
    name: 'no namespace',
    apply: (xml) => xml.replace(/ xmlns:sr="[^"]*"/, '').replaceAll(/(<\/?)sr:/g, '$1'),
  },
  { name: 'an undeclared prefix', apply: (xml) => xml.replace(/ xmlns:sr="[^"]*"/, '') },
  {
    name: 'namespaces swapped',
    apply: (xml) => xml.replaceAll('sr:', 'tmp:').replaceAll('ds:', 'sr:').replaceAll('tmp:', 'ds:'),
  },
  {
    name: 'another namespace on one element',
    apply: (xml) => xml.replace('<sr:Header>', '<sr:Header xmlns:sr="urn:other">'),
  },
  { name: 'a namespace of nothing', apply: (xml) => xml.replace(/xmlns:sr="[^"]*"/, 'xmlns:sr=""') },
  {
    name: 'white space in a namespace',
    apply: (xml) => xml.replace('/ServiceUserGateway"', '/ServiceUserGateway "'),
  },
  { name: 'the prefix xml bound anew', apply: (xml) => xml.replace(root, '$& xmlns:xml="urn:x"') },
  { name: 'XML 1.1', apply: declaring('<?xml version="1.1" encoding="UTF-8"?>') },
  {
    name: 'standalone',
    apply: declaring('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'),
    byMeaning: true,
  },
  { name: 'a declaration twice', apply: (xml) => `<?xml version="1.0"?>${xml}` },
  { name: 'space before the declaration', apply: (xml) => ` ${xml}` },
  ...['ISO-8859-1', 'UTF-16', 'UTF-7', 'UTF-32', 'US-ASCII', 'windows-1252', 'IBM037', 'x'].map(
    (encoding) => ({
      name: `declared ${encoding}`,
      apply: declaring(`<?xml version="1.0" encoding="${encoding}"?>`),
      byMeaning: true as const,
    }),
  ),
  { name: 'a byte order mark', apply: (xml) => `\ufeff${xml}`, byMeaning: true },
  { name: 'two byte order marks', apply: (xml) => `\ufeff\ufeff${xml}` },
  ...[true, false].flatMap((bom) =>
    [true, false].map((isBigEndian) => ({
      name: `UTF-16${isBigEndian ? 'BE' : 'LE'}${bom ? ' with a mark' : ''}`,
      apply: (xml: string) => utf16(xml.replace('UTF-8', 'UTF-16'), bom, isBigEndian),
    })),
  ),
  { name: 'an overlong character', apply: overlong },
  {
    name: 'a surrogate in UTF-8',
    apply: (xml) => Buffer.concat([Buffer.from(xml), Buffer.from([0xed, 0xa0, 0x80])]),
  },
  {
    name: 'half of a character',
    apply: (xml) => Buffer.concat([Buffer.from(xml), Buffer.from([0xe2, 0x82])]),
  },
  { name: 'nothing', apply: () => '' },
  { name: 'white space alone', apply: () => ' \n' },
  { name: 'over the limit', apply: inBody(repeated(' ', 65_536)) },
];

export const xmlConstructs: AttackClass = {
  name: 'constructs of XML',
  statuses: new Set([200, 400, 409, 413, 422]),
  weight: 1,
  attempts: fc
    .tuple(oneOf(isXml), fc.constantFrom(...constructs), fc.nat())
    .map(([original, { name, apply, byMeaning }, place]) =>
      sentAlone(
        `${original.name}, ${name}, at ${String(place)}`,
        sentOf(original, (good) => Buffer.from(apply(good.toString(), place))),
        { isNeverAccepted: byMeaning !== true },
      ),
    ),
};
