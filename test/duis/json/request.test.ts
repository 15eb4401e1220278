import t, { type Test } from 'tap';
import { readJsonRequest } from '../../../src/duis/json/request.js';
import { memberPath } from '../../../src/duis/value-fault.js';
import { toJson } from '../../../src/mock-dsp/message.js';
import type { RejectionKind } from '../../../src/rejection.js';
import { message } from '../../fixtures.js';

const rejects = (t: Test, json: string | Buffer, kind: RejectionKind, detail: string): void => {
  t.strictSame(readJsonRequest(Buffer.from(json)), { ok: false, rejection: { kind, detail } }, detail);
};

t.test('a document, and apart from it the device and the User System', async (t) => {
  const device = { deviceType: 'ESME', importMpxn: '1200023305967' };
  const json = toJson(message(), device);
  const { device: said, ...content } = JSON.parse(json) as Record<string, unknown>;
  t.strictSame(readJsonRequest(Buffer.from(json)), {
    ok: true,
    value: { document: { content, pathTo: memberPath }, device: said, userSystem: undefined },
  });
  t.strictSame(readJsonRequest(Buffer.from(toJson(message(), device, 'system-1'))), {
    ok: true,
    value: { document: { content, pathTo: memberPath }, device: said, userSystem: 'system-1' },
  });
  t.match(readJsonRequest(Buffer.from(`\ufeff${toJson(message(), undefined)}`)), {
    ok: true,
    value: { device: undefined },
  });
});

t.test('not an object', async (t) => {
  for (const text of ['[]', 'null', '"x"', '1']) {
    rejects(t, text, 'not-schema-valid', 'The request is not a JSON object.');
  }
});

t.test('malformed', async (t) => {
  rejects(t, Buffer.from([0xff]), 'malformed-body', 'The body is not UTF-8.');
  rejects(t, '{"a":1,}', 'malformed-body', 'The body is not well-formed JSON at position 7.');
  rejects(t, '{"body":{},"body":{}}', 'malformed-body', 'The body has a member name twice in one object.');
  rejects(t, '{"body":4.0}', 'malformed-body', 'The body has a number that would be rounded or rewritten.');
});
