import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { table } from 'table';
import { wholeNumberOption } from '../src/cli/options.js';
import { packageRoot } from '../src/package-root.js';
import { writeLog } from './decision-log.js';

/**
 * Writes a decision log of many decisions, each judged by the service; verifies it, as it is, with one octet changed, and with
 * one record removed; and judges all of it again.
 */

const program = new Command('bench:decisions')
  .addOption(wholeNumberOption('--records <count>', 'decisions in the log').default(1_000_000))
  .parse();
const { records } = program.opts<{ readonly records: number }>();

const tool = path.join(packageRoot, 'dist/src/cli/main.js');

interface Run {
  readonly code: number;
  readonly seconds: number;
  readonly megabytes: number;
  readonly out: string;
}

// The most that it had in memory is told when it ends.
const watch = `process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + '\\n'))`;

function run(args: readonly string[], keyFile: string): Promise<Run> {
  const started = performance.now();
  const watching = ['--import', `data:text/javascript,${encodeURIComponent(watch)}`];
  const env = { PATH: process.env.PATH, DECISION_LOG_KEY_FILE: keyFile };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...watching, tool, ...args], { env }, (_, out, errors) => {
      const megabytes = Number(/peak (\d+)/.exec(errors)?.[1]) / 1024;
      const seconds = (performance.now() - started) / 1000;
      resolve({ code: child.exitCode ?? -1, seconds, megabytes, out });
    });
  });
}

const directory = await mkdtemp(path.join(tmpdir(), 'bench-decisions-'));
try {
  const log = await writeLog(directory, records);
  const files = (await readdir(log.directory)).filter((name) => name.endsWith('.ndjson')).sort();
  const sizes = await Promise.all(
    files.map(async (name) => (await stat(path.join(log.directory, name))).size),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  console.log(
    `${String(records)} decisions judged and written in ${log.seconds.toFixed(1)} s: ${String(files.length)} files, ${(bytes / 1e6).toFixed(0)} MB, ${(bytes / records).toFixed(0)} bytes a decision`,
  );
  const rows: string[][] = [];
  const add = async (name: string, args: readonly string[]): Promise<void> => {
    const { code, seconds, megabytes, out } = await run(['decisions', ...args], log.keyFile);
    rows.push([name, seconds.toFixed(1), (records / seconds).toFixed(0), megabytes.toFixed(0), String(code)]);
    console.log(`${name}:\n${out}`);
  };
  await add('verify', ['verify', log.directory]);

  const middle = path.join(log.directory, files[files.length >> 1] ?? '');
  const kept = path.join(directory, 'kept');
  await copyFile(middle, kept);
  const handle = await open(middle, 'r+');
  await handle.write('X', (sizes[files.length >> 1] ?? 0) >> 1);
  await handle.close();
  await add('verify, one octet changed', ['verify', log.directory]);

  const lines = (await readFile(kept, 'latin1')).split('\n');
  await writeFile(middle, lines.toSpliced(lines.length >> 1, 1).join('\n'), 'latin1');
  await add('verify, one record removed', ['verify', log.directory]);

  await copyFile(kept, middle);
  await add('replay', ['replay', log.directory]);
  const right = { alignment: 'right' } as const;
  const head = ['', 'seconds', 'records/s', 'peak MB', 'exit code'];
  console.log(table([head, ...rows], { columns: [{}, right, right, right, right] }));
  if (rows.map((row) => row.at(-1)).join() !== '0,1,1,0') process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}
