import fc from 'fast-check';
import { dsig } from '../../../src/mock-dsp/xml-signature.js';

/** Changes a document at one place, with another one in mind. Whether its meaning is the same, it does not know. */
export type XmlMutation = (xml: string, at: number, to: number) => string;

const splice = (xml: string, at: number, count: number, text: string): string =>
  `${xml.slice(0, at)}${text}${xml.slice(at + count)}`;

const placesOf = (xml: string, pattern: RegExp): { index: number; text: string }[] =>
  [...xml.matchAll(pattern)].map((match) => ({ index: match.index, text: match[0] }));

/** Elements from start tag to end tag; none has one of its own name inside. */
const elements = /<((?:sr|ds):(?!Request\b)\w+)[^>]*>[^]*?<\/\1>/g;
const every = (pattern: RegExp): RegExp => new RegExp(`(?=(${pattern.source}))`, 'g');
const elementsIn = (xml: string): { index: number; text: string }[] =>
  [...xml.matchAll(every(elements))].map((match) => ({ index: match.index, text: match[1] ?? '' }));

const onPlace =
  (
    places: (xml: string) => { index: number; text: string }[],
    change: (place: { index: number; text: string }, xml: string, to: number) => string,
  ): XmlMutation =>
  (xml, at, to) => {
    const found = places(xml);
    return found.length === 0 ? xml : change(found[at % found.length]!, xml, to);
  };

const tags = (xml: string): { index: number; text: string }[] => placesOf(xml, /<[^>]*>/g);
const startTags = (xml: string): { index: number; text: string }[] => placesOf(xml, /<(?:sr|ds):\w+/g);
const characters = (xml: string): { index: number; text: string }[] =>
  placesOf(xml, /(?<=>[^<]*)[^<&](?=[^>]*<)/g);
const namespaceNames = (xml: string): { index: number; text: string }[] => placesOf(xml, /xmlns:\w+/g);

const snippets = [
  ...[
    '<!-- -->',
    '<![CDATA[]]>',
    '<![CDATA[x]]>',
    '&#13;',
    '&#x20;',
    '&amp;',
    '&e;',
    '\r',
    '\u00a0',
    '\ufeff',
    'x',
  ],
  ...[
    '<?x?>',
    '<x/>',
    '<sr:x/>',
    '<ds:x/>',
    '<!DOCTYPE a [<!ENTITY e "1">]>',
    ']]>',
    '<ds:Object/>',
    '\u0000',
  ],
];
const attributes = [
  ...[
    'Id="x"',
    'xml:id="x"',
    'xml:lang="en"',
    'xmlns=""',
    'xmlns:x="urn:x"',
    'xmlns:x="x"',
    'URI=""',
    'x="&#10;"',
  ],
  ...['xmlns:sr="urn:x"', 'xmlns:ds="urn:x"', `xmlns="${dsig}"`, `xmlns:sr="${dsig}"`, `xmlns:ds="${dsig}"`],
  'xmlns="http://www.dccinterface.co.uk/ServiceUserGateway"',
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"',
];

export const xmlMutation: fc.Arbitrary<XmlMutation> = fc.oneof(
  fc.constantFrom<XmlMutation>(
    onPlace(elementsIn, ({ index, text }, xml) => splice(xml, index, text.length, '')),
    onPlace(elementsIn, ({ index, text }, xml) => splice(xml, index, 0, text)),
    onPlace(elementsIn, ({ index, text }, xml, to) => {
      const rest = splice(xml, index, text.length, '');
      return onPlace(tags, (place) => splice(rest, place.index, 0, text))(rest, to, 0);
    }),
    onPlace(elementsIn, ({ index, text }, xml, to) => {
      const other = elementsIn(xml)[to % elementsIn(xml).length]!;
      return splice(xml, index, text.length, other.text);
    }),
    onPlace(characters, ({ index, text }, xml) => splice(xml, index, 1, `&#${String(text.codePointAt(0))};`)),
    onPlace(characters, ({ index, text }, xml) => splice(xml, index, 1, `<![CDATA[${text}]]>`)),
    onPlace(startTags, ({ index, text }, xml) =>
      splice(
        xml,
        index,
        text.length,
        text.replace(/sr|ds/, (prefix) => (prefix === 'sr' ? 'ds' : 'sr')),
      ),
    ),
    onPlace(namespaceNames, ({ text }, xml) =>
      xml.replaceAll(`${text.slice(6)}:`, 'other:').replaceAll(text, 'xmlns:other'),
    ),
    onPlace(namespaceNames, ({ text }, xml) =>
      xml.replaceAll(new RegExp(`(</?)${text.slice(6)}:`, 'g'), '$1').replaceAll(text, 'xmlns'),
    ),
    (xml) => xml.replaceAll('\n', '\r\n'),
    (xml) => xml.replaceAll('\n', '\r'),
    (xml) => xml.replaceAll('"', "'"),
  ),
  fc
    .constantFrom(...snippets)
    .map((snippet) => onPlace(tags, ({ index }, xml) => splice(xml, index, 0, snippet))),
  fc
    .constantFrom(...snippets)
    .map((snippet) => onPlace(characters, ({ index }, xml) => splice(xml, index, 0, snippet))),
  fc
    .constantFrom(...attributes)
    .map((attribute) =>
      onPlace(startTags, ({ index, text }, xml) => splice(xml, index + text.length, 0, ` ${attribute}`)),
    ),
);
