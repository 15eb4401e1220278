import { readFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { readConfig } from '../src/config.js';
import { type Message, toXml } from '../src/mock-dsp/message.js';
import { parseMpxn } from '../src/metering-point/mpxn.js';
import { openRegistry } from '../src/redis-stores.js';
import type { EntityIdentifier } from '../src/smki/entity-identifier.js';
import { startService } from '../src/start.js';
import { temporaryDirectory } from './directories.js';
import { cli } from './cli/cli.js';
import { euis, message, now } from './fixtures.js';
import { startRedis, type RedisServer, withoutRedis } from './redis-server.js';
import { until } from './until.js';

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: { readonly responseCode?: string; readonly mpanCheck?: string; readonly type?: string };
}

async function service(
  t: Test,
  settings: Readonly<Record<string, string>>,
): Promise<(change?: Partial<Message>) => Promise<Answer>> {
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', ...settings });
  const { url, stop } = await startService(config, () => now);
  t.teardown(stop);
  return async (change) => {
    const response = await fetch(`${url}/v1/service-requests`, {
      method: 'POST',
      headers: { 'content-type': 'application/xml', accept: 'application/json' },
      body: toXml(message(change)),
    });
    const body = (await response.json()) as Answer['body'];
    return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
  };
}

const target = '02-00-00-00-07-00-00-01' as EntityIdentifier;

/** An ESME whose digits say 12, and whose registration says another. */
async function load(redis: RedisServer, networkOperator: string): Promise<void> {
  const { registry, close } = await openRegistry(
    redis.settings({ keyPrefix: 'certificate-party' }),
    () => now,
  );
  const { current } = await registry.status();
  const loading = await registry.beginLoad(`after ${current?.loadId ?? 'none'}`, 1);
  await loading.add([
    {
      entityIdentifier: target,
      deviceType: 'ESME',
      importMpxn: parseMpxn('1200023305967'),
      importNetworkOperator: networkOperator,
    },
  ]);
  await loading.finish(1);
  close();
}

const publishShipped = (redis: RedisServer): Promise<unknown> =>
  cli(['publish', 'reference-data', '--effective-from', '2026-01-01T00:00:00Z', '--redis-url', redis.url]);

t.test('the registered operator is that of the registry', { skip: withoutRedis }, async (t) => {
  const redis = await startRedis(t);
  await publishShipped(redis);
  const ask = await service(t, { REDIS_URL: redis.url, DEVICE_REGISTRY: 'redis' });
  t.match(
    await ask({ target, counter: 1n }),
    { status: 503, retryAfter: '5', body: { type: '/problems/store-unavailable' } },
    'a registry that holds nothing is not one in which nothing is found',
  );
  t.match(await ask({ target, counter: 2n, remotePartyRole: 'Supplier' }), { status: 503 });

  await load(redis, 'LOND');
  const asked = (change: Partial<Message>): Promise<Answer> => ask({ target, ...change });
  await until('it is looked up', async () => (await asked({ counter: 3n })).status === 200);
  t.match(await asked({ counter: 3n }), { body: { responseCode: 'I0', mpanCheck: 'matched' } });
  t.match(await asked({ counter: 4n, target: euis.device }), {
    body: { responseCode: 'I0', mpanCheck: 'mpan-unknown' },
  });
  await load(redis, 'NEEB');
  await until(
    'the load is heard of',
    async () => (await asked({ counter: 3n })).body.responseCode === 'E061510',
  );

  await redis.kill();
  t.match(await asked({ counter: 5n, target: '02-00-00-00-07-00-00-02' }), {
    status: 503,
    retryAfter: '5',
    body: { type: '/problems/store-unavailable' },
  });
});

t.test('RequestIDs of all replicas', { skip: withoutRedis }, async (t) => {
  const redis = await startRedis(t);
  await publishShipped(redis);
  const settings = { REDIS_URL: redis.url, REQUEST_HISTORY: 'redis' };
  const [one, other] = [await service(t, settings), await service(t, settings)];
  t.match(await one(), { status: 200 });
  t.match(await other(), { status: 200 }, 'the same again');
  t.match(await other({ remotePartyRole: 'Supplier' }), {
    status: 409,
    body: { type: '/problems/request-id-conflict' },
  });
  await redis.kill();
  t.match(await one(), { status: 503, retryAfter: '5', body: { type: '/problems/store-unavailable' } });
});

t.test('a registry that cannot be reached is not opened', async (t) => {
  const address = readConfig({ REDIS_URL: 'redis://127.0.0.1:1' }).REDIS_URL!;
  const settings = { address, keyPrefix: 'p', tlsCaFile: undefined, commandTimeoutMs: 100 };
  await t.rejects(
    openRegistry(settings, () => now),
    { name: 'StoreUnavailable', store: 'the device registry' },
  );
});

t.test('decisions are recorded where that is asked for, for their owner alone', async (t) => {
  const file = path.join(await temporaryDirectory(t), 'decisions.ndjson');
  const { url, stop } = await startService(
    readConfig({ PORT: '0', LOG_LEVEL: 'silent', RECORD_DECISIONS_FILE: file }),
    () => now,
  );
  await fetch(`${url}/v1/service-requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/xml', 'dcc-device-type': 'ESME' },
    body: toXml(message()),
  });
  await stop();
  const [line = '', ...rest] = (await readFile(file, 'utf8')).split('\n');
  t.strictSame(rest, ['']);
  t.match(JSON.parse(line), {
    decidedAt: now.toISOString(),
    mediaType: 'application/xml',
    headers: { 'dcc-device-type': 'ESME' },
    deviceRegistry: 'answered',
    device: null,
    responseCode: 'I0',
    mpanCheck: 'mpan-unknown',
  });
});
