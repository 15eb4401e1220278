import { readFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import type { DistributorId } from '../../src/metering-point/mpan.js';
import { packageRoot } from '../../src/package-root.js';
import { lists } from '../../src/reference-data/lists/index.js';
import type { EntityIdentifier } from '../../src/smki/entity-identifier.js';
import { shipped } from '../decisions.js';

const day = '2026-11-20';

t.test('one entry a line, sorted by its key, so that a change shows as itself', async (t) => {
  for (const { name } of Object.values(lists)) {
    const text = await readFile(path.join(packageRoot, 'reference-data', `${name}.json`), 'utf8');
    const { entries, ...head } = JSON.parse(text) as { entries: unknown[] };
    const lines = text.split('\n').filter((line) => line.startsWith('    {'));
    t.equal(lines.length, entries.length, name);
    t.strictSame(
      lines.map((line) => JSON.parse(line.replace(/,$/, '')) as unknown),
      entries,
      name,
    );
    t.strictSame(lines, [...lines].sort(), `${name} is sorted`);
    t.match(head, { $schema: `../schemas/reference-data/${name}.schema.json` });
  }
});

t.test('the 44 holders of distributor IDs, 38 of them live networks', async (t) => {
  const ids = Array.from({ length: 100 }, (_, id) => String(id).padStart(2, '0') as DistributorId);
  const live = ids.map((id) => shipped.distributor(id, day)).filter((entry) => entry !== undefined);
  t.equal(live.length, 43, 'one has ended');
  t.equal(live.filter(({ kind }) => kind === 'DNO' || kind === 'IDNO').length, 38);
  t.equal(shipped.distributor('28' as DistributorId, day), undefined);
  t.equal(shipped.distributor('28' as DistributorId, '2014-12-17')?.name, 'UK Power Networks (IDNO)');
});

t.test('every live network has an operator; the pseudo-networks and test identities have none', async (t) => {
  for (let id = 0; id < 100; id += 1) {
    const distributorId = String(id).padStart(2, '0') as DistributorId;
    const kind = shipped.distributor(distributorId, day)?.kind;
    const operators = shipped.operatorsOf(distributorId, day);
    t.equal(operators.length > 0, kind === 'DNO' || kind === 'IDNO', distributorId);
  }
});

t.test('the test Network Operator of DCC Boxed', async (t) => {
  const identifier = '90-B3-D5-1F-30-02-00-00' as EntityIdentifier;
  const organisation = shipped.organisationOf(identifier, day);
  t.match(organisation, { organisationId: 'dcc-boxed-test', test: true });
  t.match(shipped.operatorsOf('13' as DistributorId, day), [
    { organisationId: 'dcc-boxed-test' },
    { test: false },
  ]);
  t.strictSame(shipped.userRolesOf(identifier, day), ['ED']);
});
