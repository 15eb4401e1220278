import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../clock.js';
import { dataSetFiles } from './data-set-files.js';
import {
  type DataSetRepository,
  isSilent,
  parsePointer,
  parseReport,
  pointerText,
  type ReplicaReport,
} from './data-set-repository.js';
import { orMissing, writeDurably } from './durable-file.js';
import { StoreUnavailable } from './unavailable.js';
import { watchDirectory } from './watch-directory.js';

/**
 * Data sets in a directory that replicas share: `versions/`, `current.json` that points to one of them, and `replicas/`.
 * Two that publish at once are kept apart by a lock file, which is left behind where the first was killed.
 */
export function directoryDataSets(directory: string, clock: Clock): DataSetRepository {
  const store = `the directory ${directory}`;
  const pointerFile = path.join(directory, 'current.json');
  const lockFile = path.join(directory, 'publishing.lock');
  const replicasDirectory = path.join(directory, 'replicas');
  const files = dataSetFiles(path.join(directory, 'versions'));
  const closers: (() => void)[] = [];

  const orUnavailable = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      throw new StoreUnavailable(store, { cause });
    }
  };

  const current: DataSetRepository['current'] = async () => {
    const text = await readFile(pointerFile, 'utf8').catch(orMissing);
    if (text === undefined) return undefined;
    const pointer = parsePointer(text);
    if (pointer === undefined) throw new Error('current.json is not a pointer to a data set');
    return pointer;
  };

  const publish: DataSetRepository['publish'] = async (dataSet, signature, expected) => {
    await mkdir(directory, { recursive: true });
    const lock = await open(lockFile, 'wx').catch((cause: unknown) => {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      throw new Error(`somebody is publishing; if nobody is, remove ${lockFile}`, { cause });
    });
    try {
      const now = await current();
      if (now?.version !== expected?.version || now?.sha256 !== expected?.sha256)
        return { published: false, current: now };
      if ((await files.read(dataSet.version)) !== undefined) return { published: false, current: now };
      await files.write(dataSet.version, { bytes: dataSet.bytes, signature });
      await writeDurably(pointerFile, pointerText(dataSet));
      return { published: true };
    } finally {
      await lock.close();
      await rm(lockFile, { force: true });
    }
  };

  return {
    current: () => orUnavailable(current()),
    read: (version) => orUnavailable(files.read(version)),
    versions: () => orUnavailable(files.versions()),
    publish: (...args) => orUnavailable(publish(...args)),
    watch: (onNudge) => {
      closers.push(watchDirectory(directory, onNudge));
    },
    report: (report) =>
      orUnavailable(
        writeDurably(path.join(replicasDirectory, `${report.replica}.json`), JSON.stringify(report)),
      ),
    withdraw: (replica) =>
      orUnavailable(rm(path.join(replicasDirectory, `${replica}.json`), { force: true })),
    replicas: () => orUnavailable(readReplicas(replicasDirectory, clock)),
    close: async () => {
      for (const close of closers) close();
    },
  };
}

async function readReplicas(directory: string, clock: Clock): Promise<readonly ReplicaReport[]> {
  const names = ((await readdir(directory).catch(orMissing)) ?? []).filter((name) =>
    /^[^.].*\.json$/.test(name),
  );
  const reports: ReplicaReport[] = [];
  for (const name of names) {
    const file = path.join(directory, name);
    const text = await readFile(file, 'utf8').catch(orMissing);
    if (text === undefined) continue;
    const report = parseReport(text);
    if (isSilent(report, clock())) await rm(file, { force: true });
    else reports.push(report);
  }
  return reports;
}
