import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import { repositoryOf } from '../data-set-repository.js';
import type { DataSetRepository } from '../stores/data-set-repository.js';
import { CliError } from './exit.js';

/** What every command works with. */
export interface Context {
  readonly config: Config;
  readonly clock: Clock;
  /** Writes a line, or several, to standard output. */
  readonly write: (text: string) => void;
  /** Set by --json: one JSON value instead of words. */
  readonly json: boolean;
}

/** Tells what came of a command, in words or as JSON. */
export function tell<T>({ write, json }: Context, result: T, inWords: (result: T) => string): void {
  write(json ? JSON.stringify(result, undefined, 2) : inWords(result));
}

/** Works with where data sets are published, and closes it. Throws a CliError where the settings name nothing. */
export async function withRepository<T>(
  { config, clock }: Context,
  work: (repository: DataSetRepository) => Promise<T>,
): Promise<T> {
  const found = repositoryOf(config, clock, () => undefined);
  if (found === undefined) {
    throw new CliError('set REDIS_URL or DATA_SET_DIR, or name one with --redis-url or --data-set-dir');
  }
  try {
    return await work(found.repository);
  } finally {
    await found.repository.close();
  }
}
