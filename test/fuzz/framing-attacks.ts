import fc from 'fast-check';
import { type AttackClass, type Attempt, framed, head, postLine, usualHeaders } from './attack.js';
import type { Sent } from './oracle.js';
import { isAcceptance } from './judge.js';
import { oneOf, sentOf } from './text-attacks.js';

/** Where one request ends and the next begins: what a proxy in front of the service may see in another way than it does. */

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** In pieces of so many octets, each a chunk. */
function chunked(
  body: Buffer,
  size: number,
  sizeText = (length: number): string => length.toString(16),
): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size);
    parts.push(latin1(`${sizeText(chunk.length)}\r\n`), chunk, latin1('\r\n'));
  }
  return Buffer.concat([...parts, latin1('0\r\n\r\n')]);
}

const withoutLength = (sent: Sent): (readonly [string, string])[] =>
  usualHeaders(sent).filter(([name]) => name !== 'Content-Length');

type Framing = (sent: Sent, hidden: Buffer) => Buffer;

const framings: Readonly<Record<string, Framing>> = {
  chunked: (sent) =>
    Buffer.concat([
      head(postLine, [...withoutLength(sent), ['Transfer-Encoding', 'chunked']]),
      chunked(sent.body, 700),
    ]),
  'chunks with extensions': (sent) =>
    Buffer.concat([
      head(postLine, [...withoutLength(sent), ['Transfer-Encoding', 'chunked']]),
      chunked(sent.body, 700, (length) => `${length.toString(16)};a="b"`),
    ]),
};

/** Each hides a request behind the end of another, for whoever finds that end elsewhere. */
const smuggling: Readonly<Record<string, Framing>> = {
  'Content-Length and Transfer-Encoding': (sent, hidden) =>
    Buffer.concat([
      head(postLine, [...usualHeaders(sent), ['Transfer-Encoding', 'chunked']]),
      chunked(sent.body, 700),
      hidden,
    ]),
  'Transfer-Encoding and Content-Length of nothing': (sent, hidden) =>
    Buffer.concat([
      head(postLine, [['Transfer-Encoding', 'chunked'], ...withoutLength(sent), ['Content-Length', '0']]),
      chunked(Buffer.concat([sent.body, hidden]), 70_000),
    ]),
  'Content-Length twice': (sent, hidden) =>
    Buffer.concat([head(postLine, [...usualHeaders(sent), ['Content-Length', '1']]), sent.body, hidden]),
  'Content-Length twice, and alike': (sent, hidden) =>
    Buffer.concat([
      head(postLine, [...usualHeaders(sent), ['Content-Length', String(sent.body.length)]]),
      sent.body,
      hidden,
    ]),
  ...Object.fromEntries(
    [
      '+7',
      '-1',
      '0x10',
      '1e3',
      ' ',
      '7, 7',
      '7;',
      '18446744073709551616',
      '99999999999999999999999',
      '٧',
    ].map((length): [string, Framing] => [
      `Content-Length: ${length}`,
      (sent, hidden) =>
        Buffer.concat([
          head(postLine, [...withoutLength(sent), ['Content-Length', length]]),
          sent.body,
          hidden,
        ]),
    ]),
  ),
  ...Object.fromEntries(
    [
      'identity',
      'chunked, identity',
      'gzip',
      'xchunked',
      'chunked\x0b',
      'chunked, chunked',
      '"chunked"',
      '',
    ].map((coding): [string, Framing] => [
      `Transfer-Encoding: ${coding}`,
      (sent, hidden) =>
        Buffer.concat([
          head(postLine, [...withoutLength(sent), ['Transfer-Encoding', coding]]),
          chunked(sent.body, 700),
          hidden,
        ]),
    ]),
  ),
  'white space before the colon': (sent, hidden) =>
    Buffer.concat([
      head(postLine, [...usualHeaders(sent), ['Transfer-Encoding ', 'chunked']]),
      sent.body,
      hidden,
    ]),
  'a folded header': (sent, hidden) =>
    Buffer.concat([
      head(postLine, [...usualHeaders(sent), ['X', 'a\r\n Transfer-Encoding: chunked']]),
      sent.body,
      hidden,
    ]),
  'a line feed alone': (sent, hidden) =>
    Buffer.concat([
      head(postLine, [...usualHeaders(sent), ['X', 'a\nTransfer-Encoding: chunked']]),
      sent.body,
      hidden,
    ]),
  'a carriage return alone': (sent, hidden) =>
    Buffer.concat([
      head(postLine, [...usualHeaders(sent), ['X', 'a\rTransfer-Encoding: chunked']]),
      sent.body,
      hidden,
    ]),
  'a null in a header': (sent, hidden) =>
    Buffer.concat([head(postLine, [...usualHeaders(sent), ['X', 'a\0b']]), sent.body, hidden]),
  ...Object.fromEntries(
    ['g', '-1', '0x2', '', ' ', '1ffffffffffffffff', 'ffffffffffffffff', '5\n'].map(
      (size): [string, Framing] => [
        `a chunk of ${JSON.stringify(size)}`,
        (sent, hidden) =>
          Buffer.concat([
            head(postLine, [...withoutLength(sent), ['Transfer-Encoding', 'chunked']]),
            latin1(`${size}\r\n`),
            sent.body,
            hidden,
          ]),
      ],
    ),
  ),
  'a chunk that is longer than it says': (sent, hidden) =>
    Buffer.concat([
      head(postLine, [...withoutLength(sent), ['Transfer-Encoding', 'chunked']]),
      chunked(sent.body, 700, (length) => (length - 1).toString(16)),
      hidden,
    ]),
  'a huge extension of a chunk': (sent, hidden) =>
    Buffer.concat([
      head(postLine, [...withoutLength(sent), ['Transfer-Encoding', 'chunked']]),
      chunked(sent.body, 700, (length) => `${length.toString(16)};${'x'.repeat(20_000)}`),
      hidden,
    ]),
};

