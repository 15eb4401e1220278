import path from 'node:path';
import t from 'tap';
import { ConfigError, readConfig } from '../src/config.js';
import { packageRoot } from '../src/package-root.js';

const defaults = {
  PORT: 8080,
  HOST: '127.0.0.1',
  LOG_LEVEL: 'info',
  REFERENCE_DATA_DIR: path.join(packageRoot, 'reference-data'),
  BODY_LIMIT_BYTES: 65_536,
  CERTIFICATE_CACHE_SIZE: 10_000,
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
    REFERENCE_DATA_DIR: '/data',
    BODY_LIMIT_BYTES: '1024',
    CERTIFICATE_CACHE_SIZE: '1',
    STOP_DELAY_MS: '500',
    MPAN_CHECK_DIGIT: 'refuse',
  };
  t.strictSame(readConfig(set), {
    ...set,
    PORT: 0,
    BODY_LIMIT_BYTES: 1024,
    CERTIFICATE_CACHE_SIZE: 1,
    STOP_DELAY_MS: 500,
  });
});

t.test('all faults at once', async (t) => {
  t.throws(
    () => readConfig({ PORT: '65536', BODY_LIMIT_BYTES: '1e4', MPAN_CHECK_DIGIT: 'maybe' }),
    new ConfigError([
      'PORT: Too big: expected number to be <=65535',
      'BODY_LIMIT_BYTES: must be a whole number',
      'MPAN_CHECK_DIGIT: Invalid option: expected one of "advise"|"refuse"',
    ]),
  );
});
