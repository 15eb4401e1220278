import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the fault tests said. */
export interface FaultTally {
  readonly name: string;
  readonly survived: number;
  readonly failed: readonly string[];
  readonly skipped: number;
}

const directory = fileURLToPath(new URL('../faults/', import.meta.url));

/** Runs every file of test/faults/, one after the other, and reads the TAP that it writes. */
export async function runFaults(tell: (text: string) => void): Promise<FaultTally[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.test.js')).sort();
  const tallies: FaultTally[] = [];
  for (const file of files) {
    const name = file.replace('.test.js', '');
    tell(`Fault: ${name} ...`);
    const ended = await run(path.join(directory, file));
    const tally = tallyOf(name, ended);
    tallies.push(tally);
    if (tally.failed.length > 0) await keep(name, ended.tap, tell);
  }
  return tallies;
}

async function keep(name: string, tap: string, tell: (text: string) => void): Promise<void> {
  const file = path.join(tmpdir(), `fault-${name}.tap`);
  await writeFile(file, tap);
  tell(`failed: see ${file}`);
}

async function run(file: string): Promise<{ readonly code: number | null; readonly tap: string }> {
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, TAP_TIMEOUT: '300' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let tap = '';
  child.stdout.on('data', (chunk: Buffer) => (tap += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, tap };
}

/** The tests of a file stand at its margin; what they are made of is indented. */
export function tallyOf(
  name: string,
  { code, tap }: { readonly code: number | null; readonly tap: string },
): FaultTally {
  const tests = [...tap.matchAll(/^(not )?ok \d+ - (.*?)(?: # (?:time=.*|(SKIP).*))?$/gm)].map(
    ([, not, title = '', skip]) => ({ isOk: not === undefined, title, isSkipped: skip !== undefined }),
  );
  const failed = tests.filter(({ isOk }) => !isOk).map(({ title }) => title);
  const skipped = tests.filter(({ isOk, isSkipped }) => isOk && isSkipped).length;
  const ended = code === 0 ? [] : [`it ended with ${String(code)}`];
  return {
    name,
    survived: tests.length - failed.length - skipped,
    failed: failed.length > 0 ? failed : ended,
    skipped,
  };
}
