import type { InjectOptions } from 'fastify';
import { XmlDocument, XmlElement } from 'libxml2-wasm';
import t, { type Test } from 'tap';
import { readConfig } from '../../src/config.js';
import { decidingBy, validationDeps } from '../../src/dependencies.js';
import { toJson, toXml } from '../../src/mock-dsp/message.js';
import { problem } from '../../src/http/problem.js';
import { buildReferenceData } from '../../src/reference-data/load.js';
import { mpanCheckDigitWrong } from '../../src/rules/mpan-check-digit-wrong.js';
import { trustRequirements } from '../../src/rules/trust.js';
import { StoreUnavailable } from '../../src/stores/unavailable.js';
import { nameOf } from '../../src/smki/certificate.js';
import { testApp } from '../app.js';
import { depsWith } from '../decisions.js';
import { euis, gbcsCommand, issue, message, now, readCertificate } from '../fixtures.js';
import { listFiles, type Lists } from '../reference-data/lists.js';
import { revocationList, signed, trustFiles, userCertificate, xmlSigning } from '../trust-data.js';
import { schemaFault } from '../duis/xml/schema-validator.js';

const { app, log } = await testApp({ bodyLimitBytes: 10_000 });
const url = '/v1/service-requests';
const xml = toXml(message());
const json = toJson(message(), { deviceType: 'ESME', importMpxn: '1200023305967' });

const post = async (
  payload: string | Buffer,
  headers: InjectOptions['headers'],
): Promise<{ status: number; type: string; body: string; headers: Record<string, unknown> }> => {
  const {
    statusCode,
    headers: answered,
    body,
  } = await app.inject({ method: 'POST', url, payload, headers: headers! });
  return { status: statusCode, type: String(answered['content-type']), body, headers: answered };
};

t.test('the answer is in the media type of the request, unless Accept asks for the other', async (t) => {
  const cases: [string, string, string | undefined, string][] = [
    [xml, 'application/xml', undefined, 'application/xml'],
    [xml, 'application/xml', '*/*', 'application/xml'],
    [xml, 'application/xml', 'application/json', 'application/json'],
    [xml, 'application/xml', 'application/json;q=0.5, application/xml;q=0.1', 'application/json'],
    [xml, 'application/xml; charset=utf-8', 'application/*', 'application/xml'],
    [xml, 'application/XML;charset="UTF-8"', undefined, 'application/xml'],
    [json, 'application/json', undefined, 'application/json'],
    [json, 'application/json; charset=utf-8', 'application/xml', 'application/xml'],
  ];
  for (const [payload, contentType, accept, expected] of cases) {
    const answer = await post(payload, {
      'content-type': contentType,
      ...(accept !== undefined && { accept }),
    });
    t.equal(answer.status, 200, `${contentType}, ${accept ?? 'no Accept'}`);
    t.match(answer.type, expected);
    if (expected === 'application/xml') t.equal(schemaFault(answer.body), undefined);
    else t.match(JSON.parse(answer.body), { responseCode: 'I0' });
  }
});

t.test('every answer has an id, which a problem repeats', async (t) => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const right = await post(xml, { 'content-type': 'application/xml' });
  t.match(right.headers['x-request-id'], uuid);
  const wrong = await post('<', { 'content-type': 'application/xml' });
  t.match(wrong.headers['x-request-id'], uuid);
  t.match(JSON.parse(wrong.body), { instance: `urn:uuid:${String(wrong.headers['x-request-id'])}` });
});

const isProblem = async (
  t: Test,
  payload: string | Buffer,
  headers: InjectOptions['headers'],
  status: number,
  kind: string,
  detail: string | RegExp = /\.$/,
): Promise<void> => {
  const answer = await post(payload, headers);
  t.equal(answer.status, status);
  t.match(answer.type, 'application/problem+json');
  t.match(JSON.parse(answer.body), { type: `/problems/${kind}`, status, title: String, detail });
};

