import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerKind, ServerMessage } from './server.js';

/** A server in a process of its own. */
export interface Server {
  readonly url: string;
  /** How much of its time the event loop was busy since this was last asked, from 0 to 1. */
  readonly utilization: () => Promise<number>;
}

/** The servers of one run, with their logs in files, as a collector of logs would have them. */
export class Servers {
  readonly #directory = mkdtempSync(path.join(tmpdir(), 'bench-'));
  readonly #children: ChildProcess[] = [];

  constructor() {
    process.once('exit', this.end);
  }

  async start(kind: ServerKind, settings: Readonly<Record<string, string>> = {}): Promise<Server> {
    const log = createWriteStream(path.join(this.#directory, `${String(this.#children.length)}.log`));
    await once(log, 'open');
    const child = fork(fileURLToPath(new URL('server.js', import.meta.url)), [kind], {
      env: { PATH: process.env.PATH, PORT: '0', BODY_LIMIT_BYTES: '1000000', ...settings },
      stdio: ['ignore', log, 'inherit', 'ipc'],
    });
    this.#children.push(child);
    const { url } = await said<{ readonly url: string }>(child);
    return {
      url,
      utilization: async () => {
        const answer = said<{ readonly utilization: number }>(child);
        child.send('utilization');
        return (await answer).utilization;
      },
    };
  }

  readonly end = (): void => {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true });
  };
}

async function said<Message extends ServerMessage>(child: ChildProcess): Promise<Message> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    const ended = once(child, 'exit', { signal }).then(() => {
      throw new Error('a server ended');
    });
    const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as [Message];
    return message;
  } finally {
    settled.abort();
  }
}
