/**
 * The two-digit role codes of an SMKI certificate's organizationalUnitName. Codes that are not public are kept
 * as their digits: an unknown role is reported as it is, and is never the role that a slot asks for.
 */
export const certificateRoleNames = {
  '00': 'root',
  '01': 'recovery',
  '02': 'supplier',
  '03': 'networkOperator',
  '04': 'accessControlBroker',
  '05': 'transitionalCoS',
  '06': 'wanProvider',
  '07': 'issuingAuthority',
  '08': 'loadController',
  '7F': 'other',
  '87': 'userXmlSigning',
  '89': 'dspXmlSigning',
} as const;

export type KnownCertificateRole = (typeof certificateRoleNames)[keyof typeof certificateRoleNames];

export const knownCertificateRoles = Object.values(certificateRoleNames) as [
  KnownCertificateRole,
  ...KnownCertificateRole[],
];

export interface CertificateRole {
  /** Two hexadecimal digits, upper case. */
  readonly code: string;
  readonly name: KnownCertificateRole | 'unknown';
}

/** Reads the text of an OU; undefined where it is not two hexadecimal digits. */
export function parseCertificateRole(organizationalUnit: string): CertificateRole | undefined {
  if (!/^[0-9A-Fa-f]{2}$/.test(organizationalUnit)) return undefined;
  const code = organizationalUnit.toUpperCase();
  const known: Partial<Record<string, KnownCertificateRole>> = certificateRoleNames;
  return { code, name: known[code] ?? 'unknown' };
}
