import t from 'tap';
import { accept, reject, type Result } from '../../src/rejection.js';
import { remember } from '../../src/smki/remember.js';

interface Read {
  readonly text: string;
  readonly der: Buffer;
}

const readAs = (text: string, bytes = 410): Result<Read> => accept({ text, der: Buffer.alloc(bytes) });

t.test('reads once what it remembers, and again what it has forgotten', async (t) => {
  const reads: string[] = [];
  const read = remember((text: string): Result<Read> => {
    reads.push(text);
    return readAs(text);
  }, 2);
  const first = read('a');
  const second = read('a');
  t.equal(second.ok && second.value, first.ok && first.value);
  t.strictSame(reads, ['a']);
  read('b');
  read('c');
  t.strictSame(read('a'), readAs('a'));
  t.strictSame(reads, ['a', 'b', 'c', 'a']);
});

t.test('does not remember what is far longer than a certificate', async (t) => {
  let reads = 0;
  const read = remember((text: string): Result<Read> => {
    reads += 1;
    return readAs(text);
  }, 10);
  for (const length of [16_000, 16_001]) {
    reads = 0;
    read('A'.repeat(length));
    read('A'.repeat(length));
    t.equal(reads, length - 15_999);
  }
});

t.test('reads again what it rejected', async (t) => {
  let reads = 0;
  const read = remember((): Result<Read> => {
    reads += 1;
    return reject('certificate-not-der', 'x');
  }, 2);
  t.strictSame(read('a'), read('a'));
  t.equal(reads, 2);
});

t.test('certificates that begin alike are told apart', async (t) => {
  const read = remember((text) => readAs(text), 10);
  const head = 'A'.repeat(1000);
  t.strictSame(read(`${head}B`), readAs(`${head}B`));
  t.strictSame(read(`${head}C`), readAs(`${head}C`));
});

t.test('a large certificate takes the place of several', async (t) => {
  const reads: string[] = [];
  const read = remember((text: string): Result<Read> => {
    reads.push(text);
    return readAs(text, 4096);
  }, 10);
  for (const text of ['a', 'a', 'b', 'a']) read(text);
  t.strictSame(reads, ['a', 'b', 'a'], 'of ten that are usual there is room for one');
});
