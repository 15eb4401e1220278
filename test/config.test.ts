import path from 'node:path';
import t from 'tap';
import { ConfigError, readConfig } from '../src/config.js';
import { packageRoot } from '../src/package-root.js';

const defaults = {
  PORT: 8080,
  HOST: '127.0.0.1',
  LOG_LEVEL: 'info',
  DASHBOARD: 'on',
  TLS_MIN_VERSION: 'TLSv1.2',
  DOCS: 'on',
  HEADERS_TIMEOUT_MS: 5000,
  REQUEST_TIMEOUT_MS: 10_000,
  KEEP_ALIVE_MS: 72_000,
  MAX_HEADER_BYTES: 16_384,
  MAX_CONNECTIONS: 10_000,
  MAX_REQUESTS_PER_CONNECTION: 0,
  REFERENCE_DATA_DIR: path.join(packageRoot, 'reference-data'),
  REFERENCE_DATA_POLL_SECONDS: 10,
  REFERENCE_DATA_STALE_SECONDS: 300,
  REFERENCE_DATA_TOO_OLD_SECONDS: 86_400,
  REFERENCE_DATA_TOO_OLD: 'not-ready',
  REDIS_KEY_PREFIX: 'certificate-party',
  REDIS_TIMEOUT_MS: 250,
  DECISION_LOG: 'stdout',
  DECISION_LOG_FILE_BYTES: 67_108_864,
  DECISION_LOG_WHEN_SLOW: 'block',
  DECISION_LOG_WAIT_MS: 1000,
  DECISION_LOG_BUFFER_BYTES: 8_388_608,
  DECISION_LOG_SYNC: 'everysec',
  DECISION_LOG_HEAD_SECONDS: 300,
  RATE_LIMIT_PER_MINUTE: 0,
  FAILED_AUTHENTICATIONS_PER_MINUTE: 30,
  RATE_LIMIT: 'memory',
  RATE_LIMIT_CLIENTS: 100_000,
  BODY_LIMIT_BYTES: 65_536,
  MAX_EVENT_LOOP_DELAY_MS: 100,
  MAX_REQUESTS_IN_FLIGHT: 1000,
  MAX_MEMORY_PERCENT: 90,
  CERTIFICATE_CACHE_SIZE: 10_000,
  CERTIFICATE_PROFILE: 'enforce',
  CERTIFICATE_POLICIES: ['1.2.826.0.1.8641679.1.2.1.4'],
  CERTIFICATE_PATH: 'enforce',
  CERTIFICATE_REVOCATION: 'enforce',
  REVOCATION_UNKNOWN: 'refuse-if-stale',
  XML_SIGNATURE: 'verify-if-present',
  DEVICE_REGISTRY: 'list',
  DEVICE_CACHE_SIZE: 100_000,
  DEVICE_CACHE_SECONDS: 60,
  DEVICE_CACHE_NOT_FOUND_SECONDS: 5,
  REQUEST_HISTORY: 'memory',
  REQUEST_HISTORY_SECONDS: 86_400,
  REQUEST_HISTORY_SIZE: 100_000,
  GAS_CHECK: 'handover',
  DEVICE_REGISTRY_UNAVAILABLE: 'refuse',
  STOP_DELAY_MS: 0,
  MPAN_CHECK_DIGIT: 'advise',
};

t.test('defaults, and what is empty or not a setting', async (t) => {
  t.strictSame(readConfig({}), defaults);
  t.strictSame(readConfig({ PORT: '', PATH: '/bin' }), defaults);
  t.ok(Object.isFrozen(readConfig({})));
});

