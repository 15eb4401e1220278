import t from 'tap';
import { catchDefect, Defect } from '../src/rejection.js';

t.test('a defect becomes a rejection, anything else goes on', async (t) => {
  t.strictSame(
    catchDefect(() => 1),
    { ok: true, value: 1 },
  );
  t.strictSame(
    catchDefect(() => {
      throw new Defect('certificate-not-der', 'why');
    }),
    { ok: false, rejection: { kind: 'certificate-not-der', detail: 'why' } },
  );
  t.throws(
    () =>
      catchDefect(() => {
        throw new RangeError('other');
      }),
    RangeError,
  );
});
