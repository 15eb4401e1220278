import { setTimeout as delay } from 'node:timers/promises';
import type { Sent } from '../../src/mock-dsp/scenarios.js';
import { until } from '../until.js';
import { fire } from './fire.js';
import type { Observation } from './observer.js';
import { share } from './pool.js';
import type { ObservedServer } from './server.js';
import { type Tally, tally } from './tally.js';

/** As many connections as keep the service busy, and no queue. */
const busyConnections = 16;

const turns = 5;
const turnSeconds = 2;
// So many times what it can take in a second: most are turned away, which is quick.
const overloadSeconds = 25;
// What all connections together would wait for, if each were let in: several times what the loop may be late.
const overloadQueueSeconds = 0.8;
const fewestConnections = 300;
const mostConnections = 3000;
const fewestRequests = 400;
const mostRequests = 60_000;
const probeEveryMs = 250;
const recoveryTimeoutMs = 20_000;

export interface Phase {
  readonly tally: Tally;
  readonly took: Observation;
}

export interface Measured {
  /** What it is asked first. */
  readonly first: Phase;
  readonly warmUp: Phase;
  /** The service and the no-op server in turn. */
  readonly turns: readonly { readonly service: Phase; readonly noOp: Phase }[];
  readonly overload: Phase & {
    readonly connections: number;
    /** Of GET /health/live in the meantime. */
    readonly probes: readonly number[];
  };
  readonly recoveryMs: number;
  readonly recovered: Phase;
}

/** Sends the pool to both, and then more than the service can take. */
export async function measure(
  service: ObservedServer,
  noOp: ObservedServer,
  pool: readonly Sent[],
  onStep: (text: string) => void,
): Promise<Measured> {
  const busy = share(pool, busyConnections);
  const phase = async (server: ObservedServer, count: number): Promise<Phase> => {
    await server.observe();
    const volley = await fire(server.url, busy, count);
    return { took: await server.observe(), tally: tally(volley) };
  };
  const countFor = (ratePerSecond: number, seconds: number): number =>
    Math.round(Math.min(mostRequests, Math.max(fewestRequests, ratePerSecond * seconds)));

  onStep('Warming up, and having every request judged once ...');
  // On every connection the whole of its round: what refers to an earlier request finds it from now on.
  const whole = Math.max(...busy.map(({ length }) => length)) * busyConnections;
  const first = await phase(service, whole);
  await phase(noOp, whole);
  const warmUp = await phase(service, whole);
  const serviceCount = countFor(warmUp.tally.ratePerSecond, turnSeconds);
  const noOpCount = countFor((await phase(noOp, whole)).tally.ratePerSecond, turnSeconds);

  onStep(`Sending to the service and to a no-op server, ${String(turns)} times in turn ...`);
  const taken = [];
  for (let turn = 0; turn < turns; turn += 1) {
    taken.push({ service: await phase(service, serviceCount), noOp: await phase(noOp, noOpCount) });
  }

  // Of its best turn: the machine may have had other things to do in the others, and not have them any more.
  const rate = Math.max(...taken.map((turn) => turn.service.tally.ratePerSecond));
  const connections = Math.round(
    Math.min(mostConnections, Math.max(fewestConnections, rate * overloadQueueSeconds)),
  );
  onStep(`Sending more than it can take, over ${String(connections)} connections ...`);
  const isOver = new AbortController();
  const probing = probe(service.url, isOver.signal);
  const crowd = share(pool, connections);
  const volley = await fire(service.url, crowd, Math.max(2 * connections, countFor(rate, overloadSeconds)));
  isOver.abort();
  const probes = await probing;
  const overload = { took: await service.observe(), tally: tally(volley), connections, probes };

  onStep('Seeing whether it recovers ...');
  const [one] = busy;
  const ended = performance.now();
  const isTakenAgain = async (): Promise<boolean> =>
    tally(await fire(service.url, [one ?? []], 1)).shed === 0;
  await until('a request is taken again', isTakenAgain, recoveryTimeoutMs);
  const recoveryMs = performance.now() - ended;
  const recovered = await phase(service, serviceCount);
  return { first, warmUp, turns: taken, overload, recoveryMs, recovered };
}

/** Gives the statuses; 0 where there was no answer. */
async function probe(url: string, isOver: AbortSignal): Promise<number[]> {
  const statuses: number[] = [];
  while (!isOver.aborted) {
    statuses.push(
      await fetch(`${url}/health/live`).then(
        async (answer) => {
          await answer.arrayBuffer();
          return answer.status;
        },
        () => 0,
      ),
    );
    await delay(probeEveryMs);
  }
  return statuses;
}
