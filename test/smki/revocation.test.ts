import t from 'tap';
import { type Certificate, extension } from '../../src/mock-dsp/certificate-builder.js';
import * as der from '../../src/mock-dsp/der.js';
import { buildRevocationList, type RevocationListSpec } from '../../src/mock-dsp/revocation-list-builder.js';
import type { SmkiCertificate } from '../../src/smki/certificate.js';
import { revocationFlaws, revocationRequirements } from '../../src/smki/revocation.js';
import { readRevocationList, type RevocationList } from '../../src/smki/revocation-list.js';
import { TrustSet } from '../../src/smki/trust-set.js';
import { issue, now, pki, readCertificate } from '../fixtures.js';
import { readAuthority, replacing } from './authorities.js';

const root = readAuthority(pki.root);
const issuingCa = readAuthority(pki.issuingCa);
const leaf = readCertificate(issue());

const named = ({ subject, serialNumber }: SmkiCertificate): string => `${subject} (${serialNumber})`;

/** A list of June that revokes nobody, by default the issuing authority's. */
function list(
  change: Partial<RevocationListSpec> & { readonly revokes?: readonly SmkiCertificate[] } = {},
): RevocationList {
  const { revokes = [], ...spec } = change;
  const bytes = buildRevocationList({
    issuer: pki.issuingCa,
    thisUpdate: new Date('2026-06-01T00:00:00Z'),
    nextUpdate: new Date('2026-07-01T00:00:00Z'),
    revoked: revokes.map(({ serialNumber }) => ({
      serialNumber: Buffer.from(serialNumber, 'hex'),
      revocationDate: new Date('2026-05-01T00:00:00Z'),
    })),
    ...spec,
  });
  const read = readRevocationList(bytes);
  if (!read.ok) throw new Error(read.rejection.detail);
  return read.value;
}

const between = (from: string, to: string): Pick<RevocationListSpec, 'thisUpdate' | 'nextUpdate'> => ({
  thisUpdate: new Date(`2026-${from}T00:00:00Z`),
  nextUpdate: new Date(`2026-${to}T00:00:00Z`),
});

const asserted = new Set<string>();

const flawsOf = (
  path: readonly SmkiCertificate[],
  lists: readonly RevocationList[],
  at = now,
): (readonly [string, string])[] =>
  revocationFlaws(path, new TrustSet([issuingCa], lists), at).map(({ name, got }) => {
    asserted.add(name);
    return [name, got];
  });

const revoked = (who: SmkiCertificate, day: string): [string, string] => [
  'certificate-revoked',
  `${named(who)} is on the list of 2026-${day}T00:00:00.000Z`,
];
const missing = (issuer: string): [string, string] => [
  'revocation-list-missing',
  `there is no list of ${issuer}`,
];
const stale = (issuer: string, day: string): [string, string] => [
  'revocation-list-not-current',
  `the list of ${issuer} was to be followed by 2026-${day}T00:00:00.000Z`,
];
const toCome = (issuer: string): [string, string] => [
  'revocation-list-not-current',
  `no list of ${issuer} is in force yet`,
];

const path = [leaf, issuingCa];
const z1 = 'CN=Z1,OU=07';
const za = 'CN=ZA,OU=00';

t.test('no lists at all', async (t) => {
  t.strictSame(flawsOf(path, []), [missing(z1)]);
});

t.test('a current list that names nobody of the path', async (t) => {
  t.strictSame(flawsOf(path, [list()]), []);
  t.strictSame(flawsOf(path, [list({ revokes: [issuingCa, root] })]), [], 'or others of its issuer');
});

t.test('a revoked certificate', async (t) => {
  t.strictSame(flawsOf(path, [list({ revokes: [leaf] })]), [revoked(leaf, '06-01')]);
  const high = readCertificate(issue({ spec: { serialNumber: Buffer.from('ff00', 'hex') } }));
  t.equal(high.serialNumber, '00FF00');
  const highRevoked = { serialNumber: Buffer.from('ff00', 'hex'), revocationDate: new Date(0) };
  t.strictSame(flawsOf([high], [list({ revoked: [highRevoked] })]), [revoked(high, '06-01')]);
});

t.test('a list of another issuer', async (t) => {
  const ofRoot = list({ issuer: pki.root, revokes: [leaf] });
  t.strictSame(flawsOf(path, [ofRoot]), [missing(z1)]);
  const withoutKey = list({ issuer: pki.root, revokes: [leaf], alter: () => ({ extensions: [] }) });
  t.strictSame(flawsOf(path, [withoutKey]), [missing(z1)], 'that does not say which key');
  t.strictSame(flawsOf([leaf, issuingCa, root], [ofRoot]), [missing(z1)]);
  t.strictSame(flawsOf([leaf, issuingCa, root], [list()]), [missing(za)], 'of the root, which is no anchor');
});

t.test('a list that is no longer current', async (t) => {
  const may = between('05-01', '06-01');
  t.strictSame(flawsOf(path, [list(may)]), [stale(z1, '06-01')]);
  t.strictSame(flawsOf(path, [list({ ...may, revokes: [leaf] })]), [revoked(leaf, '05-01')], 'names still');
  const june = list();
  t.strictSame(flawsOf(path, [june], june.nextUpdate), []);
  t.strictSame(flawsOf(path, [june], new Date('2026-07-01T00:00:00.001Z')), [stale(z1, '07-01')]);
});

