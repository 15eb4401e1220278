import fc from 'fast-check';
import t from 'tap';
import { linesOf, maxRecordBytes } from '../../src/decision-log/lines.js';

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, size: number): Promise<(readonly [string, number, boolean])[]> {
  const found: (readonly [string, number, boolean])[] = [];
  for await (const lines of linesOf(chunksOf(bytes, size))) {
    for (const line of lines) found.push([line.bytes.toString('latin1'), line.number, line.isWhole]);
  }
  return found;
}

t.test('lines are cut alike wherever chunks end', async (t) => {
  const text = fc
    .array(fc.constantFrom('a', 'b\n', '\n', 'cde'), { maxLength: 20 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (written, size) => {
      const parts = written.split('\n');
      const last = parts.pop() ?? '';
      const expected = parts.map((line, index): readonly [string, number, boolean] => [
        line,
        index + 1,
        true,
      ]);
      if (last !== '') expected.push([last, parts.length + 1, false]);
      t.strictSame(await read(Buffer.from(written), size), expected);
    }),
    { numRuns: 50 },
  );
});

t.test('a line that is too long is none, and is not held', async (t) => {
  const long = Buffer.alloc(2 * maxRecordBytes, 'x');
  const found = await read(Buffer.concat([Buffer.from('a\n'), long, Buffer.from('\nb\n')]), 65_536);
  t.strictSame(
    found.map(([, number, isWhole]) => [number, isWhole]),
    [
      [1, true],
      [2, false],
      [3, true],
    ],
  );
  t.ok(found[1]![0].length <= maxRecordBytes);
  t.match(await read(long, 65_536), [[String, 1, false]]);
});
