import fc from 'fast-check';
import t from 'tap';
import {
  newSpanId,
  newTraceId,
  readTraceparent,
  readTracestate,
  traceresponse,
} from '../src/trace-context.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';

t.test('a traceparent of version 00', async (t) => {
  t.strictSame(readTraceparent(`00-${traceId}-${parentId}-01`), { traceId, parentId, isSampled: true });
  t.strictSame(readTraceparent(`00-${traceId}-${parentId}-00`), { traceId, parentId, isSampled: false });
  t.strictSame(readTraceparent(`00-${traceId}-${parentId}-fe`), { traceId, parentId, isSampled: false });
  t.strictSame(readTraceparent(`00-${traceId}-${parentId}-ff`), { traceId, parentId, isSampled: true });
});

t.test('a version that is still to come is read as far as it is known', async (t) => {
  const expected = { traceId, parentId, isSampled: true };
  for (const text of [
    `01-${traceId}-${parentId}-01`,
    `cc-${traceId}-${parentId}-09`,
    `cc-${traceId}-${parentId}-01-`,
    `fe-${traceId}-${parentId}-01-what-the-future-will-be-like`,
  ]) {
    t.strictSame(readTraceparent(text), expected, text);
  }
});

t.test('what is no traceparent starts a new trace', async (t) => {
  const valid = `00-${traceId}-${parentId}-01`;
  for (const header of [
    undefined,
    [valid],
    '',
    valid.slice(0, -1),
    `${valid}0`,
    `${valid}-`,
    `${valid}-more`,
    ` ${valid}`,
    `${valid}\n`,
    `${valid}, ${valid}`,
    `01${valid.slice(2)}, 01${valid.slice(2)}`,
    `01${valid.slice(2)}-x, 01${valid.slice(2)}`,
    `01${valid.slice(2)}.x`,
    `01${valid.slice(2)}x`,
    `ff${valid.slice(2)}`,
    `FF${valid.slice(2)}`,
    `0A${valid.slice(2)}`,
    `0-${valid}`,
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    `00-${traceId}-${parentId.toUpperCase()}-01`,
    `00-${traceId}-${parentId}-0A`,
    `00-${'0'.repeat(32)}-${parentId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId}-${parentId}-0g`,
    `00_${traceId}_${parentId}_01`,
    `00-${traceId}0-${parentId.slice(1)}-01`,
    `00-${traceId.slice(1)}g-${parentId}-01`,
  ]) {
    t.equal(readTraceparent(header), undefined, JSON.stringify(header));
  }
});

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .string({
      unit: fc.constantFrom(...Array.from('0123456789abcdef')),
      minLength: length,
      maxLength: length,
    })
    .filter((digits) => !/^0+$/.test(digits));

t.test('what is written is read, and one change of a character is not the same trace', async (t) => {
  fc.assert(
    fc.property(hex(32), hex(16), fc.boolean(), (traceId, spanId, isSampled) => {
      const text = traceresponse({ traceId, spanId, isSampled });
      t.strictSame(readTraceparent(text), { traceId, parentId: spanId, isSampled });
    }),
  );
  fc.assert(
    fc.property(
      hex(32),
      hex(16),
      fc.nat(54),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      (traceId, spanId, place, other) => {
        const text = traceresponse({ traceId, spanId, isSampled: true });
        const changed = text.slice(0, place) + other + text.slice(place + 1);
        const read = readTraceparent(changed);
        if (!/^[0-9a-f]$/.test(other) && changed !== text) t.equal(read, undefined, JSON.stringify(changed));
        if (read !== undefined) t.match(changed, `-${read.traceId}-${read.parentId}-`);
      },
    ),
  );
});

t.test('nothing that comes in a header makes it throw, or say anything but ids', async (t) => {
  const pieces = fc.constantFrom(
    '00',
    '01',
    'ff',
    '-',
    ',',
    ' ',
    '=',
    'a',
    '@',
    traceId,
    parentId,
    '0'.repeat(16),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces, { maxLength: 80 }).map((all) => all.join('')),
      ),
      (text) => {
        const read = readTraceparent(text);
        if (read !== undefined) t.match(read, { traceId: /^[0-9a-f]{32}$/, parentId: /^[0-9a-f]{16}$/ });
        readTracestate(text);
      },
    ),
  );
});

t.test('a tracestate', async (t) => {
  const read: [string, string][] = [
    ['congo=t61rcWkgMzE', 'congo=t61rcWkgMzE'],
    ['rojo=00f067aa0ba902b7,congo=t61rcWkgMzE', 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'],
    ['a=1 , \t b=2,, c= 3,', 'a=1,b=2,c= 3'],
    ['fw529a3039@dt=x', 'fw529a3039@dt=x'],
    ['0tenant@system=~!', '0tenant@system=~!'],
    [`${'a'.repeat(256)}=${'v'.repeat(256)}`, `${'a'.repeat(256)}=${'v'.repeat(256)}`],
    [`${'1'.repeat(241)}@${'s'.repeat(14)}=v`, `${'1'.repeat(241)}@${'s'.repeat(14)}=v`],
    ['a_-*/0=v', 'a_-*/0=v'],
  ];
  for (const [text, expected] of read) t.equal(readTracestate(text), expected, text);
  const members = (count: number): string =>
    Array.from({ length: count }, (_, index) => `k${String(index)}=v`).join(',');
  t.equal(readTracestate(members(32)), members(32));
  t.equal(readTracestate(`${members(32)}, ,`), members(32), 'what is empty does not count');
  for (const header of [
    undefined,
    ['a=1'],
    '',
    ' , ',
    'a',
    'a=',
    '=1',
    'A=1',
    '1a=1',
    'a b=1',
    'a=1=2',
    'a=\u00e9',
    'a=1\t2',
    'a@1b=1',
    'a@b@c=1',
    '@b=1',
    `a@${'s'.repeat(15)}=v`,
    `${'1'.repeat(242)}@s=v`,
    `${'a'.repeat(257)}=v`,
    `a=${'v'.repeat(257)}`,
    'a=1,a=2',
    'a=1,b=2,\u0000',
    members(33),
  ]) {
    t.equal(readTracestate(header), undefined, JSON.stringify(header));
  }
});

t.test('new ids are of the right form, and each another', async (t) => {
  const traceIds = new Set(Array.from({ length: 3000 }, newTraceId));
  const spanIds = new Set(Array.from({ length: 3000 }, newSpanId));
  t.equal(traceIds.size, 3000);
  t.equal(spanIds.size, 3000);
  t.ok([...traceIds].every((id) => /^(?!0{32})[0-9a-f]{32}$/.test(id)));
  t.ok([...spanIds].every((id) => /^(?!0{16})[0-9a-f]{16}$/.test(id)));
});
