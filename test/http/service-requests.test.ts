import { type AddressInfo, connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import type { InjectOptions } from 'fastify';
import { XmlDocument } from 'libxml2-wasm';
import t, { type Test } from 'tap';
import { toJson, toXml } from '../../src/mock-dsp/message.js';
import { problem } from '../../src/http/problem.js';
import { testApp } from '../app.js';
import { issue, message } from '../fixtures.js';
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
): Promise<void> => {
  const answer = await post(payload, headers);
  t.equal(answer.status, status);
  t.match(answer.type, 'application/problem+json');
  t.match(JSON.parse(answer.body), { type: `/problems/${kind}`, status, title: String, detail: /\.$/ });
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
  await isProblem(t, xml.padEnd(10_001), asXml, 413, 'body-too-large');
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
  const strict = await testApp({ alwaysRefuses: (rule) => rule === 'mpan-check-digit-wrong' });
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
  t.strictSame(answer.json(), {
    type: '/problems/refused-without-code',
    title: 'The request is refused, and DUIS publishes no code for the reason',
    status: 422,
    instance: `urn:uuid:${String(answer.headers['x-request-id'])}`,
    detail: 'Refused by mpan-check-digit-wrong.',
    requestId: '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1',
  });
});

t.test('a store that cannot be asked is a failure of ours, whatever it calls itself', async (t) => {
  for (const error of [
    new Error('secret address'),
    Object.assign(new Error('secret address'), { statusCode: 404 }),
  ]) {
    const broken = await testApp({ deviceStore: { find: () => Promise.reject(error) } });
    const answer = await broken.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/xml' },
      payload: xml,
    });
    t.equal(answer.statusCode, 500);
    t.match(answer.json(), { type: '/problems/internal-error', detail: 'The request was not judged.' });
    t.notMatch(answer.body, 'secret');
    const failures = broken.log.filter((line) => line.includes('"level":50'));
    t.equal(failures.length, 1);
    t.match(failures[0], 'secret address');
  }
});

t.test('one line a decision, and the MPxN in no line', async (t) => {
  log.length = 0;
  const mpxns = ['1200023305967', '120002330596', '2499999999990'];
  for (const importMpxn of mpxns) {
    const device = { deviceType: 'ESME', importMpxn };
    await post(toJson(message(), device), { 'content-type': 'application/json' });
    await post(xml, {
      'content-type': 'application/xml',
      'dcc-import-mpxn': importMpxn,
      'dcc-device-type': 'X',
    });
    await post(toJson(message({ serviceReferenceVariant: '6.23', importMpxn }), undefined), {
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
  const all = log.join('');
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
    failed: [],
    referenceData: /^[0-9a-f]{16}$/,
  });
});

t.test('the line of a decision names what failed, and nothing that is not known', async (t) => {
  log.length = 0;
  await post(toXml(message({ executionDateTime: '2026-07-01T00:00:00Z' })), {
    'content-type': 'application/xml',
  });
  const { failed } = JSON.parse(log[0]!) as { failed: unknown };
  t.strictSame(failed, [
    { rule: 'future-dated-not-supplier', got: 'an ExecutionDateTime for NetworkOperator' },
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

t.test('what is not HTTP', async (t) => {
  const listening = await testApp();
  await listening.app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => listening.app.close());
  const { port } = listening.app.server.address() as AddressInfo;
  for (const bytes of [
    'nonsense\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  ]) {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const [head = '', body = ''] = (await textOf(socket)).split('\r\n\r\n');
    t.match(head, /^HTTP\/1\.1 400 Bad Request\r\n/);
    t.match(head, 'Content-Type: application/problem+json');
    t.match(problem.parse(JSON.parse(body)), { type: '/problems/malformed-request', status: 400 });
  }
});
