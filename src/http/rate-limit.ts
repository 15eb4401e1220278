import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type Client, clientText } from '../callers/client.js';
import { within } from '../stores/deadline.js';
import { observed, type StoreObserver } from '../stores/observed.js';
import type { RedisClient } from '../stores/redis.js';
import { episodes } from './episodes.js';
import { isNeverShed } from './load-shedding.js';
import { sendProblem } from './problem.js';

/** How much a client may do in a minute, from when it first did any of it; 0 is no limit. */
export interface RateLimits {
  readonly requestsPerMinute: number;
  readonly failedAuthenticationsPerMinute: number;
  /** How many clients this process counts for; whoever was not heard of for longest is forgotten first. */
  readonly maxClients: number;
  /** Where replicas count together; undefined: each process counts for itself. */
  readonly shared: SharedCounts | undefined;
}

/** Counts in Redis, in a key for each limit and client that ends with its minute. */
export interface SharedCounts {
  readonly client: Pick<RedisClient, 'defineCommand'>;
  /** In front of every key. */
  readonly namespace: string;
  /** No request waits for its count any longer. */
  readonly deadlineMs: number;
  readonly observe: StoreObserver;
}

/** Counts for the client of a request; true where it is over the limit, and has been answered so. Never rejects for a store. */
export type Limit = (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>;

const minuteMs = 60_000;

/**
 * Turns away whoever sends more requests than it may, before anything of them is read but their headers. What is answered
 * however late the loop is has no limit. Gives the limit of failed authentications, which is for whoever authenticates.
 */
export async function limitRates(
  app: FastifyInstance,
  limits: RateLimits,
): Promise<{ readonly failedAuthentications: Limit | undefined }> {
  const notCounted = episodes(app.log, {
    begins: 'requests are not counted, and let in: the store of rate limits is not available',
    goesOn: 'requests are let in without being counted',
    ends: 'every request is counted again',
  });
  const limitOf = async (name: string, what: string, max: number): Promise<Limit | undefined> =>
    max === 0 ? undefined : newLimit(app, { name, what, max }, limits, notCounted);
  const requests = await limitOf('requests', 'requests', limits.requestsPerMinute);
  if (requests !== undefined) {
    app.addHook('onRequest', (request, reply, done) => {
      if (isNeverShed(request.routeOptions.config)) {
        done();
        return;
      }
      requests(request, reply).then((isOver) => {
        if (!isOver) done();
      }, done);
    });
  }
  return {
    failedAuthentications: await limitOf(
      'failed-authentications',
      'failed authentications',
      limits.failedAuthenticationsPerMinute,
    ),
  };
}

interface Named {
  /** In keys. */
  readonly name: string;
  readonly what: string;
  readonly max: number;
}

async function newLimit(
  app: FastifyInstance,
  { name, what, max }: Named,
  limits: RateLimits,
  notCounted: (cause: string) => void,
): Promise<Limit> {
  const size = `${String(max)} ${what} a minute`;
  const count = await counterOf(app, name, max, limits);
  const turnedAway = episodes(app.log, {
    begins: `begins to turn a client away, over its limit of ${size}`,
    goesOn: `clients are turned away, over their limit of ${size}`,
    ends: `no client is over its limit of ${size} any more`,
  });
  return async (request, reply) => {
    const counted = await count(request).catch((error: unknown) => {
      // Of an error of Redis only the message is free of what was sent.
      notCounted(error instanceof Error ? error.message : String(error));
    });
    if (counted === undefined) return false;
    reply.headers({
      'ratelimit-limit': max,
      'ratelimit-remaining': counted.remaining,
      'ratelimit-reset': counted.resetSeconds,
    });
    if (!counted.isOver) return false;
    turnedAway(clientText(request.client));
    const detail = `The client is over its limit of ${size}.`;
    void sendProblem(request, reply.header('retry-after', counted.resetSeconds), {
      kind: 'rate-limited',
      detail,
    });
    return true;
  };
}

interface Counted {
  readonly isOver: boolean;
  readonly remaining: number;
  /** At least 1: who comes back in 0 seconds may still be in the same minute. */
  readonly resetSeconds: number;
}

/** Rejects where a store that replicas share does not answer in time, or with what is no count. */
async function counterOf(
  app: FastifyInstance,
  name: string,
  max: number,
  { maxClients, shared }: RateLimits,
): Promise<(request: FastifyRequest) => Promise<Counted>> {
  const keyOf = clientKeys();
  let ask: ReturnType<FastifyInstance['createRateLimit']> | undefined;
  // In a context of its own: the plugin has one store for each context.
  await app.register(async (context) => {
    await context.register(rateLimit, {
      global: false,
      max,
      timeWindow: minuteMs,
      keyGenerator: ({ client }) => keyOf(client),
      ...(shared === undefined
        ? { cache: maxClients }
        : { redis: shared.client, nameSpace: `${shared.namespace}:${name}:` }),
    });
    ask = context.createRateLimit();
  });
  const count = async (request: FastifyRequest): Promise<Counted> => {
    const counted = await ask?.(request);
    // A key without an end would turn its client away for ever.
    if (counted?.isAllowed !== false || !(counted.ttl >= 0 && counted.remaining >= 0))
      throw new Error('not a count');
    const { isExceeded: isOver, remaining, ttlInSeconds } = counted;
    return { isOver, remaining, resetSeconds: Math.max(1, ttlInSeconds) };
  };
  if (shared === undefined) return count;
  const { deadlineMs, observe } = shared;
  return (request) => observed(observe, 'rate-limits', () => within(deadlineMs, count(request)));
}

// To read an address in IPv6 takes longer than anything else here.
const keysRemembered = 1_000;

/**
 * What a client is counted by, of one length whoever it is. Whoever has an address in IPv6 has 2^64 of them: a network of 64
 * bits is one client. An IPv4 address that is written in IPv6 is that address.
 */
function clientKeys(): (client: Client) => string {
  const known = new LRUCache<string, string>({ max: keysRemembered });
  return (client) => {
    const text = clientText(client);
    const found = known.get(text);
    if (found !== undefined) return found;
    const counted =
      client.kind === 'address' && isIP(client.address) !== 0
        ? clientText({ kind: 'address', address: normalizeIP(client.address) })
        : text;
    const key = createHash('sha256').update(counted).digest('base64url').slice(0, 22);
    known.set(text, key);
    return key;
  };
}
