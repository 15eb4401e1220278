import type { Digest } from './keys.js';

/**
 * Rises where a reader of the version before would misread what is written; a member that is only added does not
 * raise it.
 */
export const formatVersion = 1;

/** A place in a chain: the number of a record, and its hash. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first record. */
export const noHead: Head = { seq: 0, hash: '0'.repeat(64) };

/** What a line says of its place in the chain; whether it is true is not looked into. */
export interface Link extends Head {
  readonly version: number;
  readonly prev: string;
  /** Of the log: the same in all of its records. */
  readonly log: string;
  readonly kind: string;
}

export interface SealedLine extends Head {
  /** With its line feed. */
  readonly text: string;
}

const linkEnd = ',"hash":"';
const tailLength = linkEnd.length + 64 + 2;
// The longest that the members in front can be is below.
const frontLength = 256;
const front =
  /^\{"decisionLog":(\d{1,6}),"seq":(\d{1,15}),"prev":"([0-9a-f]{64})","id":"([0-9a-f-]{36}):(\d{1,15})","kind":"([a-z]{1,16})"/;
const tail = /^,"hash":"([0-9a-f]{64})"\}$/;

/**
 * Puts a record behind another: its place in front of its members (a JSON object of at least one), and the hash of all
 * that, the hash of the record before included, behind them.
 */
export function seal(members: string, log: string, before: Head, digest: Digest): SealedLine {
  const seq = before.seq + 1;
  const number = String(seq);
  const hashed = `{"decisionLog":${String(formatVersion)},"seq":${number},"prev":"${before.hash}","id":"${log}:${number}",${members.slice(1, -1)}`;
  const hash = digest(hashed);
  return { seq, hash, text: `${hashed}${linkEnd}${hash}"}\n` };
}

/** Reads the place of a line, without its line feed; undefined where it is no record of a decision log, or not a whole one. */
export function readLink(line: Buffer): Link | undefined {
  if (line.length < tailLength) return undefined;
  const start = front.exec(line.toString('latin1', 0, frontLength));
  const end = tail.exec(line.toString('latin1', line.length - tailLength));
  if (start === null || end === null) return undefined;
  const [, version = '', seq = '', prev = '', log = '', ownSeq = '', kind = ''] = start;
  const [, hash = ''] = end;
  return seq === ownSeq ? { version: Number(version), seq: Number(seq), prev, log, kind, hash } : undefined;
}

/** Whether a line, which has a link, is what was hashed when it was written. */
export const hasItsHash = (line: Buffer, { hash }: Link, digest: Digest): boolean =>
  digest(line.subarray(0, line.length - tailLength)) === hash;
