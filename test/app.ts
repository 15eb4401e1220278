import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type AppDeps, buildApp } from '../src/app.js';
import { createAdminToken, readAdminTokens, type Scope, scopes } from '../src/callers/admin-tokens.js';
import { readConfig } from '../src/config.js';
import { openDecisionLog } from '../src/decision-log/open.js';
import { newMetrics } from '../src/metrics/metrics.js';
import type { ConnectionLimits } from '../src/http/server.js';
import { depsWith, shipped, statusOf } from './decisions.js';
import { now } from './fixtures.js';

const tokens = scopes.map((scope) => createAdminToken({ name: scope, scopes: [scope] })!);

const adminTokens = readAdminTokens(Buffer.from(JSON.stringify(tokens.map(({ entry }) => entry))));

/** The headers of an administrator with one scope: `app.inject({ url: '/metrics', headers: bearer.metrics })`. */
export const bearer = Object.fromEntries(
  tokens.map(({ token, entry }) => [entry.name, { authorization: `Bearer ${token}` }]),
) as Readonly<Record<Scope, { readonly authorization: string }>>;

/** As a service has them that nothing is set for. */
const connectionLimits: ConnectionLimits = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  keepAliveMs: 72_000,
  maxHeaderBytes: 16_384,
  maxConnections: 0,
  maxRequestsPerConnection: 0,
  stalledMs: 0,
};

/** The service as it runs, with what it logs in `log`, a record of each decision too. It does not listen. */
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
  const logger = pino({ level: 'trace' }, stream);
  const decisionLog = await openDecisionLog(readConfig({}), stream, () => now, logger);
  // That it begins, and without a key, is told before there is anything to look at.
  log.length = 0;
  const app = await buildApp({
    ...depsWith(),
    logger,
    bodyLimitBytes: 65_536,
    loadLimits: { maxEventLoopDelayMs: 0, maxRequestsInFlight: 0, maxMemoryPercent: 0 },
    memoryPercent: () => 0,
    rateLimits: {
      requestsPerMinute: 0,
      failedAuthenticationsPerMinute: 0,
      maxClients: 100,
      shared: undefined,
    },
    referenceDataStatus: () => statusOf(shipped),
    isStopping: () => false,
    dashboard: undefined,
    adminTokens,
    witnesses: [decisionLog].flatMap((each) => (each === undefined ? [] : [each.witness])),
    metrics: newMetrics(),
    storesUp: () => ({}),
    decisionLog: decisionLog?.counts,
    connectionLimits,
    tls: undefined,
    trustProxy: [],
    hasDocs: true,
    ...change,
  });
  return { app, log };
}
