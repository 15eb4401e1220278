import t from 'tap';
import { catchDefect } from '../../src/rejection.js';
import { pemBody } from '../../src/smki/pem.js';

const block = (label: string, body: string): string =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
const read = (text: string) => catchDefect(() => pemBody(text, 'CERTIFICATE'));

t.test('one block, whatever stands around it', async (t) => {
  const value = Buffer.from('hello');
  for (const text of [
    block('CERTIFICATE', 'aGVsbG8='),
    block('CERTIFICATE', 'aGVs\nbG8='),
    block('CERTIFICATE', 'aGVs\nbG8=').replaceAll('\n', '\r\n'),
    `subject=OU = 07, CN = Z1\n\n${block('CERTIFICATE', 'aGVsbG8=')}\nand more`,
  ]) {
    t.strictSame(read(text), { ok: true, value });
  }
});

t.test('no block, two, or another', async (t) => {
  const one = block('CERTIFICATE', 'aGVsbG8=');
  for (const text of [
    '',
    'aGVsbG8=',
    one.replace('END CERTIFICATE', 'END X509 CRL'),
    block('X509 CRL', 'aGVsbG8='),
    `${one}${one}`,
    `${one}${block('X509 CRL', 'aGVsbG8=')}`,
    block('CERTIFICATE', 'Name: value\n\naGVsbG8='),
  ]) {
    t.strictSame(read(text), {
      ok: false,
      rejection: { kind: 'certificate-not-x509', detail: 'it is not one PEM block, CERTIFICATE' },
    });
  }
});