t.test('what cannot be judged', async (t) => {
  const asXml = { 'content-type': 'application/xml' };
  const asJson = { 'content-type': 'application/json' };
  await isProblem(t, Buffer.from([0xff]), asXml, 400, 'malformed-body');
  await isProblem(t, Buffer.from([0xff]), asJson, 400, 'malformed-body');
  await isProblem(t, '', asXml, 400, 'malformed-body');
  await isProblem(t, '', asJson, 400, 'malformed-body');
  await isProblem(t, '{', asJson, 400, 'malformed-body');
  await isProblem(t, '<a/>', asXml, 400, 'not-schema-valid');
  await isProblem(t, json.replace('"device"', '"devices"'), asJson, 400, 'not-schema-valid');
  await isProblem(t, json.replace('"deviceType"', '"type"'), asJson, 400, 'not-schema-valid');
  await isProblem(t, json.replace('"1200023305967"', '1200023305967'), asJson, 400, 'not-schema-valid');
  await isProblem(t, json, { ...asJson, 'dcc-device-type': 'ESME' }, 400, 'device-stated-twice');
  await isProblem(t, json, { ...asJson, 'dcc-import-mpxn': '1200023305967' }, 400, 'device-stated-twice');
  await isProblem(t, xml, { ...asXml, 'dcc-device-type': ['ESME', 'GSME'] }, 400, 'invalid-device-type');
  await isProblem(
    t,
    xml,
    { ...asXml, 'dcc-import-mpxn': ['1200023305967', '1200023305967'] },
    400,
    'invalid-mpxn',
  );
  await isProblem(t, xml.padEnd(10_001), asXml, 413, 'body-too-large', 'The body may have 10000 bytes.');
  await isProblem(t, xml, { 'content-type': 'text/xml' }, 415, 'unsupported-media-type');
  await isProblem(
    t,
    xml,
    { 'content-type': 'application/xml; charset=iso-8859-1' },
    415,
    'unsupported-media-type',
  );
  await isProblem(t, xml, { 'content-type': 'application/xmlx' }, 415, 'unsupported-media-type');
  await isProblem(t, json, { 'content-type': 'application/json+x' }, 415, 'unsupported-media-type');
  await isProblem(t, xml, {}, 415, 'unsupported-media-type');
  await isProblem(t, xml, { ...asXml, accept: 'text/html' }, 406, 'not-acceptable');
  await isProblem(t, xml, { ...asXml, 'content-length': '7' }, 400, 'malformed-request');
  for (const encoding of ['gzip', 'br', 'x']) {
    await isProblem(t, xml, { ...asXml, 'content-encoding': encoding }, 415, 'unsupported-media-type');
  }
  await isProblem(
    t,
    json,
    { 'content-type': 'application/json; charset=latin1' },
    415,
    'unsupported-media-type',
  );
  await isProblem(t, json, { 'content-type': 'application/json; x=y' }, 415, 'unsupported-media-type');
});

t.test('no body at all', async (t) => {
  const answer = await app.inject({ method: 'POST', url });
  t.equal(answer.statusCode, 415);
  t.match(answer.json(), { type: '/problems/unsupported-media-type' });
});

t.test('a problem in XML, for a caller that accepts nothing else', async (t) => {
  const answer = await post(xml.replace('>4<', '>10<'), {
    'content-type': 'application/xml',
    accept: 'application/xml',
  });
  t.equal(answer.status, 400);
  t.match(answer.type, 'application/problem+xml');
  const { root } = XmlDocument.fromString(answer.body);
  const text = (name: string): string | undefined =>
    root.get(`p:${name}`, { p: 'urn:ietf:rfc:7807' })?.content;
  t.equal(text('type'), '/problems/not-schema-valid');
  t.equal(text('status'), '400');
  t.equal(text('detail'), 'Header/CommandVariant: Too big: expected number to be <=9.');
  t.equal(text('instance'), `urn:uuid:${String(answer.headers['x-request-id'])}`);
});

t.test('a problem names the request, once it could be read', async (t) => {
  const answer = await post(toXml(message({ path: ['AAAA'] })), { 'content-type': 'application/xml' });
  t.match(JSON.parse(answer.body), {
    type: '/problems/certificate-not-der',
    requestId: '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1',
    detail:
      'Certificate 1 of CertificationPathCertificates: it is not complete, definite-length ASN.1 with nothing after it.',
  });
});

