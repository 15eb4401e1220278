import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { watchDirectory } from './watch-directory.js';

/** Is told of what comes of a change. */
export interface FileFollower<T> {
  readonly onChange?: (made: T) => void;
  /** What is there now cannot be read or used, and what was there before goes on. Told once of each content. */
  readonly onFault: (error: Error) => void;
}

export interface FollowedFiles<T> {
  /** What was made of the last contents that could be used. */
  readonly current: () => T;
  readonly close: () => void;
}

// A directory that cannot be watched, or tells nothing because it is mounted, is looked into all the same.
const pollMs = 10_000;

// Several files, a key and its certificate, are seldom changed at one stroke.
const settledMs = 100;

/**
 * Keeps what is made of some files, and makes it anew when one of them has other contents: by what they hold, since a secret
 * of Kubernetes changes by a link two levels up. Rejects where they cannot be read, or used, to begin with.
 */
export async function followFiles<T>(
  files: readonly string[],
  make: (contents: readonly Buffer[]) => T,
  { onChange, onFault }: FileFollower<T>,
): Promise<FollowedFiles<T>> {
  const read = (): Promise<readonly Buffer[]> => Promise.all(files.map((file) => readFile(file)));
  let seen: readonly Buffer[] | undefined = await read();
  let current = make(seen);
  let told: string | undefined;
  let isClosed = false;

  const look = async (): Promise<void> => {
    try {
      const contents = await read().catch((error: unknown) => {
        seen = undefined;
        throw error;
      });
      if (isClosed || (seen !== undefined && isSame(contents, seen))) return;
      seen = contents;
      told = undefined;
      current = make(contents);
      onChange?.(current);
    } catch (error) {
      const { message } = error as Error;
      if (!isClosed && message !== told) onFault(error as Error);
      told = message;
    }
  };

  let looking: Promise<void> = Promise.resolve();
  const lookAgain = (): void => {
    looking = looking.then(look);
  };
  let settling: NodeJS.Timeout | undefined;
  const lookSoon = (): void => {
    clearTimeout(settling);
    settling = setTimeout(lookAgain, settledMs);
  };
  const directories = new Set(files.map((file) => path.dirname(file)));
  const unwatch = [...directories].map((directory) => watchDirectory(directory, lookSoon));
  const poll = setInterval(lookAgain, pollMs).unref();
  return {
    current: () => current,
    close: () => {
      isClosed = true;
      clearTimeout(settling);
      clearInterval(poll);
      for (const end of unwatch) end();
    },
  };
}

const isSame = (some: readonly Buffer[], others: readonly Buffer[]): boolean =>
  some.every((bytes, place) => others[place]?.equals(bytes) === true);
