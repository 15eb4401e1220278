import autocannon from 'autocannon';
import { table } from 'table';
import { buildSamples, type Sample } from './messages.js';
import { type Server, Servers } from './servers.js';

const connections = 32;
const rounds = 5;
const secondsPerRun = 2;

interface Case {
  readonly name: string;
  readonly server: Server;
  readonly samples: readonly Sample[];
}

interface Run {
  readonly requestsPerSecond: number;
  readonly utilization: number;
}

async function measure({ server, samples }: Case): Promise<Run> {
  let client = 0;
  const requests = samples.map(({ headers, body }) => ({ method: 'POST' as const, headers, body }));
  await server.utilization();
  const result = await autocannon({
    url: `${server.url}/v1/service-requests`,
    connections,
    duration: secondsPerRun,
    requests,
    setupClient: (each) => {
      const first = Math.floor((client++ * requests.length) / connections);
      each.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
    },
  });
  if (result.non2xx + result.errors > 0) throw new Error('what is measured has to be right');
  return {
    requestsPerSecond: result.requests.total / result.duration,
    utilization: await server.utilization(),
  };
}

const servers = new Servers();
const samples = buildSamples(400);
const all: Case[] = [
  { name: 'node-http', server: await servers.start('node-http'), samples: samples.xml },
  { name: 'fastify-empty', server: await servers.start('fastify-empty'), samples: samples.xml },
  { name: 'json', server: await servers.start('service'), samples: samples.json },
  { name: 'xml', server: await servers.start('service'), samples: samples.xml },
  { name: 'xml-signed-warm', server: await servers.start('service'), samples: samples.signed },
];
const runs = new Map<string, Run[]>(all.map(({ name }) => [name, []]));
for (let round = -1; round < rounds; round += 1) {
  for (const each of all) {
    const run = await measure(each);
    if (round >= 0) runs.get(each.name)?.push(run);
  }
}
const median = (v: number[]): number => v.toSorted((a, b) => a - b)[v.length >> 1] ?? NaN;
const base = median((runs.get('fastify-empty') ?? []).map((r) => r.requestsPerSecond));
const rows = all.map(({ name }) => {
  const mine = runs.get(name) ?? [];
  const rps = median(mine.map((r) => r.requestsPerSecond));
  return [name, Math.round(rps), (rps / base).toFixed(3), median(mine.map((r) => r.utilization)).toFixed(2)];
});
console.log(table([['', 'requests/s', 'ratio', 'busy'], ...rows]));
servers.end();
