import fc from 'fast-check';
import { type AttackClass, sentAlone } from './attack.js';
import { type Original } from './originals.js';
import { oneOf, sentOf } from './text-attacks.js';

/** What JSON leaves open, and what JavaScript makes of it. */

const isJson = ({ mediaType }: Original): boolean => mediaType === 'json';

type TextChange = (json: string, place: number, other: number) => string;

interface Found {
  readonly index: number;
  readonly text: string;
}

const find = (json: string, pattern: RegExp): Found[] =>
  [...json.matchAll(pattern)].map(({ index, 0: text }) => ({ index, text }));

/** Puts something in the place of one of what is found. */
const at =
  (pattern: RegExp, change: (text: string, other: number) => string): TextChange =>
  (json, place, other) => {
    const found = find(json, pattern);
    if (found.length === 0) return json;
    const { index, text } = found[place % found.length]!;
    return `${json.slice(0, index)}${change(text, other)}${json.slice(index + text.length)}`;
  };

const members = /"[^"]*": (?:"[^"]*"|true|[0-9]+)/g;
const names = /"[^"]*"(?=:)/g;
const texts = /(?<=: )"[^"]*"/g;
const values = /(?<=: )(?:"[^"]*"|true|[0-9]+)/g;
const openings = /[{[]/g;
const objects = /\{/g;
const white = /\s+/g;

const odd = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '-0',
    '4.0',
    '4e0',
    '40e-1',
    '4E0',
    '1e400',
    '-1e400',
    '1e-400',
    '9007199254740993',
  ],
  ...[
    '18446744073709551616',
    '0.1',
    '00',
    '+4',
    '.5',
    '5.',
    '0x4',
    'NaN',
    'Infinity',
    '-Infinity',
    'undefined',
  ],
  ...[
    '[]',
    '{}',
    '[[]]',
    '""',
    '"4"',
    '["x"]',
    '{"toString": 1}',
    '{"length": 1}',
    '{"then": 1}',
    '{"__proto__": null}',
  ],
  ...[
    String.raw`"\u0000"`,
    String.raw`"\ud800"`,
    String.raw`"\udc00\ud800"`,
    String.raw`"\uffff"`,
    String.raw`"\x41"`,
    '"\t"',
    "'x'",
  ],
  ...[
    '9'.repeat(10_000),
    `"${'x'.repeat(40_000)}"`,
    '['.repeat(20_000),
    `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  ],
  ...[`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, '1'.repeat(400), `0.${'1'.repeat(400)}`],
];
const strangeNames = [
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'toJSON',
    'then',
    'length',
  ],
  ...[
    '',
    ' ',
    '0',
    '-1',
    'device',
    'userSystem',
    'header',
    'body',
    'schemaVersion',
    'requestId',
    'deviceType',
    '$ref',
    'a.b',
  ],
];

/** Escapes one character of a string, which is then the same string. */
const escapedAt = (text: string, other: number): string => {
  const place = 1 + (other % (text.length - 2 || 1));
  const code = text.charCodeAt(place).toString(16).padStart(4, '0');
  return text.length < 3 ? text : `${text.slice(0, place)}\\u${code}${text.slice(place + 1)}`;
};

