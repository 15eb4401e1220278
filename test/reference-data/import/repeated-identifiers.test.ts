import fc from 'fast-check';
import t from 'tap';
import { RepeatedIdentifiers } from '../../../src/reference-data/import/repeated-identifiers.js';
import type { EntityIdentifier } from '../../../src/smki/entity-identifier.js';

const repeatsAmong = (identifiers: readonly EntityIdentifier[]): EntityIdentifier[] => {
  const repeated = new RepeatedIdentifiers();
  for (const identifier of identifiers) repeated.add(identifier);
  return [...repeated.found()];
};

t.test('identifiers that come twice, and no others', async (t) => {
  t.strictSame(repeatsAmong([]), []);
  const octet = fc.constantFrom('00', '01', '7F', '80', 'FF');
  const identifier = fc
    .array(octet, { minLength: 2, maxLength: 2 })
    .map(([one = '', other = '']) => `${one}-00-00-FF-00-00-80-${other}` as EntityIdentifier);
  fc.assert(
    fc.property(fc.array(identifier), (identifiers) => {
      const again = identifiers.filter((one, place) => identifiers.indexOf(one) !== place);
      return String(repeatsAmong(identifiers).sort()) === String(again.sort());
    }),
  );
});
