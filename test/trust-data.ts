import { readSignedXmlRequest } from '../src/duis/xml/request.js';
import { readRequest, type ServiceRequest } from '../src/duis/request.js';
import type { SignatureReading } from '../src/duis/xml/signature.js';
import type { Certificate } from '../src/mock-dsp/certificate-builder.js';
import { buildRevocationList, type RevocationListSpec } from '../src/mock-dsp/revocation-list-builder.js';
import { type SignatureChange, signXml, xmlSignerOf } from '../src/mock-dsp/xml-signature.js';
import { issue, now, pki, readCertificate } from './fixtures.js';
import { listFiles, type Lists } from './reference-data/lists.js';

/** A certificate that a User signs its requests with, by default that of the Supplier of the fixtures. */
export const xmlSigning = (change: Parameters<typeof issue>[0] = {}): Certificate =>
  issue({ role: '87', entityIdentifier: '02-00-00-00-01-01-00-01', ...change });

/** An entry of the list of User certificates. */
export function userCertificate(certificate: Certificate): object {
  const { entityIdentifier, serialNumber } = readCertificate(certificate);
  return { entityIdentifier, serialNumber, certificate: certificate.base64 };
}

/** A list of revoked certificates, by default the issuing authority's, current for a month around `now`. */
export const revocationList = (
  revokes: readonly Certificate[] = [],
  change: Partial<RevocationListSpec> = {},
): Buffer =>
  buildRevocationList({
    issuer: pki.issuingCa,
    thisUpdate: new Date(now.getTime() - 15 * 86_400_000),
    nextUpdate: new Date(now.getTime() + 15 * 86_400_000),
    revoked: revokes.map((certificate) => ({
      serialNumber: Buffer.from(readCertificate(certificate).serialNumber, 'hex'),
      revocationDate: now,
    })),
    ...change,
  });

/** Lists, the trust anchor, and a current revocation list of it. */
export const trustFiles = (change: Partial<Lists> = {}, list = revocationList()): Map<string, Buffer> =>
  listFiles(change).set('revocation-lists/issuing-ca.crl', list);

export const signed = (xml: string, certificate: Certificate, change?: SignatureChange): string =>
  signXml(xml, xmlSignerOf(certificate), change);

/** A request in XML, with what its signature says. */
export function readSigned(xml: string): {
  readonly request: ServiceRequest;
  readonly signature: SignatureReading | undefined;
} {
  const document = readSignedXmlRequest(Buffer.from(xml));
  if (!document.ok) throw new Error(document.rejection.detail);
  const request = readRequest(document.value.document);
  if (!request.ok) throw new Error(request.rejection.detail);
  return { request: request.value, signature: document.value.signature };
}
