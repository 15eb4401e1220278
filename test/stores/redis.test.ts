import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Redis } from 'ioredis';
import t, { type Test } from 'tap';
import { buildCertificate, extension, keyPairFrom } from '../../src/mock-dsp/certificate-builder.js';
import { implicit, sequence } from '../../src/mock-dsp/der.js';
import { parseRedisAddress } from '../../src/stores/redis-address.js';
import { connectRedis, connectSubscriber, redisKeys, type RedisSettings } from '../../src/stores/redis.js';
import { bare, esme, load } from '../contract/device-store.js';
import { freePort } from '../../src/mock-dsp/free-port.js';
import { type RedisServer, startRedis, withoutRedis } from '../redis-server.js';
import { deviceNumber } from './devices.js';
import { connected, eventually, openRegistry } from './redis-registry.js';

const settingsOf = (url: string, change: Partial<RedisSettings> = {}): RedisSettings => ({
  address: parseRedisAddress(url)!,
  keyPrefix: 'test',
  tlsCaFile: undefined,
  commandTimeoutMs: 1_000,
  ...change,
});

t.test('key names', async (t) => {
  const { together, spread } = redisKeys('p');
  t.equal(together('a'), '{p}:a');
  t.equal(spread('a', '7'), 'p:a:{7}');
});

t.test('a server', { skip: withoutRedis }, async (t) => {
  const server = await startRedis(t);

  t.test('is talked to in the database that is asked for', async (t) => {
    const client = await connected(t, settingsOf(`${server.url}/3`));
    await client.set('key', 'value');
    t.equal(await client.get('key'), 'value');
    t.equal(await server.client.get('key'), null);
  });

  t.test('knows users', async (t) => {
    await server.client.call('ACL', 'SETUSER', 'app', 'on', '>p@ss', '~test*', '+@all');
    const client = await connected(t, settingsOf(`redis://app:p%40ss@127.0.0.1:${String(server.port)}`));
    t.equal(await client.call('ACL', 'WHOAMI'), 'app');
    const errors: Error[] = [];
    const wrong = connectRedis(settingsOf(`redis://app:wrong@127.0.0.1:${String(server.port)}`), (error) =>
      errors.push(error),
    );
    t.teardown(() => {
      wrong.disconnect();
    });
    await eventually(() => errors.some(({ message }) => message.includes('WRONGPASS')));
    await t.rejects(wrong.get('test'));
  });

  t.test('that is paused is given up in time, and found again', async (t) => {
    const client = await connected(t, server.settings());
    await client.set('key', 'value');
    server.pause();
    await t.rejects(client.get('key'), { message: 'Command timed out' });
    await eventually(() => client.status !== 'ready');
    await t.rejects(client.get('key'), { message: /enableOfflineQueue/ });
    server.resume();
    await eventually(() => client.get('key').catch(() => undefined));
  });
});

