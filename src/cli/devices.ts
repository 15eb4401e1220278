import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { z } from 'zod';
import { ukDayOf } from '../clock.js';
import { redisSettings } from '../data-set-repository.js';
import { parseJson } from '../json.js';
import { deviceFaults } from '../reference-data/check.js';
import { readDevices } from '../reference-data/import/devices.js';
import { gunzipIfNeeded } from '../reference-data/import/gunzip.js';
import { ImportLog, type ImportReport } from '../reference-data/import/import-log.js';
import { reportLines } from '../reference-data/import/report-text.js';
import { entityIdentifier } from '../reference-data/list.js';
import { lists } from '../reference-data/lists/index.js';
import { openRegistry } from '../redis-stores.js';
import type { EntityIdentifier } from '../smki/entity-identifier.js';
import {
  type Device,
  type DeviceLoad,
  type DeviceRegistry,
  LoadRefused,
  type RowFault,
} from '../stores/device-store.js';
import { type Context, tell } from './context.js';
import { CliError, exitCodes } from './exit.js';
import { registrationsIn } from './import.js';
import { counted } from './words.js';

const batchSize = 10_000;
const faultsShown = 100;

interface LoadOptions {
  readonly registrations?: string;
}

interface LoadResult {
  readonly loaded: boolean;
  readonly id: string;
  readonly devices: number;
  /** Confirmed by a run before this one, and not sent again. */
  readonly resumedBehind: number;
  readonly seconds: number;
  readonly report: ImportReport;
  readonly faults: readonly RowFault[];
}

export function devicesCommand(contextOf: () => Context): Command {
  const command = new Command('devices').description(
    'The device registry in Redis: loads it, changes it, tells of it.',
  );
  command
    .command('load')
    .description(
      'Loads an inventory beside the one that is looked up in, and switches to it when all of it is there: CSV or NDJSON,\n' +
        'plain or gzip (docs/importing.md has the columns). A load that was killed goes on behind what it had confirmed\n' +
        'when the same command is given again. With a single fault it is given up, and nothing changes.',
    )
    .argument('<file>')
    .option('--registrations <file>', 'registered Network Operators by MPxN')
    .action(async (file: string, options: LoadOptions) => {
      const context = contextOf();
      await withRegistry(context, (registry) => load(context, registry, file, options));
    });
  command
    .command('apply')
    .description(
      'Applies changes as they come, one JSON object a line: {"put": {…}} with an entry as devices.json has them, or\n' +
        '{"remove": "EUI-64"}. Changes count at once, and survive a load that is running.',
    )
    .argument('[file]', 'standard input where left out')
    .action(async (file: string | undefined) => {
      const context = contextOf();
      await withRegistry(context, (registry) => apply(context, registry, file));
    });
  command
    .command('status')
    .description('Tells which inventory is looked up in, and of a load that is running.')
    .action(async () => {
      const context = contextOf();
      await withRegistry(context, async (registry) => {
        tell(context, await registry.status(), ({ current, load: running }) =>
          [
            current === undefined
              ? 'No inventory has been loaded.'
              : `Looked up in load ${current.loadId}: ${counted(current.rows, 'device')}, since ${current.loadedAt.toISOString()}.`,
            running === undefined
              ? 'No load is running.'
              : `Load ${running.id}, begun ${running.begunAt.toISOString()}: ${counted(running.rows, 'row')} so far, ${counted(running.faults, 'fault')}.`,
          ].join('\n'),
        );
      });
    });
  command
    .command('abandon')
    .description('Gives up a load that was not finished.')
    .argument('<id>', 'as status tells it')
    .action(async (id: string) => {
      const context = contextOf();
      await withRegistry(context, async (registry) => {
        await registry.abandonLoad(id);
        tell(context, { abandoned: id }, () => `Load ${id} is given up.`);
      });
    });
  return command;
}

async function withRegistry(
  context: Context,
  work: (registry: DeviceRegistry) => Promise<void>,
): Promise<void> {
  const settings = redisSettings(context.config, 0);
  if (settings === undefined) throw new CliError('set REDIS_URL, or name one with --redis-url');
  const { registry, close } = await openRegistry(settings, context.clock);
  try {
    await work(registry);
  } catch (error) {
    if (error instanceof LoadRefused) throw new CliError(error.message, exitCodes.conflict);
    throw error;
  } finally {
    close();
  }
}