t.test('and where it is wrong in something else', async (t) => {
  for (const payload of [
    xml.replace('>6.15.1<', '>6.21<'),
    xml.replace('>NetworkOperator<', '>Landlord<'),
    xml.replace('>4<', '>9<'),
  ]) {
    const answer = await post(payload, { 'content-type': 'application/xml' });
    t.match(JSON.parse(answer.body), { requestId: '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1' });
  }
});

t.test('problems are JSON for whoever takes it', async (t) => {
  for (const [accept, type] of [
    ['application/xml, application/json;q=0.1', 'application/problem+json'],
    ['application/xml, */*', 'application/problem+json'],
    ['application/problem+xml', 'application/problem+xml'],
    ['text/html', 'application/problem+json'],
  ] as const) {
    t.match((await post('<', { 'content-type': 'application/xml', accept })).type, type);
  }
});

const twoOrganisations = toXml(
  message({
    certificates: {
      digitalSigning: issue({ entityIdentifier: '02-00-00-00-00-03-00-10' }).base64,
      keyAgreement: issue({ entityIdentifier: '90-B3-D5-1F-30-02-00-00', keyUsage: 'keyAgreement' }).base64,
    },
  }),
);

t.test('a refusal without a code', async (t) => {
  const strict = await testApp(depsWith({ MPAN_CHECK_DIGIT: 'refuse' }));
  const answer = await strict.app.inject({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/xml',
      'dcc-device-type': 'ESME',
      'dcc-import-mpxn': '1312345678111',
    },
    // Of two organisations, which advises: what advises is not why it is refused.
    payload: twoOrganisations,
  });
  t.equal(answer.statusCode, 422);
  const { findings, duties, ...body } = problem.parse(answer.json());
  t.match(duties, [
    { finding: 'certificates-of-two-organisations', actor: { kind: 'not-known', why: 'device-not-listed' } },
  ]);
  t.strictSame(body, {
    type: '/problems/refused-without-code',
    title: 'The request is refused, and DUIS publishes no code for the reason',
    status: 422,
    instance: `urn:uuid:${String(answer.headers['x-request-id'])}`,
    detail: 'Refused by mpan-check-digit-wrong.',
    requestId: '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1',
  });
  t.strictSame(
    findings?.map(({ rule, code, effect, verdict }) => [rule, code, effect, verdict]),
    [
      ['combination-not-permitted', 'E061501', 'refuse', 'pass'],
      ['top-up-floor-not-applicable', 'E061504', 'refuse', 'not-applicable'],
      ['certificate-type-not-for-device-type', 'E061505', 'refuse', 'pass'],
      ['future-dated-not-supplier', 'E061506', 'refuse', 'not-applicable'],
      ['certificate-type-not-for-remote-party', 'E061507', 'refuse', 'pass'],
      ['certificate-party-mpan-mismatch', 'E061510', 'refuse', 'pass'],
      ['registered-operator-not-of-distributor-id', null, 'advise', 'not-applicable'],
      ['certificates-of-two-organisations', null, 'advise', 'fail'],
      ['mpxn-not-of-device-type', null, 'advise', 'pass'],
      ['mpan-check-digit-wrong', null, 'refuse', 'fail'],
      ['user-system-not-notified', null, 'advise', 'not-applicable'],
      ['device-registry-unavailable', null, 'advise', 'pass'],
    ],
  );
  t.strictSame(findings?.[9], {
    rule: 'mpan-check-digit-wrong',
    code: null,
    effect: 'refuse',
    requirement: mpanCheckDigitWrong.requirement,
    citation: mpanCheckDigitWrong.citation,
    verdict: 'fail',
    got: 'another digit, or nothing but zeros',
    wanted: 'the check digit of the twelve digits before it',
  });
});

