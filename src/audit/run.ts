import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { SealedDataSet } from '../reference-data/data-set.js';
import type { ReferenceData } from '../reference-data/snapshot.js';
import { writeDurably } from '../stores/durable-file.js';
import {
  type AuditOf,
  checkpointText,
  readCheckpoint,
  removeCheckpoint,
  writeCheckpoint,
} from './checkpoint.js';
import { type Chunk, cut } from './chunks.js';
import { type Estate, openEstate } from './estate.js';
import { headBytes, layoutOf } from './layout.js';
import { type FindingsFormat, outputFiles } from './output.js';
import { OutputFiles } from './output-files.js';
import { summarise } from './summarise.js';
import type { AuditSummary } from './summary.js';
import { Counter, maxKeys } from './tallies.js';
import type { WorkerResult } from './worker.js';
import { Workers } from './workers.js';

export interface AuditSettings {
  /** A file, or "-" for `input`. */
  readonly estate: string;
  readonly input: Readable;
  readonly directory: string;
  readonly referenceData: ReferenceData;
  /** What it was built from, for the workers to build it again. */
  readonly dataSet: Pick<SealedDataSet, 'bytes'>;
  readonly day: string;
  readonly gasIsJudged: boolean;
  readonly listsDevices: boolean;
  readonly findings: FindingsFormat;
  readonly workers: number;
  readonly chunkBytes: number;
  readonly checkpointEveryMs: number;
  /** Whether what another run has left is thrown away, and not gone on with. */
  readonly restart: boolean;
  readonly auditedAt: Date;
  readonly report: AuditReporter;
  /** In place of the worker that comes with it; for tests. */
  readonly workerFile?: URL;
}

/** Told how an audit comes along. */
export interface AuditReporter {
  readonly begun: (begun: {
    /** Rows that a run before this one has audited. */
    readonly resumedBehind: number;
    readonly otherColumns: readonly string[];
    readonly size: number | undefined;
  }) => void;
  readonly progressed: (progress: { readonly read: number; readonly rows: number }) => void;
  readonly ended: () => void;
}

// Small enough that most of what is made of a chunk is garbage before it has grown old.
export const defaultChunkBytes = 256 * 1024;

/** What came of an audit. */
export interface AuditOutcome {
  readonly summary: AuditSummary;
  readonly resumedBehind: number;
}

/**
 * Audits an estate, in as much memory whatever its size. What it writes does not depend on the number of workers, nor on
 * where it was killed and gone on with: the outputs are written in the order of the rows, and a checkpoint says how far
 * they count.
 */
export async function runAudit(settings: AuditSettings): Promise<AuditOutcome> {
  const estate = await openEstate(settings.estate, settings.input, headBytes);
  try {
    return await auditOf(estate, settings);
  } finally {
    await estate.close();
  }
}

