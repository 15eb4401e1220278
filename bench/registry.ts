import { once } from 'node:events';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { table } from 'table';
import { wholeNumber } from '../src/cli/options.js';
import { type Mpxn, parseMpxn } from '../src/metering-point/mpxn.js';
import { mpanCheckDigit } from '../src/metering-point/mpan.js';
import type { EntityIdentifier } from '../src/smki/entity-identifier.js';
import type { Device, DeviceStore } from '../src/stores/device-store.js';
import { Processes } from '../src/mock-dsp/processes.js';
import { parseRedisAddress, type RedisAddress } from '../src/stores/redis-address.js';
import { redisDeviceRegistry } from '../src/stores/redis-device-registry.js';
import { connectRedis, connectSubscriber, type RedisClient } from '../src/stores/redis.js';
import { octets } from './messages.js';

/**
 * Loads devices such as there are into the registry in Redis, and measures: how fast, how many octets each takes there, and
 * what a lookup costs, as a ratio to a PING in the same run.
 */

interface Options {
  readonly devices: number;
  readonly redisUrl?: RedisAddress;
  readonly json?: boolean;
}

const estate = 30_000_000;
const batchSize = 10_000;
const lookups = 5_000;

const redisAddress = (text: string): RedisAddress => {
  const address = parseRedisAddress(text);
  if (address === undefined) {
    throw new InvalidArgumentError('It must be an address such as redis://127.0.0.1:6379.');
  }
  return address;
};

const suppliers = Array.from(
  { length: 60 },
  (_, number) => `90-B3-D5-1F-30-01-${octets(number, 2)}` as EntityIdentifier,
);
// Distributor IDs, and who is registered there.
const networks = ['EELC', 'EMEB', 'LOND', 'MANW', 'MIDE', 'NEEB', 'NORW', 'HYDE', 'SPOW', 'SEEB', 'SOUT'];
const manufacturers = 20;

/** As a home has them: an electricity meter, a gas meter with its proxy, a hub; some with a display. */
function device(number: number): Device {
  const home = Math.floor(number / 5);
  const entityIdentifier =
    `${octets(0x10_00_00 + (number % manufacturers) * 0x0101, 3)}-${octets(Math.floor(number / manufacturers), 5)}` as EntityIdentifier;
  const responsibleSupplier = suppliers[home % suppliers.length];
  const smetsVersion = home % 3 === 0 ? 'SMETS1' : 'SMETS2+';
  const network = home % networks.length;
  const known = { entityIdentifier, smetsVersion, responsibleSupplier } as const;
  const electricity = {
    ...known,
    importMpxn: mpan(10 + network, home),
    importNetworkOperator: networks[network],
    // One home in twenty has panels.
    ...(home % 20 === 0 && {
      exportMpan: mpan(10 + network, 500_000_000 + home),
      exportNetworkOperator: networks[network],
    }),
  };
  const gas = { ...known, importMpxn: mpxn(String(1_000_000_000 + home)), importNetworkOperator: 'NGN' };
  switch (number % 5) {
    case 0:
      return { deviceType: 'ESME', ...electricity };
    case 1:
      return { deviceType: 'GSME', ...gas };
    case 2:
      return { deviceType: 'GPF', ...gas };
    case 3:
      return { deviceType: 'CHF', ...known };
    default:
      return { deviceType: home % 2 === 0 ? 'PPMID' : 'ESME', ...electricity };
  }
}

function mpan(distributorId: number, number: number): Mpxn {
  const digits = `${String(distributorId)}${String(number).padStart(10, '0')}`;
  return mpxn(`${digits}${String(mpanCheckDigit(digits))}`);
}

function mpxn(text: string): Mpxn {
  const parsed = parseMpxn(text);
  if (parsed === undefined) throw new Error('the devices are made wrongly');
  return parsed;
}

const usedMemory = async (client: RedisClient): Promise<number> =>
  Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1]);

interface Times {
  readonly median: number;
  readonly p99: number;
}

/** Microseconds of each of several things, done in turn: what the machine does beside them falls on all alike. */
async function sideBySide<Name extends string>(
  things: Readonly<Record<Name, (round: number) => Promise<unknown>>>,
): Promise<Record<Name, Times>> {
  const names = Object.keys(things) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -500; round < lookups; round += 1) {
    for (const name of names) {
      const started = performance.now();
      await things[name](round + 500);
      if (round >= 0) times.get(name)?.push((performance.now() - started) * 1_000);
    }
  }
  const at = (sorted: readonly number[], share: number): number =>
    sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  const timesOf = (name: Name): Times => {
    const sorted = (times.get(name) ?? []).toSorted((one, other) => one - other);
    return { median: at(sorted, 0.5), p99: at(sorted, 0.99) };
  };
  return Object.fromEntries(names.map((name) => [name, timesOf(name)])) as Record<Name, Times>;
}

