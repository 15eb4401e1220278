import t from 'tap';
import { countAt, increment } from '../../src/dashboard/counts.js';

t.test('counts, and nothing outside', async (t) => {
  const counts = new Uint32Array(2);
  for (const at of [0, 1, 1, 2, -1]) increment(counts, at);
  t.strictSame([...counts], [1, 2]);
  t.strictSame(
    [0, 1, 2, -1].map((at) => countAt(counts, at)),
    [1, 2, 0, 0],
  );
});
