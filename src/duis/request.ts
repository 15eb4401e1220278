import { z } from 'zod';
import { accept, reject, type Result } from '../rejection.js';
import { requestHeader, type RequestHeader } from './parts.js';
import { preCommandReaders, preCommandVariant, readPreCommand } from './pre-command.js';
import type { CredentialsUpdate, RequestDocument, Service } from './service.js';
import { services } from './services/index.js';
import { requestId, type RequestId, schemaVersion } from './simple-types.js';
import { describeFault } from './value-fault.js';

/** A Service Request, or its Signed Pre-Command, of a service that is checked: schema-valid, and at one with itself. */
export interface ServiceRequest {
  readonly schemaVersion: string;
  readonly header: RequestHeader;
  readonly requestId: RequestId;
  readonly service: Service;
  readonly credentialsUpdate: CredentialsUpdate;
  /** The GBCS command of a Signed Pre-Command, without its frame; undefined in a Service Request. */
  readonly gbcsCommand: Buffer | undefined;
}

const identified = z.object({ header: z.object({ requestId }) });

/** The RequestID of a document that may be wrong in everything else. */
export function requestIdOf({ content }: RequestDocument): string | undefined {
  const read = identified.safeParse(content);
  return read.success ? read.data.header.requestId.text : undefined;
}

/** Checks the values of a document, and that its parts name one service. */
export function readRequest(document: RequestDocument): Result<ServiceRequest> {
  const [member, ...others] = Object.keys(document.content.body ?? {});
  if (member === undefined || others.length > 0) {
    return reject('not-schema-valid', 'The body does not hold exactly one request.');
  }
  const preCommand = preCommandReaders.find((candidate) => candidate.member === member);
  if (preCommand !== undefined) return readSignedPreCommand(document, preCommand);
  const service = services.find((candidate) => candidate.member === member);
  if (service === undefined) return rejectOtherService(document);
  const read = service.read(document);
  if (!read.ok) return read;

  const { header, schemaVersion: version, credentialsUpdate } = read.value;
  const { serviceReference, serviceReferenceVariant: variant } = header;
  if (!isChecked(variant)) return unsupported(variant);
  if (variant !== service.serviceReferenceVariant || serviceReference !== service.serviceReference) {
    const inHeader = `The header names ${serviceReference} and ${variant}`;
    return reject(
      'service-mismatch',
      `${inHeader}, the body ${service.serviceReferenceVariant} (${service.element}).`,
    );
  }
  const fault = faultOfEnvelope(version, header, service.commandVariants);
  if (fault !== undefined) return fault;
  if (credentialsUpdate.replacementCertificates.length === 0) {
    return reject('no-replacement-certificate', `The ${variant} holds no replacement certificate.`);
  }
  const { requestId: id } = header;
  return accept({
    schemaVersion: version,
    header,
    requestId: id,
    service,
    credentialsUpdate,
    gbcsCommand: undefined,
  });
}

/** A Signed Pre-Command has the header of its Service Request, and its content in GBCS. */
function readSignedPreCommand(
  document: RequestDocument,
  { read }: (typeof preCommandReaders)[number],
): Result<ServiceRequest> {
  const parsed = read(document);
  if (!parsed.ok) return parsed;
  const { schemaVersion: version, header, body: payload } = parsed.value;
  const { serviceReference, serviceReferenceVariant: variant, requestId: id } = header;
  const service = services.find((candidate) => candidate.serviceReferenceVariant === variant);
  if (service === undefined) return unsupported(variant);
  if (serviceReference !== service.serviceReference) {
    return reject('service-mismatch', `The header names ${serviceReference} and ${variant}.`);
  }
  // It would be judged by rules that do not expect what its cells may hold: those of a 6.23 know no Network Operator.
  if (service.preCommandModes.length === 0) {
    return reject(
      'unsupported-command-variant',
      `The request is a Signed Pre-Command, and a ${variant} has none.`,
    );
  }
  const fault = faultOfEnvelope(version, header, [preCommandVariant]);
  if (fault !== undefined) return fault;
  const command = readPreCommand(payload, id);
  if (!command.ok) return command;
  const { replacementMode, ...content } = command.value;
  if (!service.preCommandModes.includes(replacementMode)) {
    const detail = `The GBCS payload has the replacement mode ${String(replacementMode)}, which a ${variant} has not.`;
    return reject('service-mismatch', detail);
  }
  return accept({ schemaVersion: version, header, requestId: id, service, ...content });
}

function faultOfEnvelope(
  version: string,
  { commandVariant, serviceReferenceVariant: variant }: RequestHeader,
  commandVariants: readonly number[],
): Result<never> | undefined {
  if (!isMajorVersion5(version)) {
    return reject('unsupported-schema-version', 'The schemaVersion of the request is not one of DUIS V5.');
  }
  if (commandVariants.includes(commandVariant)) return undefined;
  const wanted = commandVariants.join(' or ');
  return reject(
    'unsupported-command-variant',
    `The request has the Command Variant ${String(commandVariant)}; ${variant} takes ${wanted} with this body.`,
  );
}

const envelope = z.object({ schemaVersion, header: requestHeader });

/** A body that no service has: the header may say why. */
function rejectOtherService({ content, pathTo }: RequestDocument): Result<never> {
  const parsed = envelope.safeParse(content);
  if (!parsed.success) return reject('not-schema-valid', describeFault(parsed.error, envelope, pathTo));
  const { serviceReferenceVariant: variant } = parsed.data.header;
  return isChecked(variant)
    ? reject('not-schema-valid', 'The body does not hold a request of a service that is checked.')
    : unsupported(variant);
}

const isChecked = (variant: string): boolean =>
  services.some(({ serviceReferenceVariant }) => serviceReferenceVariant === variant);

const unsupported = (variant: string): Result<never> =>
  reject('unsupported-service-reference-variant', `The request is a ${variant}.`);

/** An xs:decimal may be written +05.40; what counts is its value. */
const isMajorVersion5 = (decimal: string): boolean => /^\+?0*5(?:\.|$)/.test(decimal);
