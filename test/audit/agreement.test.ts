import fc from 'fast-check';
import t from 'tap';
import { decidingBy, validationDeps } from '../../src/dependencies.js';
import { readConfig } from '../../src/config.js';
import { deviceTypes } from '../../src/duis/vocabulary.js';
import { validate, type ValidationDeps } from '../../src/validate.js';
import { requestOf, shipped, shippedWith } from '../decisions.js';
import { euis, issue, message, now } from '../fixtures.js';
import { auditedBytes } from './estates.js';

interface Meter {
  readonly device: string;
  readonly deviceType: string | undefined;
  readonly mpxn: string | undefined;
  readonly certificate: string;
}

// A RequestID stands for one request.
let counter = 1n;

/** What the service makes of a request that puts the certificate on the meter. */
async function byService(
  { device, deviceType, mpxn, certificate }: Meter,
  deps: ValidationDeps,
): Promise<string> {
  const request = requestOf(
    message({ target: device, counter: (counter += 1n), certificates: { digitalSigning: certificate } }),
  );
  const decision = await validate(deps, request, { device: { deviceType, importMpxn: mpxn } });
  return decision.ok ? decision.value.mpanCheck : decision.rejection.kind;
}

function byAudit(meter: Meter, gasCheck: string): string {
  const { tallies } = auditedBytes(`${JSON.stringify(meter)}\n`, {
    referenceData,
    gasIsJudged: gasCheck !== 'off',
    listed: (device) => devices.get(device),
  });
  return [...Object.keys(tallies.checks), ...Object.keys(tallies.faults)].join();
}

const registered = {
  entityIdentifier: '02-00-00-00-0E-00-00-02',
  deviceType: 'ESME',
  importMpxn: '1200023305967',
};
const gasMeter = {
  entityIdentifier: '02-00-00-00-0E-00-00-03',
  deviceType: 'GSME',
  importMpxn: '1234567890',
};

/** With registrations of electricity and gas, of listed operators and of others. */
const referenceData = await shippedWith({
  'devices.json': Buffer.from(
    JSON.stringify({
      source: 'A test',
      retrieved: '2026-06-15',
      entries: [
        ...['NEEB', 'NOBODY'].map((importNetworkOperator, index) => ({
          ...registered,
          entityIdentifier: `02-00-00-00-0E-00-01-0${String(index)}`,
          importNetworkOperator,
        })),
        ...['INV1', 'INV2', 'NOBODY'].map((importNetworkOperator, index) => ({
          ...gasMeter,
          entityIdentifier: `02-00-00-00-0E-00-02-0${String(index)}`,
          importNetworkOperator,
        })),
        registered,
        gasMeter,
      ],
    }),
  ),
});

const devices = new Map(referenceData.devices.map((device) => [device.entityIdentifier, device]));

const [judgingGas, notJudgingGas] = ['all', 'off'].map((gasCheck) =>
  validationDeps(readConfig({ GAS_CHECK: gasCheck }), decidingBy(referenceData), () => now),
);

const certificates = [
  ...shipped.organisations
    .slice(0, 12)
    .flatMap((organisation) => shipped.identifiersOf(organisation, '2026-06-15')),
  euis.unlisted,
].flatMap((entityIdentifier) =>
  ['03', '02', '04', '87']
    .slice(0, entityIdentifier === euis.operatorOf12 ? 4 : 1)
    .map((role) => issue({ role, entityIdentifier }).base64),
);
const gasTransporters = ['invented-gas-1', 'invented-gas-2'].flatMap((organisationId) => {
  const found = shipped.organisations.find((each) => each.organisationId === organisationId);
  return found === undefined ? [] : shipped.identifiersOf(found, '2026-06-15');
});

const meter: fc.Arbitrary<Meter> = fc.record({
  device: fc.constantFrom(euis.device, ...referenceData.devices.map((device) => device.entityIdentifier)),
  deviceType: fc.constantFrom(undefined, 'ESME', 'ESME', 'GSME', 'GPF', ...deviceTypes, 'TOASTER'),
  mpxn: fc.constantFrom(
    undefined,
    ...[
      '1200023305967',
      '1312345678111',
      '1570000000000',
      '5400023305967',
      '1234567890',
      '123',
      '12345678901',
    ],
  ),
  certificate: fc.constantFrom(
    ...certificates,
    ...gasTransporters.map((entityIdentifier) => issue({ entityIdentifier }).base64),
    issue({ role: '04' }).base64,
    'MIIB',
  ),
});

t.test('the audit finds of a meter what the service says of a request for it', async (t) => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(meter, fc.constantFrom('all', 'off'), async (each, gasCheck) => {
      const expected = await byService(each, (gasCheck === 'all' ? judgingGas : notJudgingGas)!);
      seen.add(expected);
      t.equal(byAudit(each, gasCheck), expected, JSON.stringify(each));
    }),
    { numRuns: 1_000, seed: 1 },
  );
  t.strictSame([...seen].sort(), [
    'certificate-not-der',
    'distributor-unknown',
    'invalid-device-type',
    'invalid-mpxn',
    'matched',
    'mismatched',
    'mpan-unknown',
    'mpxn-not-of-device-type',
    'not-applicable',
    'operator-unknown',
    'registration-unknown',
  ]);
});
