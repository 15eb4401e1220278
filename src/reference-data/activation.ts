import type { KeyObject } from 'node:crypto';
import type { Clock } from '../clock.js';
import { accept, reject, type Result } from '../rejection.js';
import {
  type DataSetHead,
  type DataSetId,
  isOpened,
  openDataSet,
  type PublishedDataSet,
} from './data-set.js';
import { type Fault, faultsIn, wrongAsAWhole } from './fault.js';
import { type Freshness, type FreshnessLimits, freshnessOf } from './freshness.js';
import { buildOpened } from './load.js';
import type { ReferenceData } from './snapshot.js';

/** Where a data set came from. */
export type DataSetSource = 'lists' | 'directory' | 'redis' | 'persisted';

/** A data set that passed every check. */
export interface ReadyDataSet {
  readonly referenceData: ReferenceData;
  readonly head: DataSetHead;
  readonly source: DataSetSource;
  readonly takenAt: Date;
}

/** What a decision is made with. */
export interface DecidingDataSet {
  readonly referenceData: ReferenceData;
  readonly freshness: Freshness;
}

/** A data set that was not taken, and why. */
export interface RefusedDataSet {
  /** Undefined where it could not even be opened. */
  readonly version: number | undefined;
  readonly source: DataSetSource;
  readonly at: Date;
  readonly faults: readonly Fault[];
}

export interface ReferenceDataStatus {
  /** What is decided by; undefined where nothing is. */
  readonly inForce: ReadyDataSet | undefined;
  /** Taken, and not in force before its time. */
  readonly pending: ReadyDataSet | undefined;
  readonly freshness: Freshness | undefined;
  /** When its source last said that the newest taken is the one to decide by. */
  readonly confirmedAt: Date | undefined;
  /** The last that was not taken, until one is. */
  readonly refused: RefusedDataSet | undefined;
}

export interface ActivationDeps {
  readonly clock: Clock;
  /** Keys of whom a data set has to be signed by; none where it need not be signed. */
  readonly publishers: readonly KeyObject[];
  readonly limits: FreshnessLimits;
  /** Whether one that is too old is decided by all the same. */
  readonly decidesWhenTooOld: boolean;
  /** What is wrong with a snapshot that its lists do not show. It is not taken then. */
  readonly test: (referenceData: ReferenceData, head: DataSetHead) => readonly Fault[];
  /** Told before anything is decided by it. Where it rejects, so does the offer, and nothing has changed. */
  readonly taken: (ready: ReadyDataSet, published: PublishedDataSet) => Promise<void>;
  readonly refused: (refused: RefusedDataSet) => void;
}

/**
 * Holds what is decided by. A data set is opened, built and tested before one reference is set; whatever is wrong with it,
 * what was in force stays.
 */
