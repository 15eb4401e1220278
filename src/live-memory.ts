import { totalmem } from 'node:os';
import { constants, type NodeGCPerformanceDetail, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** An entry of type gc, whose detail the types leave out. */
interface GcEntry {
  readonly detail: NodeGCPerformanceDetail;
}

/** In bytes. */
export interface MemoryLimits {
  readonly heap: number;
  /** Heap and buffers together; Infinity where the process may have what the machine has. */
  readonly process: number;
}

export interface LiveMemory {
  /** What is in use, of whichever limit it is nearer to, in percent; 0 where that is not known. */
  readonly percent: () => number;
  readonly close: () => void;
}

// One that is older says little. Whoever is turned away by it allocates nothing, and so would bring about no other.
const believedForMs = 10_000;

/** What this process may have: the heap that V8 was given, and what its container was (cgroups), if that is less than the machine. */
export function memoryLimits(constrained = process.constrainedMemory(), machine = totalmem()): MemoryLimits {
  return {
    heap: getHeapStatistics().heap_size_limit,
    process: constrained > 0 && constrained < machine ? constrained : Infinity,
  };
}

/**
 * Follows how much memory is in use, by what is left after each major collection: garbage is not in it, nor are pages that are free
 * and have not been given back. For ten seconds; afterwards it is not known, until the next one.
 */
export function watchLiveMemory(
  limits: MemoryLimits = memoryLimits(),
  now: () => number = () => performance.now(),
): LiveMemory {
  let percent = 0;
  let at = -Infinity;
  const observer = new PerformanceObserver((list) => {
    const entries = list.getEntries() as unknown as readonly GcEntry[];
    const isMajor = entries.some(({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR);
    if (!isMajor) return;
    const { heapUsed, external } = process.memoryUsage();
    percent = 100 * Math.max(heapUsed / limits.heap, (heapUsed + external) / limits.process);
    at = now();
  });
  observer.observe({ entryTypes: ['gc'] });
  return {
    percent: () => (now() - at < believedForMs ? percent : 0),
    close: () => {
      observer.disconnect();
    },
  };
}
