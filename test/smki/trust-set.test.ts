import t from 'tap';
import { buildRevocationList } from '../../src/mock-dsp/revocation-list-builder.js';
import { readRevocationList, type RevocationList } from '../../src/smki/revocation-list.js';
import { TrustSet } from '../../src/smki/trust-set.js';
import { pki } from '../fixtures.js';
import { readAuthority } from './authorities.js';

const root = readAuthority(pki.root);
const issuingCa = readAuthority(pki.issuingCa);

function listOf(day: string): RevocationList {
  const thisUpdate = new Date(`2026-06-${day}T00:00:00Z`);
  const nextUpdate = new Date('2026-07-01T00:00:00Z');
  const read = readRevocationList(buildRevocationList({ issuer: pki.issuingCa, thisUpdate, nextUpdate }));
  if (!read.ok) throw new Error(read.rejection.detail);
  return read.value;
}

t.test('who is an anchor', async (t) => {
  const trust = new TrustSet([issuingCa], []);
  t.equal(trust.isAnchor(issuingCa), true);
  t.equal(trust.isAnchor(readAuthority(pki.issuingCa)), true, 'the same certificate, read again');
  t.equal(trust.isAnchor(root), false);
  t.equal(new TrustSet([], []).isAnchor(root), false);
});

t.test('its id names what is in it, in whatever order', async (t) => {
  const [first, second] = [listOf('01'), listOf('08')];
  const { id } = new TrustSet([root, issuingCa], [first, second]);
  t.match(id, /^[0-9a-f]{64}$/);
  t.equal(new TrustSet([issuingCa, root], [second, first]).id, id);
  const others = [
    new TrustSet([root], [first, second]),
    new TrustSet([root, issuingCa], [first]),
    new TrustSet([root, issuingCa], []),
    new TrustSet([], []),
  ].map((other) => other.id);
  t.equal(new Set([id, ...others]).size, 5);
});

t.test('the newest list comes first, and nothing is put into it later', async (t) => {
  const [first, second, third] = [listOf('01'), listOf('08'), listOf('15')];
  const given = [second, third, first];
  const trust = new TrustSet([root], given);
  t.strictSame(trust.revocationLists, [third, second, first]);
  t.strictSame(given, [second, third, first], 'what it was given stays as it was');
  t.throws(() => Object.assign(trust, { anchors: [] }), TypeError);
});
