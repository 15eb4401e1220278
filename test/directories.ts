import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Test } from 'tap';

/** A directory that goes with the test. */
export async function temporaryDirectory(t: Test): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'certificate-party-'));
  t.teardown(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

/** A directory with these files. */
export async function directoryWith(t: Test, files: ReadonlyMap<string, Buffer>): Promise<string> {
  const directory = await temporaryDirectory(t);
  await writeFiles(directory, files);
  return directory;
}

/** Whoever watches sees a file as it was, or all of it. */
export async function writeFiles(directory: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  for (const [file, bytes] of files) {
    const draft = `${directory}.draft`;
    await writeFile(draft, bytes);
    await mkdir(path.dirname(path.join(directory, file)), { recursive: true });
    await rename(draft, path.join(directory, file));
  }
}
