import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Test } from 'tap';
import { createAdminToken } from '../../src/callers/admin-tokens.js';
import { readConfig } from '../../src/config.js';
import { type Outcome, send } from '../../src/mock-dsp/pipeline.js';
import type { Sent } from '../../src/mock-dsp/scenarios.js';
import { startService } from '../../src/start.js';
import { directoryWith } from '../directories.js';

/** A service with a dashboard, a token for it, and a clock that the test sets. */
export interface LiveService {
  readonly url: string;
  readonly token: string;
  /** A good token, for something else. */
  readonly otherToken: string;
  readonly clock: { now: Date };
  readonly stop: () => Promise<void>;
  /** Sends requests, a few at a time, and gives what came back. */
  readonly send: (requests: Iterable<Sent>) => Promise<readonly Outcome[]>;
}

export async function liveService(
  t: Test,
  now: Date,
  settings: Readonly<Record<string, string>> = {},
): Promise<LiveService> {
  const directory = await directoryWith(t, new Map());
  const file = path.join(directory, 'tokens.json');
  const mine = createAdminToken({ name: 'operations', scopes: ['dashboard'] })!;
  const other = createAdminToken({ name: 'other', scopes: ['metrics'] })!;
  await writeFile(file, JSON.stringify([mine.entry, other.entry]));
  const clock = { now };
  const config = readConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    ADMIN_TOKENS_FILE: file,
    MAX_EVENT_LOOP_DELAY_MS: '0',
    REFERENCE_DATA_POLL_SECONDS: '1',
    ...settings,
  });
  const { url, stop } = await startService(config, () => clock.now);
  let isStopped = false;
  const stopOnce = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    await stop();
  };
  t.teardown(stopOnce);
  return {
    url,
    token: mine.token,
    otherToken: other.token,
    clock,
    stop: stopOnce,
    send: (requests) => send(requests, { urls: [url], concurrency: 8 }),
  };
}
