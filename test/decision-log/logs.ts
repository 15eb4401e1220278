import type { Test } from 'tap';
import { type Head, noHead, seal } from '../../src/decision-log/chain.js';
import { type ChainKey, digestWith, keysOf } from '../../src/decision-log/keys.js';
import type { Line } from '../../src/decision-log/lines.js';
import { decisionMembers, gapMembers, openingMembers, stopMembers } from '../../src/decision-log/record.js';
import { Verifier, type Verification, type VerifyOptions } from '../../src/decision-log/verify.js';
import type { Exchange } from '../../src/witness.js';
import { decisionOn } from '../decisions.js';
import { message, now } from '../fixtures.js';

export const secret = 'a secret of the tests, of 32 bytes and more';

export function keysFor(text: string): NonNullable<ReturnType<typeof keysOf>> {
  const keys = keysOf(Buffer.from(text));
  if (keys === undefined) throw new Error('it is too short');
  return keys;
}

export const keys = keysFor(secret);
export const logId = '11111111-2222-3333-4444-555555555555';

export const settings = {
  certificateProfile: 'enforce',
  certificatePath: 'enforce',
  certificateRevocation: 'enforce',
  revocationUnknown: 'refuse-if-stale',
  mpanCheckDigit: 'advise',
} as const;

/** A decision on an ESME of that MPAN, as over HTTP. */
export async function exchangeOn(
  importMpxn = '1200023305967',
  change: Partial<Exchange> = {},
): Promise<Exchange> {
  const decision = await decisionOn(message(), { deviceType: 'ESME', importMpxn });
  return {
    id: 'an exchange',
    client: '192.0.2.1',
    arrival: { isXml: true, headers: {}, body: Buffer.alloc(0) },
    decision,
    durationMs: 1.23456,
    ...change,
  };
}

const decision = decisionMembers(await exchangeOn(), keys.masking);

export const opening = (key: ChainKey | undefined, kind: 'start' | 'rotated' = 'start'): string =>
  openingMembers({ kind, keyId: key?.id, settings, torn: [] }, now);

export interface LogSpec {
  readonly key?: ChainKey | undefined;
  readonly head?: Head;
  readonly log?: string;
  readonly decisions?: number;
  readonly ends?: boolean;
}

/** The lines of a log: a start, decisions, a gap behind the first of them, and a stop. Without line feeds. */
export function logLines({
  key,
  head = noHead,
  log = logId,
  decisions = 4,
  ends = true,
}: LogSpec = {}): string[] {
  const members = [
    opening(key),
    ...Array.from({ length: decisions }, (_, index) =>
      index === 1 ? [gapMembers(3, 1, now), decision] : [decision],
    ).flat(),
    ...(ends ? [stopMembers(now)] : []),
  ];
  const digest = digestWith(key);
  let last = head;
  return members.map((each) => {
    const line = seal(each, log, last, digest);
    last = line;
    return line.text.slice(0, -1);
  });
}

export const headOf = (line: string | undefined): Head => {
  const { seq, hash } = JSON.parse(line ?? '') as Head;
  return { seq, hash };
};

/** What is found in these lines, as of one file. */
export function verify(lines: readonly (string | Line)[], change: Partial<VerifyOptions> = {}): Verification {
  const verifier = new Verifier({ keys: [], heads: [], isMixed: false, ...change });
  for (const [index, line] of lines.entries()) {
    verifier.take(
      'log',
      typeof line === 'string' ? { bytes: Buffer.from(line), number: index + 1, isWhole: true } : line,
    );
  }
  return verifier.result();
}

/** What is wrong with it, in words. */
export const faultsIn = (...args: Parameters<typeof verify>): string[] =>
  verify(...args).faults.map(({ place, what }) => `${place}: ${what}`);

/** So that a test says which of two it is about. */
export const eachWay = async (
  t: Test,
  test: (t: Test, key: ChainKey | undefined) => Promise<void>,
): Promise<void> => {
  await t.test('with a key', (t) => test(t, keys.chain));
  await t.test('without one', (t) => test(t, undefined));
};
