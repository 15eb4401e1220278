import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Clock } from '../clock.js';
import { type Config, ConfigError } from '../config.js';
import { refusalSettings } from '../dependencies.js';
import type { Witness } from '../witness.js';
import { hasItsHash, type Head, noHead } from './chain.js';
import { type DirectoryEnd, endOf, makeDirectory } from './directory.js';
import { lockDirectory } from './directory-lock.js';
import { fileSink } from './files.js';
import { type Counts, GroupCommit } from './group-commit.js';
import { type ChainKey, type DecisionLogKeys, digestWith, keysOf, passingKeys } from './keys.js';
import { decisionMembers } from './record.js';
import { type Sink, streamSink } from './sink.js';

export interface DecisionLog {
  readonly witness: Witness;
  readonly counts: () => Counts;
  /** The last record that was written. Kept elsewhere, it shows that the log still has it. */
  readonly head: () => Head;
  /** Writes what is left. */
  readonly close: () => Promise<void>;
}

interface Place {
  readonly sink: Sink;
  readonly log: string;
  readonly head: Head;
  readonly torn: DirectoryEnd['torn'];
  readonly release: () => Promise<void>;
}

/**
 * Opens the decision log that the settings ask for; undefined where they ask for none. `stream` is where the lines of the log
 * of the service go. Throws a ConfigError, a DecisionLogError, or what the system does.
 */
export async function openDecisionLog(
  config: Config,
  stream: { readonly write: (text: string) => unknown },
  clock: Clock,
  logger: Logger,
): Promise<DecisionLog | undefined> {
  const { DECISION_LOG, LOG_LEVEL } = config;
  // On standard output a record is a line for information, like others.
  const isLeftOut = DECISION_LOG === 'stdout' && !logger.isLevelEnabled('info');
  if (DECISION_LOG === 'off' || isLeftOut) {
    logger.warn({ DECISION_LOG, LOG_LEVEL }, 'there is no decision log');
    return undefined;
  }
  const keys = await keysFrom(config.DECISION_LOG_KEY_FILE);
  if (keys.chain === undefined) {
    logger.warn(
      'the decision log has no key (DECISION_LOG_KEY_FILE): anybody can make its chain again, and masks of MPxNs end with this process',
    );
  }
  const place = await (config.DECISION_LOG === 'files'
    ? placeInFiles(config, keys.chain, logger)
    : placeInStream(stream));
  const { sink, log, head, torn, release } = place;
  const commit = new GroupCommit({
    sink,
    log,
    head,
    digest: digestWith(keys.chain),
    opening: { keyId: keys.chain?.id, settings: refusalSettings(config), torn },
    whenSlow: config.DECISION_LOG_WHEN_SLOW,
    waitMs: config.DECISION_LOG_WAIT_MS,
    maxBuffered: config.DECISION_LOG_BUFFER_BYTES,
    clock,
    logger,
  });
  try {
    await commit.begin();
  } catch (error) {
    await sink.close().catch(() => undefined);
    await release();
    throw error;
  }
  let told = 0;
  const tellHead = (): void => {
    if (commit.head.seq === told) return;
    told = commit.head.seq;
    logger.info({ decisionLogHead: `${String(told)}:${commit.head.hash}` }, 'the decision log so far');
  };
  const timer = setInterval(tellHead, config.DECISION_LOG_HEAD_SECONDS * 1000).unref();
  return {
    witness: (exchange) => commit.add(decisionMembers(exchange, keys.masking)),
    counts: () => commit.counts(),
    head: () => commit.head,
    close: async () => {
      clearInterval(timer);
      await commit.end();
      tellHead();
      await release();
    },
  };
}

/** Throws a ConfigError where the file cannot be read, or holds too little. */
export async function keysFrom(file: string): Promise<DecisionLogKeys & { readonly chain: ChainKey }>;
export async function keysFrom(file: string | undefined): Promise<DecisionLogKeys>;
export async function keysFrom(file: string | undefined): Promise<DecisionLogKeys> {
  if (file === undefined) return passingKeys();
  const content = await readFile(file).catch((error: unknown) => {
    throw new ConfigError([`DECISION_LOG_KEY_FILE: cannot be read: ${(error as Error).message}`]);
  });
  const keys = keysOf(content);
  if (keys === undefined) throw new ConfigError(['DECISION_LOG_KEY_FILE: has fewer than 32 bytes']);
  return keys;
}

const placeInStream = (stream: { readonly write: (text: string) => unknown }): Promise<Place> =>
  Promise.resolve({
    sink: streamSink(stream),
    log: randomUUID(),
    head: noHead,
    torn: [],
    release: async () => undefined,
  });

async function placeInFiles(
  { DECISION_LOG_DIR: directory = '', DECISION_LOG_FILE_BYTES: maxBytes, DECISION_LOG_SYNC: sync }: Config,
  chain: ChainKey | undefined,
  logger: Logger,
): Promise<Place> {
  await makeDirectory(directory);
  const release = await lockDirectory(directory);
  try {
    const { last, torn } = await endOf(directory);
    for (const each of torn) logger.warn(each, 'a record was not written whole, and is kept aside');
    if (last !== undefined && !hasItsHash(last.line, last.link, digestWith(chain)))
      logger.warn({ seq: last.link.seq }, 'the last record was changed, or has another key');
    const head = last?.link ?? noHead;
    const onSyncError = (err: unknown): void => {
      logger.error({ err }, 'the decision log may not be on the disk');
    };
    const sink = await fileSink(head.seq + 1, { directory, maxBytes, sync, onSyncError });
    return {
      sink,
      log: last?.link.log ?? randomUUID(),
      head: { seq: head.seq, hash: head.hash },
      torn,
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}
