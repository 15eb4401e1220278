import t, { type Test } from 'tap';
import { readJsonRequest } from '../../src/duis/json/request.js';
import { readRequest, requestIdOf } from '../../src/duis/request.js';
import type { RequestDocument } from '../../src/duis/service.js';
import { readXmlRequest } from '../../src/duis/xml/request.js';
import { memberPath } from '../../src/duis/value-fault.js';
import { type Message, toJson, toXml } from '../../src/mock-dsp/message.js';
import type { RejectionKind } from '../../src/rejection.js';
import { message } from '../fixtures.js';

function fromJson(change: Partial<Message> = {}): RequestDocument {
  const read = readJsonRequest(Buffer.from(toJson(message(change), undefined)));
  if (!read.ok) throw new Error(read.rejection.detail);
  return read.value.document;
}

function fromXml(
  change: Partial<Message> = {},
  edit: (xml: string) => string = (xml) => xml,
): RequestDocument {
  const read = readXmlRequest(Buffer.from(edit(toXml(message(change)))));
  if (!read.ok) throw new Error(read.rejection.detail);
  return read.value;
}

const rejects = (t: Test, document: RequestDocument, kind: RejectionKind, detail: string): void => {
  t.strictSame(readRequest(document), { ok: false, rejection: { kind, detail } }, detail);
};

const full: Partial<Message> = {
  executionDateTime: '2026-07-01T00:00:00Z',
  remotePartyRole: 'Supplier',
  topUpFloor: 2n ** 63n - 1n,
  certificates: { digitalSigning: 'AAAA', keyAgreement: 'BBBB', keyAgreementTopUp: 'CCCC' },
  path: ['DDDD', 'EEEE', 'FFFF'],
  importMpxn: '1200023305967',
};

t.test('each service, in both media types, reads as the same request', async (t) => {
  for (const serviceReferenceVariant of ['6.15.1', '6.21', '6.23'] as const) {
    const change = { ...full, serviceReferenceVariant };
    const xml = readRequest(fromXml(change));
    t.strictSame(readRequest(fromJson(change)), xml);
    t.ok(xml.ok);
    if (!xml.ok) return;
    const { service, ...rest } = xml.value;
    t.equal(service.serviceReferenceVariant, serviceReferenceVariant);
    const requestId = {
      text: '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1',
      originator: '02-00-00-00-01-01-00-01',
      target: '02-00-00-00-0E-00-00-01',
      counter: 1n,
    };
    t.strictSame(rest, {
      schemaVersion: '5.4',
      header: {
        requestId,
        commandVariant: serviceReferenceVariant === '6.15.1' ? 4 : 1,
        serviceReference: serviceReferenceVariant === '6.15.1' ? '6.15' : serviceReferenceVariant,
        serviceReferenceVariant,
      },
      requestId,
      gbcsCommand: undefined,
      credentialsUpdate: {
        executionDateTime: '2026-07-01T00:00:00Z',
        remotePartyRole: 'Supplier',
        floorSeqNumber: 0n,
        prepaymentTopUpFloorSeqNumber: 2n ** 63n - 1n,
        replacementCertificates: [
          { certificateType: 'DigitalSigning', base64: 'AAAA' },
          { certificateType: 'KeyAgreement', base64: 'BBBB' },
          { certificateType: 'KeyAgreementTopUp', base64: 'CCCC' },
        ],
        certificationPathCertificates: ['DDDD', 'EEEE', 'FFFF'],
        applyTimeBasedCpvChecks: true,
        importMpxn: serviceReferenceVariant === '6.23' ? '1200023305967' : undefined,
      },
    });
  }
});

t.test('an EUI in lower case is the same EUI, and the text stays as it was written', async (t) => {
  const read = readRequest(fromXml({ originator: 'ab-cd-ef-00-00-00-00-01' }));
  t.match(read, {
    value: {
      requestId: {
        text: 'ab-cd-ef-00-00-00-00-01:02-00-00-00-0E-00-00-01:1',
        originator: 'AB-CD-EF-00-00-00-00-01',
      },
    },
  });
});

t.test('a counter has 64 bits', async (t) => {
  t.match(readRequest(fromXml({ counter: 2n ** 64n - 1n })), {
    value: { requestId: { counter: 2n ** 64n - 1n } },
  });
  rejects(
    t,
    fromXml({ counter: 2n ** 64n }),
    'not-schema-valid',
    'Header/RequestID: has a counter over 2^64-1.',
  );
});

