import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { XmlDocument, XmlElement } from 'libxml2-wasm';
import t, { type Test } from 'tap';
import type { AppDeps } from '../../src/app.js';
import type { LiveTls } from '../../src/callers/live-tls.js';
import { problem } from '../../src/http/problem.js';
import { answerHeaders } from '../../src/http/security-headers.js';
import { type Message, toJson, toXml } from '../../src/mock-dsp/message.js';
import { packageRoot } from '../../src/package-root.js';
import { reject, type RejectionKind, rejectionKinds } from '../../src/rejection.js';
import { StoreUnavailable } from '../../src/stores/unavailable.js';
import { bearer, testApp } from '../app.js';
import { depsWith } from '../decisions.js';
import { euis, gbcsCommand, issue, message } from '../fixtures.js';

interface Sent {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string;
}

/** One way to a problem: what is sent, in place of a right request in XML, to a service of which something is otherwise. */
interface Way extends Sent {
  readonly change?: Partial<AppDeps>;
  /** Is sent before. */
  readonly first?: Sent;
  /** What goes to the socket, as it is. */
  readonly bytes?: string;
}

type Device = Parameters<typeof toJson>[1];

const mpan = '1200023305967';
const esme = { deviceType: 'ESME', importMpxn: mpan };
const secret = 'hunter2';

const inXml = (sent: Message, device: Device = esme): Sent => ({
  payload: toXml(sent),
  headers: {
    'content-type': 'application/xml',
    ...(device.deviceType !== undefined && { 'dcc-device-type': device.deviceType }),
    ...(device.importMpxn !== undefined && { 'dcc-import-mpxn': device.importMpxn }),
  },
});

const inJson = (sent: Message, device: Device = esme): Sent => ({
  payload: toJson(sent, device),
  headers: { 'content-type': 'application/json' },
});

const inBoth = (sent: Partial<Message>, device?: Device): readonly Way[] => [
  inXml(message(sent), device),
  inJson(message(sent), device),
];

const rightInBoth = (change: Partial<AppDeps>): readonly Way[] =>
  inBoth({}).map((way) => ({ ...way, change }));

const edited = (edit: (text: string) => string): readonly Way[] =>
  inBoth({}).map((way) => ({ ...way, payload: edit(way.payload ?? '') }));

const withHeaders = (way: Sent, headers: Readonly<Record<string, string>>): Way => ({
  ...way,
  headers: { ...way.headers, ...headers },
});

const preCommand = (...change: Parameters<typeof gbcsCommand>): Partial<Message> => ({
  originator: euis.operatorOf12,
  gbcsPayload: gbcsCommand(...change),
});

const { certificates } = message();
const supplierCell = {
  role: '02',
  keyUsage: 'digitalSignature',
  certificate: issue({ role: '02' }).base64,
} as const;

/** An error of the kind that has much to tell. */
function talkative(): Error {
  const cause = new TypeError(`connect redis://user:${secret}@10.0.0.1:6379`);
  return Object.assign(new RangeError(`${secret} of ${mpan} at ${packageRoot}/src/stores/x.js`, { cause }), {
    code: 'FST_ERR_SECRET',
    detail: secret,
    name: 'TalkativeError',
  });
}

const withStore = (find: () => Promise<never>): Partial<AppDeps> => ({ deviceStore: () => ({ find }) });

const failing = (thrown: Error): readonly Way[] =>
  inBoth({}, {}).map((way) => ({
    ...way,
    change: withStore(() => Promise.reject(thrown)),
  }));

const withoutName: LiveTls = {
  options: () => ({ requestCert: true, rejectUnauthorized: true }),
  keep: () => undefined,
  connected: () => undefined,
  isMutual: true,
  close: () => undefined,
};

const start = 'POST /v1/service-requests HTTP/1.1\r\nHost: a\r\n';