async function load(client: RedisClient, keyPrefix: string, count: number): Promise<number> {
  const registry = redisDeviceRegistry({
    client,
    keyPrefix,
    clock: () => new Date(),
    deadlineMs: 30_000,
    graceMs: 60_000,
  });
  const bar = new SingleBar({ format: '{bar} {value}/{total}  {eta} s left', clearOnComplete: true });
  if (process.stderr.isTTY) bar.start(count, 0);
  const started = performance.now();
  try {
    const begun = await registry.beginLoad('bench', count);
    for (let first = 0; first < count; first += batchSize) {
      const size = Math.min(batchSize, count - first);
      const faults = await begun.add(Array.from({ length: size }, (_, place) => device(first + place)));
      if (faults.length > 0) throw new Error(`the devices are made wrongly: ${JSON.stringify(faults[0])}`);
      bar.increment(size);
    }
    await begun.finish(count);
  } finally {
    bar.stop();
  }
  return (performance.now() - started) / 1_000;
}

async function measure(address: RedisAddress, count: number): Promise<Record<string, number>> {
  const keyPrefix = `bench-${String(process.pid)}`;
  const settings = { address, keyPrefix, tlsCaFile: undefined, commandTimeoutMs: 30_000 };
  const warn = (error: Error): void => {
    console.error(error.message);
  };
  const client = connectRedis(settings, warn);
  const subscriber = connectSubscriber(settings, warn);
  try {
    await once(client, 'ready');
    const before = await usedMemory(client);
    const seconds = await load(client, keyPrefix, count);
    const perDevice = ((await usedMemory(client)) - before) / count;
    const open = { client, keyPrefix, clock: () => new Date(), deadlineMs: 1_000, graceMs: 60_000 };
    const cache = { max: 10_000, foundForMs: 600_000, notFoundForMs: 600_000, subscriber };
    const uncached = redisDeviceRegistry(open);
    const cached = redisDeviceRegistry({ ...open, cache });
    const identifiers = Array.from(
      { length: Math.min(count, lookups) },
      (_, place) => device((place * 7_919) % count).entityIdentifier,
    );
    const find = async (store: DeviceStore, place: number): Promise<void> => {
      const identifier = identifiers[place % identifiers.length];
      if (identifier === undefined || (await store.find(identifier)) === undefined) {
        throw new Error('a device is missing');
      }
    };
    const times = await sideBySide({
      ping: () => client.ping(),
      lookup: (round) => find(uncached, round),
      'cached lookup': () => find(cached, 0),
    });
    const ratio = (value: number, base: number): number => Math.round((value / base) * 1_000) / 1_000;
    return {
      devices: count,
      'rows a second': Math.round(count / seconds),
      'octets a device': Math.round(perDevice * 10) / 10,
      'GB for 30 million devices': Math.round((perDevice * estate) / 1e7) / 100,
      'minutes to load 30 million devices': Math.round(((estate / count) * seconds) / 6) / 10,
      'PING, median (µs)': Math.round(times.ping.median),
      'PING, p99 (µs)': Math.round(times.ping.p99),
      'lookup, median (of a PING)': ratio(times.lookup.median, times.ping.median),
      'lookup, p99 (of a PING)': ratio(times.lookup.p99, times.ping.p99),
      'cached lookup, median (of a PING)': ratio(times['cached lookup'].median, times.ping.median),
      'cached lookup, p99 (of a PING)': ratio(times['cached lookup'].p99, times.ping.p99),
    };
  } finally {
    client.disconnect();
    subscriber.disconnect();
  }
}

function sayWhatElse(cause: unknown): never {
  const message = 'there is no redis-server on this machine: name one that runs with --redis-url';
  throw new Error(message, { cause });
}

async function run({ devices, redisUrl, json }: Options): Promise<void> {
  const processes = new Processes();
  try {
    const address = redisUrl ?? redisAddress(await processes.redis().catch(sayWhatElse));
    const results = await measure(address, devices);
    const rows = Object.entries(results).map(([name, value]) => [name, value.toLocaleString('en-GB')]);
    console.log(
      json === true
        ? JSON.stringify(results, undefined, 2)
        : table(rows, { columns: [{}, { alignment: 'right' }] }),
    );
  } finally {
    await processes.end();
  }
}

const command = new Command('bench:registry')
  .description(
    'Measures the device registry in Redis: how fast it loads, what it takes, and what a lookup costs.\n' +
      'Without --redis-url it starts a redis-server for the run, on loopback.',
  )
  .option('--devices <n>', 'how many devices to load', wholeNumber, 1_000_000)
  .option('--redis-url <url>', 'a Redis that runs already; what is loaded stays there', redisAddress)
  .option('--json', 'print the results as JSON')
  .parse();

try {
  await run(command.opts<Options>());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
