import { readFile, stat } from 'node:fs/promises';
import { faultsInUse, publishersOf } from '../live-reference-data.js';
import { type DataSetHead, isOpened, type ListValues, openDataSet } from '../reference-data/data-set.js';
import { type Fault, ReferenceDataError } from '../reference-data/fault.js';
import { contentOf, readListFiles } from '../reference-data/lists-directory.js';
import { buildOpened, buildReferenceData, sealListFiles } from '../reference-data/load.js';
import type { ReferenceData } from '../reference-data/snapshot.js';
import { orMissing } from '../stores/durable-file.js';
import { type Context, withRepository } from './context.js';
import { CliError } from './exit.js';

/** Lists that somebody names: a directory, a file of a data set, or what was published. */
export interface Candidate {
  /** As it was named. */
  readonly name: string;
  /** Undefined where a directory has none that can be read. */
  readonly head: DataSetHead | undefined;
  /** Without those that cannot be read. */
  readonly lists: ListValues;
  /** Undefined where there are faults. */
  readonly referenceData: ReferenceData | undefined;
  readonly faults: readonly Fault[];
  /** The bytes that a data set is published as. Throws a ReferenceDataError where there are faults. */
  readonly sealed: () => Buffer;
}

export const whatHelp =
  'a directory of lists, a file of a data set, the number of a published version, or "current"';

/** Reads and checks what is named, self-test included. Throws a CliError where there is no such thing. */
export async function candidateOf(context: Context, name: string): Promise<Candidate> {
  const found = /^[0-9]{1,15}$|^current$/.test(name) ? undefined : await stat(name).catch(orMissing);
  if (found?.isDirectory() === true) return fromDirectory(context, name);
  if (found !== undefined) {
    const signature = await readFile(`${name.replace(/\.json$/, '')}.sig`).catch(orMissing);
    return fromPublished(context, name, { bytes: await readFile(name), signature });
  }
  if (!/^[1-9][0-9]{0,14}$|^current$/.test(name)) throw new CliError(`${name} is neither ${whatHelp}`);
  return withRepository(context, async (repository) => {
    const version = name === 'current' ? (await repository.current())?.version : Number(name);
    const published = version === undefined ? undefined : await repository.read(version);
    if (published === undefined) {
      throw new CliError(
        version === undefined ? 'nothing has been published' : `there is no version ${name}`,
      );
    }
    return fromPublished(context, name, published);
  });
}

async function fromDirectory(context: Context, directory: string): Promise<Candidate> {
  const files = await readListFiles(directory);
  const { head, lists } = contentOf(files, []);
  const sealed = (): Buffer => sealListFiles(files).bytes;
  return { name: directory, head, lists, sealed, ...built(context, head, () => buildReferenceData(files)) };
}

async function fromPublished(
  context: Context,
  name: string,
  published: Parameters<typeof openDataSet>[0],
): Promise<Candidate> {
  const opened = openDataSet(published, await publishersOf(context.config));
  const sealed = (): Buffer => published.bytes;
  if (!isOpened(opened))
    return { name, head: undefined, lists: {}, referenceData: undefined, faults: opened, sealed };
  const { head, lists } = opened;
  return { name, head, lists, sealed, ...built(context, head, () => buildOpened(opened)) };
}

/** Tests as the service does before it takes a data set. */
export function built(
  { clock, config }: Context,
  head: DataSetHead | undefined,
  build: () => ReferenceData,
): Pick<Candidate, 'referenceData' | 'faults'> {
  try {
    const referenceData = build();
    const now = clock();
    const from = head === undefined ? now : new Date(head.effectiveFrom);
    const faults = faultsInUse(referenceData, config, from > now ? from : now);
    return { referenceData: faults.length === 0 ? referenceData : undefined, faults };
  } catch (error) {
    if (!(error instanceof ReferenceDataError)) throw error;
    return { referenceData: undefined, faults: error.faults };
  }
}
