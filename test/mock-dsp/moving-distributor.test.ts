import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { planMove, withProbes, writeMoved } from '../../src/mock-dsp/moving-distributor.js';
import { expectedText } from '../../src/mock-dsp/report.js';
import { requests, type Sent } from '../../src/mock-dsp/scenarios.js';
import { buildWorld } from '../../src/mock-dsp/world.js';
import { packageRoot } from '../../src/package-root.js';
import { now } from '../fixtures.js';

const referenceData = path.join(packageRoot, 'reference-data');

t.test('the mix leaves out a distributor ID that is to move, and probes ask for it', async (t) => {
  const move = planMove(referenceData, now);
  t.match(move, {
    distributorId: '19',
    former: { organisationId: 'invented-10-12-19' },
    next: { organisationId: 'invented-11-14-21-22' },
  });
  const without = buildWorld(1, referenceData, now, move.distributorId);
  const asksForIt = ({ body, headers }: Sent): boolean =>
    (headers['dcc-import-mpxn'] ?? /"importMpxn": "(\d+)"/.exec(body.toString())?.[1])?.startsWith('19') ===
    true;
  t.ok([...requests(buildWorld(1, referenceData, now), 300)].some(asksForIt));
  const sent = [...withProbes(without, move, requests(without, 300))];
  const probes = sent.filter(({ expected }) => 'byVersion' in expected);
  t.strictSame(sent.filter(asksForIt), probes);
  t.equal(sent.length - probes.length, 300);
  t.strictSame(
    [
      ...new Set(probes.map(({ scenario, expected }) => `${scenario.name}: ${expectedText(expected)}`)),
    ].sort(),
    [
      'former operator of the distributor ID that moves: I0 matched by version 1, E061510 mismatched by version 2',
      'next operator of the distributor ID that moves: E061510 mismatched by version 1, I0 matched by version 2',
    ],
  );
});

t.test('in the changed lists the other operator has it, and nothing else is different', async (t) => {
  const to = t.testdir();
  writeMoved(planMove(referenceData, now), referenceData, to);
  const operates = (directory: string): [string, string[]][] =>
    entriesOf(directory).map((entry) => [
      entry.organisationId,
      entry.operates.map(({ distributorId }) => distributorId),
    ]);
  const before = operates(referenceData);
  t.strictSame(
    operates(to).filter((entry, index) => JSON.stringify(entry) !== JSON.stringify(before[index])),
    [
      ['invented-10-12-19', ['10', '12']],
      ['invented-11-14-21-22', ['11', '14', '21', '22', '19']],
    ],
  );
});

t.test('lists in which nothing can move', async (t) => {
  // With no operator that operates two.
  const entries = entriesOf(referenceData).map((each) => ({ ...each, operates: each.operates.slice(0, 1) }));
  t.throws(() => planMove(listsWith(t, entries), now), {
    message: 'the lists have no distributor ID that could move from one operator to another',
  });
});

interface Entry {
  readonly organisationId: string;
  readonly operates: readonly { readonly distributorId: string }[];
}

const listIn = (directory: string): string => path.join(directory, 'network-operators.json');

const entriesOf = (directory: string): readonly Entry[] =>
  (JSON.parse(readFileSync(listIn(directory), 'utf8')) as { entries: Entry[] }).entries;

function listsWith(t: Test, entries: readonly Entry[]): string {
  const directory = t.testdir();
  cpSync(referenceData, directory, { recursive: true });
  writeFileSync(listIn(directory), JSON.stringify({ entries }));
  return directory;
}
