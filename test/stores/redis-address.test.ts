import t from 'tap';
import { parseRedisAddress, type RedisAddress } from '../../src/stores/redis-address.js';

const standalone: RedisAddress = {
  deployment: 'standalone',
  hosts: [{ host: 'redis', port: 6379 }],
  tls: false,
  username: undefined,
  password: undefined,
  db: 0,
  sentinelGroup: undefined,
};

t.test('addresses', async (t) => {
  const right: Record<string, Partial<RedisAddress>> = {
    'redis://redis': {},
    'redis://redis/': {},
    'redis://redis:6380/12': { hosts: [{ host: 'redis', port: 6380 }], db: 12 },
    'rediss://redis': { tls: true },
    'redis://user:pass@redis': { username: 'user', password: 'pass' },
    'redis://user@redis': { username: 'user' },
    'redis://:p%40%2Fs:s@redis': { password: 'p@/s:s' },
    'redis://[::1]:6380': { hosts: [{ host: '::1', port: 6380 }] },
    'redis-cluster://a,b:7000': {
      deployment: 'cluster',
      hosts: [
        { host: 'a', port: 6379 },
        { host: 'b', port: 7000 },
      ],
    },
    'rediss-sentinel://u:p@a,10.0.0.1:26380/main-group': {
      deployment: 'sentinel',
      hosts: [
        { host: 'a', port: 26_379 },
        { host: '10.0.0.1', port: 26_380 },
      ],
      tls: true,
      username: 'u',
      password: 'p',
      sentinelGroup: 'main-group',
    },
  };
  for (const [text, change] of Object.entries(right)) {
    t.strictSame(parseRedisAddress(text), { ...standalone, ...change }, text);
  }
});

t.test('what is none', async (t) => {
  const wrong = [
    '',
    'redis',
    'http://redis',
    'redis://',
    'redis://a b',
    'redis://a,b',
    'redis://redis/x',
    'redis://redis/100',
    'redis://redis?x=1',
    'redis://redis#0',
    'redis://redis:0',
    'redis://redis:65536',
    'redis://redis:port',
    'redis://a:b:c',
    'redis://u%ZZ@redis',
    'redis://u:%ZZ@redis',
    'redis-cluster://a/0',
    'redis-cluster://a,',
    'redis-sentinel://a',
    'redis-sentinel://a/',
    'redis-other://a',
  ];
  for (const text of wrong) t.equal(parseRedisAddress(text), undefined, text);
});
