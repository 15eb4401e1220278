import { z } from 'zod';
import { accept, reject, type Result } from '../rejection.js';
import { requestHeader } from './parts.js';
import { type RequestId, schemaVersion } from './simple-types.js';
import { type CredentialsUpdate, describeIssue, type Service } from './service.js';
import { services } from './services/index.js';

/** A request as parsed from JSON or read from XML: in the shape of JSON, its values not checked yet. */
export interface RequestDocument {
  readonly schemaVersion: unknown;
  readonly header: unknown;
  readonly body: Record<string, unknown>;
}

/** A Service Request of a service that is checked: schema-valid, and at one with itself. */
export interface ServiceRequest {
  readonly schemaVersion: string;
  readonly requestId: RequestId;
  readonly commandVariant: number;
  readonly service: Service;
  readonly credentialsUpdate: CredentialsUpdate;
}

const envelope = z.strictObject({ schemaVersion, header: requestHeader });

/** Checks the values of a document, and that its parts name one service. */
export function readRequest({ body, ...rest }: RequestDocument): Result<ServiceRequest> {
  const parsed = envelope.safeParse(rest);
  if (!parsed.success) return reject('not-schema-valid', describeIssue(parsed.error));
  const {
    requestId,
    commandVariant,
    serviceReference,
    serviceReferenceVariant: variant,
  } = parsed.data.header;

  const [member, ...others] = Object.keys(body);
  if (member === undefined || others.length > 0) {
    return reject('not-schema-valid', 'body: must hold exactly one request.');
  }
  const named = services.find((candidate) => candidate.serviceReferenceVariant === variant);
  const service = services.find((candidate) => candidate.member === member);
  if (service === undefined && named !== undefined) {
    return reject('not-schema-valid', 'body: must hold a request of a service that is checked.');
  }
  if (service === undefined) return unsupported(variant);
  const credentialsUpdate = service.read(body[member]);
  if (!credentialsUpdate.ok) return credentialsUpdate;
  if (named === undefined) return unsupported(variant);
  if (named !== service || serviceReference !== service.serviceReference) {
    const inHeader = `The header names ${serviceReference} and ${variant}`;
    return reject(
      'service-mismatch',
      `${inHeader}, the body ${service.serviceReferenceVariant} (${service.element}).`,
    );
  }
  if (!isMajorVersion5(parsed.data.schemaVersion)) {
    return reject(
      'unsupported-schema-version',
      `The request has the schemaVersion ${parsed.data.schemaVersion}.`,
    );
  }
  if (!service.commandVariants.includes(commandVariant)) {
    const wanted = service.commandVariants.join(' or ');
    return reject(
      'unsupported-command-variant',
      `The request has the Command Variant ${String(commandVariant)}; ${variant} takes ${wanted}.`,
    );
  }
  if (credentialsUpdate.value.replacementCertificates.length === 0) {
    return reject('no-replacement-certificate', `The ${variant} holds no replacement certificate.`);
  }
  return accept({
    schemaVersion: parsed.data.schemaVersion,
    requestId,
    commandVariant,
    service,
    credentialsUpdate: credentialsUpdate.value,
  });
}

const unsupported = (variant: string): Result<never> =>
  reject('unsupported-service-reference-variant', `The request is a ${variant}.`);

/** An xs:decimal may be written +05.40; what counts is its value. */
const isMajorVersion5 = (decimal: string): boolean => /^\+?0*5(?:\.|$)/.test(decimal);
