import { createHmac, createSecretKey, hash, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { type Mpxn, mpxnText } from '../metering-point/mpxn.js';

/** What a log is masked and chained with. */
export interface DecisionLogKeys {
  readonly masking: KeyObject;
  /** Undefined where there is no key file: the chain is then plain SHA-256, which anybody can make again. */
  readonly chain: ChainKey | undefined;
}

export interface ChainKey {
  /** Names the key without giving it away, so that another key is not taken for a broken chain. */
  readonly id: string;
  readonly key: KeyObject;
}

const minimumBytes = 32;

/**
 * Derives the keys from the content of a key file (HKDF-SHA-256, RFC 5869); undefined where that is shorter than 32 bytes.
 * White space at its end is not counted, so that a key may be a line of text.
 */
export function keysOf(content: Buffer): (DecisionLogKeys & { readonly chain: ChainKey }) | undefined {
  let { length } = content;
  while (length > 0 && isWhiteSpace(content[length - 1])) length -= 1;
  if (length < minimumBytes) return undefined;
  const secret = content.subarray(0, length);
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `certificate-party-check decision log ${purpose}`, 32));
  return {
    masking: createSecretKey(derive('masking')),
    chain: { id: derive('key id').toString('hex', 0, 8), key: createSecretKey(derive('chain')) },
  };
}

const isWhiteSpace = (octet: number | undefined): boolean =>
  octet === 0x0a || octet === 0x0d || octet === 0x20 || octet === 0x09;

/** Keys of this process alone: equal numbers are masked alike for as long as it runs. */
export const passingKeys = (): DecisionLogKeys => ({
  masking: createSecretKey(randomBytes(minimumBytes)),
  chain: undefined,
});

/** Equal numbers have equal masks; without the key, trying all numbers there are finds none. */
export function maskMpxn(mpxn: Mpxn, masking: KeyObject): string {
  // Zeros in front of an MPRN say nothing.
  const number = mpxn.kind === 'mpan' ? mpxnText(mpxn) : mpxnText(mpxn).replace(/^0+/, '');
  return createHmac('sha256', masking).update(`${mpxn.kind}:${number}`).digest('hex');
}

/** The hash of a record, in lower-case hexadecimal: HMAC-SHA-256 where there is a key, SHA-256 where there is none. */
export type Digest = (bytes: string | Buffer) => string;

export const digestWith = (chain: ChainKey | undefined): Digest =>
  chain === undefined
    ? (bytes) => hash('sha256', bytes, 'hex')
    : (bytes) => createHmac('sha256', chain.key).update(bytes).digest('hex');
