import t from 'tap';
import { decidingBy } from '../../src/dependencies.js';
import type { DutyFacts } from '../../src/duties/duty.js';
import { whoActs } from '../../src/duties/who-acts.js';
import { answer } from '../../src/duis/json/response.js';
import { deviceDuties } from '../../src/http/duties.js';
import { problem } from '../../src/http/problem.js';
import { toJson } from '../../src/mock-dsp/message.js';
import type { ReferenceData } from '../../src/reference-data/snapshot.js';
import type { DeviceStore } from '../../src/stores/device-store.js';
import { StoreUnavailable } from '../../src/stores/unavailable.js';
import { bearer, testApp } from '../app.js';
import { depsWith, shippedWith } from '../decisions.js';
import { euis, message, now } from '../fixtures.js';
import {
  type DutiesScenario,
  dutiesScenarios,
  supplierOfScenarios,
  usualMessage,
} from './duties-scenarios.js';

const unavailable: DeviceStore = {
  find: () => Promise.reject(new StoreUnavailable('the device registry')),
};

const usualDevice = {
  entityIdentifier: euis.device,
  deviceType: 'ESME',
  importMpxn: '1200023305967',
  smetsVersion: 'SMETS2+',
  responsibleSupplier: euis.supplier,
};

const file = (entries: readonly object[]): Buffer =>
  Buffer.from(JSON.stringify({ source: 'tests', retrieved: '2026-06-15', entries }));

function listsOf(scenario: DutiesScenario): Promise<ReferenceData> {
  const { listed = {}, arrangements = [] } = scenario;
  const isListed = !('listed' in scenario) || scenario.listed !== undefined;
  return shippedWith({
    'devices.json': file(isListed ? [{ ...usualDevice, ...listed }] : []),
    'metering-arrangements.json': file(arrangements.map((entry) => ({ supplier: euis.supplier, ...entry }))),
  });
}

const warningsOf = ({ manufacturer }: DutiesScenario): string[] =>
  manufacturer.owesNotification === false ? ['nobody-owes-notification'] : [];

interface Shown {
  readonly actor: unknown;
  readonly manufacturer: unknown;
  readonly warnings: readonly { readonly warning: string }[];
}

const shown = ({ actor, manufacturer, warnings }: Shown): object => ({
  actor,
  manufacturer,
  warnings: warnings.map(({ warning }) => warning),
});

for (const scenario of dutiesScenarios) {
  const { actor, manufacturer } = scenario;
  const expected = { actor, manufacturer, warnings: warningsOf(scenario) };
  t.test(scenario.name, async (t) => {
    const facts: DutyFacts = {
      device: { deviceType: 'ESME', smetsVersion: 'SMETS2+' },
      deviceType: 'ESME',
      responsibleSupplier: supplierOfScenarios,
      arrangement: undefined,
      ...scenario.facts,
    };
    t.strictSame(shown(whoActs(facts)), expected, 'by the judgement alone');

    const usual = depsWith(scenario.settings);
    const deps = scenario.registry === undefined ? usual : { ...usual, deviceStore: () => unavailable };
    const at = scenario.at === undefined ? now : new Date(scenario.at);
    const { app } = await testApp({ ...deps, ...decidingBy(await listsOf(scenario)), clock: () => at });
    const response = await app.inject({
      method: 'POST',
      url: '/v1/service-requests',
      headers: { 'content-type': 'application/json' },
      payload: toJson(message(scenario.message ?? usualMessage), scenario.said),
    });
    const isAnswer = response.statusCode === 200;
    const body = isAnswer ? answer.parse(response.json()) : problem.parse(response.json());
    t.equal('responseCode' in body ? body.responseCode : String(body.status), scenario.answer);
    t.strictSame(
      body.duties?.map((duty) => ({ finding: duty.finding, ...shown(duty) })),
      scenario.findings.map((finding) => ({ finding, ...expected })),
      'in the answer',
    );

    // Nobody states a type of device there.
    if (actor.kind === 'not-known' && actor.why === 'device-type-disputed') return;
    const asked = await app.inject({ url: `/v1/duties/${euis.device}`, headers: bearer.duties });
    if (scenario.registry === 'unavailable') t.equal(asked.statusCode, 503);
    else t.strictSame(shown(deviceDuties.parse(asked.json())), expected, 'when asked for the device');
  });
}
