import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { findingsFormats, headerOf, outputFiles } from './output.js';

/** How long each of the files is that belong to what has been confirmed. */
export type OutputLengths = Readonly<Record<string, number>>;

const workLists = 'work-lists';

interface OpenFile {
  readonly handle: FileHandle;
  length: number;
  /** Whether something may not be on the disk yet. */
  isWritten: boolean;
}

/** The files of an audit that grow with its estate, each written from where it stood. */
export class OutputFiles {
  readonly #directory: string;
  readonly #files = new Map<string, OpenFile>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Begins anew: what another audit has left there goes. */
  static async begin(directory: string, files: readonly string[]): Promise<OutputFiles> {
    await removeOthers(directory, {});
    const outputs = new OutputFiles(directory);
    for (const file of files) await outputs.append(file, new Uint8Array());
    return outputs;
  }

  /** Goes on behind what was confirmed: all that was written since goes. */
  static async resume(directory: string, lengths: OutputLengths): Promise<OutputFiles> {
    await removeOthers(directory, lengths);
    const outputs = new OutputFiles(directory);
    for (const [file, length] of Object.entries(lengths)) {
      const handle = await open(path.join(directory, file), 'r+');
      outputs.#files.set(file, { handle, length, isWritten: false });
      const { size } = await handle.stat();
      if (size < length) {
        await outputs.close();
        throw new Error(`${path.join(directory, file)} is shorter than it was: begin anew with --restart`);
      }
      await handle.truncate(length);
    }
    return outputs;
  }

  async append(file: string, bytes: Uint8Array): Promise<void> {
    const written = this.#files.get(file) ?? (await this.#create(file));
    await writeAll(written.handle, bytes, written.length);
    written.length += bytes.length;
    written.isWritten = true;
  }

  lengths(): OutputLengths {
    return Object.fromEntries([...this.#files].map(([file, { length }]) => [file, length]));
  }

  /** Waits until all that was written is on the disk. */
  async sync(): Promise<void> {
    const written = [...this.#files.values()].filter(({ isWritten }) => isWritten);
    await Promise.all(
      written.map(async (file) => {
        file.isWritten = false;
        await file.handle.datasync();
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#files.values()].map(({ handle }) => handle.close()));
  }

  async #create(file: string): Promise<OpenFile> {
    const name = path.join(this.#directory, file);
    await mkdir(path.dirname(name), { recursive: true });
    const created = { handle: await open(name, 'w', 0o640), length: 0, isWritten: true };
    this.#files.set(file, created);
    const header = Buffer.from(headerOf(file));
    await writeAll(created.handle, header, 0);
    created.length = header.length;
    return created;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

/** Nothing is removed but what an audit makes. */
async function removeOthers(directory: string, kept: OutputLengths): Promise<void> {
  await mkdir(path.join(directory, workLists), { recursive: true });
  const lists = (await readdir(path.join(directory, workLists))).filter((name) => name.endsWith('.csv'));
  const made = [
    ...findingsFormats.flatMap((format) => Object.values(outputFiles(format))),
    ...lists.map((name) => `${workLists}/${name}`),
    'summary.json',
    'report.html',
  ];
  for (const file of made.filter((name) => kept[name] === undefined)) {
    await rm(path.join(directory, file), { force: true });
  }
}