export class Activation {
  readonly #deps: ActivationDeps;
  #inForce: ReadyDataSet | undefined;
  #pending: ReadyDataSet | undefined;
  #confirmedAt: Date | undefined;
  #refused: RefusedDataSet | undefined;
  #refusedForGood: string | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: ActivationDeps) {
    this.#deps = deps;
  }

  /** What to decide with at an instant. */
  at(instant: Date): Result<DecidingDataSet> {
    const { inForce } = this.#promoted(instant);
    if (inForce === undefined) {
      return reject('reference-data-unavailable', 'The service has no reference data to judge by.');
    }
    const freshness = this.#freshnessAt(inForce, instant);
    if (freshness === 'too-old' && !this.#deps.decidesWhenTooOld) {
      return reject('reference-data-too-old', 'The reference data is too old to judge by.');
    }
    return accept({ referenceData: inForce.referenceData, freshness });
  }

  /** Whether this is the newest that was taken. */
  isNewest({ version, sha256 }: DataSetId): boolean {
    const newest = this.#newest()?.referenceData.dataSet;
    return newest?.version === version && newest.sha256 === sha256;
  }

  /** Whether it is the last that was refused, and for what is in it, which no second try would change. */
  hasRefused({ version, sha256 }: DataSetId): boolean {
    return this.#refused !== undefined && this.#refusedForGood === `${String(version)} ${sha256}`;
  }

  /** A source says that the newest taken is the one to decide by. */
  confirm(at: Date, source: DataSetSource): void {
    this.#confirmedAt = at;
    // What it had in the meantime, and was refused, is no longer what it asks for.
    if (source !== 'persisted') this.#refused = undefined;
    if (this.#pending !== undefined) this.#pending = { ...this.#pending, source };
    else if (this.#inForce !== undefined) this.#inForce = { ...this.#inForce, source };
  }

  /** Takes a data set, or says why not. One after the other, in the order in which they are offered. */
  async offer(
    published: PublishedDataSet,
    source: DataSetSource,
    /** What it should be, where that is known beforehand. */
    expected?: DataSetId,
  ): Promise<ReadyDataSet | RefusedDataSet> {
    const offered = this.#last.then(() => this.#take(published, source, expected));
    this.#last = offered.catch(() => undefined);
    return offered;
  }

  /** Something at the source that is no data set at all. */
  refuse(source: DataSetSource, version: number | undefined, faults: readonly Fault[]): RefusedDataSet {
    const refused = { version, source, at: this.#deps.clock(), faults };
    const isNews =
      JSON.stringify([version, faults]) !== JSON.stringify([this.#refused?.version, this.#refused?.faults]);
    this.#refused = refused;
    this.#refusedForGood = undefined;
    // The source is asked again and again: the same is told once.
    if (isNews) this.#deps.refused(refused);
    return refused;
  }

  status(at: Date): ReferenceDataStatus {
    const { inForce, pending } = this.#promoted(at);
    return {
      inForce,
      pending,
      freshness: inForce && this.#freshnessAt(inForce, at),
      confirmedAt: this.#confirmedAt,
      refused: this.#refused,
    };
  }

  async #take(
    published: PublishedDataSet,
    source: DataSetSource,
    expected: DataSetId | undefined,
  ): Promise<ReadyDataSet | RefusedDataSet> {
    const opened = openDataSet(published, this.#deps.publishers);
    if (!isOpened(opened)) return this.refuse(source, expected?.version, opened);
    const { head, id } = opened;
    const refuse = (message: string): RefusedDataSet =>
      this.refuse(source, id.version, wrongAsAWhole(message));
    if (expected !== undefined && (expected.version !== id.version || expected.sha256 !== id.sha256)) {
      return refuse(`is not the data set that was published as version ${String(expected.version)}`);
    }
    const newest = this.#newest();
    const { version, sha256 } = newest?.referenceData.dataSet ?? { version: 0 };
    if (id.version < version)
      return refuse(`is older than version ${String(version)}, which was taken before`);
    if (newest !== undefined && id.version === version) {
      if (id.sha256 === sha256) return newest;
      return refuse('has other contents than the version of the same number that was taken before');
    }
    let referenceData: ReferenceData;
    try {
      referenceData = buildOpened(opened);
    } catch (error) {
      return this.#refuseForGood(source, id, faultsIn(error));
    }
    const failures = this.#deps.test(referenceData, head);
    if (failures.length > 0) return this.#refuseForGood(source, id, failures);

    const ready: ReadyDataSet = { referenceData, head, source, takenAt: this.#deps.clock() };
    await this.#deps.taken(ready, published);
    this.#promoted(ready.takenAt);
    this.#pending = ready;
    this.#refused = undefined;
    this.#promoted(this.#deps.clock());
    return ready;
  }

  #refuseForGood(
    source: DataSetSource,
    { version, sha256 }: DataSetId,
    faults: readonly Fault[],
  ): RefusedDataSet {
    const refused = this.refuse(source, version, faults);
    this.#refusedForGood = `${String(version)} ${sha256}`;
    return refused;
  }

  #newest(): ReadyDataSet | undefined {
    return this.#pending ?? this.#inForce;
  }

  /** What waits is in force from its instant on, and stays so though the clock be put back. */
  #promoted(at: Date): {
    readonly inForce: ReadyDataSet | undefined;
    readonly pending: ReadyDataSet | undefined;
  } {
    if (this.#pending !== undefined && new Date(this.#pending.head.effectiveFrom) <= at) {
      this.#inForce = this.#pending;
      this.#pending = undefined;
    }
    return { inForce: this.#inForce, pending: this.#pending };
  }

  #freshnessAt({ head: { issuedAt, expiresAt }, source, takenAt }: ReadyDataSet, at: Date): Freshness {
    // Of one from the disk that nobody knows any more of when it was confirmed: no earlier than it was issued.
    const since = this.#confirmedAt ?? (source === 'persisted' ? new Date(issuedAt) : takenAt);
    const expires = expiresAt === undefined ? undefined : new Date(expiresAt);
    return freshnessOf({ confirmedAt: since, expiresAt: expires }, this.#deps.limits, at);
  }
}

export const isReady = (offered: ReadyDataSet | RefusedDataSet): offered is ReadyDataSet =>
  'referenceData' in offered;