async function auditOf(estate: Estate, settings: AuditSettings): Promise<AuditOutcome> {
  const { directory, referenceData, day, gasIsJudged, listsDevices, findings } = settings;
  const { layout, firstRowAt, otherColumns } = layoutOf(estate.head);
  const of: AuditOf = {
    estate: estate.id,
    referenceData: referenceData.dataSet,
    day,
    options: { gasIsJudged, listsDevices, findings },
  };
  await mkdir(directory, { recursive: true });
  if (settings.restart) await removeCheckpoint(directory);
  const checkpoint = await readCheckpoint(directory, of);
  const outputs = await (checkpoint === undefined
    ? OutputFiles.begin(directory, Object.values(outputFiles(findings)))
    : OutputFiles.resume(directory, checkpoint.lengths));
  const counter = new Counter(maxKeys);
  if (checkpoint !== undefined) counter.add(checkpoint.tallies);
  const resumedBehind = counter.rows;
  settings.report.begun({ resumedBehind, otherColumns, size: estate.progress().size });
  const workers = new Workers(
    settings.workers,
    { dataSet: settings.dataSet.bytes, day, gasIsJudged, listsDevices, layout, findings },
    {
      // The input may keep it waiting for ever.
      failed: (error) => {
        estate.abort(error);
      },
      ...(settings.workerFile !== undefined && { file: settings.workerFile }),
    },
  );
  const auditedAt = checkpoint?.begunAt ?? settings.auditedAt.toISOString();
  const position = { offset: checkpoint?.offset ?? firstRowAt, rows: resumedBehind };
  const saver = new Saver(settings.checkpointEveryMs, async () => {
    const text = checkpointText(of, {
      begunAt: auditedAt,
      offset: position.offset,
      tallies: counter.tallies(),
      lengths: outputs.lengths(),
    });
    await outputs.sync();
    await writeCheckpoint(directory, text);
  });
  try {
    for await (const { end, result } of audited(estate, workers, settings, position)) {
      for (const [file, bytes] of result.outputs) await outputs.append(file, bytes);
      counter.add(result.tallies);
      position.offset = end;
      settings.report.progressed({ read: estate.progress().read, rows: counter.rows });
      saver.saveIfDue();
    }
    await saver.save();
    const summary = summarise(counter.tallies(), referenceData, {
      estate: estate.name,
      auditedAt: new Date(auditedAt),
      day,
    });
    await conclude(directory, summary);
    return { summary, resumedBehind };
  } finally {
    settings.report.ended();
    await workers.end();
    await saver.idle();
    await outputs.close();
  }
}

/** What is made of the summary alone. Once all of it is there, there is nothing to go on with. */
async function conclude(directory: string, summary: AuditSummary): Promise<void> {
  await writeDurably(path.join(directory, 'summary.json'), `${JSON.stringify(summary, undefined, 2)}\n`);
  await removeCheckpoint(directory);
}

/** The chunks of an estate as the workers have audited them, in their order. */
async function* audited(
  estate: Estate,
  workers: Workers,
  { workers: count, chunkBytes }: AuditSettings,
  { offset, rows }: { readonly offset: number; readonly rows: number },
): AsyncGenerator<{ readonly end: number; readonly result: WorkerResult }> {
  const buffers: ArrayBuffer[] = [];
  const buffer = (size: number): ArrayBuffer => buffers.pop() ?? new ArrayBuffer(size);
  const running: { readonly end: Chunk['end']; readonly result: Promise<WorkerResult> }[] = [];
  const next = async (): Promise<{ readonly end: number; readonly result: WorkerResult } | undefined> => {
    const first = running.shift();
    if (first === undefined) return undefined;
    const result = await first.result;
    buffers.push(result.buffer);
    return { end: first.end, result };
  };
  for await (const { end, ...lines } of cut(estate.from(offset), { offset, rows, chunkBytes, buffer })) {
    running.push({ end, result: workers.run(lines) });
    // Each has one in hand and one to come.
    const done = running.length > 2 * count ? await next() : undefined;
    if (done !== undefined) yield done;
  }
  for (let done = await next(); done !== undefined; done = await next()) yield done;
}

/** Saves now and then, beside the work: what is saved is what was when saving began. */
class Saver {
  readonly #everyMs: number;
  readonly #write: () => Promise<void>;
  #saving: Promise<void> | undefined;
  #savedAt = performance.now();
  #failure: { readonly error: unknown } | undefined;

  constructor(everyMs: number, write: () => Promise<void>) {
    this.#everyMs = everyMs;
    this.#write = write;
  }

  /** Throws where the last time failed. */
  saveIfDue(): void {
    this.#throwFailure();
    if (this.#saving !== undefined || performance.now() - this.#savedAt < this.#everyMs) return;
    this.#saving = this.#write()
      .catch((error: unknown) => {
        this.#failure = { error };
      })
      .finally(() => {
        this.#savedAt = performance.now();
        this.#saving = undefined;
      });
  }

  async save(): Promise<void> {
    await this.idle();
    this.#throwFailure();
    await this.#write();
  }

  async idle(): Promise<void> {
    await this.#saving;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
