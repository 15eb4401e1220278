import { Command } from 'commander';
import { table } from 'table';
import { isOpened, openDataSet } from '../reference-data/data-set.js';
import type { ReplicaReport } from '../stores/data-set-repository.js';
import { type Context, tell, withRepository } from './context.js';
import { inTime } from './words.js';

interface Version {
  readonly version: number;
  readonly current: boolean;
  readonly issuedAt: string | null;
  readonly effectiveFrom: string | null;
  readonly expiresAt: string | null;
  readonly signed: boolean;
  readonly bytes: number;
}

interface StatusResult {
  /** The newest first. */
  readonly versions: readonly Version[];
  readonly replicas: readonly ReplicaReport[];
}

// Enough to choose one to go back to.
const versionsShown = 10;

export const statusCommand = (contextOf: () => Context): Command =>
  new Command('status')
    .description('Tells what is published, the newest ten versions, and what each replica decides by.')
    .action(async () => {
      const context = contextOf();
      const result = await withRepository(context, async (repository): Promise<StatusResult> => {
        const current = await repository.current();
        const versions = [...(await repository.versions())].reverse().slice(0, versionsShown);
        const read = versions.map(async (version): Promise<Version> => {
          const published = await repository.read(version);
          const opened = published && openDataSet(published, []);
          const head = opened && isOpened(opened) ? opened.head : undefined;
          return {
            version,
            current: version === current?.version,
            issuedAt: head?.issuedAt ?? null,
            effectiveFrom: head?.effectiveFrom ?? null,
            expiresAt: head?.expiresAt ?? null,
            signed: published?.signature !== undefined,
            bytes: published?.bytes.length ?? 0,
          };
        });
        return { versions: await Promise.all(read), replicas: await repository.replicas() };
      });
      tell(context, result, (each) => inWords(each, context.clock()));
    });

function inWords({ versions, replicas }: StatusResult, now: Date): string {
  if (versions.length === 0) return 'Nothing has been published.';
  const published = versions.map((each) => [
    `${String(each.version)}${each.current ? ' (current)' : ''}`,
    each.issuedAt ?? 'unreadable',
    each.effectiveFrom ?? '',
    each.expiresAt ?? 'never',
    each.signed ? 'yes' : 'no',
    each.bytes,
  ]);
  const seen = replicas.map(({ replica, version, source, at, refused }) => [
    replica,
    version ?? 'nothing',
    source ?? '',
    `${inTime(now.getTime() - new Date(at).getTime())} ago`,
    refused === undefined ? '' : `${String(refused.version ?? '')} ${refused.reason}`,
  ]);
  return [
    table([['version', 'issued', 'effective from', 'expires', 'signed', 'bytes'], ...published]),
    replicas.length === 0
      ? 'No replica has reported within a minute.'
      : table([['replica', 'decides by', 'source', 'said', 'refused'], ...seen]),
  ].join('\n');
}
