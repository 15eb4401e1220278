import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { type Clock, ukDayOf } from './clock.js';
import { type Config, ConfigError } from './config.js';
import { repositoryOf } from './data-set-repository.js';
import {
  Activation,
  type DataSetSource,
  type DecidingDataSet,
  isReady,
  type ReadyDataSet,
  type ReferenceDataStatus,
} from './reference-data/activation.js';
import { type PublishedDataSet, readPublisherKeys } from './reference-data/data-set.js';
import { type Fault, faultText, ReferenceDataError } from './reference-data/fault.js';
import type { Freshness } from './reference-data/freshness.js';
import { keepCurrent } from './reference-data/keeper.js';
import { type Lapse, lapsesOf } from './reference-data/lapses.js';
import { selfTest } from './reference-data/self-test.js';
import type { ReferenceData } from './reference-data/snapshot.js';
import { warnOf } from './reference-data-warnings.js';
import type { Result } from './rejection.js';
import type { DataSetRepository } from './stores/data-set-repository.js';
import { within } from './stores/deadline.js';
import { listedDataSet } from './stores/listed-data-set.js';
import { observed, type StoreObserver } from './stores/observed.js';
import { type PersistedDataSets, persistedDataSets } from './stores/persisted-data-set.js';
import { withCause } from './stores/unavailable.js';

/** What `GET /health/ready` and whoever publishes are told of the reference data. */
export interface LiveStatus extends ReferenceDataStatus {
  /** Why the source could not be asked, the last time; undefined where it could. */
  readonly trouble: string | undefined;
  /** Whole seconds since its source confirmed it. */
  readonly age: number | undefined;
  /** What the data set relies on that lapses next. */
  readonly nextLapse: Lapse | undefined;
  /** How much of what the data set relies on has lapsed. */
  readonly lapsed: number;
  /** How often a data set was not taken, since the start. */
  readonly refusals: number;
}

