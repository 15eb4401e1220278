import { isIP } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { parseRedisAddress } from './stores/redis-address.js';
import { packageRoot } from './package-root.js';

const wholeNumber = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^[0-9]{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max));

const file = z.string().min(1).optional();

const list = (isOne: (text: string) => boolean, message: string): z.ZodType<readonly string[], string> =>
  z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .refine((all) => all.every(isOne), message);

/** An address, or a range of them: 10.0.0.0/8. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  if (isIP(address) === 0 || more.length > 0) return false;
  return (
    bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128))
  );
}

const checkMode = z.enum(['enforce', 'report', 'off']).default('enforce');

/** Every setting: an environment variable each. The defaults make a service that answers on loopback alone. */
export const settings = z.object({
  PORT: wholeNumber(0, 65_535).prefault('8080').describe('TCP port; 0 takes any that is free'),
  HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Decisions on standard output are lines of level info'),
  TLS_CERT_FILE: file.describe(
    'PEM file of the certificate of the service, with those between it and its root; with TLS_KEY_FILE the service speaks TLS. All files of TLS are read again when they change',
  ),
  TLS_KEY_FILE: file.describe('PEM file of its private key, without a password'),
  TLS_MIN_VERSION: z
    .enum(['TLSv1.2', 'TLSv1.3'])
    .default('TLSv1.2')
    .describe('The oldest version of TLS that is spoken'),
  TLS_CLIENT_CA_FILE: file.describe(
    'PEM file of the authorities that vouch for clients: with it, nobody connects without a certificate of theirs',
  ),
  TLS_CLIENT_CRL_FILE: file.describe(
    'PEM file of the revocation lists of all of these authorities, that of the root too; one that is missing or out of date lets nobody in',
  ),
  TLS_CLIENT_NAMES: list((name) => name !== '', 'must be names, with commas between them')
    .optional()
    .describe(
      'Names of the clients that are let in, with commas between them: a DNS name or the common name of their certificates; without it, all that the authorities vouch for',
    ),
  DASHBOARD: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'The page at /dashboard, with what this process has counted since it started, for whoever has a token with the scope dashboard',
    ),
  TRUST_PROXY: list(isNetwork, 'must be IP addresses or ranges such as 10.0.0.0/8, with commas between them')
    .optional()
    .describe(
      'Addresses and ranges of the proxies whose X-Forwarded-For is believed, with commas between them; without it, nobody’s is',
    ),
  HEALTH_PORT: wholeNumber(0, 65_535)
    .optional()
    .describe(
      'TCP port that answers the two health routes and nothing else, without TLS, for probes that have no certificate',
    ),
  ADMIN_TOKENS_FILE: file.describe(
    'JSON file of the tokens that administrators have, as hashes (npm run cli -- tokens create); read again when it changes. Without it nothing administrative is open',
  ),
  DOCS: z.enum(['on', 'off']).default('on').describe('Whether there is a documentation page, at /docs'),
  REFERENCE_DATA_DIR: z
    .string()
    .min(1)
    .default(path.join(packageRoot, 'reference-data'))
    .describe('Directory with one file a list; relative to where the service is started'),
  DATA_SET_DIR: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Directory that data sets are published to, in place of the lists in REFERENCE_DATA_DIR; where there is a REDIS_URL, it does not count',
    ),
  REDIS_URL: z
    .string()
    .transform((text, context) => {
      const address = parseRedisAddress(text);
      if (address !== undefined) return address;
      // The value may hold a password, and so is not in the message.
      context.addIssue({ code: 'custom', message: 'must be like redis://user:password@host:6379/0' });
      return z.NEVER;
    })
    .optional()
    .describe(
      'Redis that data sets are published to, with the device registry, the RequestIDs and the counts of rate limits: redis://host:6379/0, redis-sentinel://host,host/group or redis-cluster://host,host; rediss… for TLS',
    ),
  REDIS_KEY_PREFIX: z
    .string()
    .regex(/^[0-9A-Za-z._-]{1,64}$/, 'must be up to 64 letters, digits, dots, hyphens and underscores')
    .default('certificate-party')
    .describe('In front of every key'),
  REDIS_TLS_CA_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file of the authorities that vouch for Redis, in place of those of Node'),
  REDIS_TIMEOUT_MS: wholeNumber(10, 10_000)
    .prefault('250')
    .describe('How long a request waits for Redis, before it is answered that it cannot be judged now (503)'),
  DEVICE_REGISTRY: z
    .enum(['list', 'redis'])
    .default('list')
    .describe('Where devices are looked up: in the list of the reference data, or in the registry in Redis'),
  DEVICE_CACHE_SIZE: wholeNumber(1, 10_000_000)
    .prefault('100000')
    .describe('How many devices of the registry in Redis are remembered, found or not'),
  DEVICE_CACHE_SECONDS: wholeNumber(1, 3_600)
    .prefault('60')
    .describe('How long one that was found is; a change drops it at once, unless nobody hears of the change'),
  DEVICE_CACHE_NOT_FOUND_SECONDS: wholeNumber(1, 3_600)
    .prefault('5')
    .describe('How long it is remembered that one was not found'),
  PUBLISHER_KEYS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'PEM file of the public keys of publishers (P-256); with it, only data sets that one has signed are taken',
    ),
  REFERENCE_DATA_POLL_SECONDS: wholeNumber(1, 3_600)
    .prefault('10')
    .describe('How often the source of the reference data is asked, besides when it tells of a change'),
  REFERENCE_DATA_STALE_SECONDS: wholeNumber(1, 31_536_000)
    .prefault('300')
    .describe(
      'Not confirmed by its source for so long, reference data is stale: this is warned of, and in every answer in JSON',
    ),
  REFERENCE_DATA_TOO_OLD_SECONDS: wholeNumber(1, 31_536_000)
    .prefault('86400')
    .describe('For so long, or once it has expired, it is too old'),
  REFERENCE_DATA_TOO_OLD: z
    .enum(['not-ready', 'refuse'])
    .default('not-ready')
    .describe(
      'Too old: the service says that it is not ready and decides all the same, or refuses to decide (503)',
    ),
  STATE_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('Directory where the last good data set is kept, to start from when its source is away'),
  RECORD_DECISIONS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File that every decision is added to with its request, to be made again by other reference data; it holds personal data and grows without bound',
    ),
  DECISION_LOG: z
    .enum(['stdout', 'files', 'off'])
    .default('stdout')
    .describe(
      'Where the record of every decision goes: beside the other lines of the log, to files in DECISION_LOG_DIR, or nowhere',
    ),
  DECISION_LOG_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('Directory of the files, of this process alone; nothing removes them'),
  DECISION_LOG_FILE_BYTES: wholeNumber(1_024, 1_000_000_000_000)
    .prefault('67108864')
    .describe('After how many bytes another file is begun'),
  DECISION_LOG_KEY_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File with a secret of at least 32 bytes, which masks MPxNs and chains records; without it masks end with the process, and anybody can make the chain again',
    ),
  DECISION_LOG_WHEN_SLOW: z
    .enum(['block', 'drop'])
    .default('block')
    .describe(
      'What happens where records cannot be written as fast as decisions are made: block has each answer wait for its record; drop answers without one, and the log says how many',
    ),
  DECISION_LOG_WAIT_MS: wholeNumber(10, 60_000)
    .prefault('1000')
    .describe(
      'How long an answer waits for its record, before it is that the request cannot be judged now (503)',
    ),
  DECISION_LOG_BUFFER_BYTES: wholeNumber(65_536, 268_435_456)
    .prefault('8388608')
    .describe('How much of the log may be in memory and not written yet; a record has about 2,000 bytes'),
  DECISION_LOG_SYNC: z
    .enum(['always', 'everysec', 'no'])
    .default('everysec')
    .describe(
      'When a record is safe from a power cut: before its answer, within a second, or when the system sees to it; a process that is killed loses none by this',
    ),
  DECISION_LOG_HEAD_SECONDS: wholeNumber(1, 86_400)
    .prefault('300')
    .describe(
      'How often the log of the service tells the last record of the decision log, to be kept elsewhere',
    ),
  HEADERS_TIMEOUT_MS: wholeNumber(100, 600_000)
    .prefault('5000')
    .describe('How long the headers of a request may take to come, and a TLS handshake (408)'),
  REQUEST_TIMEOUT_MS: wholeNumber(100, 600_000)
    .prefault('10000')
    .describe('How long a whole request may take to come (408)'),
  KEEP_ALIVE_MS: wholeNumber(0, 600_000)
    .prefault('72000')
    .describe(
      'How long a connection may be idle; longer than a proxy in front keeps it. 0: as long as it likes',
    ),
  MAX_HEADER_BYTES: wholeNumber(1_024, 1_048_576)
    .prefault('16384')
    .describe('How long the headers of a request may be (431)'),
  MAX_CONNECTIONS: wholeNumber(0, 1_000_000)
    .prefault('10000')
    .describe('How many connections may be open; others are closed as they come. 0: any number'),
  MAX_REQUESTS_PER_CONNECTION: wholeNumber(0, 1_000_000_000)
    .prefault('0')
    .describe('After how many requests a connection is closed, so that clients spread anew; 0: never'),
  RATE_LIMIT_PER_MINUTE: wholeNumber(0, 1_000_000_000)
    .prefault('0')
    .describe(
      'How many requests a client may send in a minute (429), health, metrics and the figures of the dashboard apart; a client is a certificate, or else an address, which behind a mesh or a balancer all may share. 0: any number',
    ),
  FAILED_AUTHENTICATIONS_PER_MINUTE: wholeNumber(0, 1_000_000_000)
    .prefault('30')
    .describe(
      'How many requests without a good token a client is told 401 for in a minute, before it is 429; a good token is always let in. 0: any number',
    ),
  RATE_LIMIT: z
    .enum(['memory', 'redis'])
    .default('memory')
    .describe(
      'Where requests of clients are counted: in each process for itself, or in Redis for all, without which they are let in uncounted',
    ),
  RATE_LIMIT_CLIENTS: wholeNumber(1, 10_000_000)
    .prefault('100000')
    .describe(
      'How many clients a process counts for, for each limit, at about 300 bytes each; whoever was not heard of for longest is forgotten first',
    ),
  BODY_LIMIT_BYTES: wholeNumber(1_024, 1_048_576)
    .prefault('65536')
    .describe('Longest body that is read; a request of six certificates has about 6,000 bytes'),
  MAX_EVENT_LOOP_DELAY_MS: wholeNumber(0, 60_000)
    .prefault('100')
    .describe(
      'How late the event loop may be, on average over a second, before requests are turned away (503); 0: however late',
    ),
  MAX_REQUESTS_IN_FLIGHT: wholeNumber(0, 1_000_000)
    .prefault('1000')
    .describe(
      'How many requests may wait for a store, or for anything else, before others are turned away (503); 0: any number',
    ),
  MAX_MEMORY_PERCENT: wholeNumber(0, 100)
    .prefault('90')
    .describe(
      'How much may be in use of the heap, or of the memory of the container, before requests are turned away (503), by what is left after a major garbage collection; 0: however much',
    ),
  CERTIFICATE_CACHE_SIZE: wholeNumber(1, 1_000_000)
    .prefault('10000')
    .describe(
      'How many parsed certificates are remembered, of each kind, at about 3 kB each; fewer where they are larger than real ones',
    ),
  CERTIFICATE_PROFILE: checkMode.describe(
    'The SMKI profile of certificates: enforce, report (findings that never refuse), or off',
  ),
  CERTIFICATE_POLICIES: z
    .string()
    .regex(/^[0-2](?:\.[0-9]{1,15})+(?:,[0-2](?:\.[0-9]{1,15})+)*$/, 'must be OIDs, with commas between them')
    .default('1.2.826.0.1.8641679.1.2.1.4')
    .transform((text) => text.split(','))
    .describe(
      'Policies that the profile accepts, with commas between them; the default is that of the test SMKI, and the one in production is not public',
    ),
  CERTIFICATE_PATH: checkMode.describe(
    'The path of certificates to a trust anchor, and their validity: enforce, report, or off',
  ),
  CERTIFICATE_REVOCATION: checkMode.describe('Revocation lists: enforce, report, or off'),
  REVOCATION_UNKNOWN: z
    .enum(['refuse', 'refuse-if-stale', 'accept'])
    .default('refuse-if-stale')
    .describe(
      'What it means that a revocation list is stale or missing; refuse-if-stale accepts, with a finding, where there is no list of the issuer',
    ),
  XML_SIGNATURE: z
    .enum(['require', 'verify-if-present', 'off'])
    .default('verify-if-present')
    .describe('The XML signature of requests; require refuses JSON, which has none'),
  REQUEST_HISTORY: z
    .enum(['memory', 'redis'])
    .default('memory')
    .describe(
      'Where RequestIDs are remembered: in each process for itself, or in Redis for all, without which no request is then judged',
    ),
  REQUEST_HISTORY_SECONDS: wholeNumber(1, 31_536_000)
    .prefault('86400')
    .describe('How long a RequestID is remembered, to tell a request again from another under its name'),
  REQUEST_HISTORY_SIZE: wholeNumber(1, 10_000_000)
    .prefault('100000')
    .describe('How many RequestIDs are remembered, at about 300 bytes each; the oldest go first'),
  GAS_CHECK: z
    .enum(['handover', 'all', 'off'])
    .default('handover')
    .describe(
      'Where the certificates of gas devices are held against the registered Gas Transporter: at hand-over (6.21), in all services (6.15.1 too), or nowhere',
    ),
  DEVICE_REGISTRY_UNAVAILABLE: z
    .enum(['refuse', 'accept'])
    .default('refuse')
    .describe(
      'What happens where the device registry cannot be asked: refuse answers 503; accept judges as if it knew nothing of the device, with a finding',
    ),
  STOP_DELAY_MS: wholeNumber(0, 60_000)
    .prefault('0')
    .describe('How long it says that it is not ready, and answers on, before it stops listening'),
  MPAN_CHECK_DIGIT: z
    .enum(['advise', 'refuse'])
    .default('advise')
    .describe(
      'What a wrong MPAN check digit does to a request where the response-code list has no code for it',
    ),
});

