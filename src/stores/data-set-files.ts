import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { PublishedDataSet } from '../reference-data/data-set.js';
import { parseVersion } from './data-set-repository.js';
import { orMissing, writeDurably } from './durable-file.js';

/** Data sets in a directory, `<version>.json` each, with `<version>.sig` where it is signed. */
export interface DataSetFiles {
  write(version: number, dataSet: PublishedDataSet): Promise<void>;
  /** Undefined where there is no such version. */
  read(version: number): Promise<PublishedDataSet | undefined>;
  /** In rising order. */
  versions(): Promise<readonly number[]>;
  remove(version: number): Promise<void>;
}

export function dataSetFiles(directory: string): DataSetFiles {
  const bytesFile = (version: number): string => path.join(directory, `${String(version)}.json`);
  const signatureFile = (version: number): string => path.join(directory, `${String(version)}.sig`);
  return {
    write: async (version, { bytes, signature }) => {
      // First, since a data set is there once its bytes are.
      if (signature === undefined) await rm(signatureFile(version), { force: true });
      else await writeDurably(signatureFile(version), signature);
      await writeDurably(bytesFile(version), bytes);
    },
    read: async (version) => {
      const bytes = await readFile(bytesFile(version)).catch(orMissing);
      return bytes && { bytes, signature: await readFile(signatureFile(version)).catch(orMissing) };
    },
    versions: async () => {
      const names = (await readdir(directory).catch(orMissing)) ?? [];
      return names
        .filter((name) => name.endsWith('.json'))
        .flatMap((name) => parseVersion(name.slice(0, -'.json'.length)) ?? [])
        .sort((one, other) => one - other);
    },
    remove: async (version) => {
      await rm(bytesFile(version), { force: true });
      await rm(signatureFile(version), { force: true });
    },
  };
}