const signing = xmlSigning();
const old = issue({ spec: { notAfter: new Date('2026-06-14T12:00:00Z') } });
const expired = message({ certificates: { digitalSigning: old.base64 } });
const esme = { 'dcc-device-type': 'ESME', 'dcc-import-mpxn': '1200023305967' };

/** The service on lists in small, in which the Supplier's XML signing certificate is listed, and its answers. */
async function serviceOn(
  settings: Readonly<Record<string, string>> = {},
  change: Partial<Lists> = {},
  list?: Buffer,
): Promise<{
  readonly send: (
    body: string,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; body: string }>;
  readonly log: string[];
}> {
  const [combination] = listFiles.defaults.applicability;
  const applicability = [
    {
      ...combination,
      serviceReferenceVariants: ['6.15.1', '6.21'],
      certificateTypes: ['DigitalSigning', 'KeyAgreement'],
    },
  ];
  const files = trustFiles({ applicability, userCertificates: [userCertificate(signing)], ...change }, list);
  const deps = validationDeps(readConfig(settings), decidingBy(buildReferenceData(files)), () => now);
  const { app: made, log: lines } = await testApp(deps);
  return {
    send: async (payload, headers = {}) => {
      const type = payload.startsWith('{') ? 'application/json' : 'application/xml';
      const answered = await made.inject({
        method: 'POST',
        url,
        payload,
        headers: { 'content-type': type, accept: 'application/json', ...headers },
      });
      return { status: answered.statusCode, body: answered.body };
    },
    log: lines,
  };
}

const summaryOf = ({ status, body }: { status: number; body: string }): unknown => {
  const {
    type,
    responseCode,
    findings = [],
  } = JSON.parse(body) as {
    type?: string;
    responseCode?: string;
    findings?: { rule: string; verdict: string; effect: string; code: string | null }[];
  };
  const failed = findings.filter(({ verdict }) => verdict === 'fail');
  return [status, responseCode ?? type, ...failed.map(({ rule, effect, code }) => [rule, effect, code])];
};

const refusedWithoutCode = '/problems/refused-without-code';

t.test('what stands in front of the rules refuses without a code, and says why', async (t) => {
  const { send } = await serviceOn();
  const answer = await send(toXml(expired), esme);
  t.strictSame(summaryOf(answer), [422, refusedWithoutCode, ['certificate-expired', 'refuse', null]]);
  const { findings, detail } = problem.parse(JSON.parse(answer.body));
  t.equal(detail, 'Refused by certificate-expired.');
  t.strictSame(findings?.[0], {
    rule: 'certificate-expired',
    code: null,
    effect: 'refuse',
    verdict: 'fail',
    requirement: trustRequirements['certificate-expired'].requirement,
    citation: trustRequirements['certificate-expired'].citation,
    got: `DigitalSigningCertificate: ${nameOf(readCertificate(old))} was valid to 2026-06-14T12:00:00.000Z`,
    wanted: trustRequirements['certificate-expired'].requirement,
  });
});

t.test('in XML a problem has no findings', async (t) => {
  const { send } = await serviceOn();
  const { status, body } = await send(toXml(expired), { ...esme, accept: 'application/xml' });
  t.equal(status, 422);
  const { root } = XmlDocument.fromString(body);
  const names: string[] = [];
  for (let node = root.firstChild; node !== null; node = node.next) {
    if (node instanceof XmlElement) names.push(node.name);
  }
  t.strictSame(names, ['type', 'title', 'status', 'detail', 'instance', 'requestId']);
  t.match(body, '<detail>Refused by certificate-expired.</detail>');
});

const [success, mismatch] = listFiles.defaults.responseCodes;
const mapped: Partial<Lists> = {
  responseCodes: [
    success,
    mismatch,
    {
      code: 'E061599',
      description: 'Certificate expired',
      rule: 'certificate-expired',
      serviceReferenceVariants: ['6.15.1'],
      status: 'provisional',
    },
  ],
};

