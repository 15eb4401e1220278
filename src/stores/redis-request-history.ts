import { z } from 'zod';
import type { Clock } from '../clock.js';
import { type RedisClient, redisKeys } from './redis.js';
import type { RememberedRequest, RequestHistory } from './request-history.js';
import { StoreUnavailable } from './unavailable.js';

/**
 * A history in Redis, that of every replica which has the same `keyPrefix`. Each request is remembered for `seconds` since
 * it first came, by the clocks of the replicas, and they are to agree; it takes
 * about 330 bytes of the Redis.
 *
 * It is as lasting as that Redis. What a Redis forgets that restarts empty, fails over before the replica has it, or evicts
 * (`maxmemory-policy` is to be `noeviction`) is as if it had never come: its RequestID is free for other content, and its
 * Signed Pre-Command is held against nothing. What is refused as unavailable may have been remembered all the same, which
 * does no harm: the same request again is judged again.
 */
export function redisRequestHistory(
  client: RedisClient,
  keyPrefix: string,
  seconds: number,
  clock: Clock,
): RequestHistory {
  const keyOf = (key: string): string => redisKeys(keyPrefix).spread('requests', key);
  const lifetime = seconds * 1000;
  client.defineCommand('rememberRequest', { numberOfKeys: 1, lua: rememberScript });
  const scripted = client as RedisClient & Scripted;
  return {
    remember: async (key, request) => {
      try {
        const now = clock().getTime();
        const value = write({ request, lastMoment: now + lifetime });
        const known = await scripted.rememberRequest(
          keyOf(key),
          now,
          request.isSigned ? 1 : 0,
          value,
          lifetime + removalMarginMs,
        );
        return known === null ? request : read(known).request;
      } catch (cause) {
        throw new StoreUnavailable('the request history', { cause });
      }
    },
    find: async (key) => {
      try {
        const value = await client.get(keyOf(key));
        if (value === null) return undefined;
        const { request, lastMoment } = read(value);
        return clock().getTime() > lastMoment ? undefined : request;
      } catch (cause) {
        throw new StoreUnavailable('the request history', { cause });
      }
    },
  };
}

interface Scripted {
  rememberRequest(
    key: string,
    now: number,
    isSigned: 0 | 1,
    value: string,
    removeAfterMs: number,
  ): Promise<unknown>;
}

/**
 * The clocks decide what is forgotten; Redis, which has a clock of its own, only clears away, and never before them unless
 * they lag by more than this.
 */
const removalMarginMs = 60_000;

/**
 * Gives what is remembered and stays; nothing where the new one is remembered. It reads as much of a value as it decides
 * by, and what it cannot read it leaves as it is.
 */
const rememberScript = `
local now, isSigned, value, removeAfterMs = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
local known = redis.call('GET', KEYS[1])
if known then
  local lastMoment, isKnownSigned = string.match(known, '^%[(%d+),([01]),".*",".*"%]$')
  if not lastMoment then return redis.error_reply('ERR not a remembered request') end
  if now <= tonumber(lastMoment) and (isKnownSigned == '1' or isSigned == '0') then return known end
end
redis.call('SET', KEYS[1], value, 'PX', removeAfterMs)
return nil
`;

interface Entry {
  readonly request: RememberedRequest;
  /** In milliseconds; after it, the request is forgotten. */
  readonly lastMoment: number;
}

const storedEntry = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.tuple([z.int().nonnegative(), z.union([z.literal(0), z.literal(1)]), z.string(), z.string()]));

const write = ({ request, lastMoment }: Entry): string =>
  JSON.stringify([lastMoment, request.isSigned ? 1 : 0, request.content, request.certificates]);

function read(value: unknown): Entry {
  const [lastMoment, isSigned, content, certificates] = storedEntry.parse(value);
  return { request: { content, certificates, isSigned: isSigned === 1 }, lastMoment };
}
