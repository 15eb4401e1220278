import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { readConfig } from '../src/config.js';
import { toXml } from '../src/mock-dsp/message.js';
import { startService } from '../src/start.js';
import { message, now } from './fixtures.js';
import { listFiles } from './reference-data/lists.js';

const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent' });

const post = async (url: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${url}/v1/service-requests`, {
    method: 'POST',
    headers: {
      'content-type': 'application/xml',
      accept: 'application/json',
      'dcc-device-type': 'ESME',
      'dcc-import-mpxn': '1200023305960',
    },
    body: toXml(message()),
  });
  return { status: response.status, body: await response.json() };
};

t.test('a wrong check digit advises, or refuses where it is set to', async (t) => {
  const advising = await startService(config, () => now);
  t.teardown(advising.stop);
  t.match(await post(advising.url), {
    status: 200,
    body: { responseCode: 'I0', responseDateTime: now.toISOString() },
  });
  const refusing = await startService({ ...config, MPAN_CHECK_DIGIT: 'refuse' }, () => now);
  t.teardown(refusing.stop);
  t.match(await post(refusing.url), { status: 422, body: { type: '/problems/refused-without-code' } });
});

t.test('stops taking requests before it closes', async (t) => {
  const { app, stop } = await startService(config, () => now);
  const stopped = stop();
  t.equal((await app.inject('/health/ready')).statusCode, 503);
  await stopped;
});

t.test('warns of what reference data may say, and an operator should know', async (t) => {
  const warningsOn = async (directory: string): Promise<string[]> => {
    const log = new PassThrough();
    const set = { ...config, LOG_LEVEL: 'warn', REFERENCE_DATA_DIR: directory } as const;
    const { stop } = await startService(set, () => now, log);
    await stop();
    const lines = (log.read() as Buffer | null)?.toString().trim().split('\n') ?? [];
    return lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
  };
  t.strictSame(await warningsOn(config.REFERENCE_DATA_DIR), ['test organisations count as operators']);

  const directory = await mkdtemp(path.join(tmpdir(), 'lists-'));
  t.teardown(() => rm(directory, { recursive: true }));
  for (const [file, bytes] of listFiles()) await writeFile(path.join(directory, file), bytes);
  t.strictSame(await warningsOn(directory), [
    'certificate-party-mpan-mismatch has no response code in 6.21, and advises only',
  ]);
});