t.test('values outside their type, by the names of their elements', async (t) => {
  const xml = (from: string | RegExp, to: string, detail: string): void => {
    rejects(
      t,
      fromXml({}, (text) => text.replace(from, to)),
      'not-schema-valid',
      detail,
    );
  };
  const krp = 'Body/UpdateSecurityCredentialsKRP';
  xml('schemaVersion="5.4"', 'schemaVersion="five"', 'schemaVersion: must be a decimal number.');
  xml('schemaVersion="5.4"', '', 'schemaVersion: is missing.');
  xml(
    /(<sr:RequestID>)[^<]*/,
    '$1x',
    'Header/RequestID: must be an originator EUI, a target EUI and a counter, joined by colons.',
  );
  xml('>4<', '>10<', 'Header/CommandVariant: Too big: expected number to be <=9.');
  xml('>4<', '>four<', 'Header/CommandVariant: Invalid input: expected number, received string.');
  xml('>6.15<', '>6<', 'Header/ServiceReference: must be like 6.15.');
  xml('>6.15.1<', '>6.15.1.1<', 'Header/ServiceReferenceVariant: must be like 6.15.1.');
  xml(
    '>NetworkOperator<',
    '>Landlord<',
    `${krp}/RemotePartyRole: must be one of ACB, NetworkOperator, Recovery, Root, Supplier, TransCoS, LoadController.`,
  );
  for (const value of ['9223372036854775808', '-1', 'zero', '']) {
    xml('>0<', `>${value}<`, `${krp}/RemotePartyFloorSeqNumber: must be a whole number from 0 to 2^63-1.`);
  }
  for (const value of ['yes', 'constructor', '']) {
    xml(
      '>true<',
      `>${value}<`,
      `${krp}/ApplyTimeBasedCPVChecks: Invalid input: expected boolean, received string.`,
    );
  }
  for (const value of ['tomorrow', '2026-01-01T24:00:00Z']) {
    rejects(
      t,
      fromXml({ executionDateTime: value }),
      'not-schema-valid',
      `${krp}/ExecutionDateTime: must be an xs:dateTime.`,
    );
  }
  for (const value of [
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '1900-02-29T00:00:00Z',
  ]) {
    rejects(
      t,
      fromXml({ executionDateTime: value }),
      'not-schema-valid',
      `${krp}/ExecutionDateTime: is not a date of the calendar.`,
    );
  }
  for (const value of [
    '2024-02-29T00:00:00Z',
    '0004-02-29T00:00:00Z',
    '9999-12-31T23:59:59.999999999-14:00',
  ]) {
    t.equal(readRequest(fromXml({ executionDateTime: value })).ok, true, value);
  }
});

t.test('JSON is held to its own types, by the names of its members', async (t) => {
  const json = (edit: (text: string) => string): RequestDocument => {
    const read = readJsonRequest(Buffer.from(edit(toJson(message(), undefined))));
    if (!read.ok) throw new Error(read.rejection.detail);
    return read.value.document;
  };
  const invalid = (from: string | RegExp, to: string, detail: string): void => {
    rejects(
      t,
      json((text) => text.replace(from, to)),
      'not-schema-valid',
      detail,
    );
  };
  const krp = 'body.updateSecurityCredentialsKrp';
  invalid(
    '"remotePartyFloorSeqNumber": "0"',
    '"remotePartyFloorSeqNumber": 0',
    `${krp}.remotePartyFloorSeqNumber: Invalid input: expected string, received number.`,
  );
  invalid(
    '"applyTimeBasedCpvChecks": true',
    '"applyTimeBasedCpvChecks": "true"',
    `${krp}.applyTimeBasedCpvChecks: Invalid input: expected boolean, received string.`,
  );
  invalid(
    '"remotePartyRole"',
    '"deviceType": "ESME", "remotePartyRole"',
    `${krp}: has a member that is not known, deviceType.`,
  );
  invalid(
    '"schemaVersion"',
    '"extra": {}, "schemaVersion"',
    'The request has a member that is not known, extra.',
  );
  invalid(
    '"schemaVersion"',
    '"1200023305967": {}, "schemaVersion"',
    'The request has a member that is not known, whose name is not of letters alone.',
  );
  const notOne = 'The body does not hold exactly one request.';
  invalid('"updateSecurityCredentialsKrp"', '"other": {}, "updateSecurityCredentialsKrp"', notOne);
  for (const body of ['{}', '"text"', '1', 'null', '[]', '[{}, {}]']) {
    invalid(/"body": [^]*\}/, `"body": ${body}}`, notOne);
  }
  for (const body of ['[{}]', '"t"', '{"readImport": {}}']) {
    invalid(
      /"body": [^]*\}/,
      `"body": ${body}}`,
      'The body does not hold a request of a service that is checked.',
    );
  }
  invalid(/"header": [^]*\}/, '"body": {"readImport": {}}}', 'header: is missing.');
});

