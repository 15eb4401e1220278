import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataSetId, PublishedDataSet } from '../reference-data/data-set.js';
import { dataSetFiles } from './data-set-files.js';
import { parsePointer, pointerText } from './data-set-repository.js';
import { orMissing, writeDurably } from './durable-file.js';

/** That a source asked for a data set, and when it last did. */
export interface Confirmation {
  readonly at: Date;
  readonly dataSet: DataSetId;
}

/** The data sets that this service took last, on its own disk, to start from when their source is away. */
export interface PersistedDataSets {
  /** In rising order. */
  versions(): Promise<readonly number[]>;
  /** Undefined where there is no such version. */
  read(version: number): Promise<PublishedDataSet | undefined>;
  /**
   * When a source last said of which data set that it is the one to decide by; undefined where that is not known. It may
   * be another than the newest that is kept: one that could not be written, or is gone.
   */
  confirmed(): Promise<Confirmation | undefined>;
  /**
   * Keeps a data set beside the one in force, and forgets the others: one that waited, and was replaced before its instant
   * came, must never be in force.
   */
  keep(version: number, dataSet: PublishedDataSet, inForce: number): Promise<void>;
  confirm(confirmation: Confirmation): Promise<void>;
}

export function persistedDataSets(directory: string): PersistedDataSets {
  const files = dataSetFiles(path.join(directory, 'data-sets'));
  const confirmedFile = path.join(directory, 'confirmed-at');
  return {
    versions: () => files.versions(),
    read: (version) => files.read(version),
    confirmed: async () => {
      const text = (await readFile(confirmedFile, 'utf8').catch(orMissing)) ?? '';
      const [instant = '', pointer = ''] = text.split(' ', 2);
      const [at, dataSet] = [new Date(instant), parsePointer(pointer)];
      return Number.isNaN(at.getTime()) || dataSet === undefined ? undefined : { at, dataSet };
    },
    keep: async (version, dataSet, inForce) => {
      await files.write(version, dataSet);
      const forgotten = (await files.versions()).filter((each) => each !== version && each !== inForce);
      for (const other of forgotten) await files.remove(other);
    },
    confirm: ({ at, dataSet }) => writeDurably(confirmedFile, `${at.toISOString()} ${pointerText(dataSet)}`),
  };
}
