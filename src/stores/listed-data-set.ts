import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SealedDataSet } from '../reference-data/data-set.js';
import { sealListFiles } from '../reference-data/load.js';
import { readListFiles } from '../reference-data/lists-directory.js';
import { trustDirectories } from '../reference-data/trust.js';
import type { DataSetRepository } from './data-set-repository.js';
import { watchDirectory } from './watch-directory.js';

/**
 * The lists of a directory, as the one data set that is current there. They are read again where a file has changed.
 * `current` rejects with a ReferenceDataError where they cannot be read; whether they are right is not looked into.
 */
export function listedDataSet(
  directory: string,
): Pick<DataSetRepository, 'current' | 'read' | 'watch' | 'close'> {
  let seen: { readonly state: string; readonly dataSet: SealedDataSet } | undefined;
  const closers: (() => void)[] = [];
  return {
    current: async () => {
      const state = await stateOf(directory);
      if (seen?.state !== state) seen = { state, dataSet: sealListFiles(await readListFiles(directory)) };
      return seen.dataSet;
    },
    read: async (version) =>
      seen?.dataSet.version === version ? { bytes: seen.dataSet.bytes, signature: undefined } : undefined,
    watch: (onNudge) => {
      for (const each of ['.', ...trustDirectories]) {
        closers.push(watchDirectory(path.join(directory, each), onNudge));
      }
    },
    close: async () => {
      for (const close of closers) close();
    },
  };
}

/** Changes with every file, by its time and size. */
async function stateOf(directory: string): Promise<string> {
  const names = await Promise.all(
    ['.', ...trustDirectories].map(async (each) => {
      const found = await readdir(path.join(directory, each)).catch(() => []);
      return found.map((name) => path.join(directory, each, name));
    }),
  );
  const states = names.flat().map(async (file) => {
    const found = await stat(file, { bigint: true }).catch(() => undefined);
    return `${file} ${String(found?.mtimeNs)} ${String(found?.size)}`;
  });
  return (await Promise.all(states)).sort().join('\n');
}