t.test('__proto__ is a member like any other, and unknown', async (t) => {
  const json = toJson(message(), undefined);
  for (const [place, detail] of [
    ['"schemaVersion"', 'The request has a member that is not known, whose name is not of letters alone.'],
    ['"requestId"', 'header: has a member that is not known, whose name is not of letters alone.'],
    ['"updateSecurityCredentialsKrp"', 'The body does not hold exactly one request.'],
    [
      '"remotePartyRole"',
      'body.updateSecurityCredentialsKrp: has a member that is not known, whose name is not of letters alone.',
    ],
  ] as const) {
    const read = readJsonRequest(Buffer.from(json.replace(place, `"__proto__": {}, ${place}`)));
    t.ok(read.ok);
    if (read.ok) rejects(t, read.value.document, 'not-schema-valid', detail);
  }
});

t.test('header and body name different services', async (t) => {
  const named = (reference: string, variant: string): RequestDocument =>
    fromXml({}, (xml) => xml.replace('>6.15<', `>${reference}<`).replace('>6.15.1<', `>${variant}<`));
  for (const [reference, variant] of [
    ['6.21', '6.21'],
    ['6.15', '6.23'],
    ['6.21', '6.15.1'],
    ['4.1', '6.15.1'],
  ] as const) {
    rejects(
      t,
      named(reference, variant),
      'service-mismatch',
      `The header names ${reference} and ${variant}, the body 6.15.1 (UpdateSecurityCredentialsKRP).`,
    );
  }
});

t.test('a service that is not checked', async (t) => {
  const other = fromXml({}, (xml) =>
    xml
      .replace('>6.15<', '>4.1<')
      .replace('>6.15.1<', '>4.1.1<')
      .replaceAll('UpdateSecurityCredentialsKRP', 'ReadImport'),
  );
  rejects(t, other, 'unsupported-service-reference-variant', 'The request is a 4.1.1.');
  const inHeaderAlone = fromXml({}, (xml) => xml.replace('>6.15.1<', '>6.15.2<'));
  rejects(t, inHeaderAlone, 'unsupported-service-reference-variant', 'The request is a 6.15.2.');
  const inBodyAlone = fromXml({}, (xml) => xml.replaceAll('UpdateSecurityCredentialsKRP', 'ReadImport'));
  rejects(
    t,
    inBodyAlone,
    'not-schema-valid',
    'The body does not hold a request of a service that is checked.',
  );
});

t.test('schemaVersion by its value', async (t) => {
  const versioned = (version: string): RequestDocument =>
    fromXml({}, (xml) => xml.replace('schemaVersion="5.4"', `schemaVersion="${version}"`));
  for (const version of ['5', '5.', '5.0', '5.4', '+05.40'])
    t.equal(readRequest(versioned(version)).ok, true, version);
  for (const version of ['4.0', '6', '-5', '.5', '50', '0.5']) {
    rejects(
      t,
      versioned(version),
      'unsupported-schema-version',
      'The schemaVersion of the request is not one of DUIS V5.',
    );
  }
});

t.test('a Command Variant of another service', async (t) => {
  for (const commandVariant of [1, 5, 9]) {
    rejects(
      t,
      fromXml({ commandVariant }),
      'unsupported-command-variant',
      `The request has the Command Variant ${String(commandVariant)}; 6.15.1 takes 4 with this body.`,
    );
  }
  rejects(
    t,
    fromXml({ serviceReferenceVariant: '6.21', commandVariant: 4 }),
    'unsupported-command-variant',
    'The request has the Command Variant 4; 6.21 takes 1 with this body.',
  );
});

t.test('a request can be named though it is wrong', async (t) => {
  const text = '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1';
  t.equal(requestIdOf(fromXml({ remotePartyRole: 'Landlord' })), text);
  t.equal(requestIdOf(fromXml({ commandVariant: 9 })), text);
  t.equal(requestIdOf(fromXml({ originator: 'x' })), undefined);
  t.equal(requestIdOf({ content: {}, pathTo: memberPath }), undefined);
});

t.test('a 6.15.1 that replaces nothing', async (t) => {
  rejects(
    t,
    fromXml({ certificates: {} }),
    'no-replacement-certificate',
    'The 6.15.1 holds no replacement certificate.',
  );
});

t.test('a detail is no longer than it need be', async (t) => {
  const names = Array.from(
    { length: 5_000 },
    (_, index) => `m${'abcdefghij'.charAt(index % 10).repeat(1 + (index % 50))}`,
  );
  const content = { ...fromJson().content, ...Object.fromEntries(names.map((name) => [name, 1])) };
  const read = readRequest({ content, pathTo: memberPath });
  t.equal(!read.ok && read.rejection.kind, 'not-schema-valid');
  t.equal(!read.ok && read.rejection.detail.length, 301);
});
