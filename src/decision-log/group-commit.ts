import type { Logger } from 'pino';
import type { Clock } from '../clock.js';
import { StoreUnavailable } from '../stores/unavailable.js';
import { type Head, seal, type SealedLine } from './chain.js';
import type { Digest } from './keys.js';
import { gapMembers, type Opening, openingMembers, stopMembers } from './record.js';
import type { Sink } from './sink.js';

/** How often something happened since the service began. */
export interface Counts {
  /** Records of decisions that were written. */
  readonly written: number;
  /** Decisions that were answered without a record. */
  readonly dropped: number;
  /** Decisions that were not answered, because their record could not be written. */
  readonly blocked: number;
  /** Writes that failed. */
  readonly failed: number;
}

export interface GroupCommitOptions {
  readonly sink: Sink;
  readonly log: string;
  /** The last record that there is. */
  readonly head: Head;
  readonly digest: Digest;
  readonly opening: Omit<Opening, 'kind'>;
  readonly whenSlow: 'block' | 'drop';
  /** How long an answer waits for its record. */
  readonly waitMs: number;
  /** Of records that are not written yet, in characters: about as many bytes. */
  readonly maxBuffered: number;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
}

/** What came together, is written in one go, and is there or not as a whole. */
class Batch {
  readonly members: string[] = [];
  size = 0;
  isOver = false;
  timer: NodeJS.Timeout | undefined;
  readonly settled: Promise<void>;
  resolve: () => void = () => undefined;
  reject: (error: Error) => void = () => undefined;

  constructor() {
    this.settled = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Nobody may wait for it, under "drop".
    this.settled.catch(() => undefined);
  }
}

const retryMs = 1_000;
const name = 'the decision log';

