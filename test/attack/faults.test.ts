import t from 'tap';
import { tallyOf } from './faults.js';

const tap = `TAP version 14
# Subtest: the source is away
    ok 1 - it goes on
    not ok 2 - of no account by itself
ok 1 - the source is away # time=12.5ms

# Subtest: the disk is full
not ok 2 - the disk is full # time=3ms
  ---
  at: x
  ...

ok 3 - with Redis # SKIP there is none
1..3
`;

t.test('the tests of a file, and not what they are made of', async (t) => {
  t.strictSame(tallyOf('disk', { code: 1, tap }), {
    name: 'disk',
    survived: 1,
    failed: ['the disk is full'],
    skipped: 1,
  });
});

t.test('a file that ends without a word has failed', async (t) => {
  t.strictSame(tallyOf('disk', { code: null, tap: 'TAP version 14\n' }), {
    name: 'disk',
    survived: 0,
    failed: ['it ended with null'],
    skipped: 0,
  });
});
