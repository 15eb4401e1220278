import type { Clock } from '../clock.js';
import type { DataSetRepository } from '../stores/data-set-repository.js';
import { type Activation, type DataSetSource, isReady } from './activation.js';
import { type DataSetHead, isOpened, openDataSet, type PublishedDataSet } from './data-set.js';
import { ReferenceDataError, wrongAsAWhole } from './fault.js';

export interface KeeperDeps {
  readonly activation: Activation;
  readonly repository: Pick<DataSetRepository, 'current' | 'read' | 'watch'> &
    Partial<Pick<DataSetRepository, 'versions'>>;
  readonly source: DataSetSource;
  readonly pollMs: number;
  readonly clock: Clock;
  /** After every look at the source: what went wrong, or undefined. */
  readonly looked: (trouble: Error | undefined) => void;
}

export interface Keeper {
  /** Looks at the source now, or once more where it is looking already. Never rejects. */
  refresh(): Promise<void>;
  /** Why the source could not be asked, the last time; undefined where it could. */
  trouble(): Error | undefined;
  stop(): void;
}

/**
 * Keeps what is decided by that which its source has published: looks when nudged, and from time to time, since a nudge
 * may be lost.
 */
export function keepCurrent({ activation, repository, source, pollMs, clock, looked }: KeeperDeps): Keeper {
  let trouble: Error | undefined;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  /** How often somebody asked while it looked. */
  let asked = 0;
  let isStopped = false;

  const look = async (): Promise<void> => {
    const pointer = await repository.current();
    if (pointer === undefined) throw new Error('nothing has been published');
    if (activation.isNewest(pointer)) {
      activation.confirm(clock(), source);
      return;
    }
    if (activation.hasRefused(pointer)) return;
    const published = await repository.read(pointer.version);
    if (published === undefined) {
      activation.refuse(source, pointer.version, wrongAsAWhole('is not there, though it is the current one'));
      return;
    }
    const earlier = await inForceUntil(published, pointer.version);
    if (earlier !== undefined) await activation.offer(earlier, source);
    if (isReady(await activation.offer(published, source, pointer))) activation.confirm(clock(), source);
  };

  /**
   * What is decided by until the current version's instant comes: who starts in the meantime, or could not ask, has to
   * find it. One that was replaced before its own instant came was never in force, and is passed over; what is no newer
   * than what was taken is not looked at.
   */
  const inForceUntil = async (
    current: PublishedDataSet,
    version: number,
  ): Promise<PublishedDataSet | undefined> => {
    const now = clock();
    let next = headOf(current);
    if (next === undefined || new Date(next.effectiveFrom) <= now) return undefined;
    const { inForce, pending } = activation.status(now);
    const taken = (pending ?? inForce)?.referenceData.dataSet.version ?? 0;
    const versions = (await repository.versions?.()) ?? [];
    for (const earlier of versions.filter((each) => taken < each && each < version).reverse()) {
      const published = await repository.read(earlier);
      const head = published && headOf(published);
      if (head === undefined) continue;
      const effectiveFrom = new Date(head.effectiveFrom);
      if (effectiveFrom <= now && effectiveFrom <= new Date(next.issuedAt)) return published;
      next = head;
    }
    return undefined;
  };

  const lookUntilNobodyAsks = async (): Promise<void> => {
    clearTimeout(timer);
    let answered: number;
    do {
      answered = asked;
      try {
        await look();
        trouble = undefined;
      } catch (error) {
        trouble = error instanceof Error ? error : new Error(String(error));
        if (error instanceof ReferenceDataError) activation.refuse(source, undefined, error.faults);
      }
      looked(trouble);
    } while (answered < asked);
    looking = undefined;
    if (!isStopped) timer = setTimeout(() => void refresh(), pollMs).unref();
  };

  const refresh = (): Promise<void> => {
    if (looking === undefined) looking = lookUntilNobodyAsks();
    else asked += 1;
    return looking;
  };

  repository.watch(() => {
    if (!isStopped) void refresh();
  });
  return {
    refresh,
    trouble: () => trouble,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** Who has signed it is looked into where it is taken. */
function headOf(published: PublishedDataSet): DataSetHead | undefined {
  const opened = openDataSet(published, []);
  return isOpened(opened) ? opened.head : undefined;
}
