import t from 'tap';
import type { Signer } from '../src/assess-trust.js';
import { checkHistory } from '../src/check-history.js';
import { readJsonRequest } from '../src/duis/json/request.js';
import { readRequest, type ServiceRequest } from '../src/duis/request.js';
import { readXmlRequest } from '../src/duis/xml/request.js';
import { inCellsOf } from '../src/mock-dsp/gbcs.js';
import { type Message, toJson, toXml } from '../src/mock-dsp/message.js';
import { refusalPolicy, type RefusalSettings } from '../src/refusal-policy.js';
import type { TrustFlaw, TrustRuleName } from '../src/rules/trust.js';
import { certificateReader } from '../src/smki/request-certificates.js';
import { memoryRequestHistory } from '../src/stores/memory-request-history.js';
import type { RequestHistory } from '../src/stores/request-history.js';
import { requestOf } from './decisions.js';
import { euis, gbcsCommand, issue, message, now } from './fixtures.js';

const open = (): RequestHistory => memoryRequestHistory(10, 60, () => now);

const enforced: RefusalSettings = {
  certificateProfile: 'enforce',
  certificatePath: 'enforce',
  certificateRevocation: 'enforce',
  revocationUnknown: 'refuse-if-stale',
  mpanCheckDigit: 'advise',
};

/** What becomes of a request: `judged`, or why not. */
async function check(
  history: RequestHistory,
  request: ServiceRequest,
  flaws: readonly TrustRuleName[] = [],
  settings: Partial<RefusalSettings> = {},
  signer?: Signer,
): Promise<string> {
  const found: TrustFlaw[] = flaws.map((name) => ({ name, got: '' }));
  const refuses = refusalPolicy({ ...enforced, ...settings });
  const certificates = certificateReader(10)(request.credentialsUpdate);
  if (!certificates.ok) throw new Error(certificates.rejection.detail);
  const asked = { request, certificates: certificates.value };
  const checked = await checkHistory(history, asked, { flaws: found, signer }, refuses);
  if (checked.ok) return 'judged';
  const { kind, detail } = checked.rejection;
  t.equal(
    detail,
    kind === 'request-id-conflict'
      ? 'A request with this RequestID has been here, and said something else.'
      : 'The Service Request with this RequestID carries other certificates.',
  );
  return kind;
}

const originator = euis.operatorOf12;
const own = (change: Partial<Message> = {}): ServiceRequest => requestOf(message({ originator, ...change }));
const others = {
  digitalSigning: issue({ entityIdentifier: euis.operatorOf15 }).base64,
  keyAgreement: issue({ entityIdentifier: euis.operatorOf15, keyUsage: 'keyAgreement' }).base64,
};
const preCommand = (change: Partial<Message> = {}): ServiceRequest =>
  own({ gbcsPayload: gbcsCommand(), ...change });
const otherPreCommand = preCommand({
  gbcsPayload: gbcsCommand({
    replacements: inCellsOf('03', others),
  }),
});

const parsed = (document: ReturnType<typeof readXmlRequest>): ServiceRequest => {
  const request = document.ok ? readRequest(document.value) : document;
  if (!request.ok) throw new Error(request.rejection.detail);
  return request.value;
};
const fromXml = (xml: string): ServiceRequest => parsed(readXmlRequest(Buffer.from(xml)));
function fromJson(json: string): ServiceRequest {
  const read = readJsonRequest(Buffer.from(json));
  return parsed(read.ok ? { ok: true, value: read.value.document } : read);
}

t.test('the same request again is judged again', async (t) => {
  const history = open();
  for (let times = 0; times < 3; times += 1) t.equal(await check(history, own()), 'judged');
});