async function load(
  context: Context,
  registry: DeviceRegistry,
  file: string,
  options: LoadOptions,
): Promise<void> {
  const started = performance.now();
  const registrations = await registrationsIn(context, options.registrations);
  const id = await loadIdOf(ukDayOf(context.clock()), file, options.registrations);
  const rows = await countLines(file);
  const running = await registry.beginLoad(id, Math.max(1, rows));
  const resumedBehind = running.rows;
  const log = new ImportLog();
  const faults: RowFault[] = [];
  const bar = new SingleBar({
    format: '{bar} {value}/{total} rows  {eta_formatted} left',
    clearOnComplete: true,
  });
  if (process.stderr.isTTY) bar.start(rows, resumedBehind);
  let devices = 0;
  try {
    for await (const batch of batches(readDevices(createReadStream(file), log, { registrations }))) {
      const unconfirmed = batch.slice(Math.max(0, resumedBehind - devices));
      devices += batch.length;
      faults.push(...(await addAll(running, unconfirmed)).slice(0, faultsShown - faults.length));
      bar.update(devices);
    }
  } finally {
    bar.stop();
  }
  // Every device would be unknown, and every certificate accepted: no registry is as empty, but a file may be cut off.
  if (devices === 0) log.fault(undefined, undefined, 'the file has no device');
  const loaded = !log.hasFaults && faults.length === 0 && (await finished(running, devices));
  if (!loaded) await registry.abandonLoad(id);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const result: LoadResult = { loaded, id, devices, resumedBehind, seconds, report: log.report(), faults };
  tell(context, result, inWords);
  if (!loaded) process.exitCode = exitCodes.refused;
}

const addAll = async (running: DeviceLoad, devices: readonly Device[]): Promise<readonly RowFault[]> =>
  devices.length === 0 ? [] : running.add(devices);

/** A run before this one may have met with faults that this one did not see. */
async function finished(running: DeviceLoad, rows: number): Promise<boolean> {
  try {
    await running.finish(rows);
    return true;
  } catch (error) {
    if (error instanceof LoadRefused && error.reason === 'not-whole') return false;
    throw error;
  }
}

async function* batches(devices: AsyncIterable<Device>): AsyncGenerator<Device[]> {
  let batch: Device[] = [];
  for await (const device of devices) {
    batch.push(device);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/**
 * The same for the same files, so that the same command goes on with a load that was killed; on the same day, since
 * registrations are those of the day.
 */
async function loadIdOf(day: string, ...files: readonly (string | undefined)[]): Promise<string> {
  const hash = createHash('sha256').update(day);
  for (const file of files) {
    const found = file === undefined ? undefined : await stat(file);
    hash.update(JSON.stringify([file && path.resolve(file), found?.size, found?.mtimeMs]));
  }
  return hash.digest('hex').slice(0, 12);
}

async function countLines(file: string): Promise<number> {
  let lines = 0;
  for await (const chunk of gunzipIfNeeded(createReadStream(file))) {
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) lines += 1;
  }
  return lines;
}

const newline = 0x0a;

const inWords = ({ loaded, id, devices, resumedBehind, seconds, report, faults }: LoadResult): string =>
  [
    ...reportLines(report),
    ...faults.map(({ entityIdentifier: device, fault }) =>
      fault === 'repeated' ? `fault: ${device} is there twice` : `fault: ${device}: ${fault} is not valid`,
    ),
    ...(resumedBehind > 0 ? [`The load went on behind ${counted(resumedBehind, 'row')}.`] : []),
    ...(report.faultCount > 0
      ? []
      : [
          loaded
            ? `Loaded ${counted(devices, 'device')} in ${String(seconds)} s (load ${id}).`
            : 'Nothing is loaded, because of the faults.',
        ]),
  ].join('\n');

const change = z.union([
  z.strictObject({ put: lists.devices.entry }),
  z.strictObject({ remove: entityIdentifier }),
]);

async function apply(context: Context, registry: DeviceRegistry, file: string | undefined): Promise<void> {
  const input = file === undefined ? process.stdin : createReadStream(file);
  const bad: number[] = [];
  let [line, put, removed] = [0, 0, 0];
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line += 1;
    const read = readChange(text);
    if (read === undefined) {
      bad.push(line);
    } else if ('put' in read) {
      await registry.put([read.put]);
      put += 1;
    } else {
      await registry.remove([read.remove]);
      removed += 1;
    }
  }
  tell(context, { put, removed, bad }, () =>
    [
      `Put ${counted(put, 'device')}, removed ${String(removed)}.`,
      ...(bad.length === 0
        ? []
        : [`Passed over what is no change, in the lines ${bad.slice(0, faultsShown).join(', ')}.`]),
    ].join('\n'),
  );
  if (bad.length > 0) process.exitCode = exitCodes.refused;
}

/** Held to what an inventory is held to: it is read in one way only, and its members do not contradict each other. */
function readChange(
  text: string,
): { readonly put: Device } | { readonly remove: EntityIdentifier } | undefined {
  const json = parseJson(Buffer.from(text));
  const read = json.ok ? change.safeParse(json.value).data : undefined;
  return read !== undefined && 'put' in read && [...deviceFaults(read.put)].length > 0 ? undefined : read;
}
