import type { Actor, DutyFacts, Manufacturer } from '../../src/duties/duty.js';
import type { DeviceFacts, Message } from '../../src/mock-dsp/message.js';
import type { MeteringArrangementEntry } from '../../src/reference-data/lists/metering-arrangements.js';
import type { FindingName } from '../../src/rules/evaluate.js';
import type { DeviceEntry } from '../../src/reference-data/lists/devices.js';
import type { EntityIdentifier } from '../../src/smki/entity-identifier.js';
import { euis, issue } from '../fixtures.js';

/** One case of who has to act: a refused certificate on an ESME of SMETS2+ with a Supplier, and one thing changed. */
export interface DutiesScenario {
  /** In words, the one thing that is different. */
  readonly name: string;
  /** The time of the decision; the day of the fixtures where left out. */
  readonly at?: string;
  /** The certificates of another operator, where left out. */
  readonly message?: Partial<Message>;
  /** What the caller says of the device; all that is in the list of devices where left out. */
  readonly said?: DeviceFacts;
  readonly settings?: Readonly<Record<string, string>>;
  /** Of the list of devices; undefined: the list does not have the device. */
  readonly listed?: Partial<DeviceEntry> | undefined;
  readonly registry?: 'unavailable';
  /** Of the Supplier, unless they name another. */
  readonly arrangements?: readonly Partial<MeteringArrangementEntry>[];
  /** What the lists come to, for the judgement alone; that of the ESME where left out. */
  readonly facts?: Partial<DutyFacts>;
  /** The response code, or the status of a problem. */
  readonly answer: string;
  readonly findings: readonly FindingName[];
  readonly actor: Actor;
  readonly manufacturer: Manufacturer;
}

const entityIdentifier = euis.supplier as EntityIdentifier;
const name = 'Invented Supplier 1';
export const supplierOfScenarios = { entityIdentifier, name };
const supplier: Actor = { kind: 'responsible-supplier', ...supplierOfScenarios };
const user: Actor = { kind: 'user', capacity: 'responsible-supplier', ...supplierOfScenarios };
const nobody = (why: Extract<Actor, { kind: 'not-known' }>['why']): Actor => ({ kind: 'not-known', why });
const notReached = (why: Extract<Manufacturer, { reachedBy: 'not-known' }>['why']): Manufacturer => ({
  reachedBy: 'not-known',
  owesNotification: null,
  why,
});

const another = (role = '03'): Partial<Message> => ({
  certificates: { digitalSigning: issue({ role, entityIdentifier: euis.operatorOf15 }).base64 },
});
const expired: Partial<Message> = {
  certificates: {
    digitalSigning: issue({ spec: { notAfter: new Date('2026-06-14T12:00:00Z') } }).base64,
  },
};

const mismatch = {
  answer: 'E061510',
  findings: ['certificate-party-mpan-mismatch'],
  actor: supplier,
} as const;
const onExpiry = { message: expired, answer: '422', findings: ['certificate-expired'] } as const;

const device = (deviceType: 'CHF' | 'GPF' | 'GSME', smetsVersion?: 'SMETS1' | 'SMETS2+'): object => ({
  listed: { deviceType, importMpxn: undefined, smetsVersion },
  facts: { device: { deviceType, smetsVersion }, deviceType },
});

const map = { reachedBy: 'map', party: 'A Meter Asset Provider' } as const;
const byMap: Manufacturer = { ...map, owesNotification: false };
const ofEsmes = { deviceType: 'ESME', ...map } as const;