const ways: Readonly<Record<RejectionKind, readonly Way[]>> = {
  'malformed-request': [
    { bytes: `${mpan}\r\n\r\n` },
    withHeaders(inXml(message()), { 'content-length': '7' }),
  ],
  'malformed-body': edited((body) => body.slice(0, -10)),
  'forbidden-xml-construct': [
    { ...inXml(message()), payload: `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>${mpan}` },
  ],
  'not-schema-valid': edited((body) => body.replace('NetworkOperator', mpan)),
  'invalid-device-type': inBoth({}, { deviceType: mpan }),
  'invalid-device': [{ method: 'GET', url: `/v1/duties/${mpan}`, headers: bearer.duties }],
  'invalid-mpxn': inBoth({}, { importMpxn: '12000233059' }),
  'invalid-user-system': [withHeaders(inXml(message()), { 'dcc-user-system': `of ${mpan}` })],
  'device-stated-twice': [withHeaders(inJson(message()), { 'dcc-import-mpxn': mpan })],
  unauthenticated: [
    { method: 'GET', url: '/metrics' },
    { method: 'GET', url: '/metrics', headers: { authorization: `Bearer ${secret}` } },
  ],
  forbidden: [{ method: 'GET', url: '/metrics', headers: bearer.duties }],
  'client-not-allowed': rightInBoth({ tls: withoutName }),
  'not-found': [
    { method: 'GET', url: `/v1/devices/${mpan}` },
    { method: 'GET', url: `/%${mpan}` },
  ],
  'method-not-allowed': [{ method: 'DELETE', url: '/v1/service-requests' }],
  'not-acceptable': [
    withHeaders(inXml(message()), { accept: 'text/html' }),
    withHeaders(inXml(message()), { accept: 'application/problem+xml' }),
  ],
  'request-timeout': [{ bytes: `${start}X-MPAN: ${mpan}\r\n` }],
  'body-too-large': edited((body) => body.padEnd(65_537)),
  'unsupported-media-type': [withHeaders(inXml(message()), { 'content-type': `text/${mpan}` })],
  'headers-too-large': [{ bytes: `${start}X-MPAN: ${mpan.repeat(200)}\r\n\r\n` }],
  'service-mismatch': edited((body) => body.replace('>6.15.1<', '>6.21<').replace('"6.15.1"', '"6.21"')),
  'unsupported-service-reference-variant': edited((body) =>
    body.replace('>6.15.1<', '>6.15.2<').replace('"6.15.1"', '"6.15.2"'),
  ),
  'unsupported-schema-version': edited((body) => body.replace('"5.4"', '"4.0"')),
  'unsupported-command-variant': inBoth({ commandVariant: 9 }),
  'no-replacement-certificate': inBoth({ certificates: {} }),
  'mpxn-not-of-device-type': inBoth({}, { deviceType: 'ESME', importMpxn: '1234567890' }),
  'certificate-not-base64': inBoth({ path: ['MII*'] }),
  'certificate-not-der': inBoth({ path: ['AAAA'] }),
  'certificate-not-x509': inBoth({ path: [Buffer.from('30030101ff', 'hex').toString('base64')] }),
  'certificate-not-smki': inBoth({ certificates: { digitalSigning: message().path[0]! } }),
  'gbcs-payload-malformed': inBoth({ gbcsPayload: 'AAAA' }),
  'gbcs-payload-contradicts-itself': inBoth(
    preCommand({ alter: () => ({ messageCode: Buffer.from('020104', 'hex') }) }),
  ),
  'gbcs-payload-not-of-request': inBoth(preCommand({ counter: 2n })),
  'gbcs-remote-party-unclear': inBoth(
    preCommand({
      replacements: [
        supplierCell,
        { role: '03', keyUsage: 'keyAgreement', certificate: certificates.keyAgreement! },
      ],
    }),
  ),
  'request-id-conflict': inBoth({ executionDateTime: '2030-01-01T00:00:00Z' }).map((way) => ({
    ...way,
    first: inXml(message()),
  })),
  'pre-command-differs-from-request': inBoth(preCommand()).map((way) => ({
    ...way,
    first: inXml(
      message({
        originator: euis.operatorOf12,
        certificates: { digitalSigning: certificates.digitalSigning! },
      }),
    ),
  })),
  'refused-without-code': inBoth({}, { deviceType: 'ESME', importMpxn: '1200023305966' }).map((way) => ({
    ...way,
    change: depsWith({ MPAN_CHECK_DIGIT: 'refuse' }),
  })),
  'reference-data-unavailable': rightInBoth({
    referenceData: () => reject('reference-data-unavailable', 'There is none.'),
  }),
  'reference-data-too-old': rightInBoth({
    referenceData: () => reject('reference-data-too-old', 'It is too old.'),
  }),
  'store-unavailable': failing(new StoreUnavailable('the device registry', { cause: talkative() })),
  'rate-limited': rightInBoth({
    rateLimits: {
      requestsPerMinute: 1,
      failedAuthenticationsPerMinute: 0,
      maxClients: 100,
      shared: undefined,
    },
  }).map((way) => ({ ...way, first: way })),
  overloaded: rightInBoth({
    loadLimits: { maxEventLoopDelayMs: 0, maxRequestsInFlight: 0, maxMemoryPercent: 90 },
    memoryPercent: () => 100,
  }),
  'internal-error': [
    ...failing(talkative()),
    // What no handler of ours throws, and a library might.
    ...failing(secret as never),
    ...failing(null as never),
    ...failing({ message: secret, statusCode: 418, stack: secret, toJSON: () => secret } as never),
  ],
};

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const limits = {
  headersTimeoutMs: 100,
  requestTimeoutMs: 200,
  keepAliveMs: 1_000,
  maxHeaderBytes: 1_024,
  maxConnections: 0,
  maxRequestsPerConnection: 0,
  stalledMs: 0,
};

