import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { readConfig } from '../src/config.js';
import { type LiveReferenceData, liveReferenceData } from '../src/live-reference-data.js';
import type { DataSet, DataSetId } from '../src/reference-data/data-set.js';
import { sealListFiles } from '../src/reference-data/load.js';
import type { DataSetRepository } from '../src/stores/data-set-repository.js';
import { directoryDataSets } from '../src/stores/directory-data-sets.js';
import { redisDataSets } from '../src/stores/redis-data-sets.js';
import { directoryWith, temporaryDirectory, writeFiles } from './directories.js';
import { now, pki } from './fixtures.js';
import { startRedis, withoutRedis } from './redis-server.js';
import { listValues, publisher, sealed } from './reference-data/data-sets.js';
import { listFiles } from './reference-data/lists.js';
import { readAuthority } from './smki/authorities.js';
import { revocationList, trustFiles } from './trust-data.js';
import { until } from './until.js';

const hour = 3_600_000;
const after = (ms: number): Date => new Date(now.getTime() + ms);

interface Stage {
  /** The clock; a test moves it. */
  at: Date;
  readonly start: (settings: Readonly<Record<string, string>>) => Promise<LiveReferenceData>;
  /** What was logged since it was asked last: the level and message, with what else is told. */
  readonly logged: () => unknown[];
}

/** Everything that starts on it ends with the test. */
function stage(t: Test): Stage {
  const log = new PassThrough();
  const it: Stage = {
    at: now,
    start: async (settings) => {
      const config = readConfig({ REFERENCE_DATA_POLL_SECONDS: '3600', ...settings });
      const live = await liveReferenceData(config, () => it.at, pino({ level: config.LOG_LEVEL }, log));
      t.teardown(() => live.close());
      return live;
    },
    logged: () => {
      const text = ((log.read() as Buffer | null) ?? '').toString().trim();
      return text === '' ? [] : text.split('\n').map(entryOf);
    },
  };
  return it;
}

