import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { WorkerResult, WorkerSettings, WorkerTask } from './worker.js';

interface Pending {
  readonly resolve: (result: WorkerResult) => void;
  readonly reject: (error: Error) => void;
}

interface Member {
  readonly worker: Worker;
  /** Tasks that it has and has not answered, in their order. */
  readonly pending: Pending[];
}

/** A worker has ended that was to go on: out of memory, say. */
export class WorkerFailed extends Error {}

const workerFile = new URL('./worker.js', import.meta.url);

/** Without a bound, garbage of several threads comes to hundreds of megabytes before it is collected. */
const limitsFor = ({ dataSet }: WorkerSettings): ResourceLimits => ({
  // Where rows live.
  maxYoungGenerationSizeMb: 12,
  // The code, what is remembered, and the lists: as objects they are several times as large as in their file. Twice what an
  // audit was seen to take, since what looks on, as a collector of coverage does, takes as much again.
  maxOldGenerationSizeMb: 96 + Math.ceil((dataSet.length / 2 ** 20) * 16),
});

export interface WorkersOptions {
  readonly file?: URL;
  /** Told once, where one fails before they are ended. */
  readonly failed: (error: Error) => void;
}

/** Worker threads that share the chunks of an estate. When one fails, so do all tasks from then on. */
export class Workers {
  readonly #members: readonly Member[];
  readonly #failed: (error: Error) => void;
  #failure: Error | undefined;

  constructor(count: number, settings: WorkerSettings, { file = workerFile, failed }: WorkersOptions) {
    this.#failed = failed;
    const resourceLimits = limitsFor(settings);
    this.#members = Array.from({ length: count }, () => {
      const worker = new Worker(file, { workerData: settings, resourceLimits });
      const member: Member = { worker, pending: [] };
      worker.on('message', (result: WorkerResult) => {
        member.pending.shift()?.resolve(result);
      });
      worker.on('error', (error) => {
        this.#fail(new WorkerFailed(`a worker failed: ${error.message}`, { cause: error }));
      });
      worker.on('exit', (code) => {
        this.#fail(new WorkerFailed(`a worker ended with ${String(code)}`));
      });
      return member;
    });
  }

  /** Takes the task's buffer along. Tasks are waited for in their order, and one may have failed before its turn. */
  run(task: WorkerTask): Promise<WorkerResult> {
    const result = this.#run(task);
    result.catch(() => undefined);
    return result;
  }

  async #run(task: WorkerTask): Promise<WorkerResult> {
    const [first, ...others] = this.#members;
    if (first === undefined) throw new WorkerFailed('there is no worker');
    if (this.#failure !== undefined) throw this.#failure;
    const member = others.reduce(
      (idlest, each) => (each.pending.length < idlest.pending.length ? each : idlest),
      first,
    );
    return new Promise<WorkerResult>((resolve, reject) => {
      member.pending.push({ resolve, reject });
      member.worker.postMessage(task, [task.bytes.buffer]);
    });
  }

  async end(): Promise<void> {
    this.#failure ??= new WorkerFailed('the workers are ended');
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()));
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    for (const { reject } of this.#members.flatMap(({ pending }) => pending)) reject(error);
    this.#failed(error);
  }
}