t.test('a server that speaks TLS', { skip: withoutRedis }, async (t) => {
  const keys = keyPairFrom('a redis-server');
  const { der } = buildCertificate({
    subject: { role: '00', commonName: 'redis' },
    keyUsage: 'digitalSignature',
    keys,
    serialNumber: Buffer.from([1]),
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('2099-01-01T00:00:00Z'),
    // Its address is its name.
    alter: () => ({
      extensions: [extension('2.5.29.17', false, sequence(implicit(7, Buffer.from([127, 0, 0, 1]))))],
    }),
  });
  const directory = t.testdir({
    'server.crt': `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    'server.key': keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  });
  const certificate = path.join(directory, 'server.crt');
  const port = await freePort();
  await startRedis(t, [
    ...['--tls-port', String(port), '--tls-auth-clients', 'no'],
    ...['--tls-cert-file', certificate, '--tls-key-file', path.join(directory, 'server.key')],
  ]);
  const url = `rediss://127.0.0.1:${String(port)}`;
  const client = await connected(t, settingsOf(url, { tlsCaFile: certificate }));
  t.equal(await client.set('key', 'value'), 'OK');

  const errors: Error[] = [];
  const distrustful = connectRedis(settingsOf(url), (error) => errors.push(error));
  t.teardown(() => {
    distrustful.disconnect();
  });
  await eventually(() => errors.length > 0);
  t.match(errors[0], { message: /self-signed|unable to verify/ });
});

t.test('a group that Sentinels watch over', { skip: withoutRedis }, async (t) => {
  const server = await startRedis(t);
  const port = await freePort();
  const configuration = path.join(t.testdir(), 'sentinel.conf');
  writeFileSync(
    configuration,
    [
      `port ${String(port)}`,
      'bind 127.0.0.1',
      `sentinel monitor devices 127.0.0.1 ${String(server.port)} 1`,
      '',
    ].join('\n'),
  );
  const sentinel = spawn('redis-server', [configuration, '--sentinel'], { stdio: 'ignore' });
  t.teardown(() => {
    sentinel.kill('SIGKILL');
  });
  const url = `redis-sentinel://127.0.0.1:${String(port)}/devices`;
  const settings = settingsOf(url);
  const registry = await openRegistry(t, settings);
  await load(registry, [esme]);
  t.strictSame(await registry.find(esme.entityIdentifier), esme);
  t.equal(await server.client.exists('{test}:devices'), 1);

  const secret = connectRedis(
    settingsOf(`rediss-sentinel://127.0.0.1:${String(port)}/devices`),
    () => undefined,
  );
  t.teardown(() => {
    secret.disconnect();
  });
  // The Sentinel speaks none.
  await t.rejects(secret.get('key'));
});

t.test('a cluster', { skip: withoutRedis }, async (t) => {
  const startNode = async (t: Test): Promise<RedisServer> =>
    startRedis(t, ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())]);
  const nodes = [await startNode(t), await startNode(t), await startNode(t)];
  const [first] = nodes as [RedisServer];
  for (const [place, { client, port }] of nodes.entries()) {
    const slots = [0, 5_461, 10_923, 16_384].slice(place, place + 2) as [number, number];
    await client.call('CLUSTER', 'ADDSLOTSRANGE', slots[0], slots[1] - 1);
    const [, busPort] = (await client.config('GET', 'cluster-port')) as [string, string];
    await first.client.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort);
  }
  await eventually(async () => {
    const known = await Promise.all(nodes.map(({ client }) => client.cluster('INFO')));
    return known.every((info) => info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3'));
  });
  const settings = settingsOf(
    `redis-cluster://${nodes.map(({ port }) => `127.0.0.1:${String(port)}`).join(',')}`,
  );
  const devices = Array.from({ length: 200 }, (_, number) => deviceNumber(number));

  t.test('holds a registry, in all of its nodes', async (t) => {
    const registry = await openRegistry(t, settings);
    await load(registry, devices);
    const second = await registry.beginLoad('second', 200_000);
    await registry.put([esme]);
    await registry.remove([devices[0]!.entityIdentifier]);
    await second.add(devices);
    await second.finish(200);
    await registry.collect();
    const found = await Promise.all(devices.map((device) => registry.find(device.entityIdentifier)));
    t.strictSame(found, [undefined, ...devices.slice(1)]);
    t.strictSame(await registry.find(esme.entityIdentifier), esme);
    for (const { client } of nodes) t.ok((await client.dbsize()) > 1_000);
  });

  t.test(
    'what is published at one node is heard at another, and at the next where one is away',
    async (t) => {
      const subscriber = connectSubscriber(settings, () => undefined);
      t.teardown(() => {
        subscriber.disconnect();
      });
      const cache = { max: 10, foundForMs: 60_000, notFoundForMs: 60_000, subscriber };
      const registry = await openRegistry(t, settings, { cache });
      const elsewhere = await openRegistry(t, settings);
      const isHeard = async (): Promise<void> => {
        await eventually(async () => {
          const counts = nodes.map(({ client }) => client.pubsub('NUMSUB', '{test}:devices:changed'));
          return (await Promise.all(counts)).some((count) => Number(count[1]) === 1);
        });
        await elsewhere.remove([bare.entityIdentifier]);
        await eventually(async () => (await registry.find(bare.entityIdentifier)) === undefined);
        await elsewhere.put([bare]);
        await eventually(() => registry.find(bare.entityIdentifier));
      };
      await isHeard();
      const { options } = subscriber as Redis;
      const before = options.port;
      await first.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await eventually(() => subscriber.status === 'ready' && options.port !== before);
      await isHeard();
    },
  );

  t.test('a lookup does not wait for a node that hangs', async (t) => {
    const registry = await openRegistry(t, settings, { deadlineMs: 200 });
    await eventually(() => registry.find(esme.entityIdentifier).catch(() => undefined));
    for (const node of nodes) node.pause();
    const started = performance.now();
    await t.rejects(registry.find(esme.entityIdentifier), { name: 'StoreUnavailable' });
    t.ok(performance.now() - started < 2_000);
    for (const node of nodes) node.resume();
    await eventually(() => registry.find(esme.entityIdentifier).catch(() => undefined));
  });
});
