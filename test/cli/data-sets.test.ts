import { execFileSync } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { packageRoot } from '../../src/package-root.js';
import { temporaryDirectory } from '../directories.js';
import { publisher } from '../reference-data/data-sets.js';
import { cli } from './cli.js';

const shipped = path.join(packageRoot, 'reference-data');

/** A copy of the lists that are shipped, to change. */
async function listsIn(t: Test): Promise<string> {
  const directory = await temporaryDirectory(t);
  await cp(shipped, directory, { recursive: true });
  return directory;
}

async function change(directory: string, file: string, from: string, to: string): Promise<void> {
  const name = path.join(directory, file);
  const text = await readFile(name, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  await writeFile(name, text.replace(from, to));
}

/** Distributor 24 goes to whoever operates 25, from 2027. */
async function merge(directory: string): Promise<void> {
  const file = 'network-operators.json';
  await change(
    directory,
    file,
    '[{"distributorId": "24"}]',
    '[{"distributorId": "24", "effectiveTo": "2026-12-31"}]',
  );
  const gained = '[{"distributorId": "25"}, {"distributorId": "24", "effectiveFrom": "2027-01-01"}]';
  await change(directory, file, '[{"distributorId": "25"}]', gained);
}

const moves = 'distributor 24 moves from Invented operator of 24 to Invented operator of 25 on 2027-01-01';

t.test('checks lists, and tells every fault', async (t) => {
  const good = await cli(['check', 'reference-data']);
  t.equal(good.code, 0);
  t.match(good.out, /44 in distributors, .*\nNo fault\.\n$/);

  const lists = await listsIn(t);
  await change(lists, 'users.json', '"userRoles": ["IS"]', '"userRoles": []');
  await change(lists, 'distributors.json', '"mpid": "LOND"', '"mpid": "lond"');
  const bad = await cli(['check', lists, '--json']);
  t.equal(bad.code, 1);
  t.match(bad.json(), {
    version: 1,
    faults: [
      { file: 'distributors.json', entry: 'entry 3 (12)', message: /^mpid: must be/ },
      { file: 'users.json', message: /^userRoles: Too small/ },
    ],
    changes: null,
    replay: null,
  });
});

t.test('finds a merger whose two halves are on different days', async (t) => {
  const lists = await listsIn(t);
  await merge(lists);
  await change(
    lists,
    'network-operators.json',
    '"ranges": [{"from": "02-00-00-00-00-08-00-00", "to": "02-00-00-00-00-08-FF-FF"}]',
    '"ranges": [{"from": "02-00-00-00-00-08-00-00", "to": "02-00-00-00-00-08-FF-FF", "effectiveFrom": "2027-01-02"}]',
  );
  const { code, out } = await cli(['check', lists]);
  t.equal(code, 1);
  t.match(out, 'data set: no operator of distributor 24 has an Entity Identifier on 2027-01-01');
});

t.test('publishes, tells what is different, and goes back', async (t) => {
  const directory = await temporaryDirectory(t);
  const [lists, to] = [await listsIn(t), ['--data-set-dir', directory]];
  const first = await cli(['publish', lists, ...to]);
  t.equal(first.code, 0);
  t.match(first.out, /^Published version 1 \([0-9a-f]{12}…, not signed\), from /);

  await merge(lists);
  const dry = await cli(['publish', lists, ...to, '--dry-run', '--json']);
  t.match(dry.json(), {
    published: false,
    version: 2,
    changes: [{ list: 'network-operators', text: moves }],
  });
  const second = await cli(['publish', lists, ...to, '--effective-from', '2099-01-01T00:00:00Z']);
  t.match(second.out, `  network-operators: ${moves}\n`);
  t.match(second.out, 'It follows version 1.');
  const against = await cli(['check', shipped, '--against', 'current', ...to]);
  t.match(against.out, 'distributor 24 is taken from Invented operator of 25');

  const back = await cli(['rollback', '1', ...to, '--json', '--wait', '1']);
  t.equal(back.code, 2, 'nobody has taken it');
  t.match(back.json(), {
    published: true,
    version: 3,
    replaced: { version: 2 },
    notes: [
      'the lists of version 1',
      /^version 2 was to be decided by from 2099-01-01T00:00:00.000Z, and now never will/,
    ],
    replicas: [],
  });
  const status = await cli(['status', ...to, '--json']);
  t.match(status.json(), {
    versions: [
      { version: 3, current: true, signed: false },
      { version: 2, current: false, effectiveFrom: '2099-01-01T00:00:00.000Z' },
      { version: 1, current: false },
    ],
    replicas: [],
  });
  t.match((await cli(['status', ...to])).out, /3 \(current\)[^]*No replica has reported within a minute\./);
  t.match((await cli(['check', '3', '--against', '1', ...to])).out, 'Nothing is different.');
});

t.test('publishes nothing that has a fault, and nothing that is not higher', async (t) => {
  const directory = await temporaryDirectory(t);
  const [lists, to] = [await listsIn(t), ['--data-set-dir', directory]];
  await cli(['publish', lists, ...to, '--data-set-version', '7']);
  const lower = await cli(['publish', lists, ...to, '--data-set-version', '7']);
  t.equal(lower.code, 1);
  t.match(lower.errors, 'version 7 is not higher than 7, which was published before');
  await change(lists, 'users.json', '"userRoles": ["IS"]', '"userRoles": []');
  const faulty = await cli(['publish', lists, ...to, '--json']);
  t.equal(faulty.code, 1);
  t.match(faulty.json(), { published: false, faults: [{ file: 'users.json' }] });
  t.match((await cli(['status', ...to, '--json'])).json(), { versions: [{ version: 7 }] });
});

t.test('signs, and publishes nothing that the publishers of these settings have not signed', async (t) => {
  const [directory, keys] = [await temporaryDirectory(t), await temporaryDirectory(t)];
  const to = ['--data-set-dir', directory];
  const key = path.join(keys, 'key.pem');
  execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key], {
    stdio: 'ignore',
  });
  const own = execFileSync('openssl', ['ec', '-in', key, '-pubout'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const file = path.join(keys, 'publishers.pem');
  await writeFile(file, `${publisher().pem}${own.toString()}`);
  const settings = { PUBLISHER_KEYS_FILE: file };
  const unsigned = await cli(['publish', shipped, ...to], settings);
  t.equal(unsigned.code, 1);
  t.match(unsigned.out, 'is not signed, and the service has keys of publishers');
  const signed = await cli(['publish', shipped, ...to, '--sign-key', key, '--json'], settings);
  t.match(signed.json(), { published: true, signed: true });
  t.match((await cli(['check', 'current', ...to], settings)).out, 'No fault.');
  await writeFile(file, publisher().pem);
  t.match((await cli(['check', 'current', ...to], settings)).out, 'not signed by any of the publishers');
});

t.test('decides by any version, at any time', async (t) => {
  const directory = await temporaryDirectory(t);
  const [lists, to] = [await listsIn(t), ['--data-set-dir', directory]];
  await merge(lists);
  await cli(['publish', lists, ...to]);
  const request = path.join(packageRoot, 'docs/examples/matched.xml');
  const on24 = ['--device-type', 'ESME', '--import-mpxn', '2400000000000'];
  const by = async (...args: string[]): Promise<unknown> => {
    const { code, json } = await cli(['decide', request, ...on24, ...args, ...to]);
    t.equal(code, 0);
    return json();
  };
  const operatorOf = (findings: unknown): string =>
    (findings as { findings: { rule: string; wanted?: string }[] }).findings.find(
      ({ rule }) => rule === 'certificate-party-mpan-mismatch',
    )?.wanted ?? '';
  const before = await by('--by', '1', '--at', '2026-12-31T23:59:59Z');
  t.match(before, {
    responseCode: 'E061510',
    referenceData: { version: 1 },
    responseDateTime: '2026-12-31T23:59:59.000Z',
  });
  t.match(operatorOf(before), /Invented operator of 24$/);
  t.match(operatorOf(await by('--by', '1', '--at', '2027-01-01T00:00:00Z')), /Invented operator of 25$/);
  t.match(await by(), { referenceData: { version: 1 } });
  const unread = await cli(['decide', path.join(packageRoot, 'package.json')]);
  t.equal(unread.code, 1);
  t.match(unread.errors, 'not-schema-valid: ');
});

t.test('says what it cannot do', async (t) => {
  const nowhere = await cli(['status']);
  t.strictSame([nowhere.code, nowhere.out], [2, '']);
  t.match(nowhere.errors, 'set REDIS_URL or DATA_SET_DIR, or name one with --redis-url or --data-set-dir');
  const away = await cli(['status', '--redis-url', 'redis://:secret@127.0.0.1:1']);
  t.equal(away.code, 2);
  t.match(away.errors, 'the Redis of the reference data is not available: connect ECONNREFUSED 127.0.0.1:1');
  t.notMatch(away.errors, 'secret');
  for (const args of [
    ['nonsense'],
    ['publish'],
    ['publish', 'x', '--effective-from', 'tomorrow'],
    ['rollback', '0'],
  ]) {
    const { code, errors } = await cli(args);
    t.equal(code, 2, args.join(' '));
    t.match(errors, /^error: /);
  }
  const missing = await cli(['check', 'no/such/place']);
  t.equal(missing.code, 2);
  t.match(missing.errors, 'no/such/place is neither a directory of lists');
  t.equal((await cli(['--help'])).code, 0);
});
