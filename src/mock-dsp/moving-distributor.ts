import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Case, placing, refused, type Sent, success, toRequest } from './scenarios.js';
import { type Operator, PipelineError, readLists, type World } from './world.js';

/** The versions that a new Redis gives to the lists as they are, and to those in which the distributor ID has moved. */
export const versions = { before: 1, after: 2 } as const;

/** A distributor ID that goes from one operator to another. */
export interface Move {
  readonly distributorId: string;
  readonly former: Operator;
  readonly next: Operator;
}

/** One that a single operator operates, beside others, so that the rest of the pipeline can do without it. */
export function planMove(referenceDataDir: string, now: Date): Move {
  const { operators } = readLists(referenceDataDir, now);
  const operates = (distributorId: string): Operator[] =>
    operators.filter((operator) => operator.operates.some((entry) => entry.distributorId === distributorId));
  const real = operators.filter(
    (operator) => operator.test !== true && operator.ranges.length > 0 && operator.operates.length > 0,
  );
  for (const former of real.filter((operator) => operator.operates.length > 1)) {
    const distributorId = former.operates
      .map((entry) => entry.distributorId)
      .findLast((each) => operates(each).length === 1);
    const next = real.find((operator) => operator !== former);
    if (distributorId !== undefined && next !== undefined) return { distributorId, former, next };
  }
  throw new PipelineError('the lists have no distributor ID that could move from one operator to another');
}

interface Entry {
  readonly organisationId: string;
  readonly operates: readonly { readonly distributorId: string }[];
}

/** Writes the lists to another directory, the distributor ID moved. */
export function writeMoved({ distributorId, next }: Move, from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  const file = path.join(to, 'network-operators.json');
  const list = JSON.parse(readFileSync(file, 'utf8')) as { readonly entries: readonly Entry[] };
  const entries = list.entries.map((entry) => ({
    ...entry,
    operates: [
      ...entry.operates.filter((each) => each.distributorId !== distributorId),
      ...(entry.organisationId === next.organisationId ? [{ distributorId }] : []),
    ],
  }));
  writeFileSync(file, JSON.stringify({ ...list, entries }));
}

// Often enough that every replica is asked several times within a fraction of a second.
const mixedPerProbe = 3;

/** The mix with probes of the move in between, by draw, so that no replica is asked the same thing always. */
export function* withProbes(world: World, move: Move, mix: Iterable<Sent>): Generator<Sent> {
  const probes = [probe(world, move, 'former'), probe(world, move, 'next')];
  for (const sent of mix) {
    if (world.draw.below(mixedPerProbe) === 0) yield world.draw.oneOf(probes, 'probe')();
    yield sent;
  }
}

/** The certificates of one of the two, on a meter of the distributor ID, in JSON, which names the version. */
function probe(world: World, { distributorId, former, next }: Move, whose: 'former' | 'next'): () => Sent {
  const matched = success('matched');
  const mismatched = refused(world.codeOf('6.15.1', 'certificate-party-mpan-mismatch'), 'mismatched');
  const build = (): Case => ({
    message: placing(world, world.networkOperatorCertificates(whose === 'former' ? former : next)),
    device: { deviceType: 'ESME', importMpxn: world.mpanOf(distributorId) },
    expected: {
      byVersion: new Map([
        [versions.before, whose === 'former' ? matched : mismatched],
        [versions.after, whose === 'former' ? mismatched : matched],
      ]),
    },
  });
  const scenario = { name: `${whose} operator of the distributor ID that moves`, perMille: 0, build };
  return () => toRequest(world, scenario, build(), false);
}