t.test('every setting', async (t) => {
  const set = {
    PORT: '0',
    HOST: '0.0.0.0',
    LOG_LEVEL: 'silent',
    DASHBOARD: 'off',
    REFERENCE_DATA_DIR: '/data',
    DATA_SET_DIR: '/data-sets',
    STATE_DIR: '/state',
    PUBLISHER_KEYS_FILE: '/keys.pem',
    REFERENCE_DATA_POLL_SECONDS: '1',
    REFERENCE_DATA_STALE_SECONDS: '2',
    REFERENCE_DATA_TOO_OLD_SECONDS: '3',
    REFERENCE_DATA_TOO_OLD: 'refuse',
    REDIS_URL: 'rediss://user:pass@redis.example:6380/1',
    REDIS_KEY_PREFIX: 'p',
    REDIS_TLS_CA_FILE: '/ca.pem',
    REDIS_TIMEOUT_MS: '10',
    RATE_LIMIT_PER_MINUTE: '600',
    FAILED_AUTHENTICATIONS_PER_MINUTE: '0',
    RATE_LIMIT: 'redis',
    RATE_LIMIT_CLIENTS: '9',
    BODY_LIMIT_BYTES: '1024',
    MAX_EVENT_LOOP_DELAY_MS: '0',
    MAX_MEMORY_PERCENT: '0',
    MAX_REQUESTS_IN_FLIGHT: '0',
    CERTIFICATE_CACHE_SIZE: '1',
    CERTIFICATE_PROFILE: 'report',
    CERTIFICATE_POLICIES: '1.2.826.0.1.8641679.1.2.1.2,2.5.29.32.0',
    CERTIFICATE_PATH: 'off',
    CERTIFICATE_REVOCATION: 'report',
    REVOCATION_UNKNOWN: 'accept',
    XML_SIGNATURE: 'require',
    RECORD_DECISIONS_FILE: '/decisions.ndjson',
    DECISION_LOG: 'files',
    DECISION_LOG_DIR: '/decisions',
    DECISION_LOG_FILE_BYTES: '1024',
    DECISION_LOG_KEY_FILE: '/key',
    DECISION_LOG_WHEN_SLOW: 'drop',
    DECISION_LOG_WAIT_MS: '10',
    DECISION_LOG_BUFFER_BYTES: '65536',
    DECISION_LOG_SYNC: 'always',
    DECISION_LOG_HEAD_SECONDS: '8',
    DEVICE_REGISTRY: 'redis',
    DEVICE_CACHE_SIZE: '5',
    DEVICE_CACHE_SECONDS: '6',
    DEVICE_CACHE_NOT_FOUND_SECONDS: '7',
    REQUEST_HISTORY: 'redis',
    REQUEST_HISTORY_SECONDS: '60',
    REQUEST_HISTORY_SIZE: '7',
    GAS_CHECK: 'all',
    DEVICE_REGISTRY_UNAVAILABLE: 'accept',
    STOP_DELAY_MS: '500',
    MPAN_CHECK_DIGIT: 'refuse',
  };
  t.strictSame(readConfig(set), {
    ...defaults,
    ...set,
    PORT: 0,
    REFERENCE_DATA_POLL_SECONDS: 1,
    REFERENCE_DATA_STALE_SECONDS: 2,
    REFERENCE_DATA_TOO_OLD_SECONDS: 3,
    REDIS_URL: {
      deployment: 'standalone',
      hosts: [{ host: 'redis.example', port: 6380 }],
      tls: true,
      username: 'user',
      password: 'pass',
      db: 1,
      sentinelGroup: undefined,
    },
    REDIS_TIMEOUT_MS: 10,
    DECISION_LOG_FILE_BYTES: 1024,
    DECISION_LOG_WAIT_MS: 10,
    DECISION_LOG_BUFFER_BYTES: 65_536,
    DECISION_LOG_HEAD_SECONDS: 8,
    RATE_LIMIT_PER_MINUTE: 600,
    FAILED_AUTHENTICATIONS_PER_MINUTE: 0,
    RATE_LIMIT_CLIENTS: 9,
    BODY_LIMIT_BYTES: 1024,
    MAX_EVENT_LOOP_DELAY_MS: 0,
    MAX_MEMORY_PERCENT: 0,
    MAX_REQUESTS_IN_FLIGHT: 0,
    CERTIFICATE_CACHE_SIZE: 1,
    CERTIFICATE_POLICIES: ['1.2.826.0.1.8641679.1.2.1.2', '2.5.29.32.0'],
    DEVICE_CACHE_SIZE: 5,
    DEVICE_CACHE_SECONDS: 6,
    DEVICE_CACHE_NOT_FOUND_SECONDS: 7,
    REQUEST_HISTORY_SECONDS: 60,
    REQUEST_HISTORY_SIZE: 7,
    STOP_DELAY_MS: 500,
  });
});

