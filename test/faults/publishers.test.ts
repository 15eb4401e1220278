import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { exitCodes } from '../../src/cli/exit.js';
import type { SealedDataSet } from '../../src/reference-data/data-set.js';
import { packageRoot } from '../../src/package-root.js';
import { type DataSetRepository, pointerText } from '../../src/stores/data-set-repository.js';
import { directoryDataSets } from '../../src/stores/directory-data-sets.js';
import { StoreUnavailable } from '../../src/stores/unavailable.js';
import { now } from '../fixtures.js';
import { startRedis, withoutRedis } from '../redis-server.js';
import { revocationList, trustFiles } from '../trust-data.js';
import { dataSetOf, listsOf } from './opposites.js';
import { startProxy } from './proxy.js';
import {
  keepAsking,
  type Publisher,
  publisherOf,
  publisherTo,
  type Replica,
  startReplica,
  temporaryDirectory,
} from './replica.js';

/** Two data sets of one version: the same, but for when they were issued. */
const rivals = (version: number): SealedDataSet[] =>
  [1, 2].map((second) => dataSetOf(version, { issuedAt: `2026-02-01T00:00:0${String(second)}Z` }));

/** Both publish the same version at once; gives what became of it. */
async function race(
  repositories: readonly DataSetRepository[],
  version: number,
): Promise<{ winner: string | undefined; wins: number; current: string | undefined }> {
  const dataSets = rivals(version);
  const expected = await repositories[0]!.current();
  const publish = async (place: number): Promise<string | undefined> => {
    const outcome = await repositories[place]!.publish(dataSets[place]!, undefined, expected)
      // What is kept apart by a file says that somebody is publishing, and not who.
      .catch((error: unknown) => {
        if (error instanceof StoreUnavailable && String(error.cause).includes('somebody is publishing')) {
          return { published: false };
        }
        throw error;
      });
    return outcome.published ? dataSets[place]!.sha256 : undefined;
  };
  // Whoever is first has the better chance: each in turn.
  const outcomes = await Promise.all((version % 2 === 0 ? [1, 0] : [0, 1]).map(publish));
  const winners = outcomes.filter((outcome) => outcome !== undefined);
  const current = await repositories[1]!.current();
  return {
    winner: winners[0],
    wins: winners.length,
    current: current?.version === version ? current.sha256 : undefined,
  };
}

async function raceForRounds(
  t: Test,
  rounds: number,
  [one, other]: readonly [Publisher, Publisher],
  replicas: readonly Replica[],
): Promise<void> {
  await one.publish(1);
  await Promise.all(replicas.map((replica) => replica.decidesBy(1)));
  const askings = replicas.map((replica) => keepAsking(t, replica, one.published));
  const wrong: unknown[] = [];
  const last = rounds + 1;
  for (let version = 2; version <= last; version += 1) {
    const { winner, wins, current } = await race([one.repository, other.repository], version);
    if (wins !== 1 || winner !== current) wrong.push({ version, wins, winner, current });
    one.published.add({ version, sha256: winner ?? 'nobody has won' });
    if (version % 10 === 0) await Promise.all(replicas.map((replica) => replica.decidesBy(version)));
  }
  t.strictSame(wrong, [], `${String(rounds)} rounds, each with one winner`);
  for (const replica of replicas) {
    const { referenceData } = await replica.decidesBy(last);
    t.equal(referenceData.inForce?.sha256, one.published.sha256Of(last), 'every replica ends on the winner');
  }
  for (const asking of askings) await asking.stop();
}

t.test('two publish at once to Redis, round after round', { skip: withoutRedis }, async (t) => {
  const redis = await startRedis(t);
  const replicas = await Promise.all([1, 2, 3].map(() => startReplica(t, { REDIS_URL: redis.url })));
  await raceForRounds(t, 60, [publisherOf(t, redis), publisherOf(t, redis)], replicas);
});

t.test('two publish at once to a directory, round after round', async (t) => {
  const directory = await temporaryDirectory(t);
  const replicas = await Promise.all([1, 2].map(() => startReplica(t, { DATA_SET_DIR: directory })));
  const publisher = (): Publisher =>
    publisherTo(
      t,
      directoryDataSets(directory, () => now),
    );
  await raceForRounds(t, 30, [publisher(), publisher()], replicas);
});

/** Runs the command line tool, and tells how it ended. */
async function cli(...args: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [path.join(packageRoot, 'dist/src/cli/main.js'), ...args], {
    env: { ...process.env, CERTIFICATE_PATH: 'off' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

/** A directory of the lists of a version. */
async function directoryOf(t: Test, version: number): Promise<string> {
  const directory = await temporaryDirectory(t);
  for (const [file, bytes] of trustFiles(listsOf(version), revocationList())) {
    await mkdir(path.dirname(path.join(directory, file)), { recursive: true });
    await writeFile(path.join(directory, file), bytes);
  }
  return directory;
}

t.test('two run the command line tool at once', { skip: withoutRedis }, async (t) => {
  const redis = await startRedis(t);
  const publisher = publisherOf(t, redis);
  await publisher.publish(1);
  // By the real clock, as the tool: what it publishes is in force from then on.
  const replicas = await Promise.all(
    [1, 2].map(() => startReplica(t, { REDIS_URL: redis.url }, { clock: () => new Date() })),
  );
  for (const replica of replicas) await replica.decidesBy(1);
  // Slow enough that both are likely to have read the pointer before either publishes.
  const proxy = await startProxy(t, redis.port);
  proxy.behave({ delayMs: 500 });
  const directories = await Promise.all([3, 4].map((version) => directoryOf(t, version)));
  const ends = await Promise.all(
    directories.map((directory) =>
      cli(
        '--redis-url',
        `redis://127.0.0.1:${String(proxy.port)}`,
        'publish',
        directory,
        '--data-set-version',
        '2',
      ),
    ),
  );
  const winners = ends.filter(({ code }) => code === exitCodes.ok);
  const losers = ends.filter(({ code }) => code === exitCodes.conflict || code === exitCodes.refused);
  t.strictSame([winners.length, losers.length], [1, 1], JSON.stringify(ends));
  t.match(
    losers[0]?.said,
    /somebody else has published: version 2 is current|version 2 is not higher than 2/,
  );
  const current = await publisher.repository.current();
  t.match(winners[0]?.said, `Published version 2 (${current!.sha256.slice(0, 12)}`);
  for (const replica of replicas) {
    t.match((await replica.decidesBy(2)).referenceData.inForce, { ...current });
  }
});

t.test(
  'the tool goes on from the highest version, wherever somebody has set the pointer',
  { skip: withoutRedis },
  async (t) => {
    const redis = await startRedis(t);
    const publisher = publisherOf(t, redis);
    for (const version of [1, 2, 3]) await publisher.publish(version);
    const replica = await startReplica(t, { REDIS_URL: redis.url }, { clock: () => new Date() });
    await replica.decidesBy(3);
    await redis.client.set('{certificate-party}:data-set', pointerText(dataSetOf(1)));
    await replica.until('it refuses to go back', ({ refused }) => refused?.version === 1);
    const { code, said } = await cli('--redis-url', redis.url, 'publish', await directoryOf(t, 4));
    t.equal(code, exitCodes.ok, said);
    await replica.decidesBy(4);
  },
);
