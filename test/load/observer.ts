import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Loaded in front of a program (`node --import`), which is otherwise as it is: tells whoever started it, when asked, what
 * it took since it was last asked.
 */

export interface Observation {
  /** In milliseconds, over what the monitor itself takes between two looks. */
  readonly eventLoopDelay: { readonly median: number; readonly p99: number; readonly max: number };
  /** In bytes, at the most since it was last asked. */
  readonly peakRss: number;
  /** In bytes, right after garbage has been collected. */
  readonly liveHeap: number;
  /** In microseconds of all threads. */
  readonly cpu: number;
}

const resolutionMs = 10;
const memoryEveryMs = 100;

const delays = monitorEventLoopDelay({ resolution: resolutionMs });
delays.enable();
let peakRss = 0;
let cpuBefore = process.cpuUsage();
const look = (): void => {
  peakRss = Math.max(peakRss, process.memoryUsage.rss());
};
setInterval(look, memoryEveryMs).unref();

process.on('message', () => {
  const inMs = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolutionMs);
  const eventLoopDelay = {
    median: inMs(delays.percentile(50)),
    p99: inMs(delays.percentile(99)),
    max: inMs(delays.max),
  };
  const { user, system } = process.cpuUsage(cpuBefore);
  look();
  globalThis.gc?.();
  const observation: Observation = {
    eventLoopDelay,
    peakRss,
    liveHeap: process.memoryUsage().heapUsed,
    cpu: user + system,
  };
  process.send?.(observation);
  peakRss = 0;
  cpuBefore = process.cpuUsage();
  delays.reset();
});
// It keeps no program from ending, and none goes on without whoever started it.
process.channel?.unref();
process.on('disconnect', () => process.exit());