t.test('all faults at once', async (t) => {
  t.throws(
    () =>
      readConfig({
        PORT: '65536',
        REDIS_URL: 'redis://:secret',
        BODY_LIMIT_BYTES: '1e4',
        MPAN_CHECK_DIGIT: 'maybe',
      }),
    new ConfigError([
      'PORT: Too big: expected number to be <=65535',
      'REDIS_URL: must be like redis://user:password@host:6379/0',
      'BODY_LIMIT_BYTES: must be a whole number',
      'MPAN_CHECK_DIGIT: Invalid option: expected one of "advise"|"refuse"',
    ]),
  );
});

t.test('the settings of the checks take these words, and no others', async (t) => {
  const faultOf = (set: Readonly<Record<string, string>>): string => {
    try {
      readConfig(set);
      return 'none';
    } catch (error) {
      return (error as ConfigError).faults.join();
    }
  };
  const modes = ['enforce', 'report', 'off'];
  const words: Readonly<Record<string, readonly string[]>> = {
    CERTIFICATE_PROFILE: modes,
    CERTIFICATE_PATH: modes,
    CERTIFICATE_REVOCATION: modes,
    REVOCATION_UNKNOWN: ['refuse', 'refuse-if-stale', 'accept'],
    XML_SIGNATURE: ['require', 'verify-if-present', 'off'],
    GAS_CHECK: ['handover', 'all', 'off'],
    DEVICE_REGISTRY_UNAVAILABLE: ['refuse', 'accept'],
  };
  for (const [name, taken] of Object.entries(words)) {
    for (const word of taken) t.equal(faultOf({ [name]: word }), 'none', `${name}=${word}`);
    const expected = taken.map((word) => `"${word}"`).join('|');
    t.equal(faultOf({ [name]: 'On' }), `${name}: Invalid option: expected one of ${expected}`);
  }
  for (const policies of ['1', '3.1', '1.2,', ',1.2', '1.2, 1.3', '1.2 1.3', '1..2', 'any', '1.2.']) {
    t.equal(
      faultOf({ CERTIFICATE_POLICIES: policies }),
      'CERTIFICATE_POLICIES: must be OIDs, with commas between them',
      policies,
    );
  }
  for (const name of ['REQUEST_HISTORY_SECONDS', 'REQUEST_HISTORY_SIZE']) {
    t.equal(faultOf({ [name]: '0' }), `${name}: Too small: expected number to be >=1`);
    t.equal(faultOf({ [name]: '-1' }), `${name}: must be a whole number`);
  }
  t.equal(
    faultOf({ REQUEST_HISTORY_SECONDS: '31536001' }),
    'REQUEST_HISTORY_SECONDS: Too big: expected number to be <=31536000',
  );
  t.equal(
    faultOf({ REQUEST_HISTORY_SIZE: '10000001' }),
    'REQUEST_HISTORY_SIZE: Too big: expected number to be <=10000000',
  );
});

t.test('what is in Redis needs one', async (t) => {
  t.throws(
    () => readConfig({ DEVICE_REGISTRY: 'redis', REQUEST_HISTORY: 'redis', RATE_LIMIT: 'redis' }),
    new ConfigError([
      'DEVICE_REGISTRY: is redis, and there is no REDIS_URL',
      'REQUEST_HISTORY: is redis, and there is no REDIS_URL',
      'RATE_LIMIT: is redis, and there is no REDIS_URL',
    ]),
  );
});

