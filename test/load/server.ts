import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { freePort } from '../../src/mock-dsp/free-port.js';
import { until } from '../until.js';
import type { Observation } from './observer.js';

/** A server in a process of its own, with what it takes told from inside. */
export interface ObservedServer {
  readonly url: string;
  /** Since it was last asked. */
  readonly observe: () => Promise<Observation>;
  readonly stop: () => Promise<void>;
}

const beside = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The built service, with settings that are not its defaults. */
export const service = (settings: Readonly<Record<string, string>> = {}): Promise<ObservedServer> =>
  start(beside('../../src/main.js'), settings);
export const noOp = (): Promise<ObservedServer> => start(beside('no-op.js'));

async function start(
  program: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<ObservedServer> {
  const port = String(await freePort());
  const child = fork(program, {
    // Settings come from here alone. What it logs, it writes all the same.
    env: { PATH: process.env.PATH, PORT: port, ...settings },
    execArgv: ['--expose-gc', '--import', pathToFileURL(beside('observer.js')).href],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const killNow = (): boolean => child.kill('SIGKILL');
  process.once('exit', killNow);
  const url = `http://127.0.0.1:${port}`;
  await until(`${program} is ready`, async () => (await fetch(`${url}/health/ready`)).status === 200, 60_000);
  return {
    url,
    observe: () => observe(child),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }
      process.removeListener('exit', killNow);
    },
  };
}

async function observe(child: ChildProcess): Promise<Observation> {
  child.send('observe');
  const [observation] = (await once(child, 'message')) as [Observation];
  return observation;
}