t.test('a response code that is given to it is the answer, in its service', async (t) => {
  const { send } = await serviceOn({}, mapped);
  const answer = await send(toXml(expired), esme);
  t.strictSame(summaryOf(answer), [200, 'E061599', ['certificate-expired', 'refuse', 'E061599']]);
  t.match(JSON.parse(answer.body), {
    description: 'Certificate expired',
    outcome: 'refused',
    mpanCheck: 'matched',
    trust: { certificatePath: 'failed', xmlSignature: 'absent' },
  });
  const inXml = await send(toXml(expired), { ...esme, accept: 'application/xml' });
  t.equal(inXml.status, 200);
  t.equal(schemaFault(inXml.body), undefined);
  t.match(inXml.body, '<sr:ResponseCode>E061599</sr:ResponseCode>');
  const handOver = { ...expired, serviceReferenceVariant: '6.21', counter: 2n } as const;
  t.strictSame(summaryOf(await send(toXml(handOver), esme)), [
    422,
    refusedWithoutCode,
    ['certificate-expired', 'refuse', null],
  ]);
});

t.test('a check that reports never refuses, even with a response code', async (t) => {
  const { send } = await serviceOn({ CERTIFICATE_PATH: 'report' }, mapped);
  t.strictSame(summaryOf(await send(toXml(expired), esme)), [
    200,
    'I0',
    ['certificate-expired', 'advise', 'E061599'],
  ]);
  const off = await serviceOn({ CERTIFICATE_PATH: 'off' }, mapped);
  const answer = await off.send(toXml(expired), esme);
  t.strictSame(summaryOf(answer), [200, 'I0']);
  t.match(JSON.parse(answer.body), { trust: { certificatePath: 'off' } });
});

t.test('a signature that is required', async (t) => {
  const { send } = await serviceOn({ XML_SIGNATURE: 'require' });
  const missing = [422, refusedWithoutCode, ['xml-signature-missing', 'refuse', null]];
  t.strictSame(summaryOf(await send(json)), missing, 'JSON has none');
  t.strictSame(summaryOf(await send(xml, esme)), missing);
  t.strictSame(summaryOf(await send(signed(xml, signing), esme)), [200, 'I0']);
});

t.test('a signature that is wrong refuses, unless none is looked into', async (t) => {
  const tampered = signed(xml, signing).replace('Number>0<', 'Number>1<');
  const { send } = await serviceOn();
  t.strictSame(summaryOf(await send(tampered, esme)), [
    422,
    refusedWithoutCode,
    ['xml-signature-digest-wrong', 'refuse', null],
  ]);
  const off = await serviceOn({ XML_SIGNATURE: 'off' });
  const answer = await off.send(tampered, esme);
  t.strictSame(summaryOf(answer), [200, 'I0']);
  t.match(JSON.parse(answer.body), { sender: { signedBy: null }, trust: { xmlSignature: 'off' } });
});

const providerId = '02-00-00-00-05-00-00-01';
const providerSigning = xmlSigning({ entityIdentifier: providerId });
const withProvider: Partial<Lists> = {
  userCertificates: [signing, providerSigning].map(userCertificate),
  sharedResourceProviders: [
    { provider: providerId, name: 'Provider', onBehalfOf: euis.supplier, serviceReferences: ['6.15'] },
  ],
};

t.test('the answer says who asks, who signed and for whom; and so does the log', async (t) => {
  const { send, log: lines } = await serviceOn({}, withProvider);
  const senders: (readonly [string, object])[] = [
    [xml, { signedBy: null, onBehalfOf: null }],
    [signed(xml, signing), { signedBy: euis.supplier, onBehalfOf: null }],
    [signed(xml, providerSigning), { signedBy: providerId, onBehalfOf: euis.supplier }],
  ];
  const passed = { certificateProfile: 'passed', certificatePath: 'passed', certificateRevocation: 'passed' };
  for (const [body, sender] of senders) {
    lines.length = 0;
    const answer = JSON.parse((await send(body, esme)).body) as { sender: unknown; trust: unknown };
    t.strictSame(answer.sender, { originator: euis.supplier, ...sender });
    const xmlSignature = body === xml ? 'absent' : 'passed';
    t.strictSame(answer.trust, { ...passed, xmlSignature });
    // The rest of a record is told by test/decision-log/record.test.ts.
    const line = JSON.parse(lines[0]!) as Record<string, unknown>;
    for (const [name, value] of Object.entries(sender)) t.equal(name in line, value !== null, name);
    t.match(line, {
      decisionLog: 1,
      kind: 'decision',
      level: 30,
      time: now.getTime(),
      reqId: String,
      traceId: /^[0-9a-f]{32}$/,
      referenceData: { version: 1, freshness: 'current' },
      duisRequestId: '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1',
      serviceReferenceVariant: '6.15.1',
      outcome: 'accepted',
      responseCode: 'I0',
      mpanCheck: 'matched',
      trust: { ...passed, xmlSignature },
      ...Object.fromEntries(Object.entries(sender).filter(([, value]) => value !== null)),
      failed: [],
      msg: 'decided',
    });
  }
});