/** The reference data of a running service, kept as its source has it. */
export interface LiveReferenceData {
  readonly at: (instant: Date) => Result<DecidingDataSet>;
  readonly status: () => LiveStatus;
  /** Looks at the source now. */
  readonly refresh: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const confirmEveryMs = 60_000;

const withdrawalMs = 500;

/**
 * Starts from what was kept on disk, if anything was, and looks at the source. Lists that have faults keep the service from
 * starting (ReferenceDataError); a source that is published to may be away, or empty, and the service waits for it.
 */
export async function liveReferenceData(
  config: Config,
  clock: Clock,
  logger: Logger,
  observe: StoreObserver = () => undefined,
): Promise<LiveReferenceData> {
  const publishers = await publishersOf(config);
  const { source, repository } = sourceOf(config, clock, logger);
  let refusals = 0;
  const persisted = config.STATE_DIR === undefined ? undefined : persistedDataSets(config.STATE_DIR);
  const activation = new Activation({
    clock,
    publishers,
    limits: {
      warnAfterSeconds: config.REFERENCE_DATA_STALE_SECONDS,
      tooOldAfterSeconds: config.REFERENCE_DATA_TOO_OLD_SECONDS,
    },
    decidesWhenTooOld: config.REFERENCE_DATA_TOO_OLD === 'not-ready',
    test: (referenceData, { effectiveFrom }) =>
      faultsInUse(referenceData, config, later(clock(), new Date(effectiveFrom))),
    taken: async (ready, published) => {
      const { dataSet } = ready.referenceData;
      logger.info(
        { referenceData: dataSet, source: ready.source, effectiveFrom: ready.head.effectiveFrom },
        'reference data taken',
      );
      warnOf(ready.referenceData, clock(), logger);
      await keep(ready, published);
    },
    refused: ({ version, faults, source: from }) => {
      refusals += 1;
      logger.error({ version, source: from, faults: faults.map(faultText) }, 'reference data refused');
    },
  });

  const keep = async (ready: ReadyDataSet, published: PublishedDataSet): Promise<void> => {
    if (persisted === undefined || ready.source === 'persisted') return;
    const { version } = ready.referenceData.dataSet;
    const inForce = activation.status(clock()).inForce?.referenceData.dataSet.version ?? version;
    await persisted.keep(version, published, inForce).catch((err: unknown) => {
      logger.error({ err }, 'the reference data could not be kept on disk');
    });
  };

  if (persisted !== undefined) await startFrom(persisted, activation, clock, logger);

  const replica = `${hostname()}-${randomUUID().slice(0, 8)}`;
  // The source is asked again and again: the same is told once.
  let lastTrouble: string | undefined;
  let lastFreshness: Freshness | undefined;
  let lastLook = clock();
  // One after the other, so that what is newer is not written over by what is older; nothing waits for it but closing.
  let writing: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  const afterwards = (write: () => Promise<void> | undefined): void => {
    writing = writing.then(() => (isClosed ? undefined : write()));
  };
  let kept = { at: 0, version: 0 };
  const looked = (trouble: Error | undefined): void => {
    const now = clock();
    const { inForce, pending, confirmedAt, refused, freshness } = activation.status(now);
    const newest = pending ?? inForce;
    const troubleNow = trouble && withCause(trouble);
    if (troubleNow !== lastTrouble) {
      if (trouble === undefined)
        logger.info({ source }, 'the source of the reference data can be asked again');
      else logger.error({ err: trouble, source }, 'the source of the reference data cannot be asked');
      lastTrouble = troubleNow;
    }
    if (inForce !== undefined) {
      const lapsed = lapsesOf(inForce.referenceData, inForce.head).filter(
        ({ at }) => lastLook < at && at <= now,
      );
      for (const { what, at } of lapsed) logger.warn({ what, at }, 'has lapsed');
      if (freshness !== 'current' && freshness !== lastFreshness)
        logger.warn({ freshness, confirmedAt }, 'the reference data is not current');
    }
    lastFreshness = freshness;
    lastLook = now;
    if (
      trouble === undefined &&
      confirmedAt !== undefined &&
      newest !== undefined &&
      (now.getTime() - kept.at >= confirmEveryMs || newest.referenceData.dataSet.version !== kept.version)
    ) {
      kept = { at: now.getTime(), version: newest.referenceData.dataSet.version };
      afterwards(async () => {
        await persisted
          ?.confirm({ at: confirmedAt, dataSet: newest.referenceData.dataSet })
          .catch((err: unknown) => {
            logger.error({ err }, 'the state of the reference data could not be kept on disk');
          });
      });
    }
    if (!('report' in repository)) return;
    const report = {
      replica,
      at: now.toISOString(),
      ...inForce?.referenceData.dataSet,
      pending: pending?.referenceData.dataSet.version,
      source: inForce?.source,
      refused: refused && { version: refused.version, reason: refused.faults.map(faultText)[0] ?? '' },
    };
    // What cannot be asked cannot be told either, and has been logged.
    afterwards(() => repository.report?.(report).catch(() => undefined));
  };
  const keeper = keepCurrent({
    activation,
    repository: {
      current: () => observed(observe, 'data-sets', () => repository.current()),
      read: (version) => observed(observe, 'data-sets', () => repository.read(version)),
      versions: async () => (await repository.versions?.()) ?? [],
      watch: (onNudge) => {
        repository.watch(onNudge);
      },
    },
    source,
    pollMs: config.REFERENCE_DATA_POLL_SECONDS * 1000,
    clock,
    looked,
  });
  await keeper.refresh();
  const { inForce, pending, refused } = activation.status(clock());
  if (source === 'lists' && (inForce ?? pending) === undefined) {
    keeper.stop();
    await repository.close();
    throw keeper.trouble() ?? new ReferenceDataError(refused?.faults ?? []);
  }
  return {
    at: (instant) => activation.at(instant),
    status: () => {
      const now = clock();
      const status = activation.status(now);
      const trouble = keeper.trouble();
      const lapses =
        status.inForce === undefined ? [] : lapsesOf(status.inForce.referenceData, status.inForce.head);
      return {
        ...status,
        trouble: trouble && withCause(trouble),
        age: status.confirmedAt && Math.floor((now.getTime() - status.confirmedAt.getTime()) / 1000),
        nextLapse: lapses.find(({ at }) => at > now),
        lapsed: lapses.filter(({ at }) => at <= now).length,
        refusals,
      };
    },
    refresh: () => keeper.refresh(),
    close: async () => {
      isClosed = true;
      keeper.stop();
      // One that has ended is no longer waited for by who publishes; and a source that is away keeps nobody from ending.
      const withdrawn = writing.then(() => repository.withdraw?.(replica));
      await within(withdrawalMs, withdrawn).catch(() => undefined);
      await repository.close();
      await writing;
    },
  };
}

type SourceRepository = Pick<DataSetRepository, 'current' | 'read' | 'watch' | 'close'> &
  Partial<Pick<DataSetRepository, 'report' | 'withdraw' | 'versions'>>;

function sourceOf(
  config: Config,
  clock: Clock,
  logger: Logger,
): { readonly source: DataSetSource; readonly repository: SourceRepository } {
  const onError = (err: Error): void => {
    // The keeper tells once that the source cannot be asked; this is each attempt to connect. The error itself has the
    // command that failed in it, and so the password.
    logger.debug({ message: withCause(err) }, 'Redis');
  };
  return (
    repositoryOf(config, clock, onError) ?? {
      source: 'lists',
      repository: listedDataSet(config.REFERENCE_DATA_DIR),
    }
  );
}

/** The keys of whom data sets have to be signed by; none where nobody has to. Throws a ConfigError. */
export async function publishersOf({
  PUBLISHER_KEYS_FILE: file,
}: Config): Promise<ReturnType<typeof readPublisherKeys> & object> {
  if (file === undefined) return [];
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ConfigError([`PUBLISHER_KEYS_FILE: cannot be read: ${(error as Error).message}`]);
  });
  const keys = readPublisherKeys(text);
  if (keys === undefined)
    throw new ConfigError([`PUBLISHER_KEYS_FILE: has no PEM public keys on P-256, or others`]);
  return keys;
}

