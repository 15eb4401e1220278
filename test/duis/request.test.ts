import t, { type Test } from 'tap';
import { readJsonRequest } from '../../src/duis/json/request.js';
import { readRequest, type RequestDocument } from '../../src/duis/request.js';
import { readXmlRequest } from '../../src/duis/xml/request.js';
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
    t.strictSame(rest, {
      schemaVersion: '5.4',
      requestId: {
        text: '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1',
        originator: '02-00-00-00-01-01-00-01',
        target: '02-00-00-00-0E-00-00-01',
        counter: 1n,
      },
      commandVariant: serviceReferenceVariant === '6.15.1' ? 4 : 1,
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
    'header.requestId: has a counter over 2^64-1.',
  );
});

t.test('values outside their type, by the names of JSON', async (t) => {
  const xml = (from: string | RegExp, to: string, detail: string): void => {
    rejects(
      t,
      fromXml({}, (text) => text.replace(from, to)),
      'not-schema-valid',
      detail,
    );
  };
  const krp = 'body.updateSecurityCredentialsKrp';
  xml('schemaVersion="5.4"', 'schemaVersion="five"', 'schemaVersion: must be a decimal number.');
  xml('schemaVersion="5.4"', '', 'schemaVersion: Invalid input: expected string, received undefined.');
  xml(
    /(<sr:RequestID>)[^<]*/,
    '$1x',
    'header.requestId: must be an originator EUI, a target EUI and a counter, joined by colons.',
  );
  xml('>4<', '>10<', 'header.commandVariant: Too big: expected number to be <=9.');
  xml('>4<', '>four<', 'header.commandVariant: Invalid input: expected number, received string.');
  xml('>6.15<', '>6<', 'header.serviceReference: must be like 6.15.');
  xml('>6.15.1<', '>6.15.1.1<', 'header.serviceReferenceVariant: must be like 6.15.1.');
  xml(
    '>NetworkOperator<',
    '>Landlord<',
    `${krp}.remotePartyRole: must be one of ACB, NetworkOperator, Recovery, Root, Supplier, TransCoS, LoadController.`,
  );
  xml(
    '>0<',
    '>9223372036854775808<',
    `${krp}.remotePartyFloorSeqNumber: must be a whole number from 0 to 2^63-1.`,
  );
  xml('>0<', '>-1<', `${krp}.remotePartyFloorSeqNumber: must be a whole number from 0 to 2^63-1.`);
  xml('>0<', '>zero<', `${krp}.remotePartyFloorSeqNumber: must be a whole number from 0 to 2^63-1.`);
  xml('>true<', '>yes<', `${krp}.applyTimeBasedCpvChecks: Invalid input: expected boolean, received string.`);
  rejects(
    t,
    fromXml({ executionDateTime: '2026-02-30T00:00:00Z' }),
    'not-schema-valid',
    `${krp}.executionDateTime: is not a date of the calendar.`,
  );
  rejects(
    t,
    fromXml({ executionDateTime: 'tomorrow' }),
    'not-schema-valid',
    `${krp}.executionDateTime: must be an xs:dateTime.`,
  );
});

t.test('JSON is held to its own types', async (t) => {
  const json = (edit: (request: Record<string, Record<string, unknown>>) => void): RequestDocument => {
    const document = structuredClone(fromJson()) as unknown as Record<string, Record<string, unknown>>;
    edit(document);
    return document as unknown as RequestDocument;
  };
  const krp = (document: Record<string, Record<string, unknown>>): Record<string, unknown> =>
    document.body!.updateSecurityCredentialsKrp as Record<string, unknown>;
  const update = (name: string, value: unknown): RequestDocument =>
    json((document) => (krp(document)[name] = value));
  const floor =
    'body.updateSecurityCredentialsKrp.remotePartyFloorSeqNumber: must be a whole number from 0 to 2^63-1.';
  t.match(readRequest(update('remotePartyFloorSeqNumber', 7)), {
    value: { credentialsUpdate: { floorSeqNumber: 7n } },
  });
  rejects(t, update('remotePartyFloorSeqNumber', 2 ** 53), 'not-schema-valid', floor);
  rejects(t, update('remotePartyFloorSeqNumber', 0.5), 'not-schema-valid', floor);
  rejects(t, update('remotePartyFloorSeqNumber', -1), 'not-schema-valid', floor);
  rejects(
    t,
    update('applyTimeBasedCpvChecks', 'true'),
    'not-schema-valid',
    'body.updateSecurityCredentialsKrp.applyTimeBasedCpvChecks: Invalid input: expected boolean, received string.',
  );
  rejects(
    t,
    update('deviceType', 'ESME'),
    'not-schema-valid',
    'body.updateSecurityCredentialsKrp: Unrecognized key: "deviceType".',
  );
  rejects(
    t,
    json((document) => (document.extra = {})),
    'not-schema-valid',
    'Unrecognized key: "extra".',
  );
  rejects(
    t,
    json((document) => (document.body!.other = {})),
    'not-schema-valid',
    'body: must hold exactly one request.',
  );
  rejects(
    t,
    json((document) => (document.body = {})),
    'not-schema-valid',
    'body: must hold exactly one request.',
  );
  rejects(
    t,
    json((document) => (document.body = { readImport: {} })),
    'not-schema-valid',
    'body: must hold a request of a service that is checked.',
  );
});

t.test('__proto__ is a member like any other, and unknown', async (t) => {
  const json = toJson(message(), undefined);
  for (const [place, detail] of [
    ['"schemaVersion"', 'Unrecognized key: "__proto__".'],
    ['"requestId"', 'header: Unrecognized key: "__proto__".'],
    ['"updateSecurityCredentialsKrp"', 'body: must hold exactly one request.'],
    ['"remotePartyRole"', 'body.updateSecurityCredentialsKrp: Unrecognized key: "__proto__".'],
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
  rejects(t, inBodyAlone, 'not-schema-valid', 'body: must hold a request of a service that is checked.');
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
      `The request has the schemaVersion ${version}.`,
    );
  }
});

t.test('a Command Variant of another service', async (t) => {
  for (const commandVariant of [1, 5, 9]) {
    rejects(
      t,
      fromXml({ commandVariant }),
      'unsupported-command-variant',
      `The request has the Command Variant ${String(commandVariant)}; 6.15.1 takes 4.`,
    );
  }
  rejects(
    t,
    fromXml({ serviceReferenceVariant: '6.21', commandVariant: 4 }),
    'unsupported-command-variant',
    'The request has the Command Variant 4; 6.21 takes 1.',
  );
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
  const document = { ...fromJson(), ['x'.repeat(10_000)]: 1 };
  const read = readRequest(document);
  t.equal(!read.ok && read.rejection.detail.length, 301);
});