t.test('the log of a refusal without a code says what failed', async (t) => {
  const { send, log: lines } = await serviceOn({}, { ...withProvider, sharedResourceProviders: [] });
  await send(signed(xml, providerSigning), esme);
  t.match(
    lines.map((line) => JSON.parse(line) as unknown),
    [
      {
        msg: 'decided',
        outcome: 'refused',
        responseCode: null,
        failed: [
          {
            rule: 'signer-not-originator',
            got: `signed by ${providerId}, originated by ${euis.supplier}`,
          },
        ],
      },
      {
        msg: 'answered with a problem',
        problem: 'refused-without-code',
        detail: 'Refused by signer-not-originator.',
      },
    ],
  );
});

const other = toXml(message({ executionDateTime: '2030-01-01T00:00:00Z' }));

t.test('another request under the same RequestID, in either media type', async (t) => {
  const { send } = await serviceOn();
  t.strictSame(summaryOf(await send(signed(xml, signing), esme)), [200, 'I0']);
  t.strictSame(summaryOf(await send(json)), [200, 'I0'], 'the same again, in JSON');
  const conflict = await send(other, esme);
  t.strictSame(summaryOf(conflict), [409, '/problems/request-id-conflict']);
  t.match(problem.parse(JSON.parse(conflict.body)), {
    requestId: '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1',
    detail: 'A request with this RequestID has been here, and said something else.',
  });
  const { status, body } = await send(other, { ...esme, accept: 'application/xml' });
  t.equal(status, 409);
  t.match(body, '<type>/problems/request-id-conflict</type>');
});

t.test('a Signed Pre-Command with other certificates than its Service Request', async (t) => {
  const { send } = await serviceOn();
  const originator = euis.operatorOf12;
  const { certificates } = message();
  const signingAlone = { digitalSigning: certificates.digitalSigning! };
  const request = toXml(message({ originator, certificates: signingAlone }));
  t.strictSame(summaryOf(await send(request, esme)), [200, 'I0']);
  const answer = await send(toXml(message({ originator, gbcsPayload: gbcsCommand() })), esme);
  t.strictSame(summaryOf(answer), [409, '/problems/pre-command-differs-from-request']);
});

t.test('what a revoked signer sends does not keep the genuine request out', async (t) => {
  const renewed = xmlSigning({ spec: { serialNumber: Buffer.from('01', 'hex') } });
  const { send } = await serviceOn(
    {},
    { userCertificates: [signing, renewed].map(userCertificate) },
    revocationList([signing]),
  );
  t.strictSame(summaryOf(await send(signed(xml, signing), esme)), [
    422,
    refusedWithoutCode,
    ['certificate-revoked', 'refuse', null],
  ]);
  const genuine = toXml(message({ topUpFloor: 1n }));
  t.strictSame(summaryOf(await send(signed(genuine, renewed), esme)), [
    200,
    'I0',
    ['top-up-floor-not-applicable', 'advise', null],
  ]);
});