/**
 * Writes records in the order in which they come: all that come in one turn of the event loop, or while others are being
 * written, are one write. A record gets its place in the chain when it is written, so that what could not be written
 * leaves no hole in it.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #head: Head;
  #gathering = new Batch();
  #buffered = 0;
  #writing: Promise<void> | undefined;
  #isScheduled = false;
  #hasBegun = false;
  #retry: NodeJS.Timeout | undefined;
  #gap: { dropped: number; readonly since: number } | undefined;
  #isFailing = false;
  readonly #counts = { written: 0, dropped: 0, blocked: 0, failed: 0 };

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#head = options.head;
  }

  /** Writes the first record. Throws where it cannot be written. */
  async begin(): Promise<void> {
    await this.#commit([]);
  }

  get head(): Head {
    return this.#head;
  }

  counts(): Counts {
    return { ...this.#counts };
  }

  /**
   * Takes the members of a record. Under "block" gives a promise of its being written, which throws a StoreUnavailable
   * where it is not, or not in time; under "drop" nothing, and nothing waits.
   */
  add(members: string): Promise<void> | undefined {
    const { whenSlow, maxBuffered } = this.#options;
    if (this.#buffered + members.length > maxBuffered) {
      if (whenSlow === 'drop') {
        this.#drop(1, `more than ${String(maxBuffered)} bytes are not written yet`);
        return undefined;
      }
      this.#counts.blocked += 1;
      this.#isSlow();
      return Promise.reject(new StoreUnavailable(name));
    }
    const batch = this.#gathering;
    batch.members.push(members);
    batch.size += members.length;
    this.#buffered += members.length;
    this.#schedule();
    if (whenSlow === 'drop') return undefined;
    batch.timer ??= setTimeout(() => {
      this.#giveUp(batch);
    }, this.#options.waitMs);
    return batch.settled;
  }

  /** Writes what is left, and a last record. Tells of what could not be written. */
  async end(): Promise<void> {
    await this.#writing;
    await this.#flush();
    clearTimeout(this.#retry);
    const { logger, clock, sink } = this.#options;
    const lost = this.#gathering.members.length;
    this.#gathering = new Batch();
    if (lost > 0) this.#drop(lost, 'the service stops');
    try {
      await this.#commit([stopMembers(clock())]);
    } catch (err) {
      logger.error({ err, ...this.#counts }, 'the decision log has no end: it could not be written');
    }
    await sink.close().catch((err: unknown) => {
      logger.error({ err }, 'the decision log could not be closed');
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#writing !== undefined || this.#retry !== undefined) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    if (this.#gathering.members.length > 0) this.#writing ??= this.#writeAll();
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#gathering.members.length > 0) {
      const batch = this.#gathering;
      this.#gathering = new Batch();
      try {
        await this.#commit(batch.members);
      } catch (error) {
        this.#fails(error);
        if (this.#options.whenSlow === 'drop') {
          this.#keep(batch);
          break;
        }
        this.#settle(batch, new StoreUnavailable(name, { cause: error }));
        continue;
      }
      this.#counts.written += batch.members.length;
      this.#works();
      this.#settle(batch);
    }
    // Before anybody hears of it: whoever adds a record next has to have it written.
    this.#writing = undefined;
  }

  /** Puts records into the chain and writes them, with those that the state of the log asks for in front. */
  async #commit(members: readonly string[]): Promise<void> {
    const { sink, log, digest, opening, clock, logger } = this.#options;
    if (sink.isFull()) await sink.beginFile(this.#head.seq + 1);
    let head = this.#head;
    let text = '';
    const put = (each: string): void => {
      const line: SealedLine = seal(each, log, head, digest);
      text += line.text;
      head = line;
    };
    if (sink.isFresh()) {
      const kind = this.#hasBegun ? 'rotated' : 'start';
      put(openingMembers({ ...opening, torn: this.#hasBegun ? [] : opening.torn, kind }, clock()));
    }
    const dropped = this.#gap?.dropped ?? 0;
    if (this.#gap !== undefined) put(gapMembers(dropped, this.#gap.since, clock()));
    for (const each of members) put(each);
    await sink.write(text);
    this.#head = { seq: head.seq, hash: head.hash };
    this.#hasBegun = true;
    if (this.#gap === undefined) return;
    logger.warn({ dropped }, 'the decision log says how many decisions it has no record of');
    // More may have been dropped in the meantime.
    this.#gap.dropped -= dropped;
    if (this.#gap.dropped === 0) this.#gap = undefined;
  }

  #settle(batch: Batch, error?: Error): void {
    clearTimeout(batch.timer);
    this.#buffered -= batch.size;
    if (error === undefined) batch.resolve();
    else {
      if (!batch.isOver) this.#counts.blocked += batch.members.length;
      batch.reject(error);
    }
  }

  /** Nobody waits for these any longer. What is being written may be written yet; what is not, is not. */
  #giveUp(batch: Batch): void {
    batch.isOver = true;
    this.#counts.blocked += batch.members.length;
    if (batch === this.#gathering) {
      this.#gathering = new Batch();
      this.#buffered -= batch.size;
    }
    batch.reject(new StoreUnavailable(name));
    this.#isSlow();
  }

  /** Under "drop" what could not be written stays in its place, for as long as there is room. */
  #keep(batch: Batch): void {
    const later = this.#gathering;
    // One by one: there may be more than a call takes arguments.
    for (const each of later.members) batch.members.push(each);
    batch.size += later.size;
    this.#gathering = batch;
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      void this.#flush();
    }, retryMs).unref();
  }

  #drop(count: number, why: string): void {
    if (this.#gap === undefined) {
      this.#gap = { dropped: 0, since: this.#options.clock().getTime() };
      this.#options.logger.warn({ why }, 'decisions are answered without a record');
    }
    this.#gap.dropped += count;
    this.#counts.dropped += count;
  }

  #fails(err: unknown): void {
    this.#counts.failed += 1;
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#options.logger.error({ err, ...this.#counts }, 'the decision log cannot be written');
  }

  #isSlow(): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#options.logger.error({ waitMs: this.#options.waitMs, ...this.#counts }, 'the decision log is slow');
  }

  #works(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#options.logger.warn(this.#counts, 'the decision log is written again');
  }
}
