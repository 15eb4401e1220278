import { crc32 } from 'node:zlib';
import { redisKeys } from './redis.js';

/** One inventory in Redis: its devices lie in so many buckets, each of them a hash of the octets of identifiers. */
export interface Generation {
  /** Never used again. */
  readonly generation: string;
  /** A multiple of `tags`. */
  readonly buckets: number;
}

/**
 * How many hash tags the buckets are spread over, and so the slots of a cluster. The tag of a device is the same in every
 * generation: a change to two of them is one step.
 */
export const tags = 1024;

// Far enough below 128, the number of entries up to which any Redis packs a hash: of half a million such buckets, not one
// in a million inventories has one that reaches it.
const devicesPerBucket = 64;

/**
 * The field of each bucket that says that it is there. Without it a bucket that was lost would be one in which
 * nothing is found. No identifier is as short.
 */
export const sentinel = '!';

export const bucketsFor = (devices: number): number =>
  tags * Math.max(1, Math.ceil(devices / (tags * devicesPerBucket)));

export interface Buckets {
  readonly keyOf: (generation: Generation, identifierOctets: Buffer) => string;
  /** Those of the buckets of a generation, by place from 0. */
  readonly keyAt: (generation: Generation, place: number) => string;
}

export function deviceBuckets(keyPrefix: string): Buckets {
  const { spread } = redisKeys(keyPrefix);
  const keyAt = ({ generation }: Generation, place: number): string =>
    spread(`devices:${generation}:${String(Math.floor(place / tags))}`, String(place % tags));
  return {
    keyAt,
    // Identifiers come in runs, of a manufacturer each: their checksums do not.
    keyOf: (generation, octets) => keyAt(generation, crc32(octets) % generation.buckets),
  };
}
