import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { filesIn, records } from '../audit/estates.js';
import { temporaryDirectory } from '../directories.js';
import { packageRoot } from '../../src/package-root.js';
import { cli } from './cli.js';

const day = ['--day', '2026-06-15'];

t.test('makes an estate, and finds in it what was planted', async (t) => {
  const directory = await temporaryDirectory(t);
  const shares = ['--wrong', '0.2', '--unknown', '0.01', '--bad', '0.01'];
  const made = await cli(['audit', 'generate', '--rows', '1000', ...shares, ...day, '--out', directory]);
  t.equal(made.code, 0);
  t.match(made.out, 'estate.csv: 1000 rows, of which 200 are wrong, 10 not known, 10 not to be read;');
  const estate = path.join(directory, 'estate.csv');
  const out = path.join(directory, 'audit');
  const run = await cli(['audit', 'run', estate, '--out', out, ...day, '--json']);
  t.equal(run.code, 0, 'what is found is no failure');
  t.equal(run.errors, '');
  const { rowsPerSecond, peakRssBytes, ...counts } = run.json() as Record<string, number>;
  t.strictSame(counts, { rows: 1_000, judged: 980, mismatched: 200, unknown: 10, bad: 10 });
  t.ok(rowsPerSecond! > 0 && peakRssBytes! > 0);
  const files = await filesIn(out);
  t.strictSame(
    records(files['findings.csv']!).map(({ row }) => row),
    records(await readFile(path.join(directory, 'truth.csv'), 'utf8'))
      .filter(({ expected }) => expected === 'mismatched')
      .map(({ row }) => row),
  );
  const report = path.join(out, 'report.html');
  t.match(files['report.html'], /200 of 980 judged meters carry the wrong/);
  await rm(report);
  t.strictSame((await cli(['--json', 'audit', 'report', out])).json(), { report });
  t.equal(await readFile(report, 'utf8'), files['report.html'], 'drawn again, it is the same');
  await writeFile(path.join(out, 'summary.json'), '{}');
  t.match(await cli(['audit', 'report', out]), {
    code: 1,
    errors: /summary\.json is no summary of an audit/,
  });
  const piped = await cli(['audit', 'run', '-', '--out', out, ...day], {}, await readFile(estate, 'utf8'));
  t.match(piped.out, /^1000 rows: 980 judged, 10 not known, 10 not read\.\n200 meters with the certificate/);
  const withoutGas = await cli(['audit', 'generate', '--rows', '300', '--certificates', '--out', out], {
    GAS_CHECK: 'off',
  });
  t.equal(withoutGas.code, 0);
  t.notMatch(await readFile(path.join(out, 'estate.csv'), 'utf8'), /GSME|GPF/);
});

t.test('says what is wrong with what it is given', async (t) => {
  const directory = await temporaryDirectory(t);
  const estate = path.join(directory, 'estate.csv');
  await writeFile(estate, 'a,b\n');
  const noHeader = await cli(['audit', 'run', estate, '--out', directory]);
  t.equal(noHeader.code, 1);
  t.match(noHeader.errors, /^the first line must name the columns/);
  t.match((await cli(['audit', 'run', '/nowhere/estate.csv', '--out', directory])).code, 2);
  const tooMany = ['--rows', '10', '--wrong', '0.6', '--bad', '0.6', '--out', directory];
  t.match(await cli(['audit', 'generate', ...tooMany]), {
    code: 2,
    errors: /^the shares come to more than 1/,
  });
  t.match(await cli(['audit', 'generate', '--rows', '10', '--wrong', '10%', '--out', directory]), {
    code: 2,
    errors: /It must be a share, such as 0\.1/,
  });
  const lists = path.join(directory, 'lists');
  t.match(await cli(['audit', 'run', estate, '--out', directory, '--by', lists]), {
    code: 2,
    errors: /neither/,
  });
  await writeFile(
    estate,
    'device,entityIdentifier,model\n00-DB-12-34-00-00-00-01,02-00-00-00-00-01-00-10,x\n',
  );
  const other = await cli(['audit', 'run', estate, '--out', directory]);
  t.match(other, { code: 0, errors: '1 column of the estate not taken\n', out: /\n {2}1 mpan-unknown\n/ });
});

t.test('judges by what is published, where the service does, and not before it is in force', async (t) => {
  const directory = await temporaryDirectory(t);
  const estate = path.join(directory, 'estate.csv');
  await writeFile(estate, 'device,entityIdentifier\n00-DB-12-34-00-00-00-01,02-00-00-00-00-01-00-10\n');
  const at = ['--data-set-dir', path.join(directory, 'data-sets')];
  const early = await cli(['audit', 'run', estate, '--out', directory, ...at]);
  t.match(early, { code: 2, errors: /nothing has been published/ });
  await cli(['publish', 'reference-data', ...at, '--effective-from', '2099-01-01T00:00:00Z']);
  const pending = await cli(['audit', 'run', estate, '--out', directory, ...at]);
  t.match(pending, { code: 1, errors: /is not in force before 2099-01-01/ });
  t.match(await cli(['audit', 'run', estate, '--out', directory, '--by', 'current', ...at]), { code: 0 });
});

t.test('killed at any moment, it goes on, and comes to the same', async (t) => {
  const directory = await temporaryDirectory(t);
  const shares = ['--unknown', '0.02', '--bad', '0.001'];
  await cli(['audit', 'generate', '--rows', '400000', ...shares, ...day, '--out', directory]);
  const estate = path.join(directory, 'estate.csv');
  const run = (out: string): string[] => ['audit', 'run', estate, '--out', out, ...day, '--json'];
  const whole = path.join(directory, 'whole');
  t.equal((await cli(run(whole))).code, 0);

  const killed = path.join(directory, 'killed');
  let kills = 0;
  let resumed = false;
  for (let delayMs = 1_100; delayMs < 120_000; delayMs = Math.round(delayMs * 1.3)) {
    const child = spawn(process.execPath, [path.join(packageRoot, 'dist/src/cli/main.js'), ...run(killed)], {
      cwd: packageRoot,
      env: { PATH: process.env.PATH },
      stdio: 'ignore',
    });
    if ((await endOf(child, delayMs)) === 0) break;
    kills += 1;
    resumed ||= (await readFile(path.join(killed, 'checkpoint.json')).catch(() => undefined)) !== undefined;
  }
  t.ok(kills > 0, `killed ${String(kills)} times`);
  t.ok(resumed, 'and gone on with at least once');
  const withoutTime = async (out: string): Promise<unknown> => {
    // The report has the time in it, too.
    const { 'summary.json': summary = '{}', 'report.html': report, ...files } = await filesIn(out);
    t.ok(report, 'there is a report');
    return { ...files, summary: { ...(JSON.parse(summary) as object), auditedAt: '' } };
  };
  const [one, other] = await Promise.all([whole, killed].map(withoutTime));
  // Not by their differences, which would be megabytes.
  t.ok(JSON.stringify(one) === JSON.stringify(other), 'byte for byte');
});

/** Its exit code; null where it had to be killed. */
async function endOf(child: ChildProcess, delayMs: number): Promise<number | null> {
  const timer = setTimeout(() => child.kill('SIGKILL'), delayMs);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  return code;
}
