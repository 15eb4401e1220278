import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { table } from 'table';
import { readConfig } from '../src/config.js';
import { decidingBy, validationDeps } from '../src/dependencies.js';
import { writeXmlResponse } from '../src/duis/xml/response.js';
import { packageRoot } from '../src/package-root.js';
import { decide } from '../src/recording.js';
import { readListFiles } from '../src/reference-data/lists-directory.js';
import { buildReferenceData } from '../src/reference-data/load.js';
import type { ReferenceData } from '../src/reference-data/snapshot.js';
import { hasCode } from '../src/validate.js';
import { median } from './median.js';
import { buildSamples, deviceOf, octets, type Sample, startedAt } from './messages.js';

/**
 * How the cost of a request grows: with its size, with the number of organisations that are listed, and with the age of the
 * process. In one process, without HTTP.
 */

const rounds = 21;
const soakRequests = 400_000;
const lists = await readListFiles(path.join(packageRoot, 'reference-data'));
const samples = buildSamples(100).xml;

/** Judges a request from its bytes to those of its answer, as a service does that lists so many organisations. */
function judgeBy(referenceData: ReferenceData): (sample: Sample) => Promise<string> {
  const deps = validationDeps(readConfig({}), decidingBy(referenceData), () => startedAt);
  return async ({ headers, body }) => {
    const decision = await decide(deps, { isXml: true, headers, body });
    if (!decision.ok || !hasCode(decision.value)) throw new Error('a request is not judged');
    return writeXmlResponse(decision.value);
  };
}

async function microseconds(
  judge: (sample: Sample) => Promise<string>,
  requests: readonly Sample[],
): Promise<number> {
  const times: number[] = [];
  for (let round = -rounds; round < rounds; round += 1) {
    const started = performance.now();
    for (const sample of requests) await judge(sample);
    if (round >= 0) times.push(((performance.now() - started) * 1000) / requests.length);
  }
  return median(times);
}

/** White space between elements, different in each, so that no markup is known. */
const padded = (size: number): Sample[] =>
  samples.map(({ headers, body }, index) => {
    const space = ' '.repeat(Math.max(0, size - body.length - index));
    return { headers, body: Buffer.from(body.toString().replace('</sr:Body>', `${space}</sr:Body>`)) };
  });

async function bySize(): Promise<string[][]> {
  const judge = judgeBy(buildReferenceData(lists));
  const rows: string[][] = [];
  for (const size of [4, 8, 16, 32, 64].map((kilobytes) => kilobytes * 1024)) {
    const time = await microseconds(judge, padded(size));
    rows.push([`${String(size / 1024)} kB`, time.toFixed(1), ((time / size) * 1024).toFixed(2)]);
  }
  return rows;
}

/** The shipped operators, and others up to so many, each with an Entity Identifier range of its own. */
function withOrganisations(count: number): ReferenceData {
  const file = 'network-operators.json';
  const shipped = JSON.parse(String(lists.get(file))) as { entries: object[] };
  const others = Array.from({ length: Math.max(0, count - shipped.entries.length) }, (_, index) => {
    const range = `0A-00-00-${octets(index, 3)}`;
    return {
      organisationId: `other-${String(index)}`,
      name: `Other ${String(index)}`,
      ranges: [{ from: `${range}-00-00`, to: `${range}-FF-FF` }],
      operates: [],
    };
  });
  const entries = [...shipped.entries, ...others];
  return buildReferenceData(
    new Map([...lists, [file, Buffer.from(JSON.stringify({ ...shipped, entries }))]]),
  );
}

async function byOrganisations(): Promise<string[][]> {
  const rows: string[][] = [];
  for (const count of [100, 1_000, 10_000, 100_000]) {
    const started = performance.now();
    const referenceData = withOrganisations(count);
    const building = performance.now() - started;
    // Whoever comes first looks everything up; what is remembered after that does not depend on the lists.
    const time = await microseconds(judgeBy(referenceData), samples);
    rows.push([count.toLocaleString('en-GB'), time.toFixed(1), building.toFixed(0)]);
  }
  return rows;
}

/** Requests that are all different, far more than any memory of them is to hold. */
async function byAge(): Promise<string[][]> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const judge = judgeBy(buildReferenceData(lists));
  const [first] = samples;
  if (first === undefined) throw new Error('there are no samples');
  const [before = '', after = ''] = first.body.toString().split(`${deviceOf(1)}:1`);
  const rows: string[][] = [];
  let started = performance.now();
  for (let number = 1; number <= soakRequests; number += 1) {
    const body = Buffer.from(`${before}${deviceOf(1)}:${String(number)}${after}`);
    await judge({ headers: first.headers, body });
    if (number % (soakRequests / 8) > 0) continue;
    const time = ((performance.now() - started) * 1000) / (soakRequests / 8);
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const memory = ((heapUsed + arrayBuffers) / 2 ** 20).toFixed(1);
    rows.push([number.toLocaleString('en-GB'), time.toFixed(1), memory]);
    started = performance.now();
  }
  return rows;
}

const right = { alignment: 'right' as const };
const print = (head: string[], rows: string[][]): void => {
  console.log(table([head, ...rows], { columns: [right, right, right] }));
};
print(['a request of', 'µs', 'µs a kB'], await bySize());
print(['organisations', 'µs', 'building, ms'], await byOrganisations());
print(['requests so far', 'µs', 'live memory, MB'], await byAge());
