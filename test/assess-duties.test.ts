import t from 'tap';
import { assessDuties, gatherDutyFacts } from '../src/assess-duties.js';
import type { Finding, FindingName } from '../src/rules/evaluate.js';
import type { EntityIdentifier } from '../src/smki/entity-identifier.js';
import type { Device, DeviceStore } from '../src/stores/device-store.js';
import { StoreUnavailable } from '../src/stores/unavailable.js';
import type { TargetDevice } from '../src/target-device.js';
import { shipped } from './decisions.js';
import { euis } from './fixtures.js';

const day = '2026-06-15';
const supplier = euis.supplier as EntityIdentifier;
const target = '02-00-00-00-02-00-00-01' as EntityIdentifier;
const esme: Device = {
  entityIdentifier: target,
  deviceType: 'ESME',
  smetsVersion: 'SMETS2+',
  responsibleSupplier: supplier,
};

const failed = (rule: FindingName): Finding => ({
  rule,
  verdict: 'fail',
  code: null,
  effect: 'refuse',
  requirement: '',
  citation: '',
  got: '',
  wanted: '',
});

const device: TargetDevice = {
  deviceType: 'ESME',
  mpxn: undefined,
  networkOperatorId: undefined,
  listed: undefined,
  deviceRegistry: 'not-asked',
};

/** A registry that counts how often it is asked. */
function registry(answer: () => Promise<Device | undefined>): DeviceStore & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    find: (entityIdentifier) => {
      asked.push(entityIdentifier);
      return answer();
    },
  };
}

t.test('nobody is asked where nobody has to act', async (t) => {
  const store = registry(() => Promise.reject(new Error('asked')));
  for (const findings of [[], [failed('mpan-check-digit-wrong')]]) {
    const assessed = await assessDuties(store, { target, device, findings }, shipped, day);
    t.strictSame(assessed, { duties: [], device });
    t.equal(assessed.device, device);
  }
  t.strictSame(store.asked, []);
});

const findings = [failed('certificate-revoked'), failed('certificates-of-two-organisations')];

t.test('a registry that no rule asked is asked once, and what it says is kept', async (t) => {
  const store = registry(() => Promise.resolve(esme));
  const assessed = await assessDuties(store, { target, device, findings }, shipped, day);
  t.strictSame(store.asked, [target]);
  t.strictSame(assessed.device, { ...device, listed: esme, deviceRegistry: 'answered' });
  t.match(assessed.duties, [
    { finding: 'certificate-revoked', actor: { kind: 'responsible-supplier', entityIdentifier: supplier } },
    { finding: 'certificates-of-two-organisations', manufacturer: { reachedBy: 'map' } },
  ]);
});

t.test('one that was asked is not asked again', async (t) => {
  const store = registry(() => Promise.reject(new Error('asked')));
  for (const [change, actor] of [
    [{ listed: esme, deviceRegistry: 'answered' }, { kind: 'responsible-supplier' }],
    [{ deviceRegistry: 'answered' }, { kind: 'not-known', why: 'device-not-listed' }],
    [{ deviceRegistry: 'unavailable' }, { kind: 'not-known', why: 'device-registry-unavailable' }],
  ] as const) {
    const known = { ...device, ...change };
    const assessed = await assessDuties(store, { target, device: known, findings }, shipped, day);
    t.match(assessed.duties, [{ actor }, { actor }]);
    t.equal(assessed.device, known);
  }
  t.strictSame(store.asked, []);
});

t.test('one that cannot be asked keeps nobody from an answer; a failure of ours does', async (t) => {
  const away = registry(() => Promise.reject(new StoreUnavailable('the device registry')));
  const assessed = await assessDuties(away, { target, device, findings }, shipped, day);
  const actor = { kind: 'not-known', why: 'device-registry-unavailable' };
  t.match(assessed, { device: { deviceRegistry: 'unavailable' }, duties: [{ actor }, { actor }] });
  const broken = registry(() => Promise.reject(new Error('broken')));
  await t.rejects(assessDuties(broken, { target, device, findings }, shipped, day), { message: 'broken' });
});

t.test('what the lists say of whoever might have to act', async (t) => {
  const { arrangement, ...facts } = gatherDutyFacts(esme, undefined, shipped, day);
  t.strictSame(facts, {
    device: { deviceType: 'ESME', smetsVersion: 'SMETS2+' },
    deviceType: 'ESME',
    responsibleSupplier: { entityIdentifier: supplier, name: 'Invented Supplier 1' },
  });
  t.match(arrangement, { reachedBy: 'map', party: 'Invented Meter Asset Provider 1' });
  t.equal(gatherDutyFacts(esme, 'GSME', shipped, day).deviceType, 'GSME');
  const unlisted = euis.unlisted as EntityIdentifier;
  t.strictSame(
    gatherDutyFacts({ ...esme, responsibleSupplier: unlisted }, undefined, shipped, day).responsibleSupplier,
    { entityIdentifier: unlisted },
  );
  const without = { ...esme, responsibleSupplier: undefined };
  const nobody = { responsibleSupplier: undefined, arrangement: undefined };
  t.match(gatherDutyFacts(without, undefined, shipped, day), nobody);
  const unknown = { deviceType: 'ESME', ...nobody } as const;
  t.strictSame(gatherDutyFacts(undefined, 'ESME', shipped, day), { device: 'not-listed', ...unknown });
  t.strictSame(gatherDutyFacts('unavailable', 'ESME', shipped, day), { device: 'unavailable', ...unknown });
});
