import fc from 'fast-check';
import t from 'tap';
import {
  actorsNotKnown,
  arrangementKinds,
  type DutyFacts,
  manufacturersNotKnown,
  type Party,
} from '../../src/duties/duty.js';
import { dutiesOn, securityFindings, whoActs } from '../../src/duties/who-acts.js';
import { deviceTypes } from '../../src/duis/vocabulary.js';
import { type Finding, type FindingName, findingNames } from '../../src/rules/evaluate.js';
import { securityMatters } from '../../src/rules/security-matters.js';
import type { EntityIdentifier } from '../../src/smki/entity-identifier.js';
import { euis } from '../fixtures.js';

const supplier: Party = { entityIdentifier: euis.supplier as EntityIdentifier, name: 'Supplier' };

/** An ESME of SMETS2+, its Responsible Supplier, and no arrangement. */
const facts = (change: Partial<DutyFacts> = {}): DutyFacts => ({
  device: { deviceType: 'ESME', smetsVersion: 'SMETS2+' },
  deviceType: 'ESME',
  responsibleSupplier: supplier,
  arrangement: undefined,
  ...change,
});

t.test('who acts, by type and SMETS version', async (t) => {
  for (const deviceType of deviceTypes) {
    const actorWith = (smetsVersion: 'SMETS1' | 'SMETS2+' | undefined): unknown =>
      whoActs(facts({ device: { deviceType, smetsVersion }, deviceType })).actor;
    if (deviceType === 'CHF' || deviceType === 'GPF') {
      t.strictSame(actorWith('SMETS2+'), { kind: 'dcc' });
      t.strictSame(actorWith('SMETS1'), { kind: 'user', capacity: 'responsible-supplier', ...supplier });
      t.strictSame(actorWith(undefined), { kind: 'not-known', why: 'smets-version-not-listed' });
      continue;
    }
    for (const version of ['SMETS1', 'SMETS2+', undefined] as const) {
      t.strictSame(actorWith(version), { kind: 'responsible-supplier', ...supplier });
    }
  }
});

t.test('what is not known is said to be, and why', async (t) => {
  const actor = (change: Partial<DutyFacts>): unknown => whoActs(facts(change)).actor;
  const notKnown = (why: string): object => ({ kind: 'not-known', why });
  t.strictSame(actor({ device: 'not-listed' }), notKnown('device-not-listed'));
  t.strictSame(actor({ device: 'unavailable' }), notKnown('device-registry-unavailable'));
  t.strictSame(actor({ deviceType: 'GSME' }), notKnown('device-type-disputed'));
  t.strictSame(actor({ responsibleSupplier: undefined }), notKnown('responsible-supplier-not-listed'));
  const gpf = { device: { deviceType: 'GPF', smetsVersion: 'SMETS1' }, deviceType: 'GPF' } as const;
  t.strictSame(
    actor({ ...gpf, responsibleSupplier: undefined }),
    notKnown('responsible-supplier-not-listed'),
  );
  const hub = { device: { deviceType: 'CHF', smetsVersion: 'SMETS2+' }, deviceType: 'CHF' } as const;
  t.strictSame(actor({ ...hub, responsibleSupplier: undefined }), { kind: 'dcc' }, 'whoever supplies');
  t.strictSame(
    actor({ responsibleSupplier: { entityIdentifier: supplier.entityIdentifier } }),
    { kind: 'responsible-supplier', entityIdentifier: supplier.entityIdentifier },
    'a Supplier without a name',
  );
});

