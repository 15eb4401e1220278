import { watch } from 'node:fs';

/**
 * Calls when something changes in a directory, and not below it; gives what ends it. One that is not there yet is not
 * watched: whoever watches asks from time to time as well. It keeps no process running.
 */
export function watchDirectory(directory: string, onChange: () => void): () => void {
  try {
    const watcher = watch(directory, { persistent: false }, onChange);
    watcher.on('error', onChange);
    return () => {
      watcher.close();
    };
  } catch {
    return () => undefined;
  }
}
