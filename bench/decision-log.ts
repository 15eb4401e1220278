import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../src/config.js';
import { openDecisionLog } from '../src/decision-log/open.js';
import { decidingBy, validationDeps } from '../src/dependencies.js';
import { readRequest } from '../src/duis/request.js';
import { receive } from '../src/http/receive.js';
import { requests } from '../src/mock-dsp/scenarios.js';
import { buildWorld } from '../src/mock-dsp/world.js';
import { packageRoot } from '../src/package-root.js';
import { loadReferenceData } from '../src/reference-data/load.js';
import { validate } from '../src/validate.js';

const lists = path.join(packageRoot, 'reference-data');
// So many are judged before it is waited for their records.
const atATime = 200;

export interface WrittenLog {
  /** With the files of the log in it. */
  readonly directory: string;
  readonly keyFile: string;
  readonly seconds: number;
}

/** Writes a log of so many decisions, each judged by the service, on the mix of the mock pipeline. */
export async function writeLog(directory: string, count: number, settings = {}): Promise<WrittenLog> {
  await mkdir(directory, { recursive: true });
  const keyFile = path.join(directory, 'key');
  await writeFile(keyFile, randomBytes(32).toString('hex'));
  const place = path.join(directory, 'log');
  const config = readConfig({
    DECISION_LOG: 'files',
    DECISION_LOG_DIR: place,
    DECISION_LOG_KEY_FILE: keyFile,
    DECISION_LOG_WAIT_MS: '60000',
    ...settings,
  });
  const now = new Date();
  const clock = (): Date => now;
  const deps = validationDeps(config, decidingBy(await loadReferenceData(lists)), clock);
  const known = [...requests(buildWorld(1, lists, now), 500)].flatMap(({ headers, body }) => {
    const isXml = headers['content-type'] === 'application/xml';
    const arrival = { isXml, headers, body: Buffer.from(body) };
    const received = receive(arrival, true);
    const request = received.ok ? readRequest(received.value.document) : received;
    return received.ok && request.ok ? [{ arrival, received: received.value, request: request.value }] : [];
  });
  const log = await openDecisionLog(config, process.stdout, clock, pino({ level: 'silent' }));
  if (log === undefined) throw new Error('there is no log');
  const started = performance.now();
  let waiting: unknown[] = [];
  for (let number = 0, written = 0; written < count; number += 1) {
    const sample = known[number % known.length];
    if (sample === undefined) throw new Error('there are no requests');
    const decision = await validate(deps, sample.request, sample.received);
    // What is no decision is in no log.
    if (!decision.ok) continue;
    written += 1;
    const { arrival } = sample;
    waiting.push(
      log.witness({
        id: String(written),
        client: '127.0.0.1',
        arrival,
        decision: decision.value,
        durationMs: 0.5,
      }),
    );
    if (waiting.length < atATime) continue;
    await Promise.all(waiting);
    waiting = [];
  }
  await Promise.all(waiting);
  await log.close();
  return { directory: place, keyFile, seconds: (performance.now() - started) / 1000 };
}
