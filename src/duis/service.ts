import { z } from 'zod';
import type { Rule } from '../rules/rule.js';
import { accept, reject, type Result } from '../rejection.js';
import { requestHeader, type RequestHeader } from './parts.js';
import { element, schemaVersion } from './simple-types.js';
import { describeFault, type PathNotation } from './value-fault.js';
import type { CertificateType, RemotePartyRole, ServiceReferenceVariant } from './vocabulary.js';

export interface ReplacementCertificate {
  readonly certificateType: CertificateType;
  readonly base64: string;
}

/** What the three services have in common: credentials of one Remote Party on a device are to be replaced. */
export interface CredentialsUpdate {
  readonly executionDateTime: string | undefined;
  readonly remotePartyRole: RemotePartyRole;
  readonly floorSeqNumber: bigint | undefined;
  readonly prepaymentTopUpFloorSeqNumber: bigint | undefined;
  readonly replacementCertificates: readonly ReplacementCertificate[];
  /** Of the issuing authorities: one to three in XML, up to eight in GBCS. */
  readonly certificationPathCertificates: readonly string[];
  /** Told to the device; it does not turn off any check of ours. */
  readonly applyTimeBasedCpvChecks: boolean;
  /** Only 6.23 carries one. */
  readonly importMpxn: string | undefined;
}

/** A Service Reference Variant: how its request reads, and which rules judge it, in which order. */
export interface Service {
  readonly serviceReference: string;
  readonly serviceReferenceVariant: ServiceReferenceVariant;
  /** Of the nine that the schema lets through, those that the service is defined for. */
  readonly commandVariants: readonly number[];
  /**
   * The replacement modes of GBCS that its Signed Pre-Commands may have (Command Variant 5); empty where it has none. One
   * that another service's rules are for must not choose its rules by its header.
   */
  readonly preCommandModes: readonly number[];
  /** The element in the body, and the member of the same meaning in JSON. */
  readonly element: string;
  readonly member: string;
  /** Of the content of `element`. */
  readonly body: z.ZodObject;
  readonly read: (document: RequestDocument) => Result<ReadRequest>;
  /** A response holds one code, that of the first rule that refuses: the order is behaviour. */
  readonly rules: readonly Rule[];
}

/** A request as parsed from JSON or read from XML: in the shape of JSON, its values not checked yet. */
export interface RequestDocument {
  readonly content: Readonly<Record<string, unknown>>;
  readonly pathTo: PathNotation;
}

/** A schema-valid request. */
export interface ReadRequest {
  readonly schemaVersion: string;
  readonly header: RequestHeader;
  readonly credentialsUpdate: CredentialsUpdate;
}

/** Builds a service from its literal; ties the type of its body to the function that takes it. */
export function defineService<Body extends z.ZodObject>(
  literal: Omit<Service, 'body' | 'read'> & {
    readonly body: Body;
    readonly credentialsUpdate: (body: z.output<Body>) => CredentialsUpdate;
  },
): Service {
  const { credentialsUpdate, ...service } = literal;
  const readWhole = requestReader(service.member, element(service.element, literal.body));
  return {
    ...service,
    read(document) {
      const read = readWhole(document);
      if (!read.ok) return read;
      const { schemaVersion: version, header, body } = read.value;
      return accept({ schemaVersion: version, header, credentialsUpdate: credentialsUpdate(body) });
    },
  };
}

interface WholeRequest<Body> {
  readonly schemaVersion: string;
  readonly header: RequestHeader;
  readonly body: Body;
}

/** Reads a whole request, in the shape of JSON, whose body holds one member. */
export function requestReader<Body extends z.ZodType>(
  member: string,
  type: Body,
): (document: RequestDocument) => Result<WholeRequest<z.output<Body>>> {
  const schema = z.strictObject({
    schemaVersion,
    header: requestHeader,
    body: element('Body', z.strictObject({ [member]: type })),
  });
  return ({ content, pathTo }) => {
    const parsed = schema.safeParse(content);
    if (!parsed.success) return reject('not-schema-valid', describeFault(parsed.error, schema, pathTo));
    const { schemaVersion: version, header, body } = parsed.data;
    return accept({ schemaVersion: version, header, body: body[member] as z.output<Body> });
  };
}
