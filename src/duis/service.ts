import type { z } from 'zod';
import type { Rule } from '../rules/rule.js';
import { accept, reject, type Result } from '../rejection.js';
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
  /** One to three, of the issuing authorities. */
  readonly certificationPathCertificates: readonly string[];
  /** Told to the device; it does not turn off any check of ours. */
  readonly applyTimeBasedCpvChecks: boolean;
  /** Only 6.23 carries one. */
  readonly importMpxn: string | undefined;
}

/** A Service Reference Variant: how its body reads, and which rules judge it, in which order. */
export interface Service {
  readonly serviceReference: string;
  readonly serviceReferenceVariant: ServiceReferenceVariant;
  /** Of the nine that the schema lets through, those that the service is defined for. */
  readonly commandVariants: readonly number[];
  /** The element in the body, and the member of the same meaning in JSON. */
  readonly element: string;
  readonly member: string;
  readonly body: z.ZodObject;
  /** Reads a body in the shape of `body`, as parsed from JSON or read from XML. */
  readonly read: (raw: unknown) => Result<CredentialsUpdate>;
  /** A response holds one code, that of the first rule that refuses: the order is behaviour. */
  readonly rules: readonly Rule[];
}

/** Builds a service from its literal; ties the type of its body to the function that takes it. */
export function defineService<Body extends z.ZodObject>(
  literal: Omit<Service, 'body' | 'read'> & {
    readonly body: Body;
    readonly credentialsUpdate: (body: z.output<Body>) => CredentialsUpdate;
  },
): Service {
  const { credentialsUpdate, ...service } = literal;
  return {
    ...service,
    read(raw) {
      const parsed = literal.body.safeParse(raw);
      return parsed.success
        ? accept(credentialsUpdate(parsed.data))
        : reject('not-schema-valid', describeIssue(parsed.error, `body.${literal.member}`));
    },
  };
}

const maxDetailLength = 300;

/** One sentence on the first issue: where it is, in the names of the JSON members, and what is wrong there. */
export function describeIssue(error: z.ZodError, ...at: string[]): string {
  const [first = ''] = error.issues.map(({ path, message }) => {
    const place = [...at, ...path.map(String)].join('.');
    return place === '' ? message : `${place}: ${message}`;
  });
  return `${first.slice(0, maxDetailLength)}.`;
}
