import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Writes a file so that, whenever the power fails, there is all of it or what was there before. */
export async function writeDurably(file: string, bytes: Buffer | string): Promise<void> {
  const directory = path.dirname(file);
  await mkdir(directory, { recursive: true });
  const draft = path.join(directory, `.${path.basename(file)}.${randomUUID()}`);
  try {
    const handle = await open(draft, 'wx', 0o640);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  // The name is on the disk only once its directory is.
  const parent = await open(directory);
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}

/** For the error of a file that was to be read: undefined where there is none; throws what else was wrong. */
export const orMissing = (error: unknown): undefined => {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
};
