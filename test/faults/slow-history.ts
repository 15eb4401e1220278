import { pino } from 'pino';
import type { Test } from 'tap';
import type { Clock } from '../../src/clock.js';
import { readConfig } from '../../src/config.js';
import { validationDeps } from '../../src/dependencies.js';
import { liveReferenceData } from '../../src/live-reference-data.js';
import { memoryRequestHistory } from '../../src/stores/memory-request-history.js';
import type { RequestHistory } from '../../src/stores/request-history.js';
import { testApp } from '../app.js';
import { now } from '../fixtures.js';
import { type Replica, replicaAt } from './replica.js';

/**
 * The service as `startService` puts it together, with a history that takes its time, as one on the network does: data
 * sets are taken while requests are being judged.
 */
export async function startWithSlowHistory(
  t: Test,
  settings: Readonly<Record<string, string>>,
  clock: Clock = () => now,
): Promise<Replica> {
  const config = { ...readConfig(settings), REFERENCE_DATA_POLL_SECONDS: 0.1 };
  const logger = pino({ level: 'silent' });
  const live = await liveReferenceData(config, clock, logger);
  const memory = memoryRequestHistory(config.REQUEST_HISTORY_SIZE, config.REQUEST_HISTORY_SECONDS, clock);
  const slowly = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    return work();
  };
  const requestHistory: RequestHistory = {
    remember: (...args) => slowly(() => memory.remember(...args)),
    find: (...args) => slowly(() => memory.find(...args)),
  };
  const { app } = await testApp({
    logger,
    bodyLimitBytes: config.BODY_LIMIT_BYTES,
    loadLimits: { maxEventLoopDelayMs: 0, maxRequestsInFlight: 0, maxMemoryPercent: 0 },
    ...validationDeps(config, { referenceData: live.at, requestHistory }, clock),
    referenceDataStatus: live.status,
  });
  t.teardown(async () => {
    await app.close();
    await live.close();
  });
  return replicaAt(await app.listen({ port: 0, host: '127.0.0.1' }));
}
