import { setTimeout as delay } from 'node:timers/promises';

const askAgainMs = 10;

/**
 * Asks until something is so, and gives what was found; for so long at the most. What throws is not so yet. Nothing in a
 * test waits for a time that somebody guessed.
 */
export async function until<T>(
  what: string,
  find: () => T | Promise<T>,
  withinMs = 20_000,
): Promise<Exclude<T, false | undefined | null>> {
  const end = performance.now() + withinMs;
  for (;;) {
    let last: unknown;
    try {
      const found = await find();
      if (found !== false && found !== undefined && found !== null) {
        return found as Exclude<T, false | undefined | null>;
      }
      last = found;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      throw new Error(`not within ${String(withinMs)} ms: ${what} (the last: ${String(last)})`);
    }
    await delay(askAgainMs);
  }
}
