import { requests, type Sent } from '../../src/mock-dsp/scenarios.js';
import { buildWorld } from '../../src/mock-dsp/world.js';

/** What is sent over one connection, again and again, in this order. */
export type Round = readonly Sent[];

/**
 * The mix, made before it is sent, since making it takes longer than answering it. What has to be there before stands in
 * front. The same request again has the same answer, and so may all of it be sent again.
 */
export function buildPool(count: number, referenceDataDir: string): Sent[] {
  const world = buildWorld(1, referenceDataDir, new Date());
  return [...requests(world, count)].flatMap(inTurn);
}

const inTurn = (sent: Sent): Sent[] => (sent.before === undefined ? [sent] : [...inTurn(sent.before), sent]);

/** Shared among connections, so that what has to be there before comes over the same one. */
export function share(pool: readonly Sent[], connections: number): Round[] {
  const rounds = Array.from({ length: connections }, (): Sent[] => []);
  let next = 0;
  for (const sent of pool) {
    // What stands in front of this one is in the round before.
    if (sent.before === undefined) next += 1;
    rounds[next % connections]?.push(sent);
  }
  return rounds;
}