async function startFrom(
  persisted: PersistedDataSets,
  activation: Activation,
  clock: Clock,
  logger: Logger,
): Promise<void> {
  const orLogged = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (err) {
      logger.error({ err }, 'the reference data on disk could not be read');
      return undefined;
    }
  };
  let newest: Awaited<ReturnType<Activation['offer']>> | undefined;
  // The oldest first: what waits for its time must not keep out what is in force until then.
  for (const version of (await orLogged(persisted.versions())) ?? []) {
    const dataSet = await orLogged(persisted.read(version));
    newest = dataSet && (await activation.offer(dataSet, 'persisted'));
  }
  const confirmed = await orLogged(persisted.confirmed());
  // Of any other than the newest it says nothing; and an instant that is still to come is none that was.
  const isOfNewest = confirmed !== undefined && activation.isNewest(confirmed.dataSet);
  if (isOfNewest && newest !== undefined && isReady(newest) && confirmed.at <= clock()) {
    activation.confirm(confirmed.at, 'persisted');
  }
  const { inForce } = activation.status(clock());
  if (inForce !== undefined) {
    logger.info({ referenceData: inForce.referenceData.dataSet }, 'started from the reference data on disk');
  }
}

const later = (one: Date, other: Date): Date => (one > other ? one : other);

/** What is wrong with reference data, from an instant on, that its lists do not show. It is not taken then. */
export const faultsInUse = (referenceData: ReferenceData, config: Config, from: Date): Fault[] => [
  ...anchorFaults(referenceData, config),
  ...selfTest(referenceData, ukDayOf(from)),
];

/** With nobody to trust, every request would be refused. */
function anchorFaults({ trust }: ReferenceData, config: Config): Fault[] {
  if (trust.anchors.length > 0 || config.CERTIFICATE_PATH !== 'enforce') return [];
  const message = 'there is no trust anchor, and CERTIFICATE_PATH is enforce';
  return [{ file: 'trust/', entry: undefined, message }];
}