t.test('a User System, named as one or not', async (t) => {
  const userSystems = [
    { entityIdentifier: euis.supplier, userSystem: 'a', operator: 'Somebody', sequence: 1 },
    { entityIdentifier: euis.supplier, userSystem: 'b', operator: 'Somebody', sequence: 2 },
    { entityIdentifier: providerId, userSystem: 'c', operator: 'Provider', sequence: 1 },
  ];
  const { send } = await serviceOn({}, { ...withProvider, userSystems });
  const notNotified = [200, 'I0', ['user-system-not-notified', 'advise', null]];
  t.strictSame(summaryOf(await send(xml, { ...esme, 'dcc-user-system': 'a' })), [200, 'I0']);
  t.strictSame(summaryOf(await send(xml, { ...esme, 'dcc-user-system': 'b' })), notNotified);
  t.strictSame(summaryOf(await send(xml, { ...esme, 'dcc-user-system': 'constructor' })), notNotified);
  t.strictSame(summaryOf(await send(toJson(message(), undefined, 'a'))), [200, 'I0']);
  t.strictSame(summaryOf(await send(toJson(message(), undefined, 'b'))), notNotified);
  // It is that of whoever signs.
  const byProvider = signed(xml, providerSigning);
  t.strictSame(summaryOf(await send(byProvider, { ...esme, 'dcc-user-system': 'c' })), [200, 'I0']);
  t.strictSame(summaryOf(await send(byProvider, { ...esme, 'dcc-user-system': 'a' })), notNotified);

  const invalid = [400, '/problems/invalid-user-system'];
  for (const name of ['', 'a b', 'a, b', 'x'.repeat(65), 'a/b', 'é']) {
    if (name !== 'é') t.strictSame(summaryOf(await send(xml, { 'dcc-user-system': name })), invalid, name);
    t.strictSame(summaryOf(await send(toJson(message(), undefined, name))), invalid, name);
  }
  for (const value of ['null', '1', '["a"]', '{}']) {
    const withValue = toJson(message(), undefined, 'a').replace(
      '"userSystem": "a"',
      `"userSystem": ${value}`,
    );
    t.strictSame(summaryOf(await send(withValue)), invalid, value);
  }
  t.strictSame(summaryOf(await send(json, { 'dcc-user-system': 'a' })), [
    400,
    '/problems/device-stated-twice',
  ]);
});

t.test('a store that cannot be asked is a failure of ours, whatever it calls itself', async (t) => {
  for (const error of [
    new Error('secret address'),
    Object.assign(new Error('secret address'), { statusCode: 404 }),
  ]) {
    const broken = await testApp({ deviceStore: () => ({ find: () => Promise.reject(error) }) });
    const answer = await broken.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/xml' },
      payload: xml,
    });
    t.equal(answer.statusCode, 500);
    t.match(answer.json(), { type: '/problems/internal-error', detail: 'The request was not judged.' });
    t.equal(answer.headers['retry-after'], undefined);
    t.notMatch(answer.body, 'secret');
    const failures = broken.log.filter((line) => line.includes('"level":50'));
    t.equal(failures.length, 1);
    t.match(failures[0], 'secret address');
  }
});

t.test('a store that is not available is a problem that goes by, whichever it is', async (t) => {
  const unavailable = (name: string) => (): Promise<never> =>
    Promise.reject(new StoreUnavailable(name, { cause: new Error('secret address') }));
  const find = unavailable('the device registry');
  const remember = unavailable('the history of requests');
  for (const [name, change] of [
    ['the device registry', { deviceStore: () => ({ find }) }],
    ['the history of requests', { requestHistory: { find: remember, remember } }],
  ] as const) {
    const broken = await testApp(change);
    const answer = await broken.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/xml' },
      payload: xml,
    });
    t.equal(answer.statusCode, 503);
    t.equal(answer.headers['retry-after'], '5');
    t.strictSame(problem.parse(answer.json()), {
      type: '/problems/store-unavailable',
      title: 'A store that the service needs cannot be asked',
      status: 503,
      detail: `The request was not judged: ${name} is not available.`,
      instance: `urn:uuid:${String(answer.headers['x-request-id'])}`,
      requestId: '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1',
    });
    const failures = broken.log.filter((line) => line.includes('"level":50'));
    t.equal(failures.length, 1);
    t.match(failures[0], 'secret address');
  }
});

