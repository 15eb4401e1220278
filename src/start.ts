import { createWriteStream } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { collectDefaultMetrics } from '@prometheus-io/client';
import type { FastifyInstance } from 'fastify';
import { type DestinationStream, type Logger, pino } from 'pino';
import { buildApp, buildHealthApp } from './app.js';
import { liveAdminTokens } from './callers/live-admin-tokens.js';
import { liveTls } from './callers/live-tls.js';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import { Aggregates } from './dashboard/aggregates.js';
import { openDecisionLog } from './decision-log/open.js';
import { validationDeps } from './dependencies.js';
import type { BaseDeps } from './http/base-app.js';
import type { HealthDeps } from './http/health.js';
import type { ConnectionLimits } from './http/server.js';
import { watchLiveMemory } from './live-memory.js';
import { liveReferenceData } from './live-reference-data.js';
import { newMetrics } from './metrics/metrics.js';
import { recordOf } from './recording.js';
import { redisStores } from './redis-stores.js';
import type { StoreObserver } from './stores/observed.js';
import type { Witness } from './witness.js';

export interface RunningService {
  readonly app: FastifyInstance;
  readonly url: string;
  /** Where the health routes are answered without TLS; undefined where they have no port of their own. */
  readonly healthUrl: string | undefined;
  /** Says that it is no longer ready, goes on for STOP_DELAY_MS, lets what is in flight finish, and closes. */
  readonly stop: () => Promise<void>;
}

/** Builds the service from its settings and listens. Throws a ConfigError, a ReferenceDataError, or what listening throws. */
export async function startService(
  config: Config,
  clock: Clock,
  logTo: DestinationStream = pino.destination(1),
): Promise<RunningService> {
  const logger = pino(
    {
      level: config.LOG_LEVEL,
      // Nothing logs these; should something begin to, it stays out of the log all the same.
      redact: ['importMpxn', '*.importMpxn', 'headers', '*.headers'],
    },
    logTo,
  );
  const tls = await liveTls(config, logger);
  const tokens = await liveAdminTokens(config.ADMIN_TOKENS_FILE, logger);
  const metrics = newMetrics();
  const observe: StoreObserver = (...asked) => {
    metrics.requests.asked(...asked);
  };
  const referenceData = await liveReferenceData(config, clock, logger, observe);
  warnOfSettings(config, logger);
  const stores = redisStores(config, clock, logger, observe);
  const decisionLog = await openDecisionLog(config, logTo, clock, logger).catch(async (error: unknown) => {
    tokens.close();
    await referenceData.close();
    stores.close();
    throw error;
  });
  // Of the process, which has one service.
  collectDefaultMetrics({ register: metrics.registry });
  const judging = validationDeps(config, { referenceData: referenceData.at, ...stores }, clock);
  const recorder = recorderTo(config.RECORD_DECISIONS_FILE, logger);
  const memory = watchLiveMemory();
  let isStopping = false;
  const close = async (): Promise<void> => {
    memory.close();
    tls?.close();
    tokens.close();
    await decisionLog?.close();
    await referenceData.close();
    stores.close();
    await recorder?.close();
  };
  const dashboard =
    config.DASHBOARD === 'on' ? new Aggregates({ referenceData: referenceData.at, clock }) : undefined;
  const witnesses = [decisionLog, recorder].flatMap((each) => (each === undefined ? [] : [each.witness]));
  const base: BaseDeps & HealthDeps = {
    logger,
    metrics,
    connectionLimits: connectionLimitsOf(config),
    bodyLimitBytes: config.BODY_LIMIT_BYTES,
    tls,
    trustProxy: config.TRUST_PROXY ?? [],
    referenceDataStatus: referenceData.status,
    dashboard,
    isStopping: () => isStopping,
  };
  const app = await buildApp({
    ...base,
    loadLimits: {
      maxEventLoopDelayMs: config.MAX_EVENT_LOOP_DELAY_MS,
      maxRequestsInFlight: config.MAX_REQUESTS_IN_FLIGHT,
      maxMemoryPercent: config.MAX_MEMORY_PERCENT,
    },
    memoryPercent: memory.percent,
    rateLimits: {
      requestsPerMinute: config.RATE_LIMIT_PER_MINUTE,
      failedAuthenticationsPerMinute: config.FAILED_AUTHENTICATIONS_PER_MINUTE,
      maxClients: config.RATE_LIMIT_CLIENTS,
      shared: stores.rateLimitCounts,
    },
    adminTokens: tokens.adminTokens,
    ...judging,
    caches: {
      ...judging.caches,
      ...(stores.deviceCache !== undefined && { devices: stores.deviceCache }),
    },
    storesUp: stores.areUp,
    decisionLog: decisionLog?.counts,
    witnesses,
    hasDocs: config.DOCS === 'on',
  });
  const healthApp =
    config.HEALTH_PORT === undefined
      ? undefined
      : buildHealthApp({ ...base, tls: undefined, trustProxy: [] });
  const stopListening = async (): Promise<void> => {
    await app.close();
    // Last: a probe is answered for as long as anybody is.
    await healthApp?.close();
    await close();
  };
  try {
    const url = await app.listen({ port: config.PORT, host: config.HOST });
    const healthUrl =
      healthApp && (await healthApp.listen({ port: config.HEALTH_PORT ?? 0, host: config.HOST }));
    return {
      app,
      url,
      healthUrl,
      stop: async () => {
        isStopping = true;
        await setTimeout(config.STOP_DELAY_MS);
        await stopListening();
      },
    };
  } catch (error) {
    await stopListening();
    throw error;
  }
}

