import fc from 'fast-check';
import t from 'tap';
import { noHead } from '../../src/decision-log/chain.js';
import { eachWay, faultsIn, headOf, keys, keysFor, logLines, opening, verify } from './logs.js';
import { seal } from '../../src/decision-log/chain.js';
import { digestWith } from '../../src/decision-log/keys.js';

const otherLog = '99999999-2222-3333-4444-555555555555';

t.test('a log that is as it was written', (t) =>
  eachWay(t, async (t, key) => {
    const lines = logLines({ key });
    t.strictSame(verify(lines, { keys: key === undefined ? [] : [key] }), {
      records: 7,
      decisions: 4,
      dropped: 3,
      otherLines: 0,
      withoutKey: key === undefined ? 7 : 0,
      uncleanStops: 0,
      faultCount: 0,
      first: headOf(lines[0]),
      last: headOf(lines.at(-1)),
      faults: [],
    });
  }),
);

t.test('nothing is no log', async (t) => {
  t.match(verify([]), { records: 0, first: undefined, last: undefined, faultCount: 0 });
});

t.test('any change of any octet shows', (t) =>
  eachWay(t, async (t, key) => {
    const lines = logLines({ key });
    const given = { keys: key === undefined ? [] : [key] };
    fc.assert(
      fc.property(
        fc.nat({ max: lines.length - 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (index, at, by) => {
          const bytes = Buffer.from(lines[index]!);
          const place = at % bytes.length;
          bytes[place] = bytes[place]! ^ by;
          const changed = lines.map((text, number) => ({
            bytes: number === index ? bytes : Buffer.from(text),
            number: number + 1,
            isWhole: true,
          }));
          const { faultCount, faults } = verify(changed, given);
          return (
            faultCount > 0 &&
            [`log, line ${String(index + 1)}`, `log, line ${String(index + 2)}`].includes(faults[0]!.place)
          );
        },
      ),
      { numRuns: 500 },
    );
  }),
);

t.test('any record that is taken away, put in or moved shows', (t) =>
  eachWay(t, async (t, key) => {
    const lines = logLines({ key });
    const given = { keys: key === undefined ? [] : [key], heads: [headOf(lines.at(-1))] };
    t.strictSame(faultsIn(lines, given), []);
    const place = fc.nat({ max: lines.length - 1 });
    fc.assert(
      fc.property(place, (at) => verify(lines.toSpliced(at, 1), { ...given, after: noHead }).faultCount > 0),
    );
    fc.assert(
      fc.property(
        place,
        place,
        (at, from) => verify(lines.toSpliced(at, 0, lines[from]!), given).faultCount > 0,
      ),
    );
    fc.assert(
      fc.property(place, place, (from, to) => {
        const moved = lines.toSpliced(from, 1).toSpliced(to, 0, lines[from]!);
        return from === to || verify(moved, given).faultCount > 0;
      }),
    );
  }),
);

t.test('it says which record, and what became of it', async (t) => {
  const lines = logLines();
  const [, second = '', third = ''] = lines;
  t.strictSame(faultsIn(lines.with(1, second.replace('I0', 'I1'))), [
    'log, line 2: record 2 is not as it was written',
  ]);
  t.strictSame(faultsIn(lines.toSpliced(1, 1)), ['log, line 2: record 2 is missing']);
  t.strictSame(faultsIn(lines.toSpliced(1, 2)), ['log, line 2: records 2 to 3 are missing']);
  t.strictSame(faultsIn(lines.with(1, third).with(2, second)), [
    'log, line 2: record 2 is missing',
    'log, line 3: record 2 is out of place: it stands behind record 3',
    'log, line 4: record 3 is missing',
  ]);
  t.strictSame(faultsIn(lines.toSpliced(1, 0, second)), [
    'log, line 3: record 2 is out of place: it stands behind record 2',
  ]);
  const digest = digestWith(undefined);
  const forged = seal('{"kind":"decision"}', otherLog, headOf(lines[0]), digest).text.trimEnd();
  t.strictSame(faultsIn(lines.with(1, forged)), [
    'log, line 3: record 3 does not follow the record before it: one of them was replaced',
  ]);
  t.strictSame(faultsIn(['{"level":30}', ...lines]), ['log, line 1: is no whole record']);
  const torn = { bytes: Buffer.from(second), number: 2, isWhole: false };
  t.strictSame(faultsIn([lines[0]!, torn]), ['log, line 2: is no whole record']);
  t.strictSame(faultsIn([lines[0]!.replace('{"decisionLog":1', '{"decisionLog":2')]), [
    'log, line 1: record 1 is of format 2, which is not known here',
  ]);
});

t.test('what is behind an end that was kept', async (t) => {
  const lines = logLines();
  const head = headOf(lines.at(-1));
  t.strictSame(faultsIn(lines, { heads: [head, headOf(lines[2])] }), []);
  t.strictSame(faultsIn(lines.slice(0, -1), { heads: [head] }), [
    `: the log has no record 7 with the hash ${head.hash}, whose head was kept: it ends with record 6`,
  ]);
  t.strictSame(faultsIn([], { heads: [head] }), [
    `: the log has no record 7 with the hash ${head.hash}, whose head was kept: it ends with record 0`,
  ]);
  // Made again, without a key, by somebody who could.
  t.strictSame(faultsIn(logLines({ log: otherLog }), { heads: [head] }), [
    'log, line 7: record 7 is not the head that was kept',
  ]);
});

t.test('heads of several runs that have the same number', async (t) => {
  const [first, second] = [logLines(), logLines({ log: otherLog })];
  const heads = [first, second].map((lines) => headOf(lines.at(-1)));
  t.strictSame(faultsIn([...first, ...second], { isMixed: true, heads }), []);
  t.strictSame(faultsIn([...first, ...second], { isMixed: true, heads: heads.slice(1) }), []);
  for (const [index, left] of [second, first].entries()) {
    t.strictSame(
      faultsIn(left, { isMixed: true, heads }),
      [
        `: the log has no record 7 with the hash ${heads[index]!.hash}, whose head was kept: it ends with record 7`,
      ],
      'a run that is missing whole',
    );
  }
  t.strictSame(
    faultsIn(first, { heads }),
    [`: the log has no record 7 with the hash ${heads[1]!.hash}, whose head was kept: it ends with record 7`],
    'one log has one record of a number',
  );
});

t.test('a log that begins with a later record', async (t) => {
  const lines = logLines().slice(2);
  const [, before] = logLines();
  t.match(verify(lines), { faultCount: 0, first: { seq: 3 } });
  t.strictSame(faultsIn(lines, { after: headOf(before) }), []);
  for (const after of [noHead, { seq: 2, hash: noHead.hash }]) {
    t.strictSame(faultsIn(lines, { after }), [
      `log, line 1: record 3 does not follow record ${String(after.seq)}, after which the log is to go on`,
    ]);
  }
  const first = seal(
    '{"kind":"decision"}',
    otherLog,
    { seq: 0, hash: '1'.repeat(64) },
    digestWith(undefined),
  );
  t.strictSame(faultsIn([first.text.trimEnd()]), ['log, line 1: record 1 is the first, and follows another']);
});

t.test('a chain goes on over restarts, with a stop in front or without', async (t) => {
  const first = logLines();
  const next = logLines({ head: headOf(first.at(-1)) });
  t.match(verify([...first, ...next]), { faultCount: 0, uncleanStops: 0, records: 14 });
  const killed = logLines({ ends: false });
  const after = logLines({ head: headOf(killed.at(-1)) });
  t.match(verify([...killed, ...after]), { faultCount: 0, uncleanStops: 1, records: 13 });
});

t.test('a log among other lines, which may begin anew', async (t) => {
  const lines = [
    '{"level":30,"msg":"docs at"}',
    ...logLines(),
    'Segmentation fault',
    ...logLines({ log: otherLog, ends: false }),
    ...logLines({ log: '00000000-2222-3333-4444-555555555555' }),
  ];
  t.match(verify(lines, { isMixed: true }), { faultCount: 0, otherLines: 2, records: 20, uncleanStops: 1 });
  t.strictSame(faultsIn(lines.toSpliced(3, 1), { isMixed: true }), ['log, line 4: record 3 is missing']);
  t.match(faultsIn([...logLines(), ...logLines({ log: otherLog })])[0], /record 1 is out of place/);
  t.match(
    faultsIn([...logLines(), ...logLines()], { isMixed: true })[0],
    /record 1 is out of place/,
    'the same again',
  );
});

t.test('a log has the key that it was written with', async (t) => {
  const { chain } = keys;
  const other = keysFor('another secret of the tests, of 32 bytes and more').chain;
  const lines = logLines({ key: chain });
  t.strictSame(faultsIn(lines, { keys: [other] }), [
    `log, line 1: from record 1 on the log is chained with key ${chain.id}, which is not given`,
  ]);
  t.strictSame(faultsIn(lines), [
    `log, line 1: from record 1 on the log is chained with key ${chain.id}, which is not given`,
  ]);
  const next = logLines({ key: other, head: headOf(lines.at(-1)) });
  t.strictSame(faultsIn([...lines, ...next], { keys: [chain, other] }), []);
  const plain = logLines({ head: headOf(lines.at(-1)) });
  t.strictSame(faultsIn([...lines, ...plain], { keys: [chain] }), [
    'log, line 8: from record 8 on the log is chained without a key, so that anybody may have written it',
  ]);
  t.strictSame(faultsIn(lines.slice(1), { keys: [chain] }), [], 'a piece of it');
});

t.test('what has a place and is not JSON', async (t) => {
  const digest = digestWith(undefined);
  const start = seal(opening(undefined).replace('"level":30', '"level":'), otherLog, noHead, digest);
  const gap = seal('{"kind":"gap","dropped":}', otherLog, start, digest);
  t.match(verify([start, gap].map(({ text }) => text.trimEnd())), { records: 2, dropped: 0 });
});

t.test('faults are counted, and the first are told', async (t) => {
  const lines = logLines({ decisions: 40 }).map((line) => line.replace('I0', 'I1'));
  const { faultCount, faults } = verify(lines);
  t.equal(faultCount, 40);
  t.equal(faults.length, 20);
});
