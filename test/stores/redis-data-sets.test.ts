import t, { type Test } from 'tap';
import { dataSetBytesLimit } from '../../src/reference-data/data-set.js';
import type { DataSetRepository } from '../../src/stores/data-set-repository.js';
import { redisDataSets } from '../../src/stores/redis-data-sets.js';
import type { RedisSettings } from '../../src/stores/redis.js';
import { dataSetRepositoryContract } from '../contract/data-set-repository.js';
import { now } from '../fixtures.js';
import { type RedisServer, startRedis, withoutRedis } from '../redis-server.js';
import { sealed } from '../reference-data/data-sets.js';
import { until } from '../until.js';

const skip = { skip: withoutRedis };

dataSetRepositoryContract(
  t,
  async (t, clock) => {
    const server = await startRedis(t);
    return {
      open: () => redisDataSets(server.settings(), clock, () => undefined),
      point: async (text) => {
        await server.client.set('{test}:data-set', text);
      },
    };
  },
  skip,
);

interface Stage {
  readonly server: RedisServer;
  readonly repository: DataSetRepository;
  /** What went wrong with the connections. */
  readonly errors: Error[];
}

async function stage(t: Test, change: Partial<RedisSettings> = {}): Promise<Stage> {
  const server = await startRedis(t);
  const errors: Error[] = [];
  const repository = redisDataSets(
    server.settings(change),
    () => now,
    (error) => errors.push(error),
  );
  t.teardown(() => repository.close());
  return { server, repository, errors };
}

const report = { replica: 'host-1', at: now.toISOString() };
const unavailable = {
  name: 'StoreUnavailable',
  message: 'the Redis of the reference data is not available',
};

/** All that a repository is asked, one by one. */
const questions = (repository: DataSetRepository): Record<string, () => Promise<unknown>> => ({
  current: () => repository.current(),
  read: () => repository.read(1),
  versions: () => repository.versions(),
  publish: () => repository.publish(sealed({ version: 2 }), undefined, sealed()),
  report: () => repository.report(report),
  replicas: () => repository.replicas(),
});

/** Nothing that is asked is answered, and nothing waits for long. */
async function cannotBeAsked(t: Test, repository: DataSetRepository): Promise<void> {
  for (const [name, ask] of Object.entries(questions(repository))) {
    const start = performance.now();
    await t.rejects(ask(), unavailable, name);
    // The connection, and two commands, at a second each; the rest is for a machine that is busy.
    t.ok(performance.now() - start < 8_000, `${name} does not wait`);
  }
}

const canBeAsked = (repository: DataSetRepository): Promise<true> =>
  until('it can be asked again', () =>
    repository.current().then(
      () => true,
      () => false,
    ),
  );

t.test('what is in Redis', skip, async (t) => {
  const { server, repository } = await stage(t);
  const dataSet = sealed();
  await repository.publish(dataSet, Buffer.from('signature'), undefined);
  await repository.report(report);
  t.strictSame((await server.client.keys('*')).sort(), [
    '{test}:data-set',
    '{test}:data-set:1',
    '{test}:data-set:1:signature',
    '{test}:data-set:versions',
    '{test}:replicas',
  ]);
  t.equal(
    await server.client.get('{test}:data-set'),
    `{"version":1,"sha256":"${dataSet.sha256}"}`,
    'the pointer as it is compared',
  );
});

t.test('a Redis that was never there', skip, async (t) => {
  const { server, repository, errors } = await stage(t);
  await server.kill();
  await cannotBeAsked(t, repository);
  t.ok(errors.length > 0);
  await server.restart();
  await canBeAsked(repository);
});

t.test('killed, and started again with nothing in it', skip, async (t) => {
  const { server, repository } = await stage(t);
  await repository.publish(sealed(), undefined, undefined);
  await server.kill();
  await cannotBeAsked(t, repository);
  await server.restart();
  await canBeAsked(repository);
  t.equal(await repository.current(), undefined, 'nothing has been published there, which is the truth');
  t.equal(await repository.read(1), undefined);
  const second = sealed({ version: 2 });
  t.strictSame(await repository.publish(second, undefined, sealed()), {
    published: false,
    current: undefined,
  });
  t.strictSame(await repository.publish(second, undefined, undefined), { published: true });
});

t.test('hung, and well again', skip, async (t) => {
  const { server, repository } = await stage(t);
  await repository.publish(sealed(), undefined, undefined);
  server.pause();
  t.teardown(server.resume);
  await cannotBeAsked(t, repository);
  server.resume();
  await canBeAsked(repository);
  // What was sent while it hung, it may have done.
  t.match(await repository.read(1), { bytes: sealed().bytes });
});

