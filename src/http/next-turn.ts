/**
 * Waits for the next turn of the event loop. Requests that have come in together then take the same step one after the
 * other, in code that the processor has at hand; each going its whole way by itself, between the calls of the system that read
 * and write, took twice as long (docs/performance.md).
 */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
