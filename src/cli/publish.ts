import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { publishersOf } from '../live-reference-data.js';
import {
  type DataSetId,
  type ListValues,
  openDataSet,
  isOpened,
  type OpenedDataSet,
  type PublishedDataSet,
  type SealedDataSet,
  sealDataSet,
} from '../reference-data/data-set.js';
import { type Change, diffDataSets } from '../reference-data/diff.js';
import { type Fault, faultText } from '../reference-data/fault.js';
import { buildOpened } from '../reference-data/load.js';
import type { DataSetRepository, ReplicaReport } from '../stores/data-set-repository.js';
import { built, candidateOf } from './candidate.js';
import { changesInWords } from './check.js';
import { type Context, tell, withRepository } from './context.js';
import { CliError, exitCodes } from './exit.js';
import { counted } from './words.js';
import { instantOption, wholeNumber, wholeNumberOption } from './options.js';

interface PublishOptions {
  readonly dataSetVersion?: number;
  readonly effectiveFrom?: Date;
  readonly expiresAt?: Date;
  readonly signKey?: string;
  readonly dryRun?: boolean;
  readonly wait?: number;
  readonly first?: boolean;
}

interface PublishResult {
  readonly published: boolean;
  readonly version: number;
  readonly sha256: string;
  readonly effectiveFrom: string;
  readonly signed: boolean;
  /** What was current until then. */
  readonly replaced: DataSetId | null;
  readonly changes: readonly Change[];
  readonly notes: readonly string[];
  /** Of --wait: what each replica decides by; null where nobody waited. */
  readonly replicas: readonly ReplicaReport[] | null;
}

/** Options that publish and rollback have in common. */
const publishing = (command: Command): Command =>
  command
    .addOption(
      instantOption('--effective-from <instant>', 'when it is to be decided by; at once where left out'),
    )
    .addOption(instantOption('--expires-at <instant>', 'when it is too old to rely on; never where left out'))
    .option('--sign-key <file>', 'PEM file of a private key on P-256, without a password, to sign it with')
    .option('--dry-run', 'do everything but publish')
    .addOption(
      wholeNumberOption('--wait <seconds>', 'wait until every replica has taken it, for so long at the most'),
    );

export const publishCommand = (contextOf: () => Context): Command =>
  publishing(
    new Command('publish')
      .description(
        'Checks a directory of lists, tells what is different, and publishes it as the next version, for every replica.\n' +
          'Nothing is published where there is a fault, or where somebody else has published in the meantime.',
      )
      .argument('<directory>', 'a directory of lists')
      .addOption(
        wholeNumberOption(
          '--data-set-version <n>',
          'a number that is higher than every one before, in place of the next',
        ),
      )
      .option('--first', 'publish only where nothing has been published yet, and change nothing otherwise'),
  ).action(async (directory: string, options: PublishOptions) => {
    const context = contextOf();
    const current = options.first === true ? await currentOf(context) : undefined;
    if (current !== undefined) {
      tell(
        context,
        { published: false, current },
        () => `Not published, since version ${String(current.version)} is.`,
      );
      return;
    }
    const candidate = await candidateOf(context, directory);
    if (candidate.referenceData === undefined) {
      refuse(context, directory, candidate.faults);
      return;
    }
    await withRepository(context, (repository) => publish(context, repository, candidate.lists, options, []));
  });

export const rollbackCommand = (contextOf: () => Context): Command =>
  publishing(
    new Command('rollback')
      .description(
        'Publishes the lists of an older version again, as a new version: versions only rise, so that no replica can be\n' +
          'taken back by accident, and a decision can always be told by its version.',
      )
      .argument('<version>', 'the version to go back to', wholeNumber),
  ).action(async (version: number, options: PublishOptions) => {
    const context = contextOf();
    const candidate = await candidateOf(context, String(version));
    if (candidate.referenceData === undefined) {
      refuse(context, `version ${String(version)}`, candidate.faults);
      return;
    }
    const note = `the lists of version ${String(version)}`;
    await withRepository(context, (repository) =>
      publish(context, repository, candidate.lists, options, [note]),
    );
  });

const currentOf = (context: Context): Promise<DataSetId | undefined> =>
  withRepository(context, (repository) => repository.current());

/** Tells why nothing is published. */
function refuse(context: Context, what: string, faults: readonly Fault[]): void {
  tell(context, { published: false, what, faults }, () =>
    [`${what} has faults, and is not published:`, ...faults.map((fault) => `  ${faultText(fault)}`)].join(
      '\n',
    ),
  );
  process.exitCode = exitCodes.refused;
}