t.test('one line a decision, and the MPxN in no line', async (t) => {
  log.length = 0;
  const mpxns = ['1200023305967', '120002330596', '2499999999990'];
  for (const [index, importMpxn] of mpxns.entries()) {
    const counter = BigInt(100 + index);
    const device = { deviceType: 'ESME', importMpxn };
    await post(toJson(message(), device), { 'content-type': 'application/json' });
    await post(xml, {
      'content-type': 'application/xml',
      'dcc-import-mpxn': importMpxn,
      'dcc-device-type': 'X',
    });
    await post(toJson(message({ serviceReferenceVariant: '6.23', importMpxn, counter }), undefined), {
      'content-type': 'application/json',
    });
    await post(`${toJson(message(), device)}${importMpxn}`, { 'content-type': 'application/json' });
    await post(`{"${importMpxn}": 1, "body": {}}`, { 'content-type': 'application/json' });
    await post(toJson(message(), device).replace('"deviceType"', `"${importMpxn}": 1, "deviceType"`), {
      'content-type': 'application/json',
    });
    for (const hostile of [
      `<m${importMpxn}/>`,
      xml.replace('<sr:Body>', `<sr:Body m${importMpxn}="">`),
      xml.replace('<sr:Body>', `<m${importMpxn}:a/>`),
      xml.replace('</sr:Body>', `</m${importMpxn}>`),
      xml.replace('</sr:Header>', `<sr:m${importMpxn}/></sr:Header>`),
    ]) {
      const answer = await post(hostile, { 'content-type': 'application/xml' });
      t.equal(answer.status, 400);
      t.notMatch(answer.body, importMpxn);
    }
  }
  // Any six digits may be in a hash.
  const all = log.join('').replace(/[0-9a-f]{64}/g, '');
  for (const importMpxn of mpxns) t.notMatch(all, importMpxn);
  t.notMatch(all, '233059');
  const decided = log
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'decided');
  t.equal(decided.length, 4);
  t.match(decided[0], {
    level: 30,
    reqId: String,
    duisRequestId: '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1',
    serviceReferenceVariant: '6.15.1',
    outcome: 'accepted',
    responseCode: 'I0',
    mpanCheck: 'matched',
    trust: {
      certificateProfile: 'passed',
      certificatePath: 'passed',
      certificateRevocation: 'passed',
      xmlSignature: 'absent',
    },
    failed: [],
    referenceData: { version: 1, freshness: 'current' },
  });
});

t.test('the line of a decision names what failed, and nothing that is not known', async (t) => {
  log.length = 0;
  await post(toXml(message({ executionDateTime: '2026-07-01T00:00:00Z', counter: 200n })), {
    'content-type': 'application/xml',
  });
  const { failed } = JSON.parse(log[0]!) as { failed: unknown };
  t.strictSame(failed, [
    {
      rule: 'future-dated-not-supplier',
      code: 'E061506',
      effect: 'refuse',
      got: 'an ExecutionDateTime for NetworkOperator',
    },
  ]);
});

t.test('other methods and paths', async (t) => {
  const get = await app.inject({ method: 'GET', url: `${url}?mpan=1200023305967` });
  t.equal(get.statusCode, 405);
  t.equal(get.headers.allow, 'POST');
  t.match(get.json(), { type: '/problems/method-not-allowed' });
  const lost = await app.inject({ method: 'POST', url: '/v2/service-requests', payload: 'x' });
  t.equal(lost.statusCode, 404);
  t.match(lost.json(), { type: '/problems/not-found' });
  const bad = await app.inject({ method: 'GET', url: '/%zz' });
  t.equal(bad.statusCode, 404);
  t.match(bad.json(), {
    type: '/problems/not-found',
    instance: `urn:uuid:${String(bad.headers['x-request-id'])}`,
  });
  const long = await app.inject({ method: 'GET', url: `/problems/${'x'.repeat(300)}` });
  t.equal(long.statusCode, 404);
  t.match(long.json(), { type: '/problems/not-found' });
});
