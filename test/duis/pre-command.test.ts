import t, { type Test } from 'tap';
import { readJsonRequest } from '../../src/duis/json/request.js';
import { readRequest, type ServiceRequest } from '../../src/duis/request.js';
import type { RequestDocument } from '../../src/duis/service.js';
import { readXmlRequest } from '../../src/duis/xml/request.js';
import type { GbcsCommandSpec } from '../../src/mock-dsp/gbcs.js';
import { type Message, toJson, toXml } from '../../src/mock-dsp/message.js';
import type { RejectionKind, Result } from '../../src/rejection.js';
import { certificateRoleNames } from '../../src/smki/remote-party-role.js';
import { euis, gbcsCommand, issue, message, pki } from '../fixtures.js';

const certificate = issue().base64;

const payloadOf = (change: Partial<GbcsCommandSpec> = {}): string =>
  gbcsCommand({ originator: euis.supplier, ...change });

/** A Signed Pre-Command, its payload inside SignedPreCommand. */
const preCommand = (change: Partial<GbcsCommandSpec> = {}, around: Partial<Message> = {}): Message =>
  message({ gbcsPayload: payloadOf(change), ...around });

const unwrap = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.rejection.detail);
  return result.value;
};

const fromXml = (sent: Message, edit = (xml: string): string => xml): RequestDocument =>
  unwrap(readXmlRequest(Buffer.from(edit(toXml(sent)))));

const fromJson = (sent: Message, edit = (json: string): string => json): RequestDocument =>
  unwrap(readJsonRequest(Buffer.from(edit(toJson(sent, undefined))))).document;

