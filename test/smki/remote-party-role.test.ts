import t from 'tap';
import { certificateRoleNames, parseCertificateRole } from '../../src/smki/remote-party-role.js';

t.test('every public role code', async (t) => {
  for (const [code, name] of Object.entries(certificateRoleNames)) {
    t.strictSame(parseCertificateRole(code.toLowerCase()), { code, name });
  }
});

t.test('a code that is not public is kept, without a name', async (t) => {
  t.strictSame(parseCertificateRole('8a'), { code: '8A', name: 'unknown' });
});

t.test('anything else is no role', async (t) => {
  for (const text of ['', '3', '003', ' 03', '0G', '03\n', 'networkOperator'])
    t.equal(parseCertificateRole(text), undefined);
});
