import fc from 'fast-check';
import { type AttackClass, head, postLine, usualHeaders } from './attack.js';
import type { Sent } from './oracle.js';
import { oneOf, sentOf } from './text-attacks.js';

/** Headers that are odd, in requests that are framed as HTTP wants it. */

type Header = readonly [string, string];
type HeaderChange = (headers: readonly Header[]) => readonly Header[];

const setting =
  (name: string, value: string): HeaderChange =>
  (headers) => [...headers.filter(([each]) => each.toLowerCase() !== name.toLowerCase()), [name, value]];
const adding =
  (name: string, value: string): HeaderChange =>
  (headers) => [...headers, [name, value]];
const removing =
  (name: string): HeaderChange =>
  (headers) =>
    headers.filter(([each]) => each.toLowerCase() !== name.toLowerCase());

const numbers = [
  ...[
    '1200023305967',
    '1500000000000',
    '1470116845051',
    '9900000000006',
    '0000000000000',
    '123456789012',
    '1234567890',
  ],
  ...[
    '12 000 233 059 67',
    '12-0002-3305-967',
    '00 111 222 12 000 233 059 67',
    '012345671200023305967',
    'S12345671200023305967',
  ],
  ...[
    '1200023305967, 1200023305967',
    '1200023305967,1500000000000',
    '1500000000000,1200023305967',
    '12000233059671500000000000',
  ],
  ...[
    '\xa01200023305967',
    '\xb2200023305967',
    '1200023305967\x00',
    '',
    '-',
    'null',
    'undefined',
    '[object Object]',
    '1.2e12',
  ],
  ...[
    '+1200023305967',
    '1200023305967'.padEnd(8_000, ' '),
    '1200023305967'.padStart(8_000, '0'),
    '9'.repeat(8_000),
  ],
];
const types = [
  'ESME',
  'esme',
  'GSME',
  'GPF',
  'CHF',
  'HCALCS',
  'PPMID',
  'IHD',
  'CAD',
  'ESME, ESME',
  'ESME,GSME',
  'ES ME',
  '"ESME"',
  '',
  '\xff',
  'toString',
  'constructor',
];
const systems = [
  'A',
  'a b',
  '',
  '.',
  '..',
  '../../x',
  '__proto__',
  'x'.repeat(64),
  'x'.repeat(65),
  'A, B',
  '\xe9',
  '$(id)',
  '%00',
];
const mediaTypes = [
  ...[
    'application/xml',
    'application/json',
    'APPLICATION/XML',
    'application/xml; charset=utf-8',
    'application/xml;charset="UTF-8"',
  ],
  ...[
    'application/xml; charset=utf-16',
    'application/xml; charset=latin1',
    'application/xml; charset=utf-8; charset=utf-16',
    'application/xml;',
  ],
  ...[
    'application/xml;;',
    'application/xml; x=y',
    'text/xml',
    'application/xml, application/json',
    'application/json, application/xml',
    '',
    ' ',
  ],
  ...[
    'application/soap+xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application',
    '/',
    '*/*',
    'application/xml\xa0',
  ],
  ...[
    'application/json; charset=utf-7',
    'application/json;charset=utf-8',
    'x'.repeat(8_000),
    `application/xml${';'.repeat(8_000)}`,
    `application/xml${' '.repeat(8_000)}x`,
  ],
];
const accepted = [
  ...[
    '*/*',
    'application/xml',
    'application/json',
    'application/*',
    'text/html',
    'application/xml;q=0',
    'application/xml;q=0, application/json;q=0',
  ],
  ...[
    'application/problem+xml',
    'application/problem+json',
    '',
    ',',
    ';',
    '*',
    'q=1',
    'application/json;q=x',
    'application/json;q=1e400',
    '\xff',
  ],
  ...[
    'application/xml, '.repeat(500),
    `${'a/b;q=0.1,'.repeat(700)}application/json`,
    ';'.repeat(8_000),
    'application/json; charset=utf-16',
  ],
];
const others: readonly Header[] = [
  ['Content-Encoding', 'gzip'],
  ['Content-Encoding', 'identity'],
  ['Content-Encoding', 'IDENTITY'],
  ['Content-Encoding', 'identity, gzip'],
  ['Content-Encoding', ''],
  ['X-Request-Id', '00000000-0000-4000-8000-000000000000'],
  ['Request-Id', 'x'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['X-Original-URL', '/health/live'],
  ['X-Forwarded-For', '1.2.3.4, 5.6.7.8'],
  ['X-Forwarded-Host', 'example.invalid'],
  ['Forwarded', 'for="[::1]:8080"'],
  ['Expect', '100-continue'],
  ['Expect', '200-ok'],
  ['Expect', ''],
  ['Range', 'bytes=0-1'],
  ['If-Match', '*'],
  ['If-None-Match', '*'],
  ['Upgrade', 'h2c'],
  ['Upgrade', 'websocket'],
  ['Connection', 'close'],
  ['Connection', 'upgrade'],
  ['Connection', 'keep-alive, Content-Length'],
  ['Connection', 'Content-Type, DCC-Import-MPxN'],
  ['Keep-Alive', 'timeout=999999'],
  ['Trailer', 'DCC-Import-MPxN'],
  ['TE', 'trailers, deflate;q=0.5'],
  ['Cookie', 'a=b; '.repeat(1_000)],
  ['Authorization', 'Basic Og=='],
  ['Authorization', 'Bearer '],
  ['Origin', 'null'],
  ['Host', ''],
  ['Accept-Version', '1.x'],
  ['Traceparent', '00-00000000000000000000000000000000-0000000000000000-00'],
  ['__proto__', 'x'],
  ['constructor', 'x'],
  ['DCC_Import_MPxN', '1500000000000'],
];

const changes: fc.Arbitrary<readonly [string, HeaderChange]> = fc.oneof(
  ...(
    [
      ['DCC-Import-MPxN', numbers],
      ['DCC-Device-Type', types],
      ['DCC-User-System', systems],
      ['Content-Type', mediaTypes],
      ['Accept', accepted],
    ] as const
  ).flatMap(([name, values]) => [
    fc
      .tuple(fc.constantFrom(...values), fc.constantFrom(setting, adding))
      .map(([value, put]): readonly [string, HeaderChange] => [
        `${name}: ${value.slice(0, 40)}`,
        put(name, value),
      ]),
    fc.constant<readonly [string, HeaderChange]>([`no ${name}`, removing(name)]),
  ]),
  fc
    .constantFrom(...others)
    .map(([name, value]): readonly [string, HeaderChange] => [
      `${name}: ${value.slice(0, 40)}`,
      adding(name, value),
    ]),
  fc
    .tuple(
      fc.constantFrom('DCC-Import-MPxN', 'DCC-Device-Type', 'DCC-User-System', 'Accept', 'Content-Type', 'X'),
      fc.string({ maxLength: 40, unit: 'binary' }),
    )
    .map(([name, text]): readonly [string, HeaderChange] => {
      // What would end the line is an attack on the framing, and not on a header.
      const value = text.replace(/[\r\n\0]/g, '.').replace(/[^\0-\xff]/g, '?');
      return [`${name}: ${JSON.stringify(value)}`, setting(name, value)];
    }),
);

export const headers: AttackClass = {
  name: 'headers',
  statuses: new Set([200, 400, 406, 409, 415, 422, 431]),
  weight: 1.5,
  attempts: fc
    .tuple(oneOf(), fc.array(changes, { minLength: 1, maxLength: 3 }))
    .map(([original, several]) => {
      const sent = sentOf(original);
      const changed = several.reduce<readonly Header[]>((all, [, change]) => change(all), usualHeaders(sent));
      return {
        description: `${original.name}, ${several.map(([name]) => name).join(', ')}`,
        segments: [head(postLine, changed), sent.body],
        answers: 1,
        requests: [asDeclared(sent, changed)],
      };
    }),
};

/** What the headers make of a request: they may say that it is in the other media type. */
function asDeclared(sent: Sent, changed: readonly Header[]): Sent {
  const declared = changed.flatMap(([name, value]) => (name.toLowerCase() === 'content-type' ? [value] : []));
  // Where it comes twice, Node takes the first.
  const mediaType = /^application\/xml\b/i.test(declared[0]?.trim() ?? '') ? 'xml' : 'json';
  return { ...sent, mediaType, headers: changed };
}