t.test('other content under the same RequestID is a conflict, whatever is other', async (t) => {
  const { certificates } = message();
  const changes: Partial<Message>[] = [
    { certificates: others },
    { certificates: { digitalSigning: certificates.digitalSigning! } },
    { certificates: { ...certificates, keyAgreementTopUp: certificates.keyAgreement! } },
    { path: [...message().path, issue().base64] },
    { remotePartyRole: 'LoadController' },
    { executionDateTime: '2026-07-01T00:00:00Z' },
    { topUpFloor: 1n },
    { serviceReferenceVariant: '6.21' },
    { serviceReferenceVariant: '6.23', importMpxn: '1200023305967' },
  ];
  for (const change of changes) {
    const history = open();
    t.equal(await check(history, own()), 'judged');
    t.equal(await check(history, own(change)), 'request-id-conflict', Object.keys(change).join());
    t.equal(await check(history, own()), 'judged', 'and the first still stands');
  }
  const xml = toXml(message());
  for (const [name, changed] of Object.entries({
    floor: xml.replace('FloorSeqNumber>0<', 'FloorSeqNumber>1<'),
    'time based checks': xml.replace('Checks>true<', 'Checks>false<'),
    'schema version': xml.replace('"5.4"', '"5.3"'),
    sequence: xml.replace('<sr:CommandVariant>', '<sr:FirstInSequence>true</sr:FirstInSequence>$&'),
  })) {
    const history = open();
    t.equal(await check(history, fromXml(xml)), 'judged');
    t.equal(await check(history, fromXml(changed)), 'request-id-conflict', name);
  }
});

t.test('another RequestID is another request', async (t) => {
  const history = open();
  t.equal(await check(history, own()), 'judged');
  for (const change of [
    { counter: 2n },
    { originator: euis.supplier },
    { target: euis.unlisted },
    { counter: 2n ** 64n - 1n },
    { counter: 2n ** 64n - 2n },
  ]) {
    t.equal(await check(history, own({ ...change, certificates: others })), 'judged');
  }
});

t.test('XML and JSON of the same meaning are the same content', async (t) => {
  const history = open();
  const change = { topUpFloor: 7n, executionDateTime: '2026-07-01T00:00:00Z' };
  t.equal(await check(history, fromXml(toXml(message(change)))), 'judged');
  const device = { deviceType: 'ESME', importMpxn: '1200023305967' };
  t.equal(await check(history, fromJson(toJson(message(change), device, 'invented-a'))), 'judged');
  const spaced = toXml(message(change)).replace('>true<', '> 1\n<').replace('>7<', '> +007 <');
  t.equal(await check(history, fromXml(spaced)), 'judged', 'nor does layout make it another');
  const other = fromJson(toJson(message({ ...change, topUpFloor: 8n }), device));
  t.equal(await check(history, other), 'request-id-conflict');
});

t.test('a RequestID in other letter case is the same', async (t) => {
  const history = open();
  const target = '02-00-00-00-0E-00-0A-01';
  t.equal(await check(history, own({ target })), 'judged');
  const lower = { target: target.toLowerCase() };
  t.equal(await check(history, own(lower)), 'judged');
  t.equal(await check(history, own({ ...lower, certificates: others })), 'request-id-conflict');
});

t.test('and so is that of the request before it', async (t) => {
  const history = open();
  const after = (preceding: string): ServiceRequest =>
    fromXml(
      toXml(message()).replace(
        '<sr:CommandVariant>',
        `<sr:PrecedingServiceRequestID>${preceding}</sr:PrecedingServiceRequestID>$&`,
      ),
    );
  const preceding = `${euis.supplier}:02-00-00-00-0E-00-0A-01:1`;
  t.equal(await check(history, after(preceding)), 'judged');
  t.equal(await check(history, after(preceding.toLowerCase())), 'judged');
  t.equal(await check(history, after(`${preceding}0`)), 'request-id-conflict');
  t.equal(await check(history, own({ originator: euis.supplier })), 'request-id-conflict');
});

t.test('a Signed Pre-Command has the RequestID of its Service Request', async (t) => {
  for (const [first, second] of [
    [own(), preCommand()],
    [preCommand(), own()],
  ] as const) {
    const history = open();
    for (const request of [first, second, first, second]) t.equal(await check(history, request), 'judged');
  }
});

t.test('a Signed Pre-Command with other certificates than its Service Request', async (t) => {
  const history = open();
  t.equal(await check(history, own()), 'judged');
  t.equal(await check(history, otherPreCommand), 'pre-command-differs-from-request');
  t.equal(await check(history, preCommand()), 'judged', 'the other was not remembered');
  t.equal(await check(history, otherPreCommand), 'pre-command-differs-from-request');
  const swapped = { digitalSigning: others.keyAgreement, keyAgreement: others.digitalSigning };
  const afterSwapped = open();
  t.equal(await check(afterSwapped, own({ certificates: swapped })), 'judged');
  t.equal(
    await check(afterSwapped, otherPreCommand),
    'pre-command-differs-from-request',
    'the same certificates in other slots',
  );
  const ofSupplier = open();
  t.equal(await check(ofSupplier, own({ remotePartyRole: 'Supplier' })), 'judged');
  t.equal(await check(ofSupplier, preCommand()), 'pre-command-differs-from-request', 'for another party');
});

