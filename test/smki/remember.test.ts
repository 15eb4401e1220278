import t from 'tap';
import { accept, reject, type Result } from '../../src/rejection.js';
import { remember } from '../../src/smki/remember.js';

t.test('reads once what it remembers, and again what it has forgotten', async (t) => {
  const reads: string[] = [];
  const read = remember((text: string): Result<{ text: string }> => {
    reads.push(text);
    return accept({ text });
  }, 2);
  const first = read('a');
  const second = read('a');
  t.equal(second.ok && second.value, first.ok && first.value);
  t.strictSame(reads, ['a']);
  read('b');
  read('c');
  t.strictSame(read('a'), { ok: true, value: { text: 'a' } });
  t.strictSame(reads, ['a', 'b', 'c', 'a']);
});

t.test('reads again what it rejected', async (t) => {
  let reads = 0;
  const read = remember((): Result<object> => {
    reads += 1;
    return reject('certificate-not-der', 'x');
  }, 2);
  t.strictSame(read('a'), read('a'));
  t.equal(reads, 2);
});

t.test('certificates that begin alike are told apart', async (t) => {
  const read = remember((text: string): Result<{ text: string }> => accept({ text }), 10);
  const head = 'A'.repeat(1000);
  t.strictSame(read(`${head}B`), { ok: true, value: { text: `${head}B` } });
  t.strictSame(read(`${head}C`), { ok: true, value: { text: `${head}C` } });
});
