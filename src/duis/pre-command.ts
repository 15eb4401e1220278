import { z } from 'zod';
import { readUpdateSecurityCredentials } from '../gbcs/update-security-credentials.js';
import { accept, reject, type Result } from '../rejection.js';
import type { CertificateRole, KnownCertificateRole } from '../smki/remote-party-role.js';
import { type CredentialsUpdate, type RequestDocument, requestReader } from './service.js';
import { element, type RequestId } from './simple-types.js';
import type { RemotePartyRole } from './vocabulary.js';

/** The Command Variant of a Signed Pre-Command. */
export const preCommandVariant = 5;

const gbcsPayload = element(
  'GBCSPayload',
  z.string().meta({ contentEncoding: 'base64', contentMediaType: 'application/octet-stream' }),
);

/**
 * The body of a Signed Pre-Command. What DUIS has around the payload is not public to us, so that it is read in
 * SignedPreCommand and directly in Body: a payload that is not read is a way round the check.
 */
export const preCommandBodies = {
  signedPreCommand: element('SignedPreCommand', z.strictObject({ gbcsPayload })),
  gbcsPayload,
};

const readSigned = requestReader('signedPreCommand', preCommandBodies.signedPreCommand);
const readPayload = requestReader('gbcsPayload', gbcsPayload);

/** How each of these bodies reads; what comes of either is the payload. */
export const preCommandReaders = [
  {
    member: 'signedPreCommand',
    read: (document: RequestDocument): ReturnType<typeof readPayload> => {
      const read = readSigned(document);
      return read.ok ? accept({ ...read.value, body: read.value.body.gbcsPayload }) : read;
    },
  },
  { member: 'gbcsPayload', read: readPayload },
] as const;

/** The words that DUIS has for the roles of Trust Anchor Cells; it has none for the rest. */
const remotePartyRoles: Readonly<Partial<Record<KnownCertificateRole | 'unknown', RemotePartyRole>>> = {
  root: 'Root',
  recovery: 'Recovery',
  supplier: 'Supplier',
  networkOperator: 'NetworkOperator',
  accessControlBroker: 'ACB',
  transitionalCoS: 'TransCoS',
  loadController: 'LoadController',
};

export interface PreCommand {
  readonly replacementMode: number;
  readonly credentialsUpdate: CredentialsUpdate;
  readonly gbcsCommand: Buffer;
}

/**
 * Reads the update of credentials out of the GBCS payload of a Signed Pre-Command. Not checked: the User's signature
 * inside the payload, which the device holds against the certificate that it has.
 */
export function readPreCommand(payload: string, requestId: RequestId): Result<PreCommand> {
  const read = readUpdateSecurityCredentials(payload);
  if (!read.ok) return reject(read.rejection.kind, `GBCSPayload: ${read.rejection.detail}.`);
  const { message, replacements, ...command } = read.value;
  const isOfRequest =
    message.originator === requestId.originator &&
    message.target === requestId.target &&
    message.counter === requestId.counter;
  if (!isOfRequest) {
    return reject(
      'gbcs-payload-not-of-request',
      'The originator, target and counter in the GBCS payload are not those of the RequestID.',
    );
  }
  const remotePartyRole = remotePartyRoleOf(replacements.map(({ role }) => role));
  if (remotePartyRole === undefined) {
    return reject(
      'gbcs-remote-party-unclear',
      'The Trust Anchor Cells in the GBCS payload are not those of one Remote Party that DUIS has a word for.',
    );
  }
  const credentialsUpdate = {
    executionDateTime: command.executionDateTime,
    remotePartyRole,
    floorSeqNumber: command.floorSeqNumber,
    prepaymentTopUpFloorSeqNumber: command.prepaymentTopUpFloorSeqNumber,
    replacementCertificates: replacements.map(({ certificateType, base64 }) => ({ certificateType, base64 })),
    certificationPathCertificates: command.certificationPathCertificates,
    applyTimeBasedCpvChecks: command.appliesTimeBasedCpvChecks,
    importMpxn: undefined,
  };
  return accept({
    replacementMode: command.replacementMode,
    credentialsUpdate,
    gbcsCommand: message.payload,
  });
}

/** The one Remote Party whose cells are replaced. */
function remotePartyRoleOf(roles: readonly CertificateRole[]): RemotePartyRole | undefined {
  const [only, ...others] = new Set(roles.map(({ name }) => name));
  return only === undefined || others.length > 0 ? undefined : remotePartyRoles[only];
}
