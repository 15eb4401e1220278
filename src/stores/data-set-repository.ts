import { z } from 'zod';
import type { DataSetId, PublishedDataSet, SealedDataSet } from '../reference-data/data-set.js';

const replicaReport = z.object({
  replica: z.string(),
  at: z.iso.datetime(),
  version: z.int().optional(),
  sha256: z.string().optional(),
  pending: z.int().optional(),
  source: z.string().optional(),
  refused: z.object({ version: z.int().optional(), reason: z.string() }).optional(),
});

/**
 * What a replica of the service says of itself, for whoever publishes: under one name for as long as the process runs, what
 * it decides by (left out where it has nothing), what it has besides that waits for its instant, and the newest that it would not take, with the first reason.
 */
export type ReplicaReport = Readonly<z.output<typeof replicaReport>>;

/** Throws where the text is not what a replica reports. */
export const parseReport = (text: string): ReplicaReport => replicaReport.parse(JSON.parse(text));

/**
 * Where data sets are published, for every replica to read. What cannot be asked, or answers with what cannot be read,
 * rejects with StoreUnavailable. Every implementation passes the suite in test/contract/data-set-repository.ts.
 */
export interface DataSetRepository {
  /** The data set that everybody is to decide by; undefined where nothing has been published. */
  current(): Promise<DataSetId | undefined>;
  /** What was published under a version; undefined where there is no such. Whether it is whole is the reader's to check. */
  read(version: number): Promise<PublishedDataSet | undefined>;
  /** Every version that is kept, in rising order. */
  versions(): Promise<readonly number[]>;
  /**
   * Publishes, all or nothing, if `expected` is still the current one; gives what is current otherwise. A version that is
   * there already is never written over.
   */
  publish(
    dataSet: SealedDataSet,
    signature: Buffer | undefined,
    expected: DataSetId | undefined,
  ): Promise<
    { readonly published: true } | { readonly published: false; readonly current: DataSetId | undefined }
  >;
  /** Calls when something may have been published. A nudge may be lost; whoever watches asks from time to time as well. */
  watch(onNudge: () => void): void;
  report(report: ReplicaReport): Promise<void>;
  /** Takes back what a replica has reported, which ends. */
  withdraw(replica: string): Promise<void>;
  /** The newest report of each replica that has reported within `replicaSilenceMs`. */
  replicas(): Promise<readonly ReplicaReport[]>;
  close(): Promise<void>;
}

/** A replica that has said nothing for so long has ended. */
export const replicaSilenceMs = 60_000;

export const isSilent = ({ at }: ReplicaReport, now: Date): boolean =>
  now.getTime() - new Date(at).getTime() > replicaSilenceMs;

/** The form of a pointer, byte for byte: what is compared when two publish at once. */
export const pointerText = ({ version, sha256 }: DataSetId): string => JSON.stringify({ version, sha256 });

/** Undefined where the text is not what `pointerText` writes: half of it, say. */
export function parsePointer(text: string): DataSetId | undefined {
  const { number = '', sha256 = '' } =
    /^\{"version":(?<number>[0-9]+),"sha256":"(?<sha256>[0-9a-f]{64})"\}$/.exec(text)?.groups ?? {};
  const version = parseVersion(number);
  return version === undefined ? undefined : { version, sha256 };
}

/** Undefined where the text is not a version as it is written. */
export function parseVersion(text: string): number | undefined {
  const version = Number(text);
  return Number.isSafeInteger(version) && version > 0 && String(version) === text ? version : undefined;
}
