import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type AppDeps, buildApp } from '../src/app.js';
import { depsWith, shipped, statusOf } from './decisions.js';

/** The service as it runs, with what it logs in `log`. It does not listen. */
export async function testApp(
  change: Partial<AppDeps> = {},
): Promise<{ readonly app: FastifyInstance; readonly log: string[] }> {
  const log: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      log.push(chunk.toString());
      done();
    },
  });
  const app = await buildApp({
    ...depsWith(),
    logger: pino({ level: 'trace' }, stream),
    bodyLimitBytes: 65_536,
    loadLimits: { maxEventLoopDelayMs: 0, maxRequestsInFlight: 0 },
    referenceDataStatus: () => statusOf(shipped),
    isStopping: () => false,
    witnesses: [],
    ...change,
  });
  return { app, log };
}