t.test('how the manufacturer is reached, and whether anybody owes a notification', async (t) => {
  const warning = {
    warning: 'nobody-owes-notification',
    meaning: 'Nobody on the way to the manufacturer owes whoever has to act a duty to notify.',
    citation: 'DP075',
  };
  const reached = (arrangement: DutyFacts['arrangement']): unknown => {
    const { manufacturer, warnings } = whoActs(facts({ arrangement }));
    return { manufacturer, warnings };
  };
  const usually = { 'direct-contract': null, map: false, mam: false, 'customer-arrangement': false };
  for (const reachedBy of arrangementKinds) {
    const owesNotification = usually[reachedBy];
    t.strictSame(reached({ reachedBy }), {
      manufacturer: { reachedBy, owesNotification },
      warnings: owesNotification === false ? [warning] : [],
    });
    t.strictSame(reached({ reachedBy, party: 'X', owesNotification: true }), {
      manufacturer: { reachedBy, party: 'X', owesNotification: true },
      warnings: [],
    });
    t.strictSame(reached({ reachedBy, owesNotification: false }), {
      manufacturer: { reachedBy, owesNotification: false },
      warnings: [warning],
    });
  }
  const notReached = (why: string): object => ({
    manufacturer: { reachedBy: 'not-known', owesNotification: null, why },
    warnings: [],
  });
  t.strictSame(reached(undefined), notReached('arrangement-not-listed'));
  const arrangement = { reachedBy: 'map' } as const;
  const dcc = { device: { deviceType: 'GPF', smetsVersion: 'SMETS2+' }, deviceType: 'GPF' } as const;
  t.match(whoActs(facts({ arrangement, ...dcc })), notReached('dcc-arrangements-not-public'));
  t.match(whoActs(facts({ arrangement, deviceType: 'GSME' })), notReached('actor-not-known'));
});

t.test('the clauses are cited together', async (t) => {
  const { clauses, sources } = whoActs(facts());
  t.strictSame({ clauses, sources }, { clauses: ['G3.17', 'G3.18', 'G3.20'], sources: ['MP087', 'DP075'] });
});

t.test('whatever is known, somebody is named or it is said why not', async () => {
  const deviceType = fc.constantFrom(...deviceTypes);
  const listed = fc.record({ deviceType, smetsVersion: fc.constantFrom('SMETS1', 'SMETS2+', undefined) });
  const any: fc.Arbitrary<DutyFacts> = fc.record({
    device: fc.oneof(listed, fc.constantFrom('not-listed', 'unavailable')),
    deviceType: fc.option(deviceType, { nil: undefined }),
    responsibleSupplier: fc.constantFrom(supplier, undefined),
    arrangement: fc.option(
      fc.record({
        reachedBy: fc.constantFrom(...arrangementKinds),
        owesNotification: fc.constantFrom(true, false, undefined),
      }),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(any, (known) => {
      const { actor, manufacturer, warnings } = whoActs(known);
      const isSupplier = actor.kind === 'responsible-supplier' || actor.kind === 'user';
      const isNamed = isSupplier && actor.entityIdentifier === known.responsibleSupplier?.entityIdentifier;
      const isExplained = actor.kind === 'not-known' && actor.why in actorsNotKnown;
      const isReached =
        manufacturer.reachedBy !== 'not-known'
          ? isSupplier && manufacturer.reachedBy === known.arrangement?.reachedBy
          : manufacturer.why in manufacturersNotKnown;
      return (
        (actor.kind === 'dcc' || isNamed || isExplained) &&
        isReached &&
        warnings.length === Number(manufacturer.owesNotification === false)
      );
    }),
  );
});

const finding = (rule: FindingName, verdict: 'pass' | 'fail' | 'undetermined' = 'fail'): Finding => ({
  rule,
  verdict,
  code: null,
  effect: 'advise',
  requirement: '',
  citation: '',
  got: '',
  wanted: '',
});

t.test('findings that fail and are a matter of security, each once and in their order', async (t) => {
  t.strictSame(
    securityFindings([
      finding('certificate-revoked'),
      finding('certificate-expired'),
      finding('certificate-revoked'),
      finding('mpan-check-digit-wrong'),
      finding('certificate-party-mpan-mismatch', 'undetermined'),
      finding('certificates-of-two-organisations', 'pass'),
      { ...finding('certificate-party-mpan-mismatch'), verdict: 'not-applicable' },
    ]),
    ['certificate-revoked', 'certificate-expired'],
  );
  t.strictSame(securityFindings([]), []);
  t.strictSame(
    securityFindings(findingNames.map((rule) => finding(rule))),
    findingNames.filter((rule) => securityMatters[rule].isSecurityMatter),
  );
});

t.test('a duty for each finding', async (t) => {
  const responsibility = whoActs(facts());
  t.strictSame(dutiesOn(['certificate-revoked', 'certificate-expired'], responsibility), [
    { finding: 'certificate-revoked', ...responsibility },
    { finding: 'certificate-expired', ...responsibility },
  ]);
  t.strictSame(dutiesOn([], responsibility), []);
});
