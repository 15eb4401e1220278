import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { PipelineError } from './world.js';

type Environment = Readonly<Record<string, string | undefined>>;

// Most of it is reading the code, and a machine may have other things to do.
const startTimeoutMs = 60_000;
const endTimeoutMs = 5_000;

const endingSignals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The processes of one run, and a directory for them. Whatever ends this process ends them too, but for SIGKILL. */
export class Processes {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'mock-dsp-'));
  readonly #children = new Set<ChildProcess>();

  constructor() {
    process.once('exit', this.#endNow);
    for (const [signal, code] of Object.entries(endingSignals)) {
      process.once(signal, () => process.exit(code));
    }
  }

  /** A Redis of its own, on loopback, that keeps nothing. Gives its address. */
  async redis(): Promise<string> {
    const port = await freePort();
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', this.directory, '--save', ''];
    const ready = /Ready to accept connections/;
    try {
      await this.#start('redis-server', options, undefined, ready);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new PipelineError('there is no redis-server on this machine, and replicas need one to share');
    }
    return `redis://127.0.0.1:${String(port)}`;
  }

  /** The service as it is started in earnest. Gives its address once it listens. */
  async service(environment: Environment): Promise<string> {
    const listens = /"docs at (http:[^"]*)\/docs"/;
    return this.#start(process.execPath, [program('../main.js')], environment, listens);
  }

  /** The command line tool. Gives what it writes; throws where it fails. */
  async tool(args: readonly string[], environment: Environment): Promise<string> {
    const running = promisify(execFile)(process.execPath, [program('../cli/main.js'), ...args], {
      env: environment,
      timeout: startTimeoutMs,
      killSignal: 'SIGKILL',
    });
    this.#keep(running.child);
    try {
      return (await running).stdout;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
      throw new PipelineError(`the tool failed to ${args.join(' ')}:\n${stderr}${stdout}`.trimEnd());
    }
  }

  /** Ends all of them, each in its own way where it does so in time, and removes the directory. */
  async end(): Promise<void> {
    await Promise.all([...this.#children].map(ended));
    this.#endNow();
  }

  /** Gives the first group of the pattern, once a line on standard output has it. What comes after is not read. */
  async #start(
    command: string,
    args: readonly string[],
    environment: Environment | undefined,
    pattern: RegExp,
  ): Promise<string> {
    const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#keep(child);
    await once(child, 'spawn');
    const overdue = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        const found = pattern.exec(line);
        if (found !== null) return found[1] ?? '';
      }
    } finally {
      clearTimeout(overdue);
      child.stdout.resume();
    }
    throw new PipelineError(`${[command, ...args].join(' ')} ended before it was ready`);
  }

  #keep(child: ChildProcess): void {
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    child.once('error', () => this.#children.delete(child));
  }

  readonly #endNow = (): void => {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const overdue = setTimeout(() => child.kill('SIGKILL'), endTimeoutMs);
  await exited;
  clearTimeout(overdue);
}

/** Beside what this is compiled to. */
const program = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
