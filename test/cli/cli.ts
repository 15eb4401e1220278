import { execFile } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../../src/package-root.js';

const main = path.join(packageRoot, 'dist/src/cli/main.js');

/** What a run of the tool came to. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
  /** Of what it wrote to standard output, which is to be JSON. */
  readonly json: () => unknown;
}

/** Runs the command line tool as somebody at a keyboard does, with nothing of this environment in its settings. */
export function cli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Run> {
  const { PATH = '' } = process.env;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, ...args],
      { env: { PATH, ...environment }, cwd: packageRoot },
      (_, out, errors) => {
        resolve({ code: child.exitCode ?? -1, out, errors, json: () => JSON.parse(out) as unknown });
      },
    );
    child.stdin?.end(input);
  });
}
