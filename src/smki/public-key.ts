import { createPublicKey, ECDH, type KeyObject, verify } from 'node:crypto';
import { fromBase64 } from '../base64.js';
import type { SmkiCertificate } from './certificate.js';
import { oids, type Signed } from './x509-fields.js';

/** Whether the public key of a certificate is a point of the curve P-256: a quarter of the time of importing it. */
export function isOnCurve({ publicKey }: SmkiCertificate): boolean {
  try {
    ECDH.convertKey(publicKey, 'prime256v1');
    return true;
  } catch {
    return false;
  }
}

const keys = new WeakMap<SmkiCertificate, KeyObject | null>();

/** The public key of a certificate; undefined where its point is not on the curve P-256. */
export function publicKeyOf(certificate: SmkiCertificate): KeyObject | undefined {
  let key = keys.get(certificate);
  if (key === undefined) {
    key = importPoint(certificate.publicKey);
    keys.set(certificate, key);
  }
  return key ?? undefined;
}

/** OpenSSL holds the point against the curve when it imports it. */
function importPoint(point: Buffer): KeyObject | null {
  const [x, y] = [point.toString('base64url', 1, 33), point.toString('base64url', 33)];
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
  } catch {
    return null;
  }
}

/**
 * Whether the holder of a certificate has signed a certificate or a list with ECDSA and SHA-256. What says outside or
 * inside that it is signed in another way is not (RFC 5280 sections 4.1.1.2 and 5.1.1.2).
 */
export function hasSigned(signer: SmkiCertificate, signed: Signed): boolean {
  const { tbs, signatureAlgorithm, tbsSignatureAlgorithm, signature } = signed;
  const key = publicKeyOf(signer);
  return (
    key !== undefined &&
    signatureAlgorithm === oids.ecdsaWithSha256 &&
    tbsSignatureAlgorithm === oids.ecdsaWithSha256 &&
    verify('sha256', tbs, { key, dsaEncoding: 'der' }, signature)
  );
}

/**
 * The same for an XML signature: base64 of r and s, 32 octets each (RFC 6931 section 2.3.6). It is verified beside the event
 * loop, since every signed request has one, and it takes longer than everything else.
 */
export async function hasSignedRaw(signer: SmkiCertificate, bytes: Buffer, base64: string): Promise<boolean> {
  const key = publicKeyOf(signer);
  const signature = fromBase64(base64);
  if (key === undefined || signature?.length !== 64) return false;
  return new Promise((resolve) => {
    verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature, (error, isRight) => {
      resolve(error === null && isRight);
    });
  });
}
