import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PublishedDataSet } from '../reference-data/data-set.js';
import { dataSetFiles } from './data-set-files.js';
import { orMissing, writeDurably } from './durable-file.js';

/** The data sets that this service took last, on its own disk, to start from when their source is away. */
export interface PersistedDataSets {
  /** In rising order. */
  versions(): Promise<readonly number[]>;
  /** Undefined where there is no such version. */
  read(version: number): Promise<PublishedDataSet | undefined>;
  /** When a source last said that the newest is the one to decide by; undefined where that is not known. */
  confirmedAt(): Promise<Date | undefined>;
  /**
   * Keeps a data set beside the one in force, and forgets the others: one that waited, and was replaced before its instant
   * came, must never be in force.
   */
  keep(version: number, dataSet: PublishedDataSet, inForce: number): Promise<void>;
  confirm(at: Date): Promise<void>;
}

export function persistedDataSets(directory: string): PersistedDataSets {
  const files = dataSetFiles(path.join(directory, 'data-sets'));
  const confirmedFile = path.join(directory, 'confirmed-at');
  return {
    versions: () => files.versions(),
    read: (version) => files.read(version),
    confirmedAt: async () => {
      const at = new Date((await readFile(confirmedFile, 'utf8').catch(orMissing)) ?? '');
      return Number.isNaN(at.getTime()) ? undefined : at;
    },
    keep: async (version, dataSet, inForce) => {
      await files.write(version, dataSet);
      const forgotten = (await files.versions()).filter((each) => each !== version && each !== inForce);
      for (const other of forgotten) await files.remove(other);
    },
    confirm: (at) => writeDurably(confirmedFile, at.toISOString()),
  };
}
