import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Test } from 'tap';

/**
 * The openssl command, as somebody else who knows X.509. Where there is none, or one before 3.0, the test that wants it
 * says so; in CI it does not skip.
 */
const isThere = /^OpenSSL [3-9]/.test(spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout);

/** What tap is told: false, or why a test that needs openssl is skipped. */
export const skip = !isThere && process.env.CI !== 'true' && 'there is no OpenSSL 3';
if (skip !== false) {
  console.error('SKIPPED: there is no OpenSSL 3, and so nobody else has looked at the certificates.');
}

export interface Run {
  readonly status: number | null;
  /** What it wrote to both of its outputs. */
  readonly said: string;
}

export interface Workshop {
  /** Writes a file, and gives the path to it. */
  readonly write: (name: string, content: string | Buffer) => string;
  /** Runs openssl, which finds the files under their names. */
  readonly run: (...args: readonly string[]) => Run;
  /** The same where it must not fail; gives what it wrote to its output. */
  readonly make: (...args: readonly string[]) => Buffer;
}

/** A directory for openssl to work in, which goes with the test. */
export function workshop(t: Test): Workshop {
  const directory = mkdtempSync(path.join(tmpdir(), 'openssl-'));
  t.teardown(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const spawn = (args: readonly string[]) => {
    const ran = spawnSync('openssl', args, { cwd: directory });
    if (ran.error !== undefined) throw ran.error;
    return ran;
  };
  return {
    write: (name, content) => {
      writeFileSync(path.join(directory, name), content);
      return path.join(directory, name);
    },
    run: (...args) => {
      const { status, stdout, stderr } = spawn(args);
      return { status, said: `${stdout.toString()}${stderr.toString()}` };
    },
    make: (...args) => {
      const { status, stdout, stderr } = spawn(args);
      if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr.toString()}`);
      return stdout;
    },
  };
}

/** In lines of 64, and with no empty one at the end, which openssl takes for the end of a header. */
export const pem = (label: string, der: Buffer): string =>
  [
    `-----BEGIN ${label}-----`,
    ...(der.toString('base64').match(/.{1,64}/g) ?? []),
    `-----END ${label}-----\n`,
  ].join('\n');
