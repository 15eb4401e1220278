import t from 'tap';
import { certificateReader } from '../../src/smki/request-certificates.js';
import { issue, pki } from '../fixtures.js';

const read = certificateReader(10);
const path = [pki.issuingCa.base64];

t.test('the replacement certificates, in the slots that they came in', async (t) => {
  const result = read({
    replacementCertificates: [
      { certificateType: 'DigitalSigning', base64: issue().base64 },
      { certificateType: 'KeyAgreement', base64: issue({ keyUsage: 'keyAgreement' }).base64 },
    ],
    certificationPathCertificates: path,
  });
  t.match(result, {
    ok: true,
    value: {
      replacements: [
        { certificateType: 'DigitalSigning', certificate: { keyUsage: ['digitalSignature'] } },
        { certificateType: 'KeyAgreement', certificate: { keyUsage: ['keyAgreement'] } },
      ],
      path: [{ subject: 'CN=Z1,OU=07' }],
    },
  });
  t.equal(result.ok && result.value.replacements.length, 2);
  t.equal(result.ok && result.value.path.length, 1);
});

t.test('a rejection names the certificate', async (t) => {
  t.strictSame(
    read({
      replacementCertificates: [
        { certificateType: 'DigitalSigning', base64: issue().base64 },
        { certificateType: 'KeyAgreementTopUp', base64: 'AAAA' },
      ],
      certificationPathCertificates: path,
    }),
    {
      ok: false,
      rejection: {
        kind: 'certificate-not-der',
        detail:
          'KeyAgreementTopUpCertificate: it is not complete, definite-length ASN.1 with nothing after it.',
      },
    },
  );
  t.strictSame(read({ replacementCertificates: [], certificationPathCertificates: [...path, ''] }), {
    ok: false,
    rejection: {
      kind: 'certificate-not-base64',
      detail: 'Certificate 2 of CertificationPathCertificates: it is empty.',
    },
  });
});