t.test('garbage in the place of each', skip, async (t) => {
  const { server, repository } = await stage(t);
  const first = sealed();
  await repository.publish(first, Buffer.from('signature'), undefined);
  await repository.report(report);
  const ask = questions(repository);
  const isUnavailable = async (key: string, names: readonly string[]): Promise<void> => {
    for (const name of names) await t.rejects(ask[name]!(), unavailable, `${key}: ${name}`);
  };
  const spoiled = async (key: string, ...names: string[]): Promise<void> => {
    const whole = await server.client.dumpBuffer(key);
    const spoils = {
      list: () => server.client.rpush(key, 'garbage'),
      hash: () => server.client.hset(key, 'garbage', 'garbage'),
      set: () => server.client.sadd(key, 'garbage'),
    };
    for (const [type, spoil] of Object.entries(spoils)) {
      // A report that is none is garbage as well, and stands in a hash.
      await server.client.del(key);
      await spoil();
      await isUnavailable(
        `${key} as a ${type}`,
        names.filter((name) => name !== 'report' || type !== 'hash'),
      );
    }
    await server.client.del(key);
    await server.client.restore(key, 0, whole);
  };
  await spoiled('{test}:data-set', 'current', 'publish');
  await spoiled('{test}:data-set:1', 'read');
  await spoiled('{test}:data-set:1:signature', 'read');
  await spoiled('{test}:data-set:versions', 'versions', 'publish');
  await spoiled('{test}:replicas', 'report', 'replicas');

  t.equal(await repository.read(2), undefined, 'a publication that failed has left nothing');
  t.match(await repository.current(), { version: 1 });
  t.strictSame(await ask.publish!(), { published: true });
  t.strictSame(await repository.versions(), [1, 2]);

  await server.client.zadd('{test}:data-set:versions', 3, 'three');
  await isUnavailable('a version that is none', ['versions']);
});

t.test(
  'an empty pointer is none, and a signature that is left over is not that of the next',
  skip,
  async (t) => {
    const { server, repository } = await stage(t);
    await server.client.set('{test}:data-set', '');
    await server.client.set('{test}:data-set:1:signature', 'left over');
    t.equal(await repository.current(), undefined);
    t.strictSame(await repository.publish(sealed(), undefined, undefined), { published: true });
    t.strictSame(await repository.read(1), { bytes: sealed().bytes, signature: undefined });
  },
);

t.test('nobody reads what is too large', skip, async (t) => {
  const { server, repository } = await stage(t);
  await server.client.setrange('{test}:data-set:1', dataSetBytesLimit, 'x');
  await t.rejects(repository.read(1), { ...unavailable, cause: { message: 'the data set is too large' } });
});

t.test('reports that are none', skip, async (t) => {
  const { server, repository } = await stage(t);
  await repository.report(report);
  for (const text of ['', '{', 'null', '{}', '{"replica":"host-2","at":"yesterday"}']) {
    await server.client.hset('{test}:replicas', 'host-2', text);
    await t.rejects(repository.replicas(), unavailable, text);
  }
  await server.client.hdel('{test}:replicas', 'host-2');
  t.strictSame(await repository.replicas(), [report]);
});

t.test('who watches does so again after a crash, and is nudged at once', skip, async (t) => {
  const { server, repository } = await stage(t);
  let nudges = 0;
  repository.watch(() => {
    nudges += 1;
  });
  await until('it watches', () => nudges === 1);
  await repository.publish(sealed(), undefined, undefined);
  await until('it is nudged', () => nudges === 2);
  await server.kill();
  await t.rejects(repository.current(), unavailable);
  await server.restart();
  await until('it is nudged since something may have happened in between', () => nudges === 3);
  await canBeAsked(repository);
  await repository.publish(sealed(), undefined, undefined);
  await until('it is nudged as before', () => nudges === 4);
});

t.test('a subscription that nobody answers', skip, async (t) => {
  const { server, repository, errors } = await stage(t);
  await repository.current();
  await server.client.call('ACL', 'SETUSER', 'default', 'resetchannels');
  repository.watch(() => {
    t.fail('nothing is watched');
  });
  await until('it is told', () => errors.some(({ message }) => message.startsWith('NOPERM')));
});

t.test('closed', skip, async (t) => {
  const { repository } = await stage(t);
  await repository.current();
  await repository.close();
  await cannotBeAsked(t, repository);
});
