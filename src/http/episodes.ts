import type { FastifyBaseLogger } from 'fastify';

/** What is said of something that goes on for a while, and happens too often for a line each time. */
export interface EpisodeWords {
  readonly begins: string;
  readonly goesOn: string;
  readonly ends: string;
}

const tellEveryMs = 10_000;

/** Tells that it has begun, how often it was while it goes on, and that it has ended: no line for each. */
export function episodes(log: FastifyBaseLogger, words: EpisodeWords): (cause: string) => void {
  let isTelling = false;
  let sinceLastTold = 0;
  let total = 0;
  const tellLater = (): void => {
    setTimeout(tell, tellEveryMs).unref();
  };
  const tell = (): void => {
    isTelling = sinceLastTold > 0;
    if (isTelling) {
      log.warn({ count: sinceLastTold }, words.goesOn);
      sinceLastTold = 0;
      tellLater();
    } else {
      log.warn({ count: total }, words.ends);
      total = 0;
    }
  };
  return (cause) => {
    if (!isTelling) {
      log.warn({ cause }, words.begins);
      isTelling = true;
      tellLater();
    }
    sinceLastTold += 1;
    total += 1;
  };
}
