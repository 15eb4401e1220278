import type { X509Certificate } from 'node:crypto';

/** Who called: by the certificate that it has shown in the TLS handshake, or else by nothing but its address. */
export type Client =
  | {
      readonly kind: 'tls';
      /** The DNS name or common name of its certificate; the fingerprint, where it has neither. */
      readonly name: string;
      /** SHA-256 of the certificate, in lower-case hex. */
      readonly fingerprint: string;
    }
  | { readonly kind: 'address'; readonly address: string };

/** In one word: `tls:dsp-1`, `address:10.0.0.1`. */
export const clientText = (client: Client): string =>
  client.kind === 'tls' ? `tls:${client.name}` : `address:${client.address}`;

/**
 * Who has shown a certificate, which the handshake has verified; undefined where none of its names is one that is allowed.
 * All are where `allowed` is undefined. Names are compared as they are, and none is a pattern.
 */
export function tlsClient(
  certificate: X509Certificate,
  allowed: readonly string[] | undefined,
): Extract<Client, { kind: 'tls' }> | undefined {
  const names = [...dnsNames(certificate), ...commonName(certificate)];
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  const name =
    allowed === undefined ? (names[0] ?? fingerprint) : names.find((each) => allowed.includes(each));
  return name === undefined ? undefined : { kind: 'tls', name, fingerprint };
}

/** Node quotes a name that holds what could be taken for the end of it. Such a certificate has no DNS name here. */
function dnsNames({ subjectAltName = '' }: X509Certificate): string[] {
  if (subjectAltName.includes('"')) return [];
  return subjectAltName.split(', ').flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []));
}

/** Where there are several, it is not known which one counts. */
function commonName(certificate: X509Certificate): string[] {
  const { CN } = certificate.toLegacyObject().subject as { readonly CN?: string | readonly string[] };
  return typeof CN === 'string' && CN !== '' ? [CN] : [];
}
