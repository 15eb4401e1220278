import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import type { Test } from 'tap';
import { freePort } from '../src/mock-dsp/free-port.js';
import { parseRedisAddress } from '../src/stores/redis-address.js';
import type { RedisSettings } from '../src/stores/redis.js';

/** A redis-server of a test's own, on loopback. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** For a client of the service's own making. */
  readonly settings: (change?: Partial<RedisSettings>) => RedisSettings;
  /** For the test to look in, and to spoil things; closed with the test. */
  readonly client: Redis;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends it at once, as a crash does. */
  readonly kill: () => Promise<void>;
  /** After `kill`: on the same port, with nothing in it. */
  readonly restart: () => Promise<void>;
}

/** What a subtest is given to say why it does not run; false where it does. Never skips under CI. */
export const withoutRedis: false | string = (() => {
  if (spawnSync('redis-server', ['--version']).status === 0) return false;
  if (process.env.CI === 'true') throw new Error('redis-server is not installed, and CI needs it');
  return 'REDIS IS NOT TESTED: there is no redis-server on this machine';
})();

/** Starts a redis-server that ends with the test. */
export async function startRedis(t: Test, extra: readonly string[] = []): Promise<RedisServer> {
  const directory = await mkdtemp(path.join(tmpdir(), 'redis-'));
  const port = await freePort();
  let child = await spawnServer(port, directory, extra);
  const client = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 20 });
  client.on('error', () => undefined);
  t.teardown(async () => {
    client.disconnect();
    child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  const address = parseRedisAddress(`redis://127.0.0.1:${String(port)}`);
  if (address === undefined) throw new Error('not an address');
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    port,
    settings: (change) => ({
      address,
      keyPrefix: 'test',
      tlsCaFile: undefined,
      commandTimeoutMs: 1_000,
      ...change,
    }),
    client,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    kill: async () => {
      const closed = once(child, 'exit');
      child.kill('SIGKILL');
      await closed;
    },
    restart: async () => {
      child = await spawnServer(port, directory, extra);
    },
  };
}

async function spawnServer(port: number, directory: string, extra: readonly string[]): Promise<ChildProcess> {
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', ...extra],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) if (line.includes('Ready to accept connections')) break;
  child.stdout.resume();
  return child;
}
