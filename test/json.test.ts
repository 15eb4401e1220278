import fc from 'fast-check';
import t, { type Test } from 'tap';
import { parseJson } from '../src/json.js';
import type { RejectionKind } from '../src/rejection.js';

const rejects = (t: Test, json: string | Buffer, kind: RejectionKind, detail: string): void => {
  t.strictSame(parseJson(Buffer.from(json)), { ok: false, rejection: { kind, detail } }, detail);
};

t.test('malformed', async (t) => {
  rejects(t, Buffer.from([0x22, 0xff, 0x22]), 'malformed-body', 'is not UTF-8');
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
    const rejected = parseJson(Buffer.from(text));
    t.match(rejected, { ok: false, rejection: { kind: 'malformed-body' } });
  }
  rejects(t, '{"a":1,}', 'malformed-body', 'is not well-formed JSON at position 7');
  t.match(parseJson(Buffer.from('')), { rejection: { detail: /^is not well-formed JSON/ } });
});

t.test('a name twice in one object', async (t) => {
  const twice = 'has a member name twice in one object';
  rejects(t, '{"body":{},"body":{}}', 'malformed-body', twice);
  rejects(t, '{"body":{"a":[{"b":1,"b":1}]}}', 'malformed-body', twice);
  rejects(t, '{"body":{"a":1,"\\u0061":2}}', 'malformed-body', twice);
  rejects(t, '{"body":{"__proto__":1,"__proto__":2}}', 'malformed-body', twice);
  t.equal(parseJson(Buffer.from('{"body":{"a":{"a":"a\\":"}},"x":["a","a"]}')).ok, true);
});

t.test('whatever JSON says, a name is only found twice where it is', async (t) => {
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
        fc.nat({ max: 4 }),
        (body, indent) => {
          const read = parseJson(Buffer.from(JSON.stringify({ body }, undefined, indent)));
          return read.ok;
        },
      ),
    );
  });
});

t.test('a number that would be read as another, or has another spelling', async (t) => {
  const detail = 'has a number that would be rounded or rewritten';
  for (const text of [
    '[4.0]',
    '3.9999999999999999999999',
    '{"a":9007199254740993}',
    '1e3',
    '-0',
    '1e-400',
    '[1,2.50]',
  ]) {
    rejects(t, text, 'malformed-body', detail);
  }
  for (const value of [0, -1, 1.5, 4, 9007199254740991, '4.0', ['"4.0'], { '1e3': '-0' }]) {
    t.strictSame(parseJson(Buffer.from(JSON.stringify(value))), { ok: true, value });
  }
});

t.test('white space between a name and its colon', async (t) => {
  t.strictSame(parseJson(Buffer.from('{"a" \n: {"b"\t:1}}')), { ok: true, value: { a: { b: 1 } } });
});

t.test('a byte order mark is not part of the text', async (t) => {
  t.strictSame(parseJson(Buffer.from('\ufeff{}')), { ok: true, value: {} });
});