export const dutiesScenarios: readonly DutiesScenario[] = [
  { ...mismatch, name: 'an ESME', manufacturer: notReached('arrangement-not-listed') },
  {
    ...onExpiry,
    ...device('GSME', 'SMETS2+'),
    name: 'a GSME',
    actor: supplier,
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...onExpiry,
    ...device('CHF', 'SMETS2+'),
    name: 'the Communications Hub Function of a SMETS2+ device',
    actor: { kind: 'dcc' },
    manufacturer: notReached('dcc-arrangements-not-public'),
  },
  {
    ...onExpiry,
    ...device('GPF', 'SMETS2+'),
    name: 'the Gas Proxy Function of a SMETS2+ device',
    actor: { kind: 'dcc' },
    manufacturer: notReached('dcc-arrangements-not-public'),
  },
  {
    ...onExpiry,
    ...device('CHF', 'SMETS1'),
    name: 'the Communications Hub Function of a SMETS1 device',
    actor: user,
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...onExpiry,
    ...device('GPF', 'SMETS1'),
    name: 'the Gas Proxy Function of a SMETS1 device',
    actor: user,
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...onExpiry,
    ...device('CHF'),
    name: 'a Communications Hub Function of no known version',
    actor: nobody('smets-version-not-listed'),
    manufacturer: notReached('actor-not-known'),
  },
  {
    ...mismatch,
    name: 'an ESME of SMETS1',
    listed: { smetsVersion: 'SMETS1' },
    facts: { device: { deviceType: 'ESME', smetsVersion: 'SMETS1' } },
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...mismatch,
    name: 'no Responsible Supplier',
    listed: { responsibleSupplier: undefined },
    facts: { responsibleSupplier: undefined },
    actor: nobody('responsible-supplier-not-listed'),
    manufacturer: notReached('actor-not-known'),
  },
  {
    ...mismatch,
    name: 'a Responsible Supplier that is not in the list of Users',
    listed: { responsibleSupplier: euis.unlisted },
    facts: { responsibleSupplier: { entityIdentifier: euis.unlisted as EntityIdentifier } },
    actor: { kind: 'responsible-supplier', entityIdentifier: euis.unlisted as EntityIdentifier },
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...mismatch,
    name: 'a device that is not listed',
    said: { deviceType: 'ESME', importMpxn: '1200023305967' },
    listed: undefined,
    facts: { device: 'not-listed', responsibleSupplier: undefined },
    actor: nobody('device-not-listed'),
    manufacturer: notReached('actor-not-known'),
  },
  {
    ...mismatch,
    name: 'a registry that cannot be asked, and is gone on without',
    said: { deviceType: 'ESME', importMpxn: '1200023305967' },
    settings: { DEVICE_REGISTRY_UNAVAILABLE: 'accept' },
    registry: 'unavailable',
    facts: { device: 'unavailable', responsibleSupplier: undefined },
    actor: nobody('device-registry-unavailable'),
    manufacturer: notReached('actor-not-known'),
  },
  {
    ...onExpiry,
    name: 'a device that no rule asks for, in a registry that cannot be asked',
    said: { deviceType: 'GSME', importMpxn: '1234567890' },
    registry: 'unavailable',
    facts: { device: 'unavailable', deviceType: 'GSME', responsibleSupplier: undefined },
    actor: nobody('device-registry-unavailable'),
    manufacturer: notReached('actor-not-known'),
  },
  {
    ...onExpiry,
    ...device('GSME', 'SMETS2+'),
    name: 'a device that no rule asks for, which is asked for because of what was found',
    said: { deviceType: 'GSME', importMpxn: '1234567890' },
    actor: supplier,
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...onExpiry,
    name: 'a device that the caller says is another',
    said: { deviceType: 'GSME', importMpxn: '1234567890' },
    facts: { deviceType: 'GSME' },
    actor: nobody('device-type-disputed'),
    manufacturer: notReached('actor-not-known'),
  },
  {
    ...mismatch,
    name: 'manufacturers that are reached by the Meter Asset Provider',
    arrangements: [ofEsmes],
    facts: { arrangement: map },
    manufacturer: byMap,
  },
  {
    ...mismatch,
    name: 'by the Meter Asset Manager',
    arrangements: [{ deviceType: 'ESME', reachedBy: 'mam' }],
    facts: { arrangement: { reachedBy: 'mam' } },
    manufacturer: { reachedBy: 'mam', owesNotification: false },
  },
  {
    ...mismatch,
    name: 'by what the customer has arranged',
    arrangements: [{ deviceType: 'ESME', reachedBy: 'customer-arrangement' }],
    facts: { arrangement: { reachedBy: 'customer-arrangement' } },
    manufacturer: { reachedBy: 'customer-arrangement', owesNotification: false },
  },
  {
    ...mismatch,
    name: 'by a contract of the Supplier’s own, of which no more is said',
    arrangements: [{ deviceType: 'ESME', reachedBy: 'direct-contract' }],
    facts: { arrangement: { reachedBy: 'direct-contract' } },
    manufacturer: { reachedBy: 'direct-contract', owesNotification: null },
  },
  {
    ...mismatch,
    name: 'by a contract of the Supplier’s own, with a duty to notify',
    arrangements: [{ deviceType: 'ESME', reachedBy: 'direct-contract', owesNotification: true }],
    facts: { arrangement: { reachedBy: 'direct-contract', owesNotification: true } },
    manufacturer: { reachedBy: 'direct-contract', owesNotification: true },
  },
  {
    ...mismatch,
    name: 'by a contract of the Supplier’s own, without a duty to notify',
    arrangements: [{ deviceType: 'ESME', reachedBy: 'direct-contract', owesNotification: false }],
    facts: { arrangement: { reachedBy: 'direct-contract', owesNotification: false } },
    manufacturer: { reachedBy: 'direct-contract', owesNotification: false },
  },
  {
    ...mismatch,
    name: 'by a Meter Asset Provider that has undertaken to notify',
    arrangements: [{ ...ofEsmes, owesNotification: true }],
    facts: { arrangement: { ...map, owesNotification: true } },
    manufacturer: { ...map, owesNotification: true },
  },
  {
    ...mismatch,
    name: 'an arrangement for devices of another type',
    arrangements: [{ ...ofEsmes, deviceType: 'GSME' }],
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...mismatch,
    name: 'an arrangement of another Supplier for this very device',
    arrangements: [{ supplier: '02-00-00-00-01-02-00-01', device: euis.device, ...map }],
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...mismatch,
    name: 'an arrangement for this device, before that for its type',
    arrangements: [
      { deviceType: 'ESME', reachedBy: 'mam' },
      { device: euis.device, ...map },
    ],
    facts: { arrangement: map },
    manufacturer: byMap,
  },
  {
    ...mismatch,
    name: 'an arrangement for this device that has ended, and one for its type',
    arrangements: [{ device: euis.device, reachedBy: 'mam', effectiveTo: '2026-06-14' }, ofEsmes],
    facts: { arrangement: map },
    manufacturer: byMap,
  },
  {
    ...mismatch,
    name: 'an arrangement that ended yesterday',
    arrangements: [{ ...ofEsmes, effectiveTo: '2026-06-14' }],
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...mismatch,
    name: 'its last second in the UK, where it is summer time',
    at: '2026-06-14T22:59:59Z',
    arrangements: [{ ...ofEsmes, effectiveTo: '2026-06-14' }],
    facts: { arrangement: map },
    manufacturer: byMap,
  },
  {
    ...mismatch,
    name: 'midnight in the UK, an hour before that of UTC',
    at: '2026-06-14T23:00:00Z',
    arrangements: [{ ...ofEsmes, effectiveTo: '2026-06-14' }],
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...mismatch,
    name: 'an arrangement that begins at that midnight',
    at: '2026-06-14T23:00:00Z',
    arrangements: [{ ...ofEsmes, effectiveFrom: '2026-06-15' }],
    facts: { arrangement: map },
    manufacturer: byMap,
  },
  {
    ...mismatch,
    name: 'several findings',
    message: another('02'),
    answer: 'E061507',
    findings: ['certificate-type-not-for-remote-party', 'certificate-party-mpan-mismatch'],
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...mismatch,
    name: 'a finding that advises beside one that refuses',
    message: {
      certificates: {
        digitalSigning: issue().base64,
        keyAgreement: issue({ entityIdentifier: euis.operatorOf15, keyUsage: 'keyAgreement' }).base64,
      },
    },
    findings: ['certificate-party-mpan-mismatch', 'certificates-of-two-organisations'],
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...mismatch,
    name: 'a certificate that is suspicious and accepted, because its check only reports',
    message: expired,
    settings: { CERTIFICATE_PATH: 'report' },
    answer: 'I0',
    findings: ['certificate-expired'],
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...mismatch,
    name: 'a refusal of mere form',
    message: { executionDateTime: '2026-07-01T00:00:00Z' },
    answer: 'E061506',
    findings: [],
    manufacturer: notReached('arrangement-not-listed'),
  },
  {
    ...mismatch,
    name: 'nothing wrong',
    message: {},
    answer: 'I0',
    findings: [],
    manufacturer: notReached('arrangement-not-listed'),
  },
];

export const usualMessage = another();
