import fc from 'fast-check';
import t, { type Test } from 'tap';
import { readJsonRequest } from '../../../src/duis/json/request.js';
import { toJson } from '../../../src/mock-dsp/message.js';
import type { RejectionKind } from '../../../src/rejection.js';
import { message } from '../../fixtures.js';

const rejects = (t: Test, json: string | Buffer, kind: RejectionKind, detail: string): void => {
  t.strictSame(readJsonRequest(Buffer.from(json)), { ok: false, rejection: { kind, detail } }, detail);
};

t.test('a document, and apart from it the device', async (t) => {
  const device = { deviceType: 'ESME', importMpxn: '1200023305967' };
  const json = toJson(message(), device);
  const { device: said, ...document } = JSON.parse(json) as Record<string, unknown>;
  t.strictSame(readJsonRequest(Buffer.from(json)), { ok: true, value: { document, device: said } });
  t.match(readJsonRequest(Buffer.from(`\ufeff${toJson(message(), undefined)}`)), {
    ok: true,
    value: { device: undefined },
  });
});

t.test('malformed', async (t) => {
  rejects(t, Buffer.from([0x22, 0xff, 0x22]), 'malformed-body', 'The body is not UTF-8.');
  for (const text of [
    '',
    '{',
    '{"a":1,}',
    "{'a':1}",
    '{"a":1}}',
    'NaN',
    '['.repeat(30_000),
    `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
  ]) {
    const rejected = readJsonRequest(Buffer.from(text));
    t.match(rejected, { ok: false, rejection: { kind: /malformed-body|not-schema-valid/ } });
  }
  rejects(t, '{', 'malformed-body', 'The body is not well-formed JSON.');
});

t.test('a name twice in one object', async (t) => {
  const twice = 'The body has a member name twice in one object.';
  rejects(t, '{"body":{},"body":{}}', 'malformed-body', twice);
  rejects(t, '{"body":{"a":[{"b":1,"b":1}]}}', 'malformed-body', twice);
  rejects(t, '{"body":{"a":1,"\\u0061":2}}', 'malformed-body', twice);
  rejects(t, '{"body":{"__proto__":1,"__proto__":2}}', 'malformed-body', twice);
  t.equal(readJsonRequest(Buffer.from('{"body":{"a":{"a":"a\\":"}},"x":["a","a"]}')).ok, true);
});

t.test('whatever JSON says, a name is only found twice where it is', async (t) => {
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
        fc.nat({ max: 4 }),
        (body, indent) => {
          const read = readJsonRequest(Buffer.from(JSON.stringify({ body }, undefined, indent)));
          return read.ok;
        },
      ),
    );
  });
});

t.test('not an object', async (t) => {
  for (const text of ['[]', 'null', '"x"', '1']) {
    rejects(t, text, 'not-schema-valid', 'The body is not a JSON object.');
  }
  for (const text of ['{}', '{"body":[]}', '{"body":null}']) {
    rejects(t, text, 'not-schema-valid', 'body: must be an object.');
  }
});