function entryOf(line: string): unknown {
  const { level, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>;
  for (const name of ['time', 'pid', 'hostname']) Reflect.deleteProperty(rest, name);
  const told = { ...rest, ...(err !== undefined && { err: (err as { message: string }).message }) };
  const name = { 30: 'info', 40: 'warn', 50: 'error' }[level as number];
  return Object.keys(told).length > 0
    ? [`${String(name)}: ${String(msg)}`, told]
    : `${String(name)}: ${String(msg)}`;
}

const idOf = ({ version, sha256 }: DataSetId): DataSetId => ({ version, sha256 });
const taken = (dataSet: DataSetId, source: string, effectiveFrom = '2026-06-01T00:00:00Z'): unknown[] => [
  ['info: reference data taken', { referenceData: idOf(dataSet), source, effectiveFrom }],
  ...warnings,
];
const warnings = [
  [
    'warn: trust anchors without a revocation list',
    { anchors: [`CN=Z1,OU=07 (${readAuthority(pki.issuingCa).serialNumber})`] },
  ],
  'warn: certificate-party-mpan-mismatch has no response code in 6.21, and advises only',
];
const refused = (version: number | undefined, source: string, ...faults: string[]): unknown => [
  'error: reference data refused',
  { ...(version !== undefined && { version }), source, faults },
];

/** What is decided by: its version, or why there is none. */
const decidesBy = (live: LiveReferenceData, at = now): unknown => {
  const deciding = live.at(at);
  return deciding.ok ? deciding.value.referenceData.dataSet.version : deciding.rejection.kind;
};

/** Publishes data sets one after the other, unsigned unless it is told by whom. */
function publisherTo(
  repository: DataSetRepository,
): (change?: Partial<DataSet>, sign?: (bytes: Buffer) => Buffer) => Promise<DataSetId> {
  return async (change = {}, sign) => {
    const dataSet = sealed(change);
    const { published } = await repository.publish(
      dataSet,
      sign?.(dataSet.bytes),
      await repository.current(),
    );
    if (!published) throw new Error('it was not published');
    return idOf(dataSet);
  };
}

/** A directory that is published to. */
async function publishing(t: Test): Promise<{
  readonly directory: string;
  readonly repository: DataSetRepository;
  readonly publish: ReturnType<typeof publisherTo>;
}> {
  const directory = path.join(await temporaryDirectory(t), 'data-sets');
  await mkdir(directory);
  const repository = directoryDataSets(directory, () => now);
  return { directory, repository, publish: publisherTo(repository) };
}

const headFile = (version: number): Map<string, Buffer> =>
  new Map([['data-set.json', Buffer.from(JSON.stringify({ version, issuedAt: '2026-06-01T00:00:00Z' }))]]);

t.test('starts on lists, and says what it took', async (t) => {
  const it = stage(t);
  const directory = await directoryWith(t, listFiles());
  const dataSet = sealListFiles(listFiles());
  const live = await it.start({ REFERENCE_DATA_DIR: directory });
  t.strictSame(it.logged(), taken(dataSet, 'lists'));
  t.equal(decidesBy(live), 1);
  const { inForce, nextLapse, ...status } = live.status();
  t.match(inForce, { source: 'lists', referenceData: { dataSet: idOf(dataSet) } });
  t.strictSame(inForce?.takenAt, now);
  t.strictSame(nextLapse?.at, readAuthority(pki.issuingCa).notAfter);
  t.strictSame(status, {
    pending: undefined,
    freshness: 'current',
    confirmedAt: now,
    refused: undefined,
    trouble: undefined,
    age: 0,
    lapsed: 0,
    refusals: 0,
  });
  await live.refresh();
  t.strictSame(it.logged(), [], 'and says nothing where nothing has changed');
});

t.test('does not start on lists with faults, and names them all', async (t) => {
  const it = stage(t);
  const fault = '\n  users.json: entries: must be a list that is not empty';
  const files = listFiles({ users: [] });
  const directory = await directoryWith(t, files);
  await t.rejects(it.start({ REFERENCE_DATA_DIR: directory }), {
    name: 'ReferenceDataError',
    message: `The reference data has faults:${fault}`,
  });
  await writeFiles(directory, new Map([['devices.json', Buffer.from('{')]]));
  await t.rejects(it.start({ REFERENCE_DATA_DIR: directory }), {
    name: 'ReferenceDataError',
    message: `The reference data has faults:\n  devices.json: is not well-formed JSON at position 1${fault}`,
  });
});

t.test('lists that change on the disk while it runs', async (t) => {
  const it = stage(t);
  const directory = await directoryWith(t, listFiles());
  const live = await it.start({ REFERENCE_DATA_DIR: directory });
  it.logged();

  const changed = listFiles({ devices: [] });
  await writeFiles(directory, new Map([['devices.json', changed.get('devices.json')!]]));
  await live.refresh();
  const fault = 'data set: has other contents than the version of the same number that was taken before';
  t.strictSame(it.logged(), [refused(1, 'lists', fault)]);
  t.equal(decidesBy(live), 1);
  t.match(live.status(), { refused: { version: 1 }, refusals: 1, trouble: undefined });
  t.equal(live.status().inForce?.referenceData.devices.length, 1);
  await live.refresh();
  t.strictSame(it.logged(), [], 'told once');

  await writeFiles(directory, headFile(2));
  await until('the second is taken', () => decidesBy(live) === 2);
  t.strictSame(it.logged(), taken(sealListFiles(new Map([...changed, ...headFile(2)])), 'lists'));
  t.match(live.status(), { refused: undefined });
  t.equal(live.status().inForce?.referenceData.devices.length, 0);

  await writeFiles(directory, headFile(1));
  await until('the first again is not', () => live.status().refused?.version === 1);
  t.strictSame(it.logged(), [
    refused(1, 'lists', 'data set: is older than version 2, which was taken before'),
  ]);

  await writeFiles(directory, new Map([['users.json', Buffer.from('{')]]));
  await live.refresh();
  const message = 'users.json: is not well-formed JSON at position 1';
  t.strictSame(it.logged(), [
    refused(undefined, 'lists', message),
    [
      'error: the source of the reference data cannot be asked',
      { source: 'lists', err: `The reference data has faults:\n  ${message}` },
    ],
  ]);
  t.equal(decidesBy(live), 2);
});

t.test('starts without anything, and takes the first that is published', async (t) => {
  const it = stage(t);
  const { directory, publish } = await publishing(t);
  const live = await it.start({ DATA_SET_DIR: directory });
  t.equal(decidesBy(live), 'reference-data-unavailable');
  t.strictSame(live.status(), {
    inForce: undefined,
    pending: undefined,
    freshness: undefined,
    confirmedAt: undefined,
    refused: undefined,
    trouble: 'nothing has been published',
    age: undefined,
    nextLapse: undefined,
    lapsed: 0,
    refusals: 0,
  });
  t.strictSame(it.logged(), [
    [
      'error: the source of the reference data cannot be asked',
      { source: 'directory', err: 'nothing has been published' },
    ],
  ]);
  const dataSet = await publish();
  await until('it is taken, without a restart', () => live.status().trouble === undefined);
  t.equal(decidesBy(live), 1);
  t.strictSame(it.logged(), [
    ...taken(dataSet, 'directory'),
    ['info: the source of the reference data can be asked again', { source: 'directory' }],
  ]);
});

t.test('what is published is tested before anything is decided by it', async (t) => {
  const it = stage(t);
  const { directory, publish } = await publishing(t);
  const live = await it.start({ DATA_SET_DIR: directory });
  const { lists } = JSON.parse(sealed().bytes.toString()) as DataSet;
  await publish({ lists: { ...lists, trust: {} } });
  await live.refresh();
  t.match(it.logged().slice(1), [
    refused(1, 'directory', 'trust/: there is no trust anchor, and CERTIFICATE_PATH is enforce'),
  ]);
  const ended = {
    organisationId: 'of-12',
    name: 'Operator of 12',
    ranges: [{ from: '02-00-00-00-00-01-00-00', to: '02-00-00-00-00-01-ff-ff', effectiveTo: '2026-07-31' }],
    operates: [{ distributorId: '12' }],
  };
  const operators = { source: 'tests', retrieved: '2026-06-15', entries: [ended] };
  const without = 'data set: no operator of distributor 12 has an Entity Identifier on';
  const change = { lists: { ...lists, 'network-operators': operators } };
  await publish({ version: 2, ...change });
  await live.refresh();
  t.match(live.status().refused, { version: 2, faults: [{ message: /Identifier on 2026-08-01$/ }] });
  // From midnight in London, which is in summer time.
  await publish({ version: 3, effectiveFrom: '2026-08-01T23:00:00Z', ...change });
  await live.refresh();
  t.match(it.logged().at(-1), refused(3, 'directory', `${without} 2026-08-02`));
  t.equal(decidesBy(live), 'reference-data-unavailable');
});

t.test('starts from what it kept, where its source is away, and goes on where it is back', async (t) => {
  const it = stage(t);
  const { directory, publish } = await publishing(t);
  const state = path.join(await temporaryDirectory(t), 'state');
  const settings = { DATA_SET_DIR: directory, STATE_DIR: state };
  const first = await publish();
  const before = await it.start(settings);
  t.equal(decidesBy(before), 1);
  const confirmed = path.join(state, 'confirmed-at');
  const keptConfirmation = (): Promise<string> =>
    readFile(confirmed, 'utf8').then(
      (text) => text.split(' ', 1)[0] ?? '',
      () => '',
    );
  await until('the confirmation is kept', async () => (await keptConfirmation()) === now.toISOString());
  it.at = after(59_000);
  await before.refresh();
  it.at = after(60_000);
  await before.refresh();
  await until('and again after a minute', async () => (await keptConfirmation()) === it.at.toISOString());
  await before.close();
  t.strictSame(it.logged(), taken(first, 'directory'));

  const pointer = path.join(directory, 'current.json');
  const whole = await readFile(pointer);
  await writeFiles(directory, new Map([['current.json', Buffer.from('{"version":')]]));
  it.at = after(60_000 + 2 * hour);
  const live = await it.start(settings);
  const away = `the directory ${directory} is not available`;
  t.strictSame(it.logged(), [
    ...taken(first, 'persisted'),
    ['info: started from the reference data on disk', { referenceData: first }],
    [
      'error: the source of the reference data cannot be asked',
      { source: 'directory', err: `${away}: current.json is not a pointer to a data set` },
    ],
    [
      'warn: the reference data is not current',
      { freshness: 'stale', confirmedAt: after(60_000).toISOString() },
    ],
  ]);
  await live.refresh();
  t.strictSame(it.logged(), [], 'told once');
  t.equal(decidesBy(live, it.at), 1);
  t.match(live.status(), {
    inForce: { source: 'persisted' },
    freshness: 'stale',
    age: 7200,
    trouble: away,
  });
  t.strictSame(live.status().confirmedAt, after(60_000));

  await writeFiles(directory, new Map([['current.json', whole]]));
  await live.refresh();
  t.match(live.status(), {
    inForce: { source: 'directory' },
    freshness: 'current',
    age: 0,
    trouble: undefined,
  });
  t.strictSame(it.logged(), [
    ['info: the source of the reference data can be asked again', { source: 'directory' }],
  ]);
  const second = await publish({ version: 2 });
  await live.refresh();
  t.strictSame(it.logged(), taken(second, 'directory'));
});

t.test('takes and starts from what is older than a list that it has learnt since', async (t) => {
  const it = stage(t);
  const { directory, publish } = await publishing(t);
  const state = path.join(await temporaryDirectory(t), 'state');
  const known = Object.entries(listValues()).filter(([name]) => name !== 'metering-arrangements');
  const lists = Object.fromEntries(known);
  const first = await publish({ lists });
  const before = await it.start({ DATA_SET_DIR: directory, STATE_DIR: state });
  await before.close();
  t.strictSame(it.logged(), taken(first, 'directory'));
  await rm(directory, { recursive: true });
  const live = await it.start({ DATA_SET_DIR: directory, STATE_DIR: state });
  t.equal(decidesBy(live), 1);
  t.match(live.status(), { inForce: { source: 'persisted', referenceData: { dataSet: first } } });
});

t.test('keeps what waits beside what is in force, and starts from both', async (t) => {
  const it = stage(t);
  const { directory, publish } = await publishing(t);
  const state = path.join(await temporaryDirectory(t), 'state');
  await publish();
  const before = await it.start({ DATA_SET_DIR: directory, STATE_DIR: state });
  await publish({ version: 2, effectiveFrom: after(hour).toISOString() });
  await before.refresh();
  await before.close();
  await rm(directory, { recursive: true });

  const live = await it.start({ DATA_SET_DIR: directory, STATE_DIR: state });
  t.equal(decidesBy(live, now), 1);
  t.match(live.status(), { pending: { referenceData: { dataSet: { version: 2 } } } });
  t.equal(decidesBy(live, after(hour)), 2);
});

t.test('data sets on its disk that are broken', async (t) => {
  const it = stage(t);
  const { directory, publish } = await publishing(t);
  const state = path.join(await temporaryDirectory(t), 'state');
  const settings = { DATA_SET_DIR: directory, STATE_DIR: state };
  const first = await publish();
  const before = await it.start(settings);
  await publish({ version: 2, effectiveFrom: after(hour).toISOString() });
  await before.refresh();
  await before.close();
  it.logged();
  const kept = path.join(state, 'data-sets');
  await rm(path.join(directory, 'current.json'));

  await writeFile(path.join(kept, '2.json'), '{"version":2');
  await mkdir(path.join(kept, '3.json'));
  const live = await it.start(settings);
  t.equal(decidesBy(live), 1);
  t.strictSame(it.logged().slice(0, -2), [
    ...taken(first, 'persisted'),
    refused(undefined, 'persisted', 'data set: is not JSON in canonical form (RFC 8785)'),
    [
      'error: the reference data on disk could not be read',
      { err: 'EISDIR: illegal operation on a directory, read' },
    ],
    ['info: started from the reference data on disk', { referenceData: first }],
  ]);
});

t.test('what could not be kept does not have confirmed what was kept before', async (t) => {
  const it = stage(t);
  const { directory, publish } = await publishing(t);
  const state = await temporaryDirectory(t);
  const settings = { DATA_SET_DIR: directory, STATE_DIR: state };
  await publish();
  const before = await it.start(settings);
  // As where the disk is full: what is small is still written.
  const second = path.join(state, 'data-sets', '2.json');
  await mkdir(second);
  await publish({ version: 2 });
  it.at = after(hour);
  await before.refresh();
  t.equal(decidesBy(before), 2);
  const confirmed = path.join(state, 'confirmed-at');
  await until('the second is confirmed', async () =>
    (await readFile(confirmed, 'utf8')).startsWith(after(hour).toISOString()),
  );
  await before.close();
  await rm(second, { recursive: true });
  await rm(path.join(directory, 'current.json'));
  const live = await it.start(settings);
  t.equal(decidesBy(live), 1);
  t.strictSame([live.status().confirmedAt, live.status().freshness], [undefined, 'too-old']);
});

t.test('a disk that cannot be written keeps nothing from being taken', async (t) => {
  const it = stage(t);
  const { directory, publish } = await publishing(t);
  const state = path.join(await temporaryDirectory(t), 'file');
  await writeFile(state, '');
  const dataSet = await publish();
  const live = await it.start({ DATA_SET_DIR: directory, STATE_DIR: state });
  t.equal(decidesBy(live), 1);
  const lines: unknown[] = [];
  await until('all is told', () => lines.push(...it.logged()) >= 7);
  const unread = (file: string): unknown => [
    'error: the reference data on disk could not be read',
    { err: `ENOTDIR: not a directory, ${file}` },
  ];
  t.equal(lines.length, 7);
  t.match(lines, [
    unread(`scandir '${path.join(state, 'data-sets')}'`),
    unread(`open '${path.join(state, 'confirmed-at')}'`),
    ...taken(dataSet, 'directory'),
    ['error: the reference data could not be kept on disk', { err: /^ENOTDIR: not a directory/ }],
    [
      'error: the state of the reference data could not be kept on disk',
      { err: `EEXIST: file already exists, mkdir '${state}'` },
    ],
  ]);
});

t.test('takes only what a publisher has signed, from its source and from its disk', async (t) => {
  const it = stage(t);
  const { directory, publish } = await publishing(t);
  const [ours, other] = [publisher(), publisher()];
  const files = await directoryWith(
    t,
    new Map([
      ['publishers.pem', Buffer.from(ours.pem)],
      ['others.pem', Buffer.from(other.pem)],
    ]),
  );
  const keys = path.join(files, 'publishers.pem');
  const state = path.join(files, 'state');
  const live = await it.start({ DATA_SET_DIR: directory, PUBLISHER_KEYS_FILE: keys, STATE_DIR: state });
  it.logged();
  await publish();
  await live.refresh();
  const unsigned = 'data set: is not signed, and the service has keys of publishers';
  t.match(it.logged()[0], refused(1, 'directory', unsigned));
  await publish({ version: 2 }, other.sign);
  await live.refresh();
  const strange = 'data set: is not signed by any of the publishers that the service has keys of';
  t.strictSame(it.logged(), [refused(2, 'directory', strange)]);
  t.equal(decidesBy(live), 'reference-data-unavailable');
  await publish({ version: 3 }, ours.sign);
  await live.refresh();
  t.equal(decidesBy(live), 3);
  await live.close();
  it.logged();

  await rm(directory, { recursive: true });
  const trusting = await it.start({ DATA_SET_DIR: directory, PUBLISHER_KEYS_FILE: keys, STATE_DIR: state });
  t.equal(decidesBy(trusting), 3, 'its signature was kept with it');
  it.logged();
  const others = path.join(files, 'others.pem');
  const wary = await it.start({ DATA_SET_DIR: directory, PUBLISHER_KEYS_FILE: others, STATE_DIR: state });
  t.equal(decidesBy(wary), 'reference-data-unavailable');
  t.strictSame(it.logged()[0], refused(undefined, 'persisted', strange));
  await t.rejects(
    it.start({ REFERENCE_DATA_DIR: await directoryWith(t, listFiles()), PUBLISHER_KEYS_FILE: keys }),
    {
      name: 'ReferenceDataError',
      message: `The reference data has faults:\n  ${unsigned}`,
    },
  );
});

t.test('a file of publishers that cannot be used', async (t) => {
  const it = stage(t);
  const directory = await directoryWith(t, new Map([['key.pem', Buffer.from(publisher('P-384').pem)]]));
  const settings = { DATA_SET_DIR: directory };
  await t.rejects(it.start({ ...settings, PUBLISHER_KEYS_FILE: path.join(directory, 'key.pem') }), {
    name: 'ConfigError',
    message:
      'The configuration has faults:\n  PUBLISHER_KEYS_FILE: has no PEM public keys on P-256, or others',
  });
  const missing = path.join(directory, 'missing.pem');
  await t.rejects(it.start({ ...settings, PUBLISHER_KEYS_FILE: missing }), {
    name: 'ConfigError',
    message: `The configuration has faults:\n  PUBLISHER_KEYS_FILE: cannot be read: ENOENT: no such file or directory, open '${missing}'`,
  });
});

t.test('what lapses while it runs is told, once', async (t) => {
  const it = stage(t);
  const list = revocationList([], { nextUpdate: after(2 * hour) });
  const files = trustFiles({}, list);
  const head = { version: 1, issuedAt: '2026-06-01T00:00:00Z', expiresAt: after(3 * hour).toISOString() };
  files.set('data-set.json', Buffer.from(JSON.stringify(head)));
  const live = await it.start({ REFERENCE_DATA_DIR: await directoryWith(t, files) });
  it.logged();
  t.strictSame(live.status().nextLapse, { what: 'revocation list of CN=Z1,OU=07', at: after(2 * hour) });
  const loggedAt = async (ms: number): Promise<unknown[]> => {
    it.at = after(ms);
    await live.refresh();
    return it.logged();
  };
  t.strictSame(await loggedAt(2 * hour - 1), []);
  t.strictSame(await loggedAt(2 * hour), [
    ['warn: has lapsed', { what: 'revocation list of CN=Z1,OU=07', at: after(2 * hour).toISOString() }],
  ]);
  t.strictSame(live.status().nextLapse, { what: 'data set', at: after(3 * hour) });
  t.equal(live.status().lapsed, 1);
  t.strictSame(await loggedAt(2 * hour + 1), []);
  t.strictSame(await loggedAt(3 * hour), [
    ['warn: has lapsed', { what: 'data set', at: after(3 * hour).toISOString() }],
    ['warn: the reference data is not current', { freshness: 'too-old', confirmedAt: it.at.toISOString() }],
  ]);
  t.equal(decidesBy(live, it.at), 1, 'it says that it is not ready, and decides');
});

t.test('too old to decide by, where that is set', async (t) => {
  const it = stage(t);
  const { directory, publish } = await publishing(t);
  await publish();
  const live = await it.start({
    DATA_SET_DIR: directory,
    REFERENCE_DATA_TOO_OLD: 'refuse',
    REFERENCE_DATA_TOO_OLD_SECONDS: '3600',
  });
  t.equal(decidesBy(live, after(hour - 1)), 1);
  t.equal(decidesBy(live, after(hour)), 'reference-data-too-old');
});

t.test('reports what it decides by, and what it refused', async (t) => {
  const it = stage(t);
  const { directory, repository, publish } = await publishing(t);
  const live = await it.start({ DATA_SET_DIR: directory });
  const reported = async (what: string, isSo: (report: object) => boolean): Promise<void> => {
    await until(what, async () => {
      const reports = await repository.replicas();
      return reports.length === 1 && isSo(reports[0]!);
    });
  };
  await reported('it has nothing', (report) => !('version' in report));
  const replica = (await repository.replicas())[0]!.replica;
  t.ok(replica.startsWith(`${hostname()}-`));
  t.match(replica, /-[0-9a-f]{8}$/);
  const first = await publish();
  await live.refresh();
  await reported('it has taken the first', (report) => 'version' in report);
  const report = { replica, at: now.toISOString(), ...first, source: 'directory' };
  t.strictSame(await repository.replicas(), [report]);
  await publish({ version: 2, lists: {} });
  await live.refresh();
  await reported('it has refused the second', (each) => 'refused' in each);
  const reason = 'applicability.json: is missing';
  t.strictSame(await repository.replicas(), [{ ...report, refused: { version: 2, reason } }]);
});

t.test('looks from time to time', async (t) => {
  const it = stage(t);
  const directory = path.join(await temporaryDirectory(t), 'later');
  const live = await it.start({ DATA_SET_DIR: directory, REFERENCE_DATA_POLL_SECONDS: '1' });
  await publisherTo(directoryDataSets(directory, () => now))();
  await until('it is taken, though the directory could not be watched', () => decidesBy(live) === 1);
});

t.test('from Redis, without a restart', { skip: withoutRedis }, async (t) => {
  const it = stage(t);
  const server = await startRedis(t);
  await server.kill();
  const settings = { REDIS_URL: server.url, REDIS_KEY_PREFIX: 'test', LOG_LEVEL: 'info' };
  const live = await it.start(settings);
  t.match(live.status().trouble, /^the Redis of the reference data is not available: connect ECONNREFUSED/);
  t.equal(decidesBy(live), 'reference-data-unavailable');
  await server.restart();
  await until('Redis is back, and has nothing', () => live.status().trouble === 'nothing has been published');
  const repository = redisDataSets(
    server.settings(),
    () => now,
    () => undefined,
  );
  t.teardown(() => repository.close());
  const publish = publisherTo(repository);
  await publish();
  await until('a nudge brings the first', () => decidesBy(live) === 1);
  await publish({ version: 2 });
  await until('and the second', () => decidesBy(live) === 2);
  await until('and it reports it', async () => (await repository.replicas())[0]?.version === 2);
  await server.kill();
  await live.refresh();
  t.match(live.status(), {
    inForce: { source: 'redis', referenceData: { dataSet: { version: 2 } } },
    trouble: 'the Redis of the reference data is not available',
  });
  await server.restart();
  await until('it has nothing any more', () => live.status().trouble === 'nothing has been published');
  t.equal(decidesBy(live), 2, 'and what was in force stays');
});

t.test('the password of Redis is in no log', { skip: withoutRedis }, async (t) => {
  const redis = await startRedis(t, ['--requirepass', 'right']);
  const config = readConfig({ REDIS_URL: redis.url.replace('//', '//:n0t-the-0ne@') });
  const log = new PassThrough();
  const live = await liveReferenceData(config, () => now, pino({ level: 'trace' }, log));
  t.match(live.status().trouble, /WRONGPASS/);
  await live.close();
  const told = (log.read() as Buffer).toString();
  t.match(told, /"level":20.*WRONGPASS/);
  t.notMatch(told, /n0t-the-0ne/);
});