const changes: fc.Arbitrary<readonly [string, TextChange]> = fc.oneof(
  fc.constantFrom<readonly [string, TextChange]>(
    ['a member twice', at(members, (text) => `${text}, ${text}`)],
    [
      'a name twice, once with another value',
      at(members, (text) => `${text.replace(/: .*/, ': "x"')}, ${text}`),
    ],
    ['a name twice, the other way round', at(members, (text) => `${text}, ${text.replace(/: .*/, ': "x"')}`)],
    [
      'a name twice, once escaped',
      at(members, (text, other) => `${text}, ${text.replace(/^"[^"]*"/, (name) => escapedAt(name, other))}`),
    ],
    ['a name escaped', at(names, escapedAt)],
    ['a value escaped', at(texts, escapedAt)],
    ['a name in capitals', at(names, (text) => text.toUpperCase())],
    ['a name in half width', at(names, (text) => text.replace('e', '\uff45'))],
    ['a member left out', at(/"[^"]*": (?:"[^"]*"|true|[0-9]+),/g, () => '')],
    ['an empty name', at(names, () => '""')],
    ['a value in an array', at(values, (text) => `[${text}]`)],
    ['a value in an object', at(values, (text) => `{"value": ${text}}`)],
    [
      'a number as text, or text as a number',
      at(values, (text) => (text.startsWith('"') ? text.slice(1, -1) : `"${text}"`)),
    ],
    ['white space in a value', at(texts, (text) => ` ${text.slice(0, 2)} ${text.slice(2)}`)],
    ['white space around a value', at(texts, (text) => `" ${text.slice(1, -1)} "`)],
    ['an array of one as its item', at(openings, () => '[')],
    ['a comma too many', at(/[}\]]/g, (text) => `,${text}`)],
    ['a comma too few', at(/,/g, () => '')],
    ['a comment', at(white, (text) => `${text}/* */`)],
    ['a line of a comment', at(white, () => '//\n')],
    ['other white space', at(white, () => '\u00a0')],
    ['a form feed', at(white, () => '\f')],
    ['a null character', at(white, () => '\u0000')],
    ['other quotes', at(texts, (text) => `'${text.slice(1, -1)}'`)],
    ['a byte order mark', (json) => `\ufeff${json}`],
    ['a byte order mark inside', at(white, () => '\ufeff')],
    ['two of them', (json) => `${json}${json}`],
    ['a record separator', (json) => `\u001e${json}\n`],
    ['in an array', (json) => `[${json}]`],
    ['in another', (json) => `{"request": ${json}}`],
    ['as text', (json) => JSON.stringify(json)],
    ['no more than its beginning', (json, place) => json.slice(0, place % json.length)],
  ),
  fc
    .constantFrom(...odd)
    .map((text): readonly [string, TextChange] => [
      `${text.slice(0, 20)} for a value`,
      at(values, () => text),
    ]),
  fc
    .constantFrom(...odd)
    .map((text): readonly [string, TextChange] => [`${text.slice(0, 20)} by itself`, () => text]),
  fc
    .tuple(
      fc.constantFrom(...strangeNames),
      fc.constantFrom(
        'null',
        '"x"',
        '{}',
        '[]',
        '1',
        '{"deviceType": "ESME"}',
        '{"importMpxn": "1500000000000"}',
      ),
    )
    .map(([name, value]): readonly [string, TextChange] => [
      `a member ${JSON.stringify(name)}: ${value}`,
      at(objects, () => `{"${name}": ${value}, `),
    ]),
  fc
    .constantFrom(...strangeNames)
    .map((name): readonly [string, TextChange] => [
      `a name is ${JSON.stringify(name)}`,
      at(names, () => JSON.stringify(name)),
    ]),
  fc
    .json({ maxDepth: 4 })
    .map((text): readonly [string, TextChange] => [
      `${text.slice(0, 20)} for a value`,
      at(values, () => text),
    ]),
);

export const json: AttackClass = {
  name: 'JSON',
  statuses: new Set([200, 400, 409, 413, 422]),
  weight: 1.5,
  attempts: fc
    .tuple(oneOf(isJson), fc.array(fc.tuple(changes, fc.nat(), fc.nat()), { minLength: 1, maxLength: 2 }))
    .map(([original, several]) =>
      sentAlone(
        `${original.name}, ${several.map(([[name], place]) => `${name} at ${String(place)}`).join(', ')}`,
        sentOf(original, (good) =>
          Buffer.from(
            several.reduce((text, [[, change], place, other]) => change(text, place, other), good.toString()),
          ),
        ),
      ),
    ),
};
