import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { readConfig } from '../../src/config.js';
import { fileNamePattern } from '../../src/decision-log/files.js';
import { toJson } from '../../src/mock-dsp/message.js';
import { packageRoot } from '../../src/package-root.js';
import { startService } from '../../src/start.js';
import { cli } from '../cli/cli.js';
import { message, now } from '../fixtures.js';
import { until } from '../until.js';
import { replicaAt, temporaryDirectory } from './replica.js';

const body = toJson(message(), { deviceType: 'ESME', importMpxn: '1200023305967' });

interface Answered {
  readonly status: number;
  readonly id: string;
}

const post = async (url: string): Promise<Answered> => {
  const response = await fetch(`${url}/v1/service-requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  await response.text();
  return { status: response.status, id: response.headers.get('x-request-id') ?? '' };
};

interface Place {
  readonly directory: string;
  readonly settings: Readonly<Record<string, string>>;
}

async function placeFor(t: Test, change: Readonly<Record<string, string>> = {}): Promise<Place> {
  const parent = await temporaryDirectory(t);
  const keyFile = path.join(parent, 'key');
  await writeFile(keyFile, 'a secret of the tests, of 32 bytes and more\n');
  const directory = path.join(parent, 'log');
  return {
    directory,
    settings: {
      DECISION_LOG: 'files',
      DECISION_LOG_DIR: directory,
      DECISION_LOG_KEY_FILE: keyFile,
      ...change,
    },
  };
}

const filesIn = async (directory: string): Promise<string[]> => (await readdir(directory)).sort();

async function recordsIn(directory: string): Promise<Record<string, unknown>[]> {
  const names = (await filesIn(directory)).filter((name) => fileNamePattern.test(name));
  const texts = await Promise.all(names.map((name) => readFile(path.join(directory, name), 'utf8')));
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => line !== ''));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const idsIn = async (directory: string): Promise<Set<unknown>> =>
  new Set((await recordsIn(directory)).map(({ reqId }) => reqId));

const verified = async ({ directory, settings }: Place, ...more: string[]): Promise<unknown> => {
  const { json } = await cli(['decisions', 'verify', directory, '--json', ...more], {
    DECISION_LOG_KEY_FILE: settings.DECISION_LOG_KEY_FILE ?? '',
  });
  return json();
};

// 64 blocks of 512 bytes for any file: some records, and not what a collector of coverage writes, which ends the process.
const diskIsFull = 'ulimit -f 64; exec env -u NODE_OPTIONS "$@"';

/** A service in a process of its own, started by a shell command that ends in `"$@"`. */
async function startBy(
  t: Test,
  shell: string,
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; readonly kill: () => Promise<void>; readonly log: string[] }> {
  const program = path.join(packageRoot, 'dist/src/main.js');
  const child = spawn('sh', ['-c', shell, 'sh', process.execPath, program], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      CERTIFICATE_PATH: 'off',
      CERTIFICATE_REVOCATION: 'off',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const log: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => log.push(line));
  const url = await until('it listens', () =>
    log.map((line) => /"docs at (.*)\/docs"/.exec(line)?.[1]).find(Boolean),
  );
  return {
    url,
    log,
    kill: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Asks all the time on some connections until the service is gone, and gives what was answered. */
async function askUntilGone(url: string, enough: (answers: number) => void): Promise<Answered[]> {
  const answers: Answered[] = [];
  const ask = async (): Promise<void> => {
    for (;;) {
      answers.push(await post(url));
      enough(answers.length);
    }
  };
  await Promise.allSettled(Array.from({ length: 8 }, ask));
  return answers;
}

t.test('killed under load, no answer is without its record, and the chain goes on', async (t) => {
  const place = await placeFor(t, { DECISION_LOG_FILE_BYTES: '60000' });
  const answers: Answered[] = [];
  for (const round of [1, 2]) {
    const { url, kill } = await startBy(t, 'exec "$@"', place.settings);
    let killed: Promise<void> | undefined;
    answers.push(
      ...(await askUntilGone(url, (count) => {
        if (count === 100 * round) killed = kill();
      })),
    );
    await killed;
  }
  t.ok(answers.length >= 300, `${String(answers.length)} answers`);
  t.ok(answers.every(({ status }) => status === 200));
  const recorded = await idsIn(place.directory);
  t.strictSame(
    answers.filter(({ id }) => !recorded.has(id)),
    [],
    'every answer has its record',
  );
  t.ok((await filesIn(place.directory)).length > 4, 'in several files');
  t.match(await verified(place), { faultCount: 0, uncleanStops: 1 });
});

t.test('a record that was cut short is put aside, and told of in the chain', async (t) => {
  const place = await placeFor(t);
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', ...place.settings });
  const first = await startService(config, () => now);
  t.equal((await post(first.url)).status, 200);
  await first.stop();
  const [name = ''] = (await filesIn(place.directory)).filter((each) => fileNamePattern.test(each));
  const file = path.join(place.directory, name);
  t.equal((await stat(file)).mode & 0o777, 0o600, 'which is for nobody else');
  const torn = '{"decisionLog":1,"seq":4,"prev":"00';
  await appendFile(file, torn);
  t.match(await verified(place), { faultCount: 1 }, 'as it is, the log is not whole');

  const second = await startService(config, () => now);
  t.equal((await post(second.url)).status, 200);
  await second.stop();
  const aside = (await filesIn(place.directory)).find((each) => each.endsWith('.torn')) ?? '';
  t.equal(await readFile(path.join(place.directory, aside), 'utf8'), torn, 'nothing is thrown away');
  const records = await recordsIn(place.directory);
  t.match(records[3], { kind: 'start', seq: 4, torn: [{ file: aside, bytes: torn.length }] });
  t.match(await verified(place), { faultCount: 0, uncleanStops: 0, records: 6, decisions: 2 });
});

t.test('files that nothing whole was written to are in nobody’s way', async (t) => {
  const place = await placeFor(t);
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', ...place.settings });
  await (await startService(config, () => now)).stop();
  const fileOf = (seq: number): string =>
    path.join(place.directory, `decisions-${String(seq).padStart(15, '0')}.ndjson`);
  await writeFile(fileOf(3), 'nothing whole');
  await writeFile(fileOf(4), '');
  await (await startService(config, () => now)).stop();
  t.match(await verified(place), { faultCount: 0, records: 4 });
});

t.test('two processes do not write one log', async (t) => {
  const place = await placeFor(t);
  const { kill } = await startBy(t, 'exec "$@"', place.settings);
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', ...place.settings });
  await t.rejects(
    startService(config, () => now),
    { message: `another process writes its decision log to ${place.directory}` },
  );
  await kill();
  // What the dead one has left is no lock.
  await (await startService(config, () => now)).stop();
  t.match(await verified(place), { faultCount: 0, uncleanStops: 1 });
});

t.test('block: on a disk that is full nothing is answered, and what was stays whole', async (t) => {
  const place = await placeFor(t);
  const { url, log, kill } = await startBy(t, diskIsFull, place.settings);
  const answers: Answered[] = [];
  for (let asked = 0; asked < 40; asked += 1) answers.push(await post(url));
  const answered = answers.filter(({ status }) => status === 200);
  t.ok(answered.length > 2, `${String(answered.length)} answered`);
  t.ok(answered.length < 40);
  t.ok(answers.every(({ status }) => status === 200 || status === 503));
  t.match(log.join('\n'), /EFBIG.*the decision log cannot be written/);
  t.equal((await replicaAt(url).health()).status, 'ready', 'it is there for when there is room again');
  await kill();
  // The next has the room, and puts aside what part of a record there may be.
  await (
    await startService(readConfig({ PORT: '0', LOG_LEVEL: 'silent', ...place.settings }), () => now)
  ).stop();
  t.match(await verified(place), { faultCount: 0 });
  const recorded = await idsIn(place.directory);
  t.ok(answered.every(({ id }) => recorded.has(id)));
});

t.test('drop: on a disk that is full all is answered, and the log says what it has not', async (t) => {
  const place = await placeFor(t, { DECISION_LOG_WHEN_SLOW: 'drop', DECISION_LOG_BUFFER_BYTES: '65536' });
  const { url, log, kill } = await startBy(t, diskIsFull, place.settings);
  for (let asked = 0; asked < 100; asked += 1) t.equal((await post(url)).status, 200);
  t.match(log.join('\n'), /EFBIG.*the decision log cannot be written/);
  t.match(log.join('\n'), /decisions are answered without a record/);
  await kill();
});

t.test(
  'a log goes on over restarts, and its head, kept elsewhere, shows an end that is missing',
  async (t) => {
    const place = await placeFor(t);
    const config = readConfig({ PORT: '0', LOG_LEVEL: 'info', ...place.settings });
    let head = '';
    for (let run = 0; run < 3; run += 1) {
      const write = (line: string): void => {
        head = /"decisionLogHead":"([^"]*)"/.exec(line)?.[1] ?? head;
      };
      const { url, stop } = await startService(config, () => now, { write });
      await post(url);
      await stop();
    }
    t.match(await verified(place, '--head', head), { faultCount: 0, records: 9, uncleanStops: 0 });
    const [last = ''] = (await filesIn(place.directory))
      .filter((name) => fileNamePattern.test(name))
      .slice(-1);
    const file = path.join(place.directory, last);
    const lines = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, `${lines.slice(0, 2).join('\n')}\n`);
    t.match(await verified(place), { faultCount: 0, records: 8 });
    t.match(await verified(place, '--head', head), {
      faultCount: 1,
      faults: [
        {
          what: `the log has no record 9 with the hash ${head.slice(2)}, whose head was kept: it ends with record 8`,
        },
      ],
    });
  },
);
