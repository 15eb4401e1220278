import t from 'tap';
import { Columns } from '../../src/dashboard/columns.js';

t.test('a code of a kind keeps its column', async (t) => {
  const columns = new Columns(3);
  t.equal(columns.length, 7);
  t.equal(columns.indexOf('accepted', 'I0'), 0);
  t.equal(columns.indexOf('mismatched', 'E061510'), 1);
  t.equal(columns.indexOf('accepted', 'I0'), 0);
  t.equal(columns.indexOf('mismatched', 'I0'), 2, 'one that advises is another kind of answer');
});

t.test('when all are taken the codes that come share one for each kind', async (t) => {
  const columns = new Columns(1);
  columns.indexOf('accepted', 'I0');
  t.equal(columns.indexOf('refused', 'E1'), 1);
  t.equal(columns.indexOf('refused', 'E2'), 1);
  t.equal(columns.indexOf('problem', 'malformed-body'), 2);
  t.equal(columns.indexOf('mismatched', 'E3'), 3);
  t.equal(columns.indexOf('accepted', 'I1'), 4);
  t.equal(columns.indexOf('accepted', 'I0'), 0);
  t.strictSame(columns.all(), [
    { kind: 'accepted', code: 'I0' },
    { kind: 'refused', code: 'others' },
    { kind: 'problem', code: 'others' },
    { kind: 'mismatched', code: 'others' },
    { kind: 'accepted', code: 'others' },
  ]);
  t.equal(columns.all().length, columns.length);
});
