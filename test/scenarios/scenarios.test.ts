import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { decidingBy } from '../../src/dependencies.js';
import type { Answer } from '../../src/duis/json/response.js';
import type { GbcsCommandSpec } from '../../src/mock-dsp/gbcs.js';
import { type Message, toJson, toXml } from '../../src/mock-dsp/message.js';
import { rejectionKinds } from '../../src/rejection.js';
import { findingNames } from '../../src/rules/evaluate.js';
import type { DeviceStore } from '../../src/stores/device-store.js';
import { StoreUnavailable } from '../../src/stores/unavailable.js';
import { testApp } from '../app.js';
import { depsWith, shipped, shippedWith } from '../decisions.js';
import { gbcsCommand, message, now } from '../fixtures.js';
import { type Scenario, scenarios } from './scenarios.js';
import { trustScenarios } from './trust-scenarios.js';

const accept = 'application/json';
const url = '/v1/service-requests';
const all = [...scenarios, ...trustScenarios];

let clock = now;
const { app: usualApp } = await testApp({ clock: () => clock });

const unavailable: DeviceStore = {
  find: () => Promise.reject(new StoreUnavailable('the device registry')),
};

async function appOf({ settings, files, registry }: Scenario): Promise<FastifyInstance> {
  if (settings === undefined && files === undefined && registry === undefined) return usualApp;
  const usual = depsWith(settings);
  const deps = registry === undefined ? usual : { ...usual, deviceStore: () => unavailable };
  const referenceData = files === undefined ? shipped : await shippedWith(files);
  const { app } = await testApp({ ...deps, ...decidingBy(referenceData), clock: () => clock });
  return app;
}

interface Answered {
  readonly statusCode: number;
  readonly json: () => unknown;
}

/** The same request in both media types. The answer is asked for in JSON, which says more. */
async function answersTo(app: FastifyInstance, scenario: Scenario, request: Message): Promise<Answered[]> {
  const { device = {}, userSystem, sign } = scenario;
  const xml = await app.inject({
    method: 'POST',
    url,
    headers: {
      accept,
      'content-type': 'application/xml',
      ...(device.deviceType !== undefined && { 'dcc-device-type': device.deviceType }),
      ...(device.importMpxn !== undefined && { 'dcc-import-mpxn': device.importMpxn }),
      ...(userSystem !== undefined && { 'dcc-user-system': userSystem }),
    },
    payload: sign === undefined ? toXml(request) : sign(toXml(request)),
  });
  if (sign !== undefined) return [xml];
  const json = await app.inject({
    method: 'POST',
    url,
    headers: { accept, 'content-type': 'application/json' },
    payload: toJson(request, device, userSystem),
  });
  return [xml, json];
}

function preCommandOf(request: Message, change: Partial<GbcsCommandSpec>): Message {
  const { originator, target, counter } = request;
  return { ...request, gbcsPayload: gbcsCommand({ originator, target, counter, ...change }) };
}

function expect(t: Test, { expected }: Scenario, statusCode: number, body: unknown): void {
  if ('problem' in expected) {
    t.equal(statusCode, rejectionKinds[expected.problem].status);
    t.match(body, { type: `/problems/${expected.problem}` });
    if (expected.refusedBy === undefined) return;
    const refusals = (body as Pick<Answer, 'findings'>).findings.filter(
      ({ verdict, effect }) => verdict === 'fail' && effect === 'refuse',
    );
    t.strictSame([...new Set(refusals.map(({ rule }) => rule))], expected.refusedBy);
    return;
  }
  t.equal(statusCode, 200);
  const { responseCode, mpanCheck, outcome, findings } = body as Answer;
  const rules = (verdict: string): string[] => [
    ...new Set(findings.filter((finding) => finding.verdict === verdict).map(({ rule }) => rule)),
  ];
  t.strictSame(
    { responseCode, mpanCheck, outcome, failed: rules('fail'), undetermined: rules('undetermined') },
    {
      responseCode: expected.code,
      mpanCheck: expected.mpanCheck,
      outcome: expected.code === 'I0' ? 'accepted' : 'refused',
      failed: expected.failed ?? [],
      undetermined: expected.undetermined ?? [],
    },
  );
}

for (const [index, scenario] of all.entries()) {
  t.test(scenario.name, async (t) => {
    clock = scenario.at === undefined ? now : new Date(scenario.at);
    const app = await appOf(scenario);
    // A RequestID stands for one request for good.
    const requestId = { counter: BigInt(index + 1) };
    const usual = message({ ...scenario.message, ...requestId });
    const request = scenario.preCommand === undefined ? usual : preCommandOf(usual, scenario.preCommand);
    if (scenario.before !== undefined) {
      const earlier = message({ ...scenario.before, ...requestId });
      for (const { json } of await answersTo(app, scenario, earlier)) {
        t.match(json(), { responseCode: 'I0' });
      }
    }
    for (const answer of await answersTo(app, scenario, request)) {
      expect(t, scenario, answer.statusCode, answer.json());
    }
  });
}

t.test('every rule fails in some scenario', async (t) => {
  const failed = all.flatMap(({ expected }) =>
    'problem' in expected ? (expected.refusedBy ?? []) : (expected.failed ?? []),
  );
  for (const rule of findingNames) t.ok(failed.includes(rule), rule);
});
