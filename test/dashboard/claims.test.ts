import t from 'tap';
import { Claims } from '../../src/dashboard/claims.js';
import { kindOf } from '../../src/dashboard/answer-kind.js';
import { exchange, type Made, mismatched, notGenuine } from './exchanges.js';

const counted = (limit: number, ...made: readonly Made[]): ReturnType<Claims['rows']> => {
  const claims = new Claims(limit);
  for (const each of made) {
    const { decision } = exchange(each);
    claims.add(kindOf(decision), decision);
  }
  return claims.rows();
};

t.test('counts by organisation and distributor ID', async (t) => {
  t.strictSame(counted(9, {}, {}, mismatched, { mpxn: '1900023305964' }), [
    {
      claim: { kind: 'listed', organisationId: 'invented-10-12-19', name: 'Operator invented-10-12-19' },
      cells: [
        { distributorId: '12', matched: 2, mismatched: 1 },
        { distributorId: '19', matched: 1, mismatched: 0 },
      ],
    },
  ]);
});

t.test('nobody’s certificates and those of several have rows of their own', async (t) => {
  const rows = counted(
    9,
    { ...mismatched, organisations: [undefined, undefined] },
    { ...mismatched, organisations: ['a', 'b'] },
    { ...mismatched, organisations: ['a', undefined] },
  );
  t.strictSame(
    rows.map(({ claim, cells }) => [claim.kind, claim.organisationId, cells[0]?.mismatched]),
    [
      ['unlisted', null, 1],
      ['several', null, 2],
    ],
  );
});

t.test('over the limit organisations share a row', async (t) => {
  const of = (id: string): Made => ({ organisations: [id] });
  t.strictSame(
    counted(1, of('a'), of('b'), of('c'), of('a')).map(({ claim, cells }) => [claim.kind, cells[0]?.matched]),
    [
      ['listed', 2],
      ['others', 2],
    ],
  );
});

t.test('what was not judged is not in it, nor is gas', async (t) => {
  t.strictSame(
    counted(
      9,
      notGenuine,
      { mpanCheck: 'mpan-unknown' },
      { mpanCheck: 'distributor-unknown' },
      { mpxn: undefined },
      { mpxn: '1234567890' },
    ),
    [],
  );
});