t.test('a list that is not in force yet', async (t) => {
  const july = between('07-01', '08-01');
  t.strictSame(flawsOf(path, [list({ ...july, revokes: [leaf] })]), [toCome(z1)]);
  t.strictSame(flawsOf(path, [list(), list({ ...july, revokes: [leaf] })]), []);
  t.strictSame(flawsOf(path, [list({ revokes: [leaf] }), list(july)]), [revoked(leaf, '06-01')]);
  const june = list({ revokes: [leaf] });
  t.strictSame(flawsOf(path, [june], june.thisUpdate), [revoked(leaf, '06-01')]);
  t.strictSame(flawsOf(path, [june], new Date('2026-05-31T23:59:59.999Z')), [toCome(z1)]);
});

t.test('of two lists the newer counts', async (t) => {
  const older = { ...between('05-01', '07-01'), revokes: [leaf] };
  for (const lists of [
    [list(older), list()],
    [list(), list(older)],
  ]) {
    t.strictSame(flawsOf(path, lists), [], 'which has cleared it');
  }
  const newer = list({ revokes: [leaf] });
  t.strictSame(flawsOf(path, [list(between('05-01', '07-01')), newer]), [revoked(leaf, '06-01')]);
  // One that was to be current for longer does not stand in for the newer.
  const short = list(between('06-02', '06-03'));
  t.strictSame(flawsOf(path, [list(), short]), [stale(z1, '06-03')]);
});

t.test('lists about authorities and about end entities', async (t) => {
  const arl = list({ issuer: pki.root, scope: 'authorities' });
  const crl = list({ scope: 'end-entities' });
  const whole = [leaf, issuingCa, root];
  t.strictSame(flawsOf(whole, [arl, crl]), []);
  t.strictSame(flawsOf(path, [list({ scope: 'authorities', revokes: [leaf] })]), [missing(z1)]);
  t.strictSame(flawsOf([issuingCa, root], [list({ issuer: pki.root, scope: 'end-entities' })]), [
    missing(za),
  ]);
  t.strictSame(flawsOf(path, [list({ scope: 'end-entities', revokes: [leaf] })]), [revoked(leaf, '06-01')]);
  // A newer list of another scope clears nobody, and one of the two that is current is enough.
  const all = list({ ...between('05-01', '06-01'), revokes: [leaf] });
  t.strictSame(flawsOf(path, [all, crl]), [revoked(leaf, '05-01')]);
  t.strictSame(flawsOf(path, [list(between('05-01', '06-01')), crl]), []);
  const newer = list({ ...between('06-02', '06-03'), scope: 'end-entities' });
  t.strictSame(flawsOf(path, [list(), newer]), []);
});

t.test('an anchor needs no list, and is revoked by one', async (t) => {
  const arl = (change: Partial<RevocationListSpec> & { revokes?: readonly SmkiCertificate[] } = {}) =>
    list({ issuer: pki.root, scope: 'authorities', ...change });
  t.strictSame(flawsOf(path, [list()]), []);
  t.strictSame(flawsOf(path, [list(), arl({ revokes: [issuingCa] })]), [revoked(issuingCa, '06-01')]);
  t.strictSame(flawsOf(path, [list(), arl(between('05-01', '06-01'))]), [stale(za, '06-01')]);
  t.strictSame(flawsOf(path, [list(), arl(between('07-01', '08-01'))]), [toCome(za)]);
  const both = [list({ revokes: [leaf] }), arl({ revokes: [issuingCa] })];
  t.strictSame(flawsOf(path, both), [revoked(leaf, '06-01'), revoked(issuingCa, '06-01')]);
});

t.test('lists of the keys of an authority', async (t) => {
  const aki = (octet: number): der.Node =>
    extension('2.5.29.35', false, der.sequence(der.implicit(0, Buffer.alloc(8, octet))));
  const of = (
    identifier: readonly der.Node[],
    change: Partial<RevocationListSpec> & { revokes?: readonly SmkiCertificate[] } = {},
  ): RevocationList => list({ ...change, alter: () => ({ extensions: identifier }) });
  t.strictSame(flawsOf(path, [of([aki(1)], { revokes: [leaf] })]), [missing(z1)], 'another key');
  t.strictSame(flawsOf(path, [of([], { revokes: [leaf] })]), [revoked(leaf, '06-01')], 'it does not say');
  const alter = replacing('2.5.29.35');
  const unsaid = readCertificate(issue({ spec: { alter } }));
  t.strictSame(flawsOf([unsaid], [of([aki(1)], { revokes: [unsaid] })]), [revoked(unsaid, '06-01')]);
  // A newer list of another key clears nobody.
  const old = of([aki(1)], { ...between('05-01', '07-01'), revokes: [unsaid] });
  t.strictSame(flawsOf([unsaid], [old, of([aki(2)])]), [revoked(unsaid, '05-01')]);
  t.strictSame(flawsOf([unsaid], [old, of([aki(1)])]), []);
});

t.test('an end entity with a basicConstraints that says so', async (t) => {
  const constrained = (issuer: Certificate) =>
    readCertificate(
      issue({
        spec: {
          issuer,
          alter: ({ extensions }) => ({
            extensions: [...extensions, extension('2.5.29.19', true, der.sequence())],
          }),
        },
      }),
    );
  const certificate = constrained(pki.issuingCa);
  t.strictSame(flawsOf([certificate], [list({ scope: 'end-entities', revokes: [certificate] })]), [
    revoked(certificate, '06-01'),
  ]);
});

t.test('every requirement has a setting that does not meet it', async (t) => {
  t.strictSame([...asserted].sort(), Object.keys(revocationRequirements).sort());
});
