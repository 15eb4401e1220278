import fc from 'fast-check';
import t from 'tap';
import { cut } from '../../src/audit/chunks.js';
import { linesOf, maxLineLength } from '../../src/reference-data/import/whole-lines.js';

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

t.test('every line is in one chunk, whole, and a chunk says where it stands', async (t) => {
  const line = fc
    .tuple(fc.integer({ min: 0, max: 3 * maxLineLength }), fc.boolean())
    .map(([length, isLong]) => 'x'.repeat(isLong ? length : length % 50));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 40 }),
      fc.integer({ min: 1, max: 40_000 }),
      fc.integer({ min: 1, max: 60_000 }),
      fc.boolean(),
      async (lines, pieceLength, chunkBytes, endsWithLineFeed) => {
        const bytes = Buffer.from(lines.join('\n') + (endsWithLineFeed ? '\n' : ''));
        const settings = { offset: 7, rows: 3, chunkBytes, buffer: (size: number) => new ArrayBuffer(size) };
        const found: string[] = [];
        let end = 7;
        for await (const chunk of cut(inPieces(bytes, pieceLength), settings)) {
          const own = [...linesOf(Buffer.from(chunk.bytes))].map(String);
          t.equal(chunk.firstRow, found.length + 4);
          t.equal(chunk.rows, own.length);
          t.equal(chunk.longest, Math.max(...own.map(({ length }) => length)));
          t.ok(chunk.end > end);
          end = chunk.end;
          found.push(...own);
          // As whoever takes a chunk does with its buffer.
          structuredClone(chunk.bytes, { transfer: [chunk.bytes.buffer] });
        }
        const all = [...linesOf(bytes)].map(String);
        const short = (text: string): string => (text.length > maxLineLength ? 'too long' : text);
        t.strictSame(found.map(short), all.map(short));
        if (bytes.length > 0) t.equal(end, bytes.length + 7);
      },
    ),
    { numRuns: 60 },
  );
});
