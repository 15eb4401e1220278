import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisAddress } from './redis-address.js';

export type RedisClient = Redis | Cluster;

type Options = RedisOptions & { readonly replyMapping: 'legacy' };

export interface RedisSettings {
  readonly address: RedisAddress;
  /** In front of every key. */
  readonly keyPrefix: string;
  /** A PEM file of authorities that vouch for the server, in place of those of Node. */
  readonly tlsCaFile: string | undefined;
  /** No command takes longer, or twice as long where it waits behind one that hangs. */
  readonly commandTimeoutMs: number;
}

/**
 * A client that never waits for what does not come. Without the limits below, a command to a server that hangs has no end,
 * and one to a server that is away waits in a queue; without `autoResend…` a command is never sent twice. A hung
 * connection is given up, and made anew; until then commands fail at once. Errors go to `onError`.
 */
export function connectRedis(settings: RedisSettings, onError: (error: Error) => void): RedisClient {
  const client = clientOf(settings.address, optionsOf(settings));
  client.on('error', onError);
  return client;
}

function optionsOf({ address, tlsCaFile, commandTimeoutMs }: RedisSettings): Options {
  const tls = address.tls ? { ...(tlsCaFile !== undefined && { ca: readFileSync(tlsCaFile) }) } : undefined;
  return {
    replyMapping: 'legacy',
    ...(address.username !== undefined && { username: address.username }),
    ...(address.password !== undefined && { password: address.password }),
    ...(tls !== undefined && { tls }),
    commandTimeout: commandTimeoutMs,
    socketTimeout: 2 * commandTimeoutMs,
    connectTimeout: 2 * commandTimeoutMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    enableAutoPipelining: true,
    retryStrategy: retryAfterMs,
    disableClientInfo: true,
    autoResubscribe: false,
  };
}

/**
 * A connection to subscribe with: whoever does, does it anew whenever it is `ready` again. Of a cluster any node passes on
 * what is published at another; where one is away, the next one is tried.
 */
export function connectSubscriber(settings: RedisSettings, onError: (error: Error) => void): RedisClient {
  const { hosts, deployment } = settings.address;
  if (deployment !== 'cluster') return connectRedis(settings, onError);
  const options = optionsOf(settings);
  const client: Redis = new Redis({
    ...options,
    ...hosts[0],
    retryStrategy: (times) => {
      Object.assign(client.options, hosts[times % hosts.length]);
      return retryAfterMs(times);
    },
  });
  client.on('error', onError);
  return client;
}

const retryAfterMs = (times: number): number => Math.min(50 * times, 1_000);

function clientOf(
  { deployment, hosts, db, sentinelGroup, tls }: RedisAddress,
  options: Options,
): RedisClient {
  if (deployment === 'cluster') {
    return new Cluster([...hosts], {
      redisOptions: options,
      enableOfflineQueue: false,
      enableAutoPipelining: true,
      clusterRetryStrategy: retryAfterMs,
      // A command that meets a node that is away fails; who sent it decides what to do.
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
    });
  }
  if (deployment === 'sentinel') {
    return new Redis({
      ...options,
      sentinels: [...hosts],
      ...(sentinelGroup !== undefined && { name: sentinelGroup }),
      sentinelRetryStrategy: retryAfterMs,
      enableTLSForSentinelMode: tls,
      ...(options.tls !== undefined && { sentinelTLS: options.tls }),
      ...(options.commandTimeout !== undefined && { sentinelCommandTimeout: options.commandTimeout }),
    });
  }
  return new Redis({ ...options, ...hosts[0], db });
}

/**
 * Key names. Those of one `together` share a slot of a cluster (by the hash tag), so that one transaction can change them;
 * those of `spread` are as many slots as there are tags.
 */
export function redisKeys(prefix: string): {
  readonly together: (name: string) => string;
  readonly spread: (name: string, tag: string) => string;
} {
  return {
    together: (name) => `{${prefix}}:${name}`,
    spread: (name, tag) => `${prefix}:${name}:{${tag}}`,
  };
}

/** Waits until commands can be sent. Rejects after `withinMs`; a client goes on trying to connect all the same. */
export async function untilReady(client: RedisClient, withinMs: number): Promise<void> {
  if (client.status === 'ready') return;
  const signal = AbortSignal.timeout(withinMs);
  await once(client, 'ready', { signal }).catch((cause: unknown) => {
    throw signal.aborted ? new Error(`no connection within ${String(withinMs)} ms`, { cause }) : cause;
  });
}
