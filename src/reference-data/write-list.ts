import { chmod, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { z } from 'zod';
import { isJsonObject, parseJson } from '../json.js';
import { orMissing } from '../stores/durable-file.js';
import type { Result } from '../rejection.js';
import { listFile, type ReferenceList } from './list.js';

/** What a list's file holds, as it stands there: defaults are not filled in, and nothing is rewritten. */
export interface ListContent<Entry> {
  readonly $schema?: string | undefined;
  /** Who publishes the list. */
  readonly source: string;
  /** The day on which it was taken from there, YYYY-MM-DD. */
  readonly retrieved: string;
  readonly entries: readonly Entry[];
}

/** Reads a list's file for changing it. One that is not valid by its schema is not read, and the rejection says why. */
export function readListContent<Entry extends z.ZodType>(
  list: ReferenceList<Entry>,
  bytes: Buffer,
): Result<ListContent<z.input<Entry>>, string> {
  const json = parseJson(bytes);
  if (!json.ok) return { ok: false, rejection: `${list.name}.json ${json.rejection.detail}` };
  if (!listFile(list).safeParse(json.value).success) {
    return { ok: false, rejection: `${list.name}.json is not valid by its schema` };
  }
  return { ok: true, value: json.value as ListContent<z.input<Entry>> };
}

/** Entries in the order of their lines in the file. */
export const inListOrder = <Entry>(entries: readonly Entry[]): Entry[] =>
  entries
    .map((entry) => ({ entry, line: entryLine(entry) }))
    .sort((one, other) => (one.line < other.line ? -1 : Number(one.line > other.line)))
    .map(({ entry }) => entry);

/** The text of a list's file: one entry a line, and sorted, so that a change shows as itself in a diff. */
export function listText({ $schema, source, retrieved, entries }: ListContent<unknown>): string {
  const head = Object.entries({ $schema, source, retrieved }).flatMap(([name, value]) =>
    value === undefined ? [] : `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`,
  );
  const lines = inListOrder(entries).map((entry) => `    ${entryLine(entry)}`);
  const body = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`;
  return `{\n${head.join('')}  "entries": ${body}\n}\n`;
}

/**
 * Puts a list's file in the place of the one that is there, at once, so that nobody reads a half of it; and nobody who
 * could not read it before.
 */
export async function replaceListFile(file: string, text: string): Promise<void> {
  const { mode } = (await stat(file).catch(orMissing)) ?? { mode: 0o640 };
  await rm(`${file}.new`, { force: true });
  await writeFile(`${file}.new`, text, { flush: true, mode: 0o600, flag: 'wx' });
  await chmod(`${file}.new`, mode & 0o777);
  await rename(`${file}.new`, file);
}

function entryLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(entryLine).join(', ')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : `${JSON.stringify(name)}: ${entryLine(member)}`,
  );
  return `{${members.join(', ')}}`;
}