const bareXml = (xml: string): string => xml.replace(/\s*<\/?sr:SignedPreCommand>\s*/g, '');
const bareJson = (json: string): string =>
  json.replace(/"signedPreCommand": \{\s*("gbcsPayload": "[^"]*")\s*\}/, '$1');

const rejects = (t: Test, document: RequestDocument, kind: RejectionKind, detail: string): void => {
  t.strictSame(readRequest(document), { ok: false, rejection: { kind, detail } }, detail);
};

const read = (sent: Message): ServiceRequest => unwrap(readRequest(fromXml(sent)));

t.test('what the payload says, in either media type and place', async (t) => {
  const sent = preCommand({
    mode: 2,
    replacements: [
      { role: '02', keyUsage: 'keyAgreement', cellUsage: 1, certificate },
      { role: '02', keyUsage: 'digitalSignature', certificate },
    ],
    path: [pki.issuingCa.base64, pki.root.base64],
    executionDateTime: new Date('2026-07-01T00:00:00Z'),
    floorSeqNumber: 5n,
    prepaymentTopUpFloorSeqNumber: 6n,
    appliesTimeBasedCpvChecks: false,
  });
  const { service, gbcsCommand: command, ...request } = read(sent);
  t.equal(service.serviceReferenceVariant, '6.15.1');
  t.ok(command!.length > 1000 && Buffer.from(sent.gbcsPayload!, 'base64').includes(command!));
  const requestId = {
    text: `${euis.supplier}:${euis.device}:1`,
    originator: euis.supplier,
    target: euis.device,
    counter: 1n,
  };
  t.strictSame(request, {
    schemaVersion: '5.4',
    header: {
      requestId,
      commandVariant: 5,
      serviceReference: '6.15',
      serviceReferenceVariant: '6.15.1',
    },
    requestId,
    credentialsUpdate: {
      executionDateTime: '2026-07-01T00:00:00Z',
      remotePartyRole: 'Supplier',
      floorSeqNumber: 5n,
      prepaymentTopUpFloorSeqNumber: 6n,
      replacementCertificates: [
        { certificateType: 'KeyAgreementTopUp', base64: certificate },
        { certificateType: 'DigitalSigning', base64: certificate },
      ],
      certificationPathCertificates: [pki.issuingCa.base64, pki.root.base64],
      applyTimeBasedCpvChecks: false,
      importMpxn: undefined,
    },
  });
  const expected = readRequest(fromXml(sent));
  const bare = fromXml(sent, bareXml);
  t.same(Object.keys(bare.content.body as object), ['gbcsPayload']);
  t.strictSame(readRequest(bare), expected);
  const inJson = fromJson(sent, bareJson);
  t.same(Object.keys(inJson.content.body as object), ['gbcsPayload']);
  t.strictSame(readRequest(inJson), expected);
  t.strictSame(readRequest(fromJson(sent)), expected);
});

t.test('the protection of the payload makes no other request of it', async (t) => {
  const expected = read(preCommand());
  const mac = Buffer.alloc(12, 1);
  for (const change of [{ signature: 'empty' }, { signature: issue().keys.privateKey }, { mac }] as const) {
    t.strictSame(read(preCommand(change)), expected);
  }
});

t.test('the Remote Party is that of the cells, whatever mode and certificates say', async (t) => {
  const named: Partial<Record<string, string>> = {
    '00': 'Root',
    '01': 'Recovery',
    '02': 'Supplier',
    '03': 'NetworkOperator',
    '04': 'ACB',
    '05': 'TransCoS',
    '08': 'LoadController',
  };
  const unclear =
    'The Trust Anchor Cells in the GBCS payload are not those of one Remote Party that DUIS has a word for.';
  const cells = (...roles: string[]): Message =>
    preCommand({
      replacements: roles.map((role, index) => ({
        role,
        keyUsage: index === 0 ? 'digitalSignature' : 'keyAgreement',
        certificate,
      })),
    });
  for (const role of [...Object.keys(certificateRoleNames), 'A0', 'FF']) {
    const word = named[role];
    if (word === undefined) rejects(t, fromXml(cells(role)), 'gbcs-remote-party-unclear', unclear);
    else t.equal(read(cells(role, role)).credentialsUpdate.remotePartyRole, word);
  }
  rejects(t, fromXml(cells('03', '02')), 'gbcs-remote-party-unclear', unclear);
  rejects(t, fromXml(cells('03', '06')), 'gbcs-remote-party-unclear', unclear);
});

t.test('the payload of another request', async (t) => {
  const detail = 'The originator, target and counter in the GBCS payload are not those of the RequestID.';
  for (const [inside, around] of [
    [{ originator: euis.operatorOf12 }, {}],
    [{ target: euis.unlisted }, {}],
    [{ counter: 2n }, {}],
    [{ originator: euis.device, target: euis.supplier }, {}],
    [{}, { originator: euis.operatorOf12 }],
    [{}, { target: euis.unlisted }],
    [{}, { counter: 0n }],
    [{ counter: 2n ** 64n - 1n }, { counter: 2n ** 63n - 1n }],
  ] as const) {
    rejects(t, fromXml(preCommand(inside, around)), 'gbcs-payload-not-of-request', detail);
    rejects(t, fromJson(preCommand(inside, around)), 'gbcs-payload-not-of-request', detail);
  }
  // An EUI may be written in either case, the payload has octets.
  const lower = { target: euis.device.toLowerCase(), originator: euis.supplier.toLowerCase() };
  t.equal(read(preCommand({}, lower)).requestId.originator, euis.supplier);
});

t.test('a payload that cannot be read', async (t) => {
  for (const [gbcsPayload, kind, detail] of [
    ['', 'gbcs-payload-malformed', 'GBCSPayload: it is empty.'],
    ['AAAA', 'gbcs-payload-malformed', 'GBCSPayload: it is not a general-signing frame.'],
    ['not base64', 'gbcs-payload-malformed', 'GBCSPayload: it is not canonical base64.'],
    [
      payloadOf({ alter: () => ({ messageCode: Buffer.from('020104', 'hex') }) }),
      'gbcs-payload-contradicts-itself',
      'GBCSPayload: the message code is not that of the replacement mode.',
    ],
  ] as const) {
    rejects(t, fromXml(message({ gbcsPayload })), kind, detail);
    rejects(t, fromJson(message({ gbcsPayload })), kind, detail);
  }
});

t.test('what is around the payload', async (t) => {
  const sent = preCommand();
  const invalid = (document: RequestDocument, detail: string): void => {
    rejects(t, document, 'not-schema-valid', detail);
  };
  const json = (from: string | RegExp, to: string): RequestDocument =>
    fromJson(sent, (text) => text.replace(from, to));
  const xml = (from: string, to: string): RequestDocument => fromXml(sent, (text) => text.replace(from, to));
  invalid(json(/"gbcsPayload": "[^"]*"/, ''), 'body.signedPreCommand.gbcsPayload: is missing.');
  invalid(
    json('"gbcsPayload"', '"extra": 1, "gbcsPayload"'),
    'body.signedPreCommand: has a member that is not known, extra.',
  );
  invalid(
    json(/"gbcsPayload": "[^"]*"/, '"gbcsPayload": 1'),
    'body.signedPreCommand.gbcsPayload: Invalid input: expected string, received number.',
  );
  invalid(
    json(/"signedPreCommand": \{[^}]*\}/, '"gbcsPayload": {}'),
    'body.gbcsPayload: Invalid input: expected string, received object.',
  );
  invalid(
    json('"signedPreCommand"', '"gbcsPayload": "", "signedPreCommand"'),
    'The body does not hold exactly one request.',
  );
  invalid(
    json('"schemaVersion"', '"extra": 1, "schemaVersion"'),
    'The request has a member that is not known, extra.',
  );
  invalid(xml('>5<', '>10<'), 'Header/CommandVariant: Too big: expected number to be <=9.');
  invalid(xml('schemaVersion="5.4"', ''), 'schemaVersion: is missing.');
  rejects(
    t,
    xml('"5.4"', '"4.0"'),
    'unsupported-schema-version',
    'The schemaVersion of the request is not one of DUIS V5.',
  );
  for (const commandVariant of [1, 4, 6]) {
    rejects(
      t,
      fromXml(preCommand({}, { commandVariant })),
      'unsupported-command-variant',
      `The request has the Command Variant ${String(commandVariant)}; 6.15.1 takes 5 with this body.`,
    );
  }
  rejects(t, xml('>6.15<', '>6.21<'), 'service-mismatch', 'The header names 6.21 and 6.15.1.');
  rejects(t, xml('>6.15.1<', '>6.23<'), 'service-mismatch', 'The header names 6.15 and 6.23.');
  rejects(
    t,
    xml('>6.15.1<', '>6.15.2<'),
    'unsupported-service-reference-variant',
    'The request is a 6.15.2.',
  );
});

t.test('a 6.23 has none', async (t) => {
  // Its rules expect no Network Operator's certificates, and would let those of any other in.
  rejects(
    t,
    fromXml(preCommand({}, { serviceReferenceVariant: '6.23' })),
    'unsupported-command-variant',
    'The request is a Signed Pre-Command, and a 6.23 has none.',
  );
});