export type Config = Readonly<z.output<typeof settings>>;

/** The environment holds a setting that cannot be used. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(['The configuration has faults:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.name = 'ConfigError';
  }
}

/** Reads the settings, all faults at once. Throws a ConfigError. A variable that is empty counts as not set. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = settings.safeParse(set);
  if (parsed.success) {
    const faults = contradictions(parsed.data);
    if (faults.length > 0) throw new ConfigError(faults);
    return Object.freeze(parsed.data);
  }
  throw new ConfigError(
    parsed.error.issues.map(({ path: [name], message }) => `${String(name)}: ${message}`),
  );
}

/** What is wrong with settings that are right each for itself. */
function contradictions(config: Config): string[] {
  const isSet = (name: keyof Config): boolean => config[name] !== undefined;
  const needs = (name: keyof Config, other: keyof Config): string[] =>
    isSet(name) && !isSet(other) ? [`${name}: needs ${other}, which is not set`] : [];
  const inRedis = (['DEVICE_REGISTRY', 'REQUEST_HISTORY', 'RATE_LIMIT'] as const).filter(
    (name) => config[name] === 'redis' && !isSet('REDIS_URL'),
  );
  return [
    ...inRedis.map((name) => `${name}: is redis, and there is no REDIS_URL`),
    ...(config.DECISION_LOG === 'files' && !isSet('DECISION_LOG_DIR')
      ? ['DECISION_LOG: is files, and there is no DECISION_LOG_DIR']
      : []),
    ...needs('TLS_CERT_FILE', 'TLS_KEY_FILE'),
    ...needs('TLS_KEY_FILE', 'TLS_CERT_FILE'),
    ...needs('TLS_CLIENT_CA_FILE', 'TLS_CERT_FILE'),
    ...needs('TLS_CLIENT_CRL_FILE', 'TLS_CLIENT_CA_FILE'),
    ...needs('TLS_CLIENT_NAMES', 'TLS_CLIENT_CA_FILE'),
    ...(config.HEADERS_TIMEOUT_MS > config.REQUEST_TIMEOUT_MS
      ? ['HEADERS_TIMEOUT_MS: is longer than REQUEST_TIMEOUT_MS, which counts them in']
      : []),
  ];
}