t.test('a decision log in files needs a directory', async (t) => {
  t.throws(
    () => readConfig({ DECISION_LOG: 'files', DEVICE_REGISTRY: 'redis' }),
    new ConfigError([
      'DEVICE_REGISTRY: is redis, and there is no REDIS_URL',
      'DECISION_LOG: is files, and there is no DECISION_LOG_DIR',
    ]),
  );
  t.match(readConfig({ DECISION_LOG: 'files', DECISION_LOG_DIR: '/log' }), { DECISION_LOG_DIR: '/log' });
});

t.test('who may call, and how much', async (t) => {
  const set = {
    TLS_CERT_FILE: '/cert.pem',
    TLS_KEY_FILE: '/key.pem',
    TLS_MIN_VERSION: 'TLSv1.3',
    TLS_CLIENT_CA_FILE: '/ca.pem',
    TLS_CLIENT_CRL_FILE: '/crl.pem',
    TLS_CLIENT_NAMES: 'dsp-1.example, DSP 2',
    TRUST_PROXY: '10.0.0.1,10.1.0.0/16, ::1,fd00::/8',
    HEALTH_PORT: '0',
    ADMIN_TOKENS_FILE: '/tokens.json',
    DOCS: 'off',
    HEADERS_TIMEOUT_MS: '100',
    REQUEST_TIMEOUT_MS: '100',
    KEEP_ALIVE_MS: '0',
    MAX_HEADER_BYTES: '1024',
    MAX_CONNECTIONS: '0',
    MAX_REQUESTS_PER_CONNECTION: '1',
  };
  t.strictSame(readConfig(set), {
    ...defaults,
    ...set,
    TLS_CLIENT_NAMES: ['dsp-1.example', 'DSP 2'],
    TRUST_PROXY: ['10.0.0.1', '10.1.0.0/16', '::1', 'fd00::/8'],
    HEALTH_PORT: 0,
    HEADERS_TIMEOUT_MS: 100,
    REQUEST_TIMEOUT_MS: 100,
    KEEP_ALIVE_MS: 0,
    MAX_HEADER_BYTES: 1024,
    MAX_CONNECTIONS: 0,
    MAX_REQUESTS_PER_CONNECTION: 1,
  });
  for (const proxies of [
    'loopback',
    '10.0.0.1/33',
    '::1/129',
    '10.0.0.0/8/8',
    '10.0.0.1,',
    'true',
    '/8',
    '1',
  ]) {
    t.throws(
      () => readConfig({ TRUST_PROXY: proxies }),
      new ConfigError([
        'TRUST_PROXY: must be IP addresses or ranges such as 10.0.0.0/8, with commas between them',
      ]),
      proxies,
    );
  }
  t.throws(
    () => readConfig({ TLS_CLIENT_NAMES: 'a,,b' }),
    new ConfigError(['TLS_CLIENT_NAMES: must be names, with commas between them']),
  );
});

t.test('settings that go together', async (t) => {
  const fault = (set: Readonly<Record<string, string>>, ...faults: string[]): void => {
    t.throws(() => readConfig(set), new ConfigError(faults));
  };
  fault({ TLS_CERT_FILE: 'a' }, 'TLS_CERT_FILE: needs TLS_KEY_FILE, which is not set');
  fault({ TLS_KEY_FILE: 'a' }, 'TLS_KEY_FILE: needs TLS_CERT_FILE, which is not set');
  fault({ TLS_CLIENT_CA_FILE: 'a' }, 'TLS_CLIENT_CA_FILE: needs TLS_CERT_FILE, which is not set');
  const tls = { TLS_CERT_FILE: 'a', TLS_KEY_FILE: 'a' };
  fault(
    { ...tls, TLS_CLIENT_CRL_FILE: 'a', TLS_CLIENT_NAMES: 'a' },
    'TLS_CLIENT_CRL_FILE: needs TLS_CLIENT_CA_FILE, which is not set',
    'TLS_CLIENT_NAMES: needs TLS_CLIENT_CA_FILE, which is not set',
  );
  fault(
    { HEADERS_TIMEOUT_MS: '10001' },
    'HEADERS_TIMEOUT_MS: is longer than REQUEST_TIMEOUT_MS, which counts them in',
  );
});