async function answerToBytes(t: Test, bytes: string): Promise<Answer> {
  const { app } = await testApp({ connectionLimits: limits });
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(bytes));
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  const [status = '', ...lines] = head.split('\r\n');
  return {
    status: Number(status.split(' ')[1]),
    headers: Object.fromEntries(lines.map((line) => line.split(/: (.*)/s, 2) as [string, string])),
    body,
  };
}

async function answerTo(t: Test, { change, first, bytes, ...sent }: Way, accept: string): Promise<Answer> {
  if (bytes !== undefined) return answerToBytes(t, bytes);
  const { app } = await testApp(change);
  const send = ({ headers, ...rest }: Sent): ReturnType<typeof app.inject> =>
    app.inject({
      method: 'POST',
      url: '/v1/service-requests',
      ...rest,
      headers: { accept, ...headers },
    }) as never;
  if (first !== undefined) t.equal((await send(first)).statusCode, 200, 'what comes first is judged');
  const { statusCode, headers, body } = await send(sent);
  return { status: statusCode, headers, body };
}

const mediaType = ({ headers }: Answer): string =>
  String(headers['content-type']).replace(/; charset=utf-8$/, '');

/** The members of a problem, in either form. */
function membersOf(t: Test, answer: Answer): Record<string, unknown> {
  const { body } = answer;
  if (mediaType(answer) === 'application/problem+json') return { ...problem.parse(JSON.parse(body)) };
  t.equal(mediaType(answer), 'application/problem+xml');
  const members: Record<string, unknown> = {};
  const { root } = XmlDocument.fromString(body);
  for (let node = root.firstChild; node !== null; node = node.next)
    if (node instanceof XmlElement) members[node.name] = node.content;
  return members;
}

const eui = /(?:[0-9A-F]{2}-){7}[0-9A-F]{2}/i;

/** What no problem may hold, by what it would give away. */
const giveAways: Readonly<Record<string, RegExp>> = {
  'a secret': new RegExp(secret),
  'a stack trace': /\bat .+:\d+:\d+|node:|\.[jt]s\b/,
  'a file': new RegExp(`${packageRoot}|file:|/(?:app|etc|home|tmp|usr|var|work)/`),
  'the class or code of an error':
    /[a-z](?:Error|Exception)\b|StoreUnavailable|Overloaded\b|Defect\b|FST_|HPE_|ERR_/,
  'an MPxN': /\d{10}/,
};

for (const [kind, [...all]] of Object.entries(ways) as [RejectionKind, readonly Way[]][]) {
  t.test(`${kind} says what it is to, and no more`, async (t) => {
    t.ok(all.length > 0);
    for (const way of all) {
      for (const form of ['json', 'xml']) {
        const answer = await answerTo(t, way, `application/${form}`);
        const { status, headers, body } = answer;
        const members = membersOf(t, answer);
        const { type, title, instance, requestId, ...rest } = members;
        t.match(
          { type, title, status, told: String(rest.status) },
          {
            type: `/problems/${kind}`,
            title: rejectionKinds[kind].title,
            status: rejectionKinds[kind].status,
            told: String(status),
          },
          body,
        );
        const isTls = way.change?.tls !== undefined;
        t.match(headers, answerHeaders(isTls));
        for (const name of ['server', 'x-powered-by', 'via', 'set-cookie']) t.notOk(name in headers, name);
        t.match(rest.detail, /^[^\n]+\.$/);
        if (way.bytes === undefined) {
          t.equal(instance, `urn:uuid:${String(headers['x-request-id'])}`);
          // What is said in XML alone has its Accept heeded where the way itself names no other.
          if (way.headers?.accept === undefined) t.equal(mediaType(answer), `application/problem+${form}`);
        }
        if (requestId !== undefined)
          t.ok(
            typeof requestId === 'string' && way.payload?.includes(requestId) === true,
            'it is the one that was sent',
          );
        // These may look like anything.
        const drawn = { date: '', 'x-request-id': '', traceresponse: '' };
        const shown = JSON.stringify([rest, Object.values({ ...headers, ...drawn })]);
        for (const [what, pattern] of Object.entries(giveAways)) t.notMatch(shown, pattern, what);
        // Findings name certificates, by what is in the certificates that were sent.
        t.notMatch(JSON.stringify({ ...rest, findings: [], duties: [] }), eui, 'an EUI-64');
      }
    }
  });
}
