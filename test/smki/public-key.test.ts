import { sign } from 'node:crypto';
import t from 'tap';
import * as der from '../../src/mock-dsp/der.js';
import { readOrganisationCertificate } from '../../src/smki/certificate.js';
import { hasSigned, hasSignedRaw, isOnCurve, publicKeyOf } from '../../src/smki/public-key.js';
import { issue, pki, readCertificate } from '../fixtures.js';
import { authority, readAuthority } from './authorities.js';

/** The certificate with another point for its key, signed after that. */
const withPoint = (point: Buffer) =>
  readCertificate(
    issue({
      spec: {
        alter: ({ subjectPublicKeyInfo }) => ({
          subjectPublicKeyInfo: der.sequence(
            (subjectPublicKeyInfo.value as der.Node[])[0]!,
            der.bitString(point),
          ),
        }),
      },
    }),
  );

t.test('the key of a certificate', async (t) => {
  const { keys } = issue();
  const certificate = readCertificate(issue());
  t.ok(publicKeyOf(certificate)?.equals(keys.publicKey));
  t.equal(publicKeyOf(certificate), publicKeyOf(certificate), 'it is imported once');
});

t.test('a point that is not on the curve is no key', async (t) => {
  const { publicKey } = readCertificate(issue());
  const moved = Buffer.from(publicKey);
  moved[64] = moved[64]! ^ 1;
  const prime = Buffer.from('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff', 'hex');
  // (0, y) is on the curve; that x is written as the prime makes it another spelling of the same point.
  const y = Buffer.from('66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4', 'hex');
  const onCurve = withPoint(Buffer.concat([Buffer.from([4]), Buffer.alloc(32), y]));
  t.not(publicKeyOf(onCurve), undefined);
  t.equal(isOnCurve(onCurve), true);
  for (const point of [
    moved,
    Buffer.concat([Buffer.from([4]), Buffer.alloc(64)]),
    Buffer.concat([Buffer.from([4]), prime, y]),
    Buffer.alloc(65, 4),
  ]) {
    const certificate = withPoint(point);
    t.equal(isOnCurve(certificate), false);
    t.equal(publicKeyOf(certificate), undefined);
    t.equal(publicKeyOf(certificate), undefined, 'nor the second time');
    t.equal(hasSigned(certificate, readCertificate(issue())), false);
  }
});

t.test('a signature', async (t) => {
  const issuer = readAuthority(pki.issuingCa);
  const signed = readCertificate(issue());
  t.equal(hasSigned(issuer, signed), true);
  t.equal(hasSigned(readAuthority(pki.root), signed), false);
  t.equal(hasSigned(readAuthority(authority('Z1')), signed), false, 'a key of the same name');
  const tbs = Buffer.from(signed.tbs);
  tbs[tbs.length - 1] = tbs[tbs.length - 1]! ^ 1;
  t.equal(hasSigned(issuer, { ...signed, tbs }), false);
});

t.test('what is no signature at all', async (t) => {
  const issuer = readAuthority(pki.issuingCa);
  const signed = readCertificate(issue());
  const { signature } = signed;
  for (const other of [
    Buffer.alloc(0),
    Buffer.from('30', 'hex'),
    Buffer.from('3006020100020100', 'hex'),
    Buffer.from('3006020101020101', 'hex'),
    signature.subarray(0, -1),
    Buffer.concat([signature, Buffer.alloc(1)]),
    // The length in two octets where one does.
    Buffer.concat([Buffer.from([0x30, 0x81]), signature.subarray(1)]),
  ]) {
    t.equal(hasSigned(issuer, { ...signed, signature: other }), false, other.toString('hex'));
  }
});

t.test('an algorithm is the same outside and inside, and ecdsa-with-SHA256', async (t) => {
  const issuer = readAuthority(pki.issuingCa);
  const signed = readCertificate(issue());
  const sha384 = '1.2.840.10045.4.3.3';
  t.equal(hasSigned(issuer, { ...signed, signatureAlgorithm: sha384 }), false);
  t.equal(hasSigned(issuer, { ...signed, tbsSignatureAlgorithm: sha384 }), false);
  const both = issue({
    spec: { alter: () => ({ signatureAlgorithm: der.sequence(der.oid(sha384)) }) },
  });
  const read = readOrganisationCertificate(both.base64);
  t.equal(read.ok && hasSigned(issuer, read.value), false);
});

t.test('an XML signature is r and s', async (t) => {
  const { keys } = issue();
  const certificate = readCertificate(issue());
  const bytes = Buffer.from('signed');
  const raw = (hash: string): Buffer =>
    sign(hash, bytes, { key: keys.privateKey, dsaEncoding: 'ieee-p1363' });
  const right = raw('sha256');
  const base64 = right.toString('base64');
  t.equal(await hasSignedRaw(certificate, bytes, base64), true);
  t.equal(await hasSignedRaw(certificate, Buffer.from('signeD'), base64), false);
  t.equal(await hasSignedRaw(readCertificate(issue({ role: '87' })), bytes, base64), false, 'of another key');
  t.equal(await hasSignedRaw(certificate, bytes, raw('sha384').toString('base64')), false, 'by another hash');
  const inDer = sign('sha256', bytes, { key: keys.privateKey, dsaEncoding: 'der' });
  t.equal(await hasSignedRaw(certificate, bytes, inDer.toString('base64')), false);
  const [r, s] = [right.subarray(0, 32), right.subarray(32)];
  for (const wrong of [
    Buffer.alloc(0),
    Buffer.alloc(64),
    Buffer.alloc(64, 0xff),
    right.subarray(1),
    right.subarray(0, 63),
    Buffer.concat([right, Buffer.alloc(1)]),
    Buffer.concat([Buffer.alloc(1), right]),
    Buffer.concat([Buffer.alloc(1), r, Buffer.alloc(1), s]),
    Buffer.concat([s, r]),
  ]) {
    t.equal(await hasSignedRaw(certificate, bytes, wrong.toString('base64')), false, wrong.toString('hex'));
  }
});

t.test('and is spelt in one way', async (t) => {
  const { keys } = issue();
  const certificate = readCertificate(issue());
  const bytes = Buffer.from('signed');
  const base64 = sign('sha256', bytes, { key: keys.privateKey, dsaEncoding: 'ieee-p1363' }).toString(
    'base64',
  );
  t.match(base64, /[AQgw]==$/);
  // The last character before the padding has four bits that nobody reads.
  const spare = base64.replace(
    /(.)==$/,
    (_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}==`,
  );
  for (const other of [
    spare,
    base64.slice(0, -1),
    base64.slice(0, -2),
    `${base64}=`,
    `${base64}AAAA`,
    ` ${base64}`,
    base64.replace(/.{40}/, '$&\n'),
    base64.replace(/.{40}/, '$&*'),
    Buffer.from(base64, 'base64').toString('base64url'),
  ]) {
    t.equal(await hasSignedRaw(certificate, bytes, other), false, other);
  }
});

t.test('nobody signs with a point that is not on the curve', async (t) => {
  const signature = Buffer.alloc(64, 1).toString('base64');
  t.equal(await hasSignedRaw(withPoint(Buffer.alloc(65, 4)), Buffer.from('signed'), signature), false);
});
