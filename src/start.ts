import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type DestinationStream, type Logger, pino } from 'pino';
import { buildApp } from './app.js';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import { validationDeps } from './dependencies.js';
import { services } from './duis/services/index.js';
import { loadReferenceData, ReferenceDataError } from './reference-data/load.js';
import type { ReferenceData } from './reference-data/snapshot.js';
import { nameOf, type SmkiCertificate } from './smki/certificate.js';
import { validityFlaws } from './smki/certification-path.js';
import { certificatePartyMpanMismatch } from './rules/certificate-party-mpan-mismatch.js';

export interface RunningService {
  readonly app: FastifyInstance;
  readonly url: string;
  /** Says that it is no longer ready, goes on for STOP_DELAY_MS, lets what is in flight finish, and closes. */
  readonly stop: () => Promise<void>;
}

/** Builds the service from its settings and listens. Throws a ReferenceDataError, or what listening throws. */
export async function startService(
  config: Config,
  clock: Clock,
  logTo?: DestinationStream,
): Promise<RunningService> {
  const logger = pino(
    {
      level: config.LOG_LEVEL,
      // Nothing logs these; should something begin to, it stays out of the log all the same.
      redact: ['importMpxn', '*.importMpxn', 'headers', '*.headers'],
    },
    logTo,
  );
  const referenceData = await loadReferenceData(config.REFERENCE_DATA_DIR);
  logger.info(
    { directory: config.REFERENCE_DATA_DIR, version: referenceData.version },
    'reference data loaded',
  );
  checkTrustAnchors(referenceData, config);
  warnOf(referenceData, clock(), logger);
  warnOfSettings(config, logger);
  let ready = true;
  const app = await buildApp({
    logger,
    bodyLimitBytes: config.BODY_LIMIT_BYTES,
    ...validationDeps(config, referenceData, clock),
    isReady: () => ready,
  });
  const url = await app.listen({ port: config.PORT, host: config.HOST });
  return {
    app,
    url,
    stop: async () => {
      ready = false;
      await setTimeout(config.STOP_DELAY_MS);
      await app.close();
    },
  };
}

/** With nobody to trust, every request would be refused: better not to start. */
function checkTrustAnchors({ trust }: ReferenceData, config: Config): void {
  if (trust.anchors.length > 0 || config.CERTIFICATE_PATH !== 'enforce') return;
  const message = 'there is no trust anchor, and CERTIFICATE_PATH is enforce';
  throw new ReferenceDataError([{ file: 'trust/', entry: undefined, message }]);
}

/** What is not enforced lets through what it finds, or finds nothing. */
function warnOfSettings(config: Config, logger: Logger): void {
  const { CERTIFICATE_PROFILE, CERTIFICATE_PATH, CERTIFICATE_REVOCATION, XML_SIGNATURE } = config;
  const relaxed = {
    ...(CERTIFICATE_PROFILE !== 'enforce' && { CERTIFICATE_PROFILE }),
    ...(CERTIFICATE_PATH !== 'enforce' && { CERTIFICATE_PATH }),
    ...(CERTIFICATE_REVOCATION !== 'enforce' && { CERTIFICATE_REVOCATION }),
    ...(XML_SIGNATURE === 'off' && { XML_SIGNATURE }),
  };
  if (Object.keys(relaxed).length > 0) logger.warn(relaxed, 'checks that do not refuse');
}

/** What reference data may say, and an operator should know. */
function warnOf(referenceData: ReferenceData, now: Date, logger: Logger): void {
  const organisations = referenceData.testOrganisations.map(({ name }) => name);
  if (organisations.length > 0) logger.warn({ organisations }, 'test organisations count as operators');
  if (referenceData.testTrustAnchors.length > 0) {
    logger.warn({ files: referenceData.testTrustAnchors }, 'test trust anchors are trusted');
  }
  const { anchors, revocationLists } = referenceData.trust;
  const hasList = (anchor: SmkiCertificate): boolean =>
    revocationLists.some(
      ({ issuer, authorityKeyIdentifier: key }) =>
        issuer === anchor.subject && key === anchor.subjectKeyIdentifier,
    );
  const names = (certificates: readonly SmkiCertificate[]): string[] => certificates.map(nameOf);
  const without = anchors.filter((anchor) => !hasList(anchor));
  if (without.length > 0) logger.warn({ anchors: names(without) }, 'trust anchors without a revocation list');
  const outOfDate = anchors.filter((anchor) => validityFlaws([anchor], now).length > 0);
  if (outOfDate.length > 0)
    logger.warn({ anchors: names(outOfDate) }, 'trust anchors that are not valid now');
  const stale = revocationLists.filter(({ thisUpdate, nextUpdate }) => now < thisUpdate || nextUpdate < now);
  if (stale.length > 0) {
    logger.warn({ issuers: stale.map(({ issuer }) => issuer) }, 'revocation lists that are not current');
  }
  const mismatch = certificatePartyMpanMismatch.name;
  for (const { serviceReferenceVariant: variant, rules } of services) {
    const judges = rules.some(({ name }) => name === mismatch);
    if (judges && referenceData.responseCode(variant, mismatch) === undefined) {
      logger.warn(`${mismatch} has no response code in ${variant}, and advises only`);
    }
  }
}
