import t from 'tap';
import { isSameName } from '../../src/smki/distinguished-name.js';

t.test('one name, as tools write it', async (t) => {
  for (const written of [
    'CN=Z1,OU=07',
    'CN=Z1, OU=07',
    'OU=07,CN=Z1',
    'OU = 07 , CN = Z1',
    'cn=z1,ou=07',
    'CN=Z1;OU=07',
    '2.5.4.3=Z1,2.5.4.11=07',
    'OID.2.5.4.3=Z1, oid.2.5.4.11=07',
    ' CN=Z1,\n\tOU=07 ',
  ]) {
    t.equal(isSameName('CN=Z1,OU=07', written), true, written);
    t.equal(isSameName(written, 'CN=Z1,OU=07'), true, written);
  }
});

t.test('another name', async (t) => {
  for (const written of [
    '',
    ',',
    'CN',
    'CN=Z1',
    'OU=07',
    'CN=Z2,OU=07',
    'CN=Z1,OU=08',
    'CN=07,OU=Z1',
    'CN=Z1,OU=07,OU=07',
    'CN=Z1,OU=07,O=x',
    'CN=Z 1,OU=07',
    'CN=Z1=,OU=07',
    'CN=Z1+OU=07',
    '2.5.4.11=Z1,2.5.4.3=07',
    '2.5.4.30=Z1,2.5.4.11=07',
    '__proto__=Z1,OU=07',
  ]) {
    t.equal(isSameName('CN=Z1,OU=07', written), false, written);
  }
});

t.test('a value may have an equals sign', async (t) => {
  t.equal(isSameName('CN=a\\=b,OU=07', 'OU=07, CN=a\\=b'), true);
  t.equal(isSameName('CN=a\\=b,OU=07', 'CN=a\\=c,OU=07'), false);
});