// Longer than a request may wait for the decision log, Redis and all else together.
const stalledMs = 120_000;

const connectionLimitsOf = (config: Config): ConnectionLimits => ({
  headersTimeoutMs: config.HEADERS_TIMEOUT_MS,
  requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
  keepAliveMs: config.KEEP_ALIVE_MS,
  maxHeaderBytes: config.MAX_HEADER_BYTES,
  maxConnections: config.MAX_CONNECTIONS,
  maxRequestsPerConnection: config.MAX_REQUESTS_PER_CONNECTION,
  // It would end connections that may be idle for as long as they like.
  stalledMs: config.KEEP_ALIVE_MS === 0 ? 0 : stalledMs,
});

/** What is not enforced lets through what it finds, or finds nothing. */
function warnOfSettings(config: Config, logger: Logger): void {
  const { CERTIFICATE_PROFILE, CERTIFICATE_PATH, CERTIFICATE_REVOCATION, XML_SIGNATURE } = config;
  const { GAS_CHECK, DEVICE_REGISTRY_UNAVAILABLE } = config;
  const relaxed = {
    ...(CERTIFICATE_PROFILE !== 'enforce' && { CERTIFICATE_PROFILE }),
    ...(CERTIFICATE_PATH !== 'enforce' && { CERTIFICATE_PATH }),
    ...(CERTIFICATE_REVOCATION !== 'enforce' && { CERTIFICATE_REVOCATION }),
    ...(XML_SIGNATURE === 'off' && { XML_SIGNATURE }),
    ...(GAS_CHECK === 'off' && { GAS_CHECK }),
    ...(DEVICE_REGISTRY_UNAVAILABLE === 'accept' && { DEVICE_REGISTRY_UNAVAILABLE }),
  };
  if (Object.keys(relaxed).length > 0) logger.warn(relaxed, 'checks that do not refuse');
  const { HOST, TLS_CERT_FILE } = config;
  if (TLS_CERT_FILE === undefined && !/^(?:localhost|127\.[0-9.]+|::1)$/.test(HOST))
    logger.warn({ HOST }, 'listens beyond this machine without TLS, as it may behind a mesh that has it');
}

// What a disk that is slow may fall behind by.
const unwrittenLimitBytes = 16 * 1024 * 1024;

/**
 * Written a moment later, by whoever may read the file: its owner. Where it cannot be written, decisions go on, nothing of
 * them is kept in memory, and nothing waits for the file.
 */
function recorderTo(
  file: string | undefined,
  logger: Logger,
): { readonly witness: Witness; readonly close: () => Promise<void> } | undefined {
  if (file === undefined) return undefined;
  logger.warn({ file }, 'decisions are recorded with their requests, which hold personal data');
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  let lost = 0;
  const lose = (): void => {
    if (lost === 0) logger.error({ file }, 'decisions are lost to the record');
    lost += 1;
  };
  stream.on('error', (err) => {
    logger.error({ err }, 'decisions cannot be recorded, until the service is started again');
  });
  return {
    witness: ({ arrival, decision }) => {
      if (stream.writable && stream.writableLength < unwrittenLimitBytes)
        stream.write(`${recordOf(arrival, decision)}\n`);
      else lose();
    },
    close: () =>
      new Promise((resolve) => {
        stream.end(() => {
          if (lost > 0) logger.error({ file, lost }, 'the record is not whole');
          resolve();
        });
      }),
  };
}
