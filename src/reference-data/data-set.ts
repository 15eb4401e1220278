import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { faultIn } from '../duis/value-fault.js';
import { decodeUtf8 } from '../utf8.js';
import { type Fault, wrongAsAWhole } from './fault.js';

/** Names one state of the reference data for good. */
export interface DataSetId {
  /** Rises with every data set that is published. */
  readonly version: number;
  /** Of the canonical bytes of everything else in the data set, in lower-case hexadecimal. */
  readonly sha256: string;
}

const instant = z.iso.datetime('must be an instant of UTC, as YYYY-MM-DDThh:mm:ssZ');

const headMembers = {
  version: z.int().min(1).describe('Rises with every data set that is published'),
  issuedAt: instant.describe('When it was put together'),
  effectiveFrom: instant.describe('The instant from which it is decided by'),
  expiresAt: instant.optional().describe('The instant from which it is too old to rely on'),
};

const endsAfterStart = ({
  effectiveFrom,
  expiresAt,
}: {
  effectiveFrom: string;
  expiresAt?: string | undefined;
}): boolean => expiresAt === undefined || new Date(effectiveFrom) < new Date(expiresAt);
const endsTooEarly = { path: ['expiresAt'], message: 'is not after effectiveFrom' };

/** What a data set says of itself. */
export const dataSetHead = z.strictObject(headMembers).refine(endsAfterStart, endsTooEarly);

export type DataSetHead = z.output<typeof dataSetHead>;

/** The lists as they are in their files, by name; of `trust` and `revocation-lists`, the base64 of each file. */
export type ListValues = Readonly<Record<string, unknown>>;

export interface DataSet extends DataSetHead {
  readonly lists: ListValues;
}

/** A data set as it is published: bytes that exist in one form only. */
export interface SealedDataSet extends DataSetId {
  readonly bytes: Buffer;
}

/** A sealed data set with the signature that came with it. */
export interface PublishedDataSet {
  readonly bytes: Buffer;
  /** ECDSA with SHA-256 over the bytes, in DER, as `openssl dgst -sha256 -sign` makes it. */
  readonly signature: Buffer | undefined;
}

/** A data set that is what its hash says, and that a publisher has signed where there are publishers. */
export interface OpenedDataSet {
  readonly head: DataSetHead;
  readonly id: DataSetId;
  readonly lists: ListValues;
}

/** A list of every organisation in Britain is far below. */
export const dataSetBytesLimit = 64 * 1024 * 1024;

/** Puts a data set into canonical bytes (RFC 8785), its hash included. */
export function sealDataSet({ version, issuedAt, effectiveFrom, expiresAt, lists }: DataSet): SealedDataSet {
  const content = {
    version,
    issuedAt,
    effectiveFrom,
    ...(expiresAt !== undefined && { expiresAt }),
    lists,
  };
  const sha256 = digestOf(content);
  return { version, sha256, bytes: canonicalBytes({ ...content, sha256 }) };
}

/** Whether there is a canonical form: not of half a surrogate pair, nor of what is nested too deeply. */
export function isSealable(value: unknown): boolean {
  try {
    canonicalBytes(value);
    return true;
  } catch {
    return false;
  }
}

const canonicalBytes = (value: unknown): Buffer => Buffer.from(String(canonicalize(value)));

const digestOf = (content: object): string =>
  createHash('sha256').update(canonicalBytes(content)).digest('hex');

const sealed = z
  .strictObject({
    ...headMembers,
    lists: z.record(z.string(), z.unknown()),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
  })
  .refine(endsAfterStart, endsTooEarly);

/**
 * Opens what was published: the bytes are canonical, so that no name comes twice and no number is written in two ways;
 * the hash is theirs; and one of the publishers has signed them, where there is any. What the lists say is not looked
 * into. Gives the faults otherwise.
 */
export function openDataSet(
  { bytes, signature }: PublishedDataSet,
  publishers: readonly KeyObject[],
): OpenedDataSet | readonly Fault[] {
  if (bytes.length > dataSetBytesLimit)
    return wrongAsAWhole(`has more than ${String(dataSetBytesLimit)} bytes`);
  if (publishers.length > 0) {
    if (signature === undefined)
      return wrongAsAWhole('is not signed, and the service has keys of publishers');
    if (!publishers.some((key) => verify('sha256', bytes, key, signature))) {
      return wrongAsAWhole('is not signed by any of the publishers that the service has keys of');
    }
  }
  const value = parseCanonical(bytes);
  if (value === undefined) return wrongAsAWhole('is not JSON in canonical form (RFC 8785)');
  const read = sealed.safeParse(value);
  if (!read.success) return read.error.issues.flatMap((issue) => wrongAsAWhole(sentence(issue)));
  const { lists, sha256, ...head } = read.data;
  // Of all that is there: what the schema does not look at, a member called __proto__, is part of it.
  const content = Object.fromEntries(Object.entries(value as object).filter(([name]) => name !== 'sha256'));
  if (digestOf(content) !== sha256) return wrongAsAWhole('has not the hash that it says');
  return { head, id: { version: head.version, sha256 }, lists };
}

export const isOpened = (opened: OpenedDataSet | readonly Fault[]): opened is OpenedDataSet =>
  !Array.isArray(opened);

/** Undefined where the bytes are not JSON, or could be written in another way: with a name twice, say. */
function parseCanonical(bytes: Buffer): unknown {
  try {
    const value = JSON.parse(decodeUtf8(bytes) ?? '') as object;
    return canonicalBytes(value).equals(bytes) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A fault of a schema, behind the name of the member that has it. */
export function sentence(issue: z.core.$ZodIssue): string {
  const field = issue.path.map(String).join('.');
  return field === '' ? faultIn(issue) : `${field}: ${faultIn(issue)}`;
}

/**
 * Reads the public keys of publishers, PEM blocks one after the other. Undefined where one is anything but an ECDSA key on
 * P-256, or there is none.
 */
export function readPublisherKeys(text: string): readonly KeyObject[] | undefined {
  // From one BEGIN to the next: a block of another kind, or without an end, is not passed over.
  const blocks = text.split(/(?=-----BEGIN )/).filter((part) => part.startsWith('-----BEGIN '));
  const keys = blocks.map(p256Key);
  return keys.length > 0 && keys.every((key) => key !== undefined) ? keys : undefined;
}

function p256Key(pem: string): KeyObject | undefined {
  // Of a private key and a certificate, Node would take the public key.
  if (!pem.startsWith('-----BEGIN PUBLIC KEY-----')) return undefined;
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
  } catch {
    return undefined;
  }
}
