import type { Redis } from 'ioredis';
import type { Clock } from '../clock.js';
import { dataSetBytesLimit } from '../reference-data/data-set.js';
import {
  type DataSetRepository,
  parsePointer,
  pointerText,
  type ReplicaReport,
  replicaSilenceMs,
} from './data-set-repository.js';
import { connectRedis, redisKeys, type RedisClient, type RedisSettings, untilReady } from './redis.js';
import { StoreUnavailable } from './unavailable.js';

/**
 * Compares the pointer byte for byte, and then writes data set, signature and pointer, or nothing. Gives the pointer that
 * stands in the way, or `taken` where the version is there already.
 */
const publishScript = `
local pointer = redis.call('GET', KEYS[1])
if (pointer or '') ~= ARGV[1] then return pointer or '' end
if redis.call('EXISTS', KEYS[2]) == 1 then return 'taken' end
redis.call('SET', KEYS[2], ARGV[3])
if ARGV[4] ~= '' then redis.call('SET', KEYS[3], ARGV[4]) end
redis.call('ZADD', KEYS[4], ARGV[5], ARGV[5])
redis.call('SET', KEYS[1], ARGV[2])
redis.call('PUBLISH', KEYS[5], ARGV[2])
return 'published'`;

const store = 'the Redis of the reference data';

/** Data sets in Redis. All keys share a slot of a cluster, so that publishing is one step. */
export function redisDataSets(
  settings: RedisSettings,
  clock: Clock,
  onError: (error: Error) => void,
): DataSetRepository {
  const client: RedisClient = connectRedis(settings, onError);
  let subscriber: RedisClient | undefined;
  const { together } = redisKeys(settings.keyPrefix);
  const key = {
    pointer: together('data-set'),
    versions: together('data-set:versions'),
    bytes: (version: number) => together(`data-set:${String(version)}`),
    signature: (version: number) => together(`data-set:${String(version)}:signature`),
    channel: together('data-set:published'),
    replicas: together('replicas'),
  };

  const orUnavailable = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      await untilReady(client, settings.commandTimeoutMs);
      return await work();
    } catch (cause) {
      throw new StoreUnavailable(store, { cause });
    }
  };

  const pointerOf = (text: string | null): ReturnType<typeof parsePointer> => {
    if (text === null || text === '') return undefined;
    const pointer = parsePointer(text);
    if (pointer === undefined) throw new Error('the pointer is not one to a data set');
    return pointer;
  };

  return {
    current: () => orUnavailable(async () => pointerOf(await client.get(key.pointer))),
    read: (version) =>
      orUnavailable(async () => {
        // Asked first, since nobody wants a gigabyte that somebody put there.
        if ((await client.strlen(key.bytes(version))) > dataSetBytesLimit)
          throw new Error('the data set is too large');
        const [bytes, signature] = await Promise.all([
          client.getBuffer(key.bytes(version)),
          client.getBuffer(key.signature(version)),
        ]);
        return bytes === null ? undefined : { bytes, signature: signature ?? undefined };
      }),
    versions: () => orUnavailable(async () => (await client.zrange(key.versions, '0', '-1')).map(Number)),
    publish: (dataSet, signature, expected) =>
      orUnavailable(async () => {
        const answer = String(
          await client.eval(
            publishScript,
            5,
            key.pointer,
            key.bytes(dataSet.version),
            key.signature(dataSet.version),
            key.versions,
            key.channel,
            expected === undefined ? '' : pointerText(expected),
            pointerText(dataSet),
            dataSet.bytes,
            signature ?? '',
            String(dataSet.version),
          ),
        );
        if (answer === 'published') return { published: true };
        const current = answer === 'taken' ? expected : pointerOf(answer);
        return { published: false, current };
      }),
    watch: (onNudge) => {
      subscriber = connectRedis(settings, onError);
      subscriber.on('message', onNudge);
      // After every reconnect too: what was published in between, nobody has told.
      subscriber.on('ready', () => {
        void (subscriber as Redis).subscribe(key.channel).then(onNudge, onError);
      });
    },
    report: (report) =>
      orUnavailable(async () => {
        await client.hset(key.replicas, report.replica, JSON.stringify(report));
      }),
    replicas: () =>
      orUnavailable(async () => {
        const reports = Object.values(await client.hgetall(key.replicas)).map(
          (text) => JSON.parse(text) as ReplicaReport,
        );
        const isSilent = ({ at }: ReplicaReport): boolean =>
          clock().getTime() - new Date(at).getTime() > replicaSilenceMs;
        const silent = reports.filter(isSilent).map(({ replica }) => replica);
        if (silent.length > 0) await client.hdel(key.replicas, ...silent);
        return reports.filter((report) => !isSilent(report));
      }),
    close: async () => {
      client.disconnect();
      subscriber?.disconnect();
    },
  };
}
