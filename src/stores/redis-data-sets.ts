import type { Redis } from 'ioredis';
import type { Clock } from '../clock.js';
import { dataSetBytesLimit } from '../reference-data/data-set.js';
import {
  type DataSetRepository,
  isSilent,
  parsePointer,
  parseReport,
  parseVersion,
  pointerText,
} from './data-set-repository.js';
import { connectRedis, redisKeys, type RedisClient, type RedisSettings, untilReady } from './redis.js';
import { StoreUnavailable } from './unavailable.js';

/**
 * Compares the pointer byte for byte, and then writes data set, signature and pointer, or nothing. Gives the pointer that
 * stands in the way, or `taken` where the version is there already. What can fail goes first, since Redis does not undo what
 * a script has done.
 */
const publishScript = `
local pointer = redis.call('GET', KEYS[1])
if (pointer or '') ~= ARGV[1] then return pointer or '' end
if redis.call('EXISTS', KEYS[2]) == 1 then return 'taken' end
redis.call('ZADD', KEYS[4], ARGV[5], ARGV[5])
redis.call('SET', KEYS[2], ARGV[3])
if ARGV[4] ~= '' then redis.call('SET', KEYS[3], ARGV[4]) else redis.call('DEL', KEYS[3]) end
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

  const versionOf = (text: string): number => {
    const version = parseVersion(text);
    if (version === undefined) throw new Error('what is among the versions is none');
    return version;
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
    versions: () => orUnavailable(async () => (await client.zrange(key.versions, '0', '-1')).map(versionOf)),
    publish: (dataSet, signature, expected) =>
      orUnavailable(async () => {
        const expectedText = expected === undefined ? '' : pointerText(expected);
        const answer = String(
          await client.eval(
            publishScript,
            5,
            key.pointer,
            key.bytes(dataSet.version),
            key.signature(dataSet.version),
            key.versions,
            key.channel,
            expectedText,
            pointerText(dataSet),
            dataSet.bytes,
            signature ?? '',
            String(dataSet.version),
          ),
        );
        if (answer === 'published') return { published: true };
        return { published: false, current: pointerOf(answer === 'taken' ? expectedText : answer) };
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
    withdraw: (replica) =>
      orUnavailable(async () => {
        await client.hdel(key.replicas, replica);
      }),
    replicas: () =>
      orUnavailable(async () => {
        const reports = Object.values(await client.hgetall(key.replicas)).map(parseReport);
        const silent = reports.filter((report) => isSilent(report, clock())).map(({ replica }) => replica);
        if (silent.length > 0) await client.hdel(key.replicas, ...silent);
        return reports.filter(({ replica }) => !silent.includes(replica));
      }),
    close: async () => {
      client.disconnect();
      subscriber?.removeAllListeners('message');
      subscriber?.disconnect();
    },
  };
}