const nonsense: readonly (readonly [string, string])[] = [
  ['no method', ' /v1/service-requests HTTP/1.1'],
  ['an unknown method', 'BREW /v1/service-requests HTTP/1.1'],
  ['a method in lower case', 'post /v1/service-requests HTTP/1.1'],
  ['HTTP/0.9', 'POST /v1/service-requests'],
  ['HTTP/1.0', 'POST /v1/service-requests HTTP/1.0'],
  ['HTTP/2', 'POST /v1/service-requests HTTP/2.0'],
  ['HTTP/9.9', 'POST /v1/service-requests HTTP/9.9'],
  ['the beginning of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['another protocol', 'SSH-2.0-x'],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['a proxy protocol', 'PROXY TCP4 127.0.0.1 127.0.0.1 1 2'],
  ['nothing', ''],
  ['null octets', '\0'.repeat(100)],
  ['a long line', `POST /${'a'.repeat(100_000)} HTTP/1.1`],
  ['a long method', `${'A'.repeat(100_000)} / HTTP/1.1`],
  ['white space', ' '.repeat(1_000)],
  ['line ends', '\r\n'.repeat(1_000)],
];
const servicePath = '/v1/service-requests';
const requestTargets = [
  ...[
    '/v1/service-requests/',
    '/v1//service-requests',
    '//v1/service-requests',
    '/V1/service-requests',
    '/v1/service-requests?x',
    '/v1/service-requests#x',
  ],
  ...[
    '/v1/service%2Drequests',
    '/v1/service-requests%00',
    '/v1/%2e%2e/v1/service-requests',
    '/../v1/service-requests',
    '/%',
    '/%c0%af',
    '*',
    'x',
  ],
  ...[
    'http://other.invalid/v1/service-requests',
    '/v1/service-requests;x',
    '/health/live',
    '/v1/duties/02-00-00-00-0E-00-00-01',
    '/v1/duties/%2e%2e%2fservice-requests',
    '//v1/duties/02-00-00-00-0E-00-00-01',
    '/docs',
    '/problems/x',
    '/problems/__proto__',
    `/problems/${'x'.repeat(5_000)}`,
  ],
  ...[
    '/docs/static/../../../package.json',
    '/docs/static/%2e%2e%2f%2e%2e%2fpackage.json',
    '/docs/static/..%5c..%5cpackage.json',
    `/${'%2f'.repeat(2_000)}`,
    `/?${'a=b&'.repeat(2_000)}`,
  ],
];
const methods = [
  'GET',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'M-SEARCH',
  'QUERY',
];

const good = oneOf(({ isAccepted, mediaType }) => isAccepted && mediaType === 'xml');

const attempts: fc.Arbitrary<Attempt> = fc.oneof(
  fc.tuple(good, fc.constantFrom(...Object.keys(framings))).map(([original, name]): Attempt => {
    const sent = sentOf(original);
    return {
      description: name,
      segments: [framings[name]!(sent, Buffer.alloc(0))],
      answers: 1,
      requests: [sent],
      isAccepted: true,
    };
  }),
  fc.tuple(good, fc.constantFrom(...Object.keys(smuggling))).map(([original, name]): Attempt => {
    const sent = sentOf(original);
    const hidden = framed(sentOf(original));
    return {
      description: name,
      segments: [smuggling[name]!(sent, hidden)],
      ending: 'half-close when quiet',
      requests: [sent],
      isNeverAccepted: true,
    };
  }),
  fc.tuple(good, fc.constantFrom(...nonsense)).map(([original, [name, line]]): Attempt => {
    const sent = sentOf(original);
    return {
      description: name,
      segments: [head(line, usualHeaders(sent)), sent.body],
      ending: 'half-close when quiet',
      requests: [sent],
      mayBeUnanswered: true,
    };
  }),
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((octets): Attempt => ({
    description: `octets ${Buffer.from(octets).toString('hex').slice(0, 40)}`,
    segments: [Buffer.from(octets)],
    ending: 'half-close when quiet',
    requests: [],
    mayBeUnanswered: true,
  })),
  fc
    .tuple(good, fc.constantFrom('POST', ...methods), fc.constantFrom(servicePath, ...requestTargets))
    .map(([original, method, target]): Attempt => {
      const sent = sentOf(original);
      return {
        description: `${method} ${target.slice(0, 60)}`,
        segments: [head(`${method} ${target} HTTP/1.1`, usualHeaders(sent)), sent.body],
        answers: 1,
        requests: [sent],
        isElsewhere: target !== servicePath,
        mayBeUnanswered: method === 'CONNECT',
      };
    }),
  fc
    .tuple(
      fc.array(good, { minLength: 2, maxLength: 12 }),
      fc.nat(),
      fc.constantFrom(...nonsense, ['a body that is not XML', ''] as const),
      fc.boolean(),
    )
    .map(pipelined),
);

/** Many in one segment, one of them broken: all before it are answered, in their order, and what is behind is not misread. */
function pipelined([all, at, [name, line], isOneSegment]: readonly [
  readonly Parameters<typeof sentOf>[0][],
  number,
  readonly [string, string],
  boolean,
]): Attempt {
  const place = at % all.length;
  const sents = all.map((original) => sentOf(original));
  const isWellFramed = name.startsWith('a body');
  const parts = sents.map((sent, index) =>
    index !== place
      ? framed(sent)
      : isWellFramed
        ? framed({ ...sent, body: Buffer.from('<') })
        : Buffer.concat([head(line, usualHeaders(sent)), sent.body]),
  );
  return {
    description: `${String(all.length)} in a row, the ${String(place + 1)}. of them ${name}`,
    segments: isOneSegment ? [Buffer.concat(parts)] : parts,
    // Of what is not HTTP the connection does not go on.
    answers: isWellFramed ? sents.length : place + 1,
    requests: sents.map((sent, index) =>
      index === place && isWellFramed ? { ...sent, body: Buffer.from('<') } : sent,
    ),
    mayBeUnanswered: true,
    judge: ({ answers }) =>
      answers.filter((answer, index) => index < place && isAcceptance(answer)).length === place
        ? undefined
        : `of ${String(place)} right ones in front, some are not accepted: ${answers.map(({ status }) => status).join()}`,
  };
}

export const framing: AttackClass = {
  name: 'framing of HTTP',
  statuses: new Set([200, 302, 400, 401, 404, 405, 408, 413, 415, 417, 431]),
  weight: 1,
  attempts,
};
