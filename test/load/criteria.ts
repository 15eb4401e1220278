import { median } from '../../bench/median.js';
import type { Measured, Phase } from './measure.js';

/** Something that has to be so, with what was measured. */
export interface Criterion {
  readonly name: string;
  readonly measured: string;
  readonly wanted: string;
  readonly isMet: boolean;
}

// About half of what was seen where other programs took much of the machine: 0.08 to 0.11.
const leastRatio = 0.06;
// Twice the default of MAX_EVENT_LOOP_DELAY_MS, which is an average.
const mostDelayMs = 200;
// In what it takes to answer once on every connection. Those that are let in together are answered in one of these.
const mostRoundsWaited = 4;
const mostHeapGrowth = 1.3;
const mostRssGrowth = 4;
const leastRecoveredRate = 0.3;

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const fine = (value: number): string => value.toFixed(3);

/** What the figures have to be like. Nothing here depends on how fast the machine is. */
export function criteria(measured: Measured): Criterion[] {
  const { first, warmUp, turns, overload, recovered } = measured;
  const services = turns.map(({ service }) => service);
  const underLoad = [first, warmUp, ...services, recovered];
  const rate = median(services.map(({ tally }) => tally.ratePerSecond));
  const ratio = median(
    turns.map(({ service, noOp }) => service.tally.ratePerSecond / noOp.tally.ratePerSecond),
  );
  const delayMs = median(services.map(({ took }) => took.eventLoopDelay.p99));
  const roundsWaited = (overload.tally.latencyMs.p99 / 1000) * (rate / overload.connections);
  const heapGrowth = recovered.took.liveHeap / warmUp.took.liveHeap;
  const rssGrowth = overload.took.peakRss / warmUp.took.peakRss;
  const recoveredRate = recovered.tally.ratePerSecond / rate;
  const everywhere = [...underLoad, overload];

  return [
    none('wrong answers', everywhere, ({ tally }) => tally.wrong),
    none('server errors that are not load shedding', everywhere, ({ tally }) => tally.failed),
    none('requests without an answer', everywhere, ({ tally }) => tally.dropped),
    none('turned away while it can keep up', underLoad, ({ tally }) => tally.shed),
    none(
      'of the no-op server without an answer',
      turns.map(({ noOp }) => noOp),
      ({ tally }) => tally.dropped,
    ),
    atLeast('requests a second, to those of a no-op server', ratio, leastRatio),
    atMost('event-loop delay under load, 99th of 100, in ms', delayMs, mostDelayMs),
    {
      name: 'turned away past saturation',
      measured: `${whole(overload.tally.shed)} of ${whole(overload.tally.sent)}`,
      wanted: 'some, and not all',
      isMet: overload.tally.shed > 0 && overload.tally.right > 0,
    },
    atMost('wait of those let in, in answers on every connection', roundsWaited, mostRoundsWaited),
    {
      name: 'health past saturation',
      measured: `${whole(overload.probes.filter((status) => status === 200).length)} of ${whole(overload.probes.length)} are 200`,
      wanted: 'all',
      isMet: overload.probes.length > 0 && overload.probes.every((status) => status === 200),
    },
    atMost('memory at its peak past saturation, to before', rssGrowth, mostRssGrowth),
    atLeast('requests a second once it has recovered, to before', recoveredRate, leastRecoveredRate),
    atMost('live heap once it has recovered, to before', heapGrowth, mostHeapGrowth),
  ];
}

function none(name: string, phases: readonly Phase[], count: (phase: Phase) => number): Criterion {
  const found = phases.reduce((total, phase) => total + count(phase), 0);
  const sent = phases.reduce((total, { tally }) => total + tally.sent, 0);
  return { name, measured: `${whole(found)} of ${whole(sent)}`, wanted: 'none', isMet: found === 0 };
}

const atLeast = (name: string, value: number, least: number): Criterion => ({
  name,
  measured: fine(value),
  wanted: `at least ${String(least)}`,
  isMet: value >= least,
});

const atMost = (name: string, value: number, most: number): Criterion => ({
  name,
  measured: fine(value),
  wanted: `at most ${String(most)}`,
  isMet: value <= most,
});
