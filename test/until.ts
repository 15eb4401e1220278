import { setTimeout } from 'node:timers/promises';

/** Asks again and again until it is so; throws where it is not for ten seconds. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`in vain: ${what}`);
    await setTimeout(5);
  }
}
