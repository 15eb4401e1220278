import { pki } from '../fixtures.js';

/** The lists in small, before they are read; a test changes one. */
export interface Lists {
  readonly applicability: readonly object[];
  readonly devices: readonly object[];
  readonly distributors: readonly object[];
  readonly gasTransporters: readonly (object | undefined)[];
  readonly meteringArrangements: readonly (object | undefined)[];
  readonly networkOperators: readonly (object | undefined)[];
  readonly responseCodes: readonly (object | undefined)[];
  readonly sharedResourceProviders: readonly (object | undefined)[];
  readonly userCertificates: readonly (object | undefined)[];
  readonly userSystems: readonly (object | undefined)[];
  readonly users: readonly (object | undefined)[];
}

const defaults = {
  applicability: [
    {
      serviceReferenceVariants: ['6.15.1'],
      remotePartyRole: 'NetworkOperator',
      userRoles: ['IS'],
      deviceTypes: ['ESME'],
      certificateTypes: ['DigitalSigning'],
      certificateRoles: ['networkOperator'],
      futureDating: false,
      prepaymentTopUpFloor: false,
      reason: 'a test',
    },
  ],
  devices: [{ entityIdentifier: '02-00-00-00-02-00-00-01', deviceType: 'ESME', importMpxn: '1200023305967' }],
  distributors: [
    { distributorId: '12', mpid: 'LOND', name: 'London', kind: 'DNO', effectiveFrom: '1996-04-01' },
  ],
  gasTransporters: [],
  meteringArrangements: [],
  networkOperators: [
    {
      organisationId: 'of-12',
      name: 'Operator of 12',
      ranges: [{ from: '02-00-00-00-00-01-00-00', to: '02-00-00-00-00-01-ff-ff' }],
      operates: [{ distributorId: '12' }],
    },
  ],
  responseCodes: [
    {
      code: 'I0',
      description: 'Success',
      serviceReferenceVariants: ['6.15.1', '6.21', '6.23'],
      status: 'published',
    },
    {
      code: 'E1',
      description: 'Mismatch',
      rule: 'certificate-party-mpan-mismatch',
      serviceReferenceVariants: ['6.15.1'],
      status: 'provisional',
    },
  ],
  sharedResourceProviders: [],
  userCertificates: [],
  userSystems: [],
  users: [{ entityIdentifier: '02-00-00-00-01-01-00-01', name: 'Supplier', userRoles: ['IS'] }],
};

const fileNames: Readonly<Record<keyof Lists, string>> = {
  applicability: 'applicability.json',
  devices: 'devices.json',
  distributors: 'distributors.json',
  gasTransporters: 'gas-transporters.json',
  meteringArrangements: 'metering-arrangements.json',
  networkOperators: 'network-operators.json',
  responseCodes: 'response-codes.json',
  sharedResourceProviders: 'shared-resource-providers.json',
  userCertificates: 'user-certificates.json',
  userSystems: 'user-systems.json',
  users: 'users.json',
};

/** The bytes of each list's file, and of the trust anchor that the fixtures are issued under. */
export function listFiles(change: Partial<Lists> = {}): Map<string, Buffer> {
  const lists: Lists = { ...defaults, ...change };
  return new Map([
    ['data-set.json', Buffer.from(JSON.stringify({ version: 1, issuedAt: '2026-06-01T00:00:00Z' }))],
    ['trust/issuing-ca.pem', pem('CERTIFICATE', pki.issuingCa.der)],
    ...(Object.keys(fileNames) as (keyof Lists)[]).map(
      (member) =>
        [
          fileNames[member],
          Buffer.from(JSON.stringify({ source: 'tests', retrieved: '2026-06-15', entries: lists[member] })),
        ] as const,
    ),
  ]);
}

export const pem = (label: string, der: Buffer): Buffer =>
  Buffer.from(`-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`);

listFiles.defaults = defaults;
