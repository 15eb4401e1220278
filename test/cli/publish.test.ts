import { spawnSync } from 'node:child_process';
import { copyFile, cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { exitCodes } from '../../src/cli/exit.js';
import { packageRoot } from '../../src/package-root.js';
import { directoryDataSets } from '../../src/stores/directory-data-sets.js';
import { temporaryDirectory } from '../directories.js';
import { sealed } from '../reference-data/data-sets.js';

function run(...args: string[]): {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
} {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(packageRoot, 'dist/src/cli/main.js'), ...args],
    { encoding: 'utf8' },
  );
  return { code: status, out: stdout, err: stderr };
}

async function stage(t: Test): Promise<{ readonly lists: string; readonly dataSets: string }> {
  const directory = await temporaryDirectory(t);
  const [lists, dataSets] = [path.join(directory, 'lists'), path.join(directory, 'data-sets')];
  await cp(path.join(packageRoot, 'reference-data'), lists, { recursive: true });
  await mkdir(dataSets);
  return { lists, dataSets };
}

t.test('what every replica would refuse is not published', async (t) => {
  const { lists, dataSets } = await stage(t);
  for (const each of ['trust', 'revocation-lists']) await rm(path.join(lists, each), { recursive: true });
  const { code, out } = run('publish', lists, '--data-set-dir', dataSets);
  t.equal(code, exitCodes.refused);
  t.match(out, /there is no trust anchor/);
  t.strictSame(await readdir(dataSets), []);
});

t.test('a number below the highest that is kept is not published, wherever the pointer is', async (t) => {
  const { lists, dataSets } = await stage(t);
  const publish = (...args: string[]): ReturnType<typeof run> =>
    run('publish', lists, '--data-set-dir', dataSets, ...args);
  publish();
  const pointer = path.join(dataSets, 'current.json');
  await copyFile(pointer, `${pointer}.1`);
  t.equal(publish('--data-set-version', '10').code, exitCodes.ok);
  await copyFile(`${pointer}.1`, pointer);
  const { code, err } = publish('--data-set-version', '5');
  t.equal(code, exitCodes.refused);
  t.match(err, /version 5 is not higher than 10, which was published before/);
  t.match(publish().out, /Published version 11/);
});

t.test('what is current and cannot be read is no trouble of what takes its place', async (t) => {
  const { lists, dataSets } = await stage(t);
  const broken = { distributors: { entries: [null] }, 'network-operators': { entries: [{}] }, users: [] };
  const repository = directoryDataSets(dataSets, () => new Date());
  await repository.publish(sealed({ lists: broken }), undefined, undefined);
  const { code, out } = run('publish', lists, '--data-set-dir', dataSets);
  t.equal(code, exitCodes.ok);
  t.match(out, /Published version 2/);
  await writeFile(path.join(lists, 'distributors.json'), '{"entries":[null]}');
  const checked = run('--json', 'check', lists, '--against', 'current', '--data-set-dir', dataSets);
  t.equal(checked.code, exitCodes.refused);
  t.match(JSON.parse(checked.out), { changes: Array, faults: [{ file: 'distributors.json' }] });
});

t.test('a day that does not exist is none', async (t) => {
  const { lists, dataSets } = await stage(t);
  const at = (instant: string): ReturnType<typeof run> =>
    run('publish', lists, '--data-set-dir', dataSets, '--dry-run', '--effective-from', instant);
  t.equal(at('2027-02-28T00:00:00Z').code, exitCodes.ok);
  t.match(at('2027-02-29T00:00:00Z'), { code: exitCodes.failed, err: /It must be an instant of UTC/ });
});

t.test(
  'what is to be the first data set is published where there is none, and changes nothing where there is one',
  async (t) => {
    const { lists, dataSets } = await stage(t);
    const publish = (): ReturnType<typeof run> =>
      run('publish', lists, '--data-set-dir', dataSets, '--first');
    t.match(publish(), { code: exitCodes.ok, out: /^Published version 1/m });
    const kept = await readdir(dataSets, { recursive: true });
    t.match(publish(), { code: exitCodes.ok, out: 'Not published, since version 1 is.\n' });
    t.strictSame(await readdir(dataSets, { recursive: true }), kept);
  },
);
