import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import type { z } from 'zod';
import { ukDayOf } from '../clock.js';
import { type Fault, faultText, ReferenceDataError } from '../reference-data/fault.js';
import { importDevices } from '../reference-data/import/device-list.js';
import { importDistributors } from '../reference-data/import/distributors.js';
import type { ByteSource } from '../reference-data/import/gunzip.js';
import { ImportLog, type ImportReport, type ListImport } from '../reference-data/import/import-log.js';
import { importRanges } from '../reference-data/import/ranges.js';
import { readRegistrations, type Registrations } from '../reference-data/import/registrations.js';
import { reportLines } from '../reference-data/import/report-text.js';
import type { ReferenceList } from '../reference-data/list.js';
import { readListFiles } from '../reference-data/lists-directory.js';
import { lists } from '../reference-data/lists/index.js';
import { buildReferenceData } from '../reference-data/load.js';
import { listText, readListContent, replaceListFile } from '../reference-data/write-list.js';
import { type Context, tell } from './context.js';
import { CliError, exitCodes } from './exit.js';
import { dayOption } from './options.js';

interface Options {
  readonly lists: string;
  readonly source?: string;
  readonly retrieved?: string;
  readonly dryRun?: boolean;
}

interface ImportResult {
  readonly imported: boolean;
  readonly file: string;
  readonly report: ImportReport;
  /** Of the lists, as they would be with what was imported. */
  readonly faults: readonly Fault[];
}

export function importCommand(contextOf: () => Context): Command {
  const command = new Command('import').description(
    'Makes a list of a file that a steward has: CSV, plain or gzip (docs/importing.md has the columns).\n' +
      'With a single fault nothing is changed.',
  );
  listImport(
    command,
    'distributors',
    'Market_Participant_Role of the Market Domain Data, into distributors.json',
  ).action(async (file: string, options: Options) => {
    await importList(contextOf(), lists.distributors, file, options, importDistributors);
  });
  listImport(command, 'ranges', 'EUI-64 ranges by Party, into network-operators.json')
    .option(
      '--add-unknown',
      'make an organisation of a Party that the list does not have, in place of passing it over',
    )
    .action(async (file: string, options: Options & { readonly addUnknown?: boolean }) => {
      await importList(contextOf(), lists.networkOperators, file, options, (source, present) =>
        importRanges(source, present, { addUnknown: options.addUnknown === true }),
      );
    });
  listImport(command, 'devices', 'a small device inventory, into devices.json')
    .option('--registrations <file>', 'registered Network Operators by MPxN')
    .action(async (file: string, options: Options & { readonly registrations?: string }) => {
      const context = contextOf();
      const registrations = await registrationsIn(context, options.registrations);
      await importList(context, lists.devices, file, options, (source) =>
        importDevices(source, { registrations }),
      );
    });
  return command;
}

const listImport = (parent: Command, name: string, description: string): Command =>
  parent
    .command(name)
    .description(description)
    .argument('<file>')
    .requiredOption('--lists <directory>', 'the directory of lists that it goes into')
    .option('--source <words>', 'who publishes the file; as the list says now where left out')
    .addOption(dayOption('--retrieved <day>', 'when it was taken from there; today where left out'))
    .option('--dry-run', 'do everything but write the list');

async function importList<Entry extends z.ZodType>(
  context: Context,
  list: ReferenceList<Entry>,
  file: string,
  { lists: directory, source, retrieved = ukDayOf(context.clock()), dryRun = false }: Options,
  take: (source: ByteSource, present: readonly z.input<Entry>[]) => Promise<ListImport<z.input<Entry>>>,
): Promise<void> {
  const target = path.join(directory, `${list.name}.json`);
  const present = readListContent(list, await readFile(target));
  if (!present.ok) throw new CliError(present.rejection, exitCodes.refused);
  const { entries, report } = await take(createReadStream(file), present.value.entries);
  const result = { imported: false, file: target, report, faults: [] as readonly Fault[] };
  if (entries === undefined) {
    conclude(context, result);
    return;
  }
  const text = listText({ ...present.value, ...(source !== undefined && { source }), retrieved, entries });
  const faults = await faultsWith(directory, list.name, text);
  if (faults.length === 0 && !dryRun) await replaceListFile(target, text);
  conclude(context, { ...result, imported: faults.length === 0 && !dryRun, faults }, dryRun);
}

/** What would be wrong with the lists together. */
async function faultsWith(directory: string, name: string, text: string): Promise<readonly Fault[]> {
  const files = new Map(await readListFiles(directory));
  files.set(`${name}.json`, Buffer.from(text));
  try {
    buildReferenceData(files);
    return [];
  } catch (error) {
    if (!(error instanceof ReferenceDataError)) throw error;
    return error.faults;
  }
}

function conclude(context: Context, result: ImportResult, isDryRun = false): void {
  const isRefused = !result.imported && !isDryRun;
  tell(context, result, ({ imported, file, report, faults }) =>
    [
      ...reportLines(report),
      ...faults.map((fault) => `fault: ${faultText(fault)}`),
      ...(report.faultCount > 0 ? [] : [outcomeInWords(imported, file, faults)]),
    ].join('\n'),
  );
  if (isRefused || result.faults.length > 0) process.exitCode = exitCodes.refused;
}

function outcomeInWords(imported: boolean, file: string, faults: readonly Fault[]): string {
  if (faults.length > 0) return 'Nothing is imported, because of the faults.';
  return imported
    ? `Wrote ${file}. Publish the lists, or give data-set.json a higher version where the service reads them itself.`
    : 'Nothing is written, since this is a dry run.';
}

/** Throws a CliError where the file has faults. */
export async function registrationsIn(
  context: Context,
  file: string | undefined,
): Promise<Registrations | undefined> {
  if (file === undefined) return undefined;
  const log = new ImportLog();
  const registrations = await readRegistrations(createReadStream(file), log, {
    day: ukDayOf(context.clock()),
  });
  if (registrations !== undefined) return registrations;
  const lines = [`${file}:`, ...reportLines(log.report())];
  throw new CliError(lines.join('\n'), exitCodes.refused);
}
