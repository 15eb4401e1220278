import { randomFillSync } from 'node:crypto';

/** What a caller says of the trace that its request belongs to (W3C Trace Context Level 1). */
export interface TraceContext {
  /** 32 digits of lower-case hexadecimal, not all zero. */
  readonly traceId: string;
  /** Of the caller's span: 16 such digits, not all zero. */
  readonly parentId: string;
  /** Whether the caller may have recorded it. Of the flags no other has a meaning in Level 1. */
  readonly isSampled: boolean;
}

const traceparentLength = 55;

/**
 * Reads a `traceparent` (section 3.2). Undefined where there is none, or it is not valid, and a new trace starts. A
 * version after 00 may have more after the flags, which nobody may look at; version ff there is none. Node joins a
 * header that comes twice with a comma, and what has one is not valid in any version.
 */
export function readTraceparent(header: unknown): TraceContext | undefined {
  if (typeof header !== 'string' || header.length < traceparentLength) return undefined;
  const { version, traceId, parentId, flags } = form.exec(header)?.groups ?? {};
  if (traceId === undefined || parentId === undefined || flags === undefined) return undefined;
  if (version === '00' && header.length !== traceparentLength) return undefined;
  return { traceId, parentId, isSampled: (Number.parseInt(flags, 16) & sampled) !== 0 };
}

const form =
  /^(?<version>(?!ff)[0-9a-f]{2})-(?<traceId>(?!0{32})[0-9a-f]{32})-(?<parentId>(?!0{16})[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?:-[^,]*)?$/;

const sampled = 1;

// Section 3.3.1.1.
const maxMembers = 32;

/**
 * Reads a `tracestate` (section 3.3): its members in their order, without what may be empty between them. Undefined where
 * there is none, or anything is wrong with it: then all of it is dropped, and the trace goes on without. It says nothing
 * to this service, and is kept for a tracing SDK alone.
 */
export function readTracestate(header: unknown): string | undefined {
  if (typeof header !== 'string') return undefined;
  const members = header.split(',').map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''));
  const present = members.filter((member) => member !== '');
  if (present.length === 0 || present.length > maxMembers) return undefined;
  if (!present.every((member) => memberForm.test(member))) return undefined;
  const keys = new Set(present.map((member) => member.slice(0, member.indexOf('='))));
  return keys.size === present.length ? present.join(',') : undefined;
}

const memberForm =
  /^(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

const traceIdOctets = 16;
const spanIdOctets = 8;

// Asking for randomness takes longer than all else; so much serves a few hundred requests.
const pool = Buffer.alloc(8192);
let used = pool.length;

/** Random digits of lower-case hexadecimal, not all zero. */
function randomHex(octets: number): string {
  let digits: string;
  do {
    if (used + octets > pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    digits = pool.toString('hex', used, used + octets);
    used += octets;
  } while (/^0+$/.test(digits));
  return digits;
}

export const newTraceId = (): string => randomHex(traceIdOctets);

export const newSpanId = (): string => randomHex(spanIdOctets);

/**
 * A `traceresponse`: in which trace the request was answered, and by which span. It is of a draft of the W3C (Trace Context
 * Level 2), and of no recommendation yet.
 */
export const traceresponse = ({ traceId, spanId, isSampled }: TraceSpan): string =>
  `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;

/** The part of a trace that one request to this service is. */
export interface TraceSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
}
