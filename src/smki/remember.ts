import { LRUCache } from 'lru-cache';
import { type CacheTally, newTally } from '../cache-tally.js';
import { accept, type Result } from '../rejection.js';

/** The bounds of a cache of certificates: a number, and the bytes of as many real ones, whatever a sender makes of them. */
export const boundedBy = (max: number): { readonly max: number; readonly maxSize: number } => ({
  max,
  maxSize: max * realCertificateBytes,
});

// A real certificate has about 410 bytes of DER, and several times as many once it has been read.
const realCertificateBytes = 512;

export const sizeOf = (...certificates: readonly { readonly der: Buffer }[]): number =>
  certificates.reduce((sum, { der }) => sum + der.length, 0);

// Longer strings are told apart by their length alone when they are looked up, and no real certificate comes near it.
const maxKeyLength = 16_000;

/**
 * A certificate reader that remembers the last `max` that it read, by their base64. What reads without rejection is
 * canonical base64, so that one text is one sequence of bytes. Rejections are not remembered.
 */
export function remember<T extends { readonly der: Buffer }>(
  read: (base64: string) => Result<T>,
  max: number,
  tally: CacheTally = newTally(),
): (base64: string) => Result<T> {
  const cache = new LRUCache<string, T>({ ...boundedBy(max), sizeCalculation: (value) => sizeOf(value) });
  return (base64) => {
    if (base64.length > maxKeyLength) return read(base64);
    const known = cache.get(base64);
    if (known !== undefined) {
      tally.hits += 1;
      return accept(known);
    }
    tally.misses += 1;
    const result = read(base64);
    // Copied, since a part of a text would keep the whole body in memory.
    if (result.ok) cache.set(Buffer.from(base64).toString(), result.value);
    return result;
  };
}
