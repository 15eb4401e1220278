import autocannon from 'autocannon';
import { Command } from 'commander';
import { table } from 'table';
import { wholeNumber } from '../src/cli/options.js';
import { Processes } from '../src/mock-dsp/processes.js';
import { buildSamples, type Sample } from './messages.js';
import { registryOfSamples } from './registry-of-samples.js';
import { type Server, Servers } from './servers.js';
import { median } from './median.js';
import { measureStages, stageNames, type Stages } from './stages.js';

/**
 * Measures the service over HTTP, beside the least that Node and Fastify can do with the same bytes: each in a process of
 * its own, in turn, several rounds in one run.
 */

const sampleCount = 400;
const connections = 32;

interface Case {
  readonly name: string;
  readonly server: Server;
  readonly samples: readonly Sample[];
}

interface Run {
  readonly requestsPerSecond: number;
  readonly utilization: number;
}

interface Result {
  readonly name: string;
  readonly requestsPerSecond: number;
  /** To fastify-empty. */
  readonly ratio: number;
}

async function casesOf(servers: Servers, processes: Processes): Promise<Case[]> {
  const samples = buildSamples(sampleCount);
  const cases: Case[] = [
    { name: 'node-http', server: await servers.start('node-http'), samples: samples.xml },
    { name: base, server: await servers.start('fastify-empty'), samples: samples.xml },
    { name: 'json', server: await servers.start('service'), samples: samples.json },
    { name: 'xml', server: await servers.start('service'), samples: samples.xml },
    { name: 'xml-signed-warm', server: await servers.start('service'), samples: samples.signed },
    {
      name: 'xml-signed-cold',
      // Each has been forgotten when it comes again.
      server: await servers.start('service', { CERTIFICATE_CACHE_SIZE: String(sampleCount / 4) }),
      samples: samples.fresh,
    },
    { name: 'xml-two-processes', server: await servers.start('two-services'), samples: samples.xml },
  ];
  try {
    const settings = await registryOfSamples(processes, sampleCount);
    const server = await servers.start('service', settings);
    cases.splice(-1, 0, { name: 'xml-redis-device', server, samples: samples.unstated });
  } catch (error) {
    console.error(
      `xml-redis-device is not measured: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return cases;
}

const base = 'fastify-empty';

async function measure({ name, server, samples }: Case, seconds: number): Promise<Run> {
  const requests = samples.map(({ headers, body }) => ({ method: 'POST' as const, headers, body }));
  let clients = 0;
  await server.utilization();
  const {
    requests: answered,
    duration,
    non2xx,
    errors,
  } = await autocannon({
    url: `${server.url}/v1/service-requests`,
    connections,
    duration: seconds,
    requests,
    // Each begins somewhere else, so that no request comes on all connections at once.
    setupClient: (client) => {
      const first = Math.floor((clients * requests.length) / connections);
      clients += 1;
      client.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
    },
  });
  if (non2xx + errors > 0) throw new Error(`${name}: ${String(non2xx + errors)} requests failed`);
  return { requestsPerSecond: answered.total / duration, utilization: await server.utilization() };
}

/** Every answer of a case has to be the right one; while it is measured, only that there is one is looked at. */
async function assertAccepted({ name, server, samples }: Case): Promise<void> {
  for (const { headers, body } of samples) {
    const response = await fetch(`${server.url}/v1/service-requests`, { method: 'POST', headers, body });
    const text = await response.text();
    if (!/ResponseCode(?:":"|>)I0/i.test(text))
      throw new Error(`${name}: a request is not accepted: ${text}`);
  }
}

interface Options {
  readonly json?: boolean;
  readonly rounds: number;
  readonly seconds: number;
}

async function measureAll({ rounds, seconds }: Options): Promise<ReadonlyMap<string, readonly Run[]>> {
  const servers = new Servers();
  const processes = new Processes();
  try {
    const cases = await casesOf(servers, processes);
    for (const each of cases) await assertAccepted(each);
    for (const each of cases) await measure(each, 2 * seconds);
    const runs = new Map<string, Run[]>(cases.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const each of cases) runs.get(each.name)?.push(await measure(each, seconds));
    }
    return runs;
  } finally {
    servers.end();
    await processes.end();
  }
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

function resultsOf(runs: ReadonlyMap<string, readonly Run[]>): Result[] {
  const rateOf = (name: string): number =>
    median((runs.get(name) ?? []).map(({ requestsPerSecond }) => requestsPerSecond));
  return [...runs.keys()].map((name) => ({
    name,
    requestsPerSecond: Math.round(rateOf(name)),
    ratio: rounded(rateOf(name) / rateOf(base), 3),
  }));
}

function render(runs: ReadonlyMap<string, readonly Run[]>, stages: ReadonlyMap<string, Stages>): string {
  const right = { alignment: 'right' as const };
  const http = resultsOf(runs).map(({ name, requestsPerSecond, ratio }) => [
    name,
    requestsPerSecond.toLocaleString('en-GB'),
    ratio.toFixed(2),
    `${String(Math.round(100 * median((runs.get(name) ?? []).map(({ utilization }) => utilization))))}%`,
  ]);
  const inside = [...stages].map(([name, times]) => [
    name,
    ...stageNames.map((stage) => times[stage].toFixed(1)),
  ]);
  return [
    table([['over HTTP', 'requests/s', `ratio to ${base}`, 'event loop busy'], ...http], {
      columns: [{}, right, right, right],
    }),
    table([['inside, µs a request', ...stageNames], ...inside], {
      columns: [{}, ...stageNames.map(() => right)],
    }),
  ].join('\n');
}

const command = new Command('bench')
  .description(
    'Measures the service beside an empty Fastify, over HTTP and with its log on, and what it spends its time on inside.',
  )
  .option('--rounds <n>', 'how often each case is measured, in turn with the others', wholeNumber, 7)
  .option('--seconds <n>', 'for how long each time', wholeNumber, 2)
  .option('--json', 'print the rates over HTTP as JSON')
  .parse();

const options = command.opts<Options>();
const runs = await measureAll(options);
if (options.json === true) console.log(JSON.stringify(resultsOf(runs), undefined, 2));
else console.log(render(runs, await measureStages(buildSamples(sampleCount))));