async function publish(
  context: Context,
  repository: DataSetRepository,
  lists: ListValues,
  options: PublishOptions,
  notes: readonly string[],
): Promise<void> {
  const current = await repository.current();
  const before = current === undefined ? undefined : await openCurrent(repository, current);
  const highest = await highestVersion(repository, current);
  const version = options.dataSetVersion ?? highest + 1;
  if (version <= highest) {
    throw new CliError(
      `version ${String(version)} is not higher than ${String(highest)}, which was published before`,
      exitCodes.refused,
    );
  }
  const issuedAt = context.clock().toISOString();
  const effectiveFrom = (options.effectiveFrom ?? context.clock()).toISOString();
  const sealed = sealDataSet({
    version,
    issuedAt,
    effectiveFrom,
    expiresAt: options.expiresAt?.toISOString(),
    lists,
  });
  const signature =
    options.signKey === undefined
      ? undefined
      : sign('sha256', sealed.bytes, await privateKeyIn(options.signKey));
  const faults = await faultsOf(context, { bytes: sealed.bytes, signature });
  if (faults.length > 0) {
    refuse(context, `version ${String(version)}`, faults);
    return;
  }

  const published =
    options.dryRun === true ? false : await publishOver(repository, sealed, signature, current);
  const replicas =
    published && options.wait !== undefined
      ? await waitForReplicas(context, repository, version, options.wait)
      : null;
  const result: PublishResult = {
    published,
    version,
    sha256: sealed.sha256,
    effectiveFrom,
    signed: signature !== undefined,
    replaced: current ?? null,
    changes: diffDataSets(before?.lists ?? {}, lists),
    notes: [...notes, ...neverInForce(before, effectiveFrom, context)],
    replicas,
  };
  tell(context, result, (each) => inWords(each, before === undefined));
  if (replicas !== null && !allHave(replicas, version)) process.exitCode = exitCodes.failed;
}

/**
 * Of those that are kept and those that replicas decide by, too: the pointer may have been set back, or everything lost, and
 * replicas do not take what is older than they have.
 */
async function highestVersion(
  repository: DataSetRepository,
  current: DataSetId | undefined,
): Promise<number> {
  const [kept, replicas] = await Promise.all([repository.versions(), repository.replicas()]);
  return Math.max(current?.version ?? 0, ...kept, ...replicas.map(({ version = 0 }) => version));
}

/** Undefined where what is current cannot be opened, and nothing can be said of what changes. */
async function openCurrent(
  repository: DataSetRepository,
  { version }: DataSetId,
): Promise<OpenedDataSet | undefined> {
  const published = await repository.read(version);
  const opened = published && openDataSet(published, []);
  return opened && isOpened(opened) ? opened : undefined;
}

/** One that waits for its time is replaced by a newer one before. */
function neverInForce(
  before: OpenedDataSet | undefined,
  effectiveFrom: string,
  { clock }: Context,
): string[] {
  if (before === undefined || new Date(before.head.effectiveFrom) <= clock()) return [];
  const { version, effectiveFrom: itsTime } = before.head;
  return [
    `version ${String(version)} was to be decided by from ${itsTime}, and now never will: this one takes its place, from ${effectiveFrom}`,
  ];
}

/** As a replica with the same settings would find them. */
async function faultsOf(context: Context, published: PublishedDataSet): Promise<readonly Fault[]> {
  const opened = openDataSet(published, await publishersOf(context.config));
  return isOpened(opened) ? built(context, opened.head, () => buildOpened(opened)).faults : opened;
}

async function publishOver(
  repository: DataSetRepository,
  sealed: SealedDataSet,
  signature: Buffer | undefined,
  expected: DataSetId | undefined,
): Promise<true> {
  const outcome = await repository.publish(sealed, signature, expected);
  if (outcome.published) return true;
  const now = outcome.current === undefined ? 'nothing' : `version ${String(outcome.current.version)}`;
  throw new CliError(
    `somebody else has published: ${now} is current. Nothing was changed`,
    exitCodes.conflict,
  );
}

async function privateKeyIn(file: string): Promise<KeyObject> {
  const text = await readFile(file);
  try {
    const key = createPrivateKey(text);
    if (createPublicKey(key).asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // A public key, one with a password, or no key at all: what Node says of it helps nobody.
  }
  throw new CliError(`${file} has no private key on P-256 that needs no password`);
}

const askAgainMs = 100;

/** Whether replicas report, and each has it: in force, or waiting for its instant. */
const allHave = (replicas: readonly ReplicaReport[], version: number): boolean =>
  replicas.length > 0 && replicas.every((replica) => has(replica, version));

const has = (replica: ReplicaReport, version: number): boolean =>
  replica.version === version || replica.pending === version;

/** Those that report in the meantime, as they are at the end. */
async function waitForReplicas(
  { clock }: Context,
  repository: DataSetRepository,
  version: number,
  seconds: number,
): Promise<readonly ReplicaReport[]> {
  const until = clock().getTime() + seconds * 1000;
  for (;;) {
    const replicas = await repository.replicas();
    if (allHave(replicas, version) || clock().getTime() >= until) return replicas;
    await delay(askAgainMs);
  }
}

function inWords(
  { published, version, sha256, effectiveFrom, signed, replaced, changes, notes, replicas }: PublishResult,
  isFirst: boolean,
): string {
  const what = `version ${String(version)} (${sha256.slice(0, 12)}…, ${signed ? 'signed' : 'not signed'}), from ${effectiveFrom}`;
  const without = replicas?.filter((replica) => !has(replica, version)) ?? [];
  return [
    ...(isFirst ? [] : changesInWords(changes)),
    ...notes.map((note) => `Note: ${note}.`),
    published ? `Published ${what}.` : `Not published, since this is a dry run: ${what}.`,
    ...(replaced === null ? [] : [`It follows version ${String(replaced.version)}.`]),
    ...(replicas === null
      ? []
      : [`${String(replicas.length - without.length)} of ${counted(replicas.length, 'replica')} took it.`]),
    ...without.map(
      ({ replica, version: other, refused }) =>
        `  ${replica} decides by ${String(other ?? 'nothing')}${refused === undefined ? '' : `, and refused ${String(refused.version ?? 'what it got')}: ${refused.reason}`}`,
    ),
  ].join('\n');
}
