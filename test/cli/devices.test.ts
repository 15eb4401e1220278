import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { temporaryDirectory } from '../directories.js';
import { startRedis, withoutRedis } from '../redis-server.js';
import { cli, type Run } from './cli.js';

const header = 'Device,Device Type,Import MPxN\n';
const device = (number: number): string =>
  `02-00-00-00-05-00-00-${number.toString(16).padStart(2, '0').toUpperCase()}`;
const row = (number: number): string => `${device(number)},ESME,1200023305967\n`;

async function stage(t: Test): Promise<{
  readonly run: (args: readonly string[], input?: string) => Promise<Run>;
  readonly file: (name: string, content: string | Buffer) => Promise<string>;
}> {
  const redis = await startRedis(t);
  const directory = await temporaryDirectory(t);
  return {
    run: (args, input) => cli(['devices', ...args, '--redis-url', redis.url], {}, input),
    file: async (name, content) => {
      const file = path.join(directory, name);
      await writeFile(file, content);
      return file;
    },
  };
}

t.test(
  'loads an inventory with its registrations, changes it, and tells of it',
  { skip: withoutRedis },
  async (t) => {
    const { run, file } = await stage(t);
    t.match((await run(['status'])).out, 'No inventory has been loaded.\nNo load is running.');
    const early = await run(['apply'], `{"remove": "${device(1)}"}`);
    t.equal(early.code, 2);
    t.match(early.errors, 'the device registry is not available: no inventory has been loaded');

    const inventory = await file('devices.csv.gz', gzipSync(header + row(1) + row(2)));
    const registrations = await file('registrations.csv', 'MPxN,Network Operator\n1200023305967,NEEB\n');
    const loaded = await run(['load', inventory, '--registrations', registrations, '--json']);
    t.equal(loaded.code, 0);
    t.match(loaded.json(), { loaded: true, devices: 2, resumedBehind: 0, report: { taken: 2 }, faults: [] });
    t.match((await run(['status', '--json'])).json(), { current: { rows: 2 } });

    const changes = [
      `{"put": {"entityIdentifier": "${device(3)}", "deviceType": "GSME", "importMpxn": "1234567890"}}`,
      'nonsense',
      `{"remove": "${device(1)}"}`,
      `{"put": {"entityIdentifier": "${device(4)}", "deviceType": "TOASTER"}}`,
    ];
    const applied = await run(['apply', '--json'], `${changes.join('\n')}\n`);
    t.equal(applied.code, 1);
    t.strictSame(applied.json(), { put: 1, removed: 1, bad: [2, 4] });
  },
);

t.test('with a fault, nothing is loaded, and what was there stays', { skip: withoutRedis }, async (t) => {
  const { run, file } = await stage(t);
  await run(['load', await file('good.csv', header + row(1))]);
  const bad = await run(['load', await file('bad.csv', `${header}${row(1)}${device(2)},TOASTER,\n`)]);
  t.equal(bad.code, 1);
  t.match(bad.out, /fault: line 3, Device Type: .*\nNothing is imported, because of the faults\.\n$/);
  const twice = await run(['load', await file('twice.csv', header + row(1) + row(2) + row(1))]);
  t.equal(twice.code, 1);
  t.match(twice.out, `fault: ${device(1)} is there twice\nNothing is loaded, because of the faults.`);
  t.match((await run(['status', '--json'])).json(), { current: { rows: 1 }, load: undefined });
  const contradiction = await file(
    'reg.csv',
    'MPxN,Network Operator\n1200023305967,NEEB\n1200023305967,LOND\n',
  );
  const refused = await run([
    'load',
    await file('more.csv', header + row(1)),
    '--registrations',
    contradiction,
  ]);
  t.equal(refused.code, 1);
  t.match(refused.errors, 'Nothing is imported, because of the faults.');
});

t.test('needs a Redis, and says so', async (t) => {
  const none = await cli(['devices', 'status']);
  t.equal(none.code, 2);
  t.match(none.errors, 'set REDIS_URL, or name one with --redis-url');
});

t.test('imports into a directory of lists, all or nothing', async (t) => {
  const lists = await temporaryDirectory(t);
  const text = await readFile('reference-data/devices.json', 'utf8');
  const names = ['applicability', 'distributors', 'gas-transporters', 'network-operators', 'response-codes'];
  const rest = [
    'shared-resource-providers',
    'user-certificates',
    'user-systems',
    'users',
    'data-set',
    'devices',
  ];
  for (const name of [...names, ...rest]) {
    await writeFile(path.join(lists, `${name}.json`), await readFile(`reference-data/${name}.json`));
  }
  const inventory = path.join(lists, 'inventory.csv');
  await writeFile(inventory, `${header}${row(1)}${device(2)},GSME,1200023305967\n`);
  const bad = await cli(['import', 'devices', inventory, '--lists', lists]);
  t.equal(bad.code, 1);
  t.match(bad.out, /fault: line 3.*\nNothing is imported, because of the faults\./);
  t.equal(await readFile(path.join(lists, 'devices.json'), 'utf8'), text);

  await writeFile(inventory, header + row(1));
  const dry = await cli(['import', 'devices', inventory, '--lists', lists, '--dry-run']);
  t.equal(dry.code, 0);
  t.match(dry.out, 'Nothing is written, since this is a dry run.');
  const good = await cli([
    ...['import', 'devices', inventory, '--lists', lists, '--source', 'A test', '--retrieved', '2026-06-15'],
  ]);
  t.equal(good.code, 0);
  t.strictSame(JSON.parse(await readFile(path.join(lists, 'devices.json'), 'utf8')), {
    $schema: '../schemas/reference-data/devices.schema.json',
    source: 'A test',
    retrieved: '2026-06-15',
    entries: [{ entityIdentifier: device(1), deviceType: 'ESME', importMpxn: '1200023305967' }],
  });

  const ranges = path.join(lists, 'ranges.csv');
  const taken = '02-00-00-00-00-01-00-00,02-00-00-00-00-01-00-FF';
  await writeFile(ranges, `Party,From,To\nInvented operator of 15 and 23,${taken}\n`);
  const overlap = await cli(['import', 'ranges', ranges, '--lists', lists, '--json']);
  t.equal(overlap.code, 1);
  t.match(overlap.json(), { imported: false });
});

t.test('a file without a device leaves the inventory as it is', { skip: withoutRedis }, async (t) => {
  const { run, file } = await stage(t);
  t.equal((await run(['load', await file('one.csv', header + row(1))])).code, 0);
  const empty = await run(['load', await file('none.csv', header)]);
  t.equal(empty.code, 1);
  t.match(empty.out, 'fault: the file has no device');
  t.match((await run(['status'])).out, /: 1 device, since [^]*No load is running/);

  const changes = [
    `{"remove":"${device(1)}","remove":"${device(2)}"}`,
    `{"put":{"entityIdentifier":"${device(1)}","deviceType":"ESME","importMpxn":"12345"}}`,
    `{"put":{"entityIdentifier":"${device(1)}","deviceType":"GSME","importMpxn":"12345"}}`,
  ];
  const applied = await run(['apply', '--json'], changes.join('\n'));
  t.equal(applied.code, 1);
  t.strictSame(applied.json(), { put: 1, removed: 0, bad: [1, 2] });
});