t.test('a Signed Pre-Command that is there first does not keep its Service Request out', async (t) => {
  const history = open();
  t.equal(await check(history, otherPreCommand), 'judged');
  t.equal(await check(history, own()), 'judged');
  t.equal(await check(history, otherPreCommand), 'pre-command-differs-from-request', 'from then on');
});

t.test('another Signed Pre-Command under the same RequestID', async (t) => {
  const history = open();
  t.equal(await check(history, preCommand()), 'judged');
  t.equal(await check(history, otherPreCommand), 'request-id-conflict');
  const later = preCommand({
    gbcsPayload: gbcsCommand({ executionDateTime: new Date('2026-07-01T00:00:00Z') }),
  });
  t.equal(await check(history, later), 'request-id-conflict');
  const handOver = { serviceReferenceVariant: '6.21', gbcsPayload: gbcsCommand({ mode: 4 }) } as const;
  t.equal(await check(history, preCommand(handOver)), 'request-id-conflict');
});

const notOfTheSender: readonly TrustRuleName[] = [
  'xml-signature-missing',
  'xml-signature-digest-wrong',
  'xml-signature-value-wrong',
  'xml-signature-certificate-unknown',
  'signer-not-originator',
  'shared-resource-provider-not-on-the-day',
  'certificate-revoked',
  'certificate-expired',
  'certificate-policy-not-accepted',
  'revocation-list-not-current',
];

t.test('a forged first request does not keep the genuine one out', async (t) => {
  for (const flaw of notOfTheSender) {
    const history = open();
    t.equal(await check(history, own({ certificates: others }), [flaw]), 'judged', flaw);
    t.equal(await check(history, own()), 'judged');
    t.equal(await check(history, own({ certificates: others })), 'request-id-conflict');
    t.equal(await check(history, own({ certificates: others }), [flaw]), 'judged', 'to be refused for that');
    t.equal(await check(history, otherPreCommand, [flaw]), 'judged');
    t.equal(await check(history, preCommand()), 'judged', 'nor a pre-command');
  }
});

t.test('what is found of the sender and does not refuse is no reason to forget', async (t) => {
  const found: (readonly [TrustRuleName, Partial<RefusalSettings>])[] = [
    ['revocation-list-missing', {}],
    ['revocation-list-not-current', { revocationUnknown: 'accept' }],
    ['certificate-expired', { certificatePath: 'report' }],
  ];
  for (const [flaw, settings] of found) {
    const history = open();
    t.equal(await check(history, own(), [flaw], settings), 'judged', flaw);
    t.equal(
      await check(history, own({ certificates: others }), [flaw], settings),
      'request-id-conflict',
      flaw,
    );
  }
});

t.test('two at once: one of them is judged', async (t) => {
  const history = open();
  const answers = await Promise.all([check(history, own()), check(history, own({ certificates: others }))]);
  t.strictSame(answers.sort(), ['judged', 'request-id-conflict']);
  const same = open();
  t.strictSame(await Promise.all([check(same, own()), check(same, own())]), ['judged', 'judged']);
});

t.test('a history that cannot be asked is not one that knows nothing', async (t) => {
  const down = (): Promise<never> => Promise.reject(new Error('down'));
  const history = { find: down, remember: down };
  await t.rejects(check(history, own()), { message: 'down' });
  await t.rejects(check(history, preCommand()), { message: 'down' });
  t.equal(await check(history, own(), ['signer-not-originator']), 'judged', 'it is not asked');
});

t.test('a forged request that nobody signed does not keep the signed one out', async (t) => {
  const history = open();
  const signer: Signer = { entityIdentifier: own().requestId.originator, onBehalfOf: undefined };
  const forged = own({ certificates: others });
  t.equal(await check(history, forged), 'judged');
  t.equal(await check(history, own(), [], {}, signer), 'judged');
  t.equal(await check(history, forged), 'request-id-conflict');
});

t.test('a key holds on to no part of the body', async (t) => {
  const keys: string[] = [];
  const history: RequestHistory = {
    remember: async (key, request) => {
      keys.push(key);
      return request;
    },
    find: async (key) => {
      keys.push(key);
      return undefined;
    },
  };
  await check(history, own());
  await check(history, preCommand());
  t.equal(new Set(keys).size, 2);
  for (const key of keys) t.match(key, /^[A-Za-z0-9+/]{43}=$/, 'a hash');
});
