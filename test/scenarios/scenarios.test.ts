import t, { type Test } from 'tap';
import type { Answer } from '../../src/duis/json/response.js';
import { type DeviceFacts, type Message, toJson, toXml } from '../../src/mock-dsp/message.js';
import { rejectionKinds } from '../../src/rejection.js';
import { ruleNames } from '../../src/rules/rule.js';
import { testApp } from '../app.js';
import { message, now } from '../fixtures.js';
import { type Scenario, scenarios } from './scenarios.js';

let clock = now;
const { app } = await testApp({ clock: () => clock });

const accept = 'application/json';
const url = '/v1/service-requests';

/** The same request in both media types. The answer is asked for in JSON, which says more. */
async function answersTo(
  request: Message,
  device: DeviceFacts,
): Promise<{ statusCode: number; json: () => unknown }[]> {
  const xml = await app.inject({
    method: 'POST',
    url,
    headers: {
      accept,
      'content-type': 'application/xml',
      ...(device.deviceType !== undefined && { 'dcc-device-type': device.deviceType }),
      ...(device.importMpxn !== undefined && { 'dcc-import-mpxn': device.importMpxn }),
    },
    payload: toXml(request),
  });
  const json = await app.inject({
    method: 'POST',
    url,
    headers: { accept, 'content-type': 'application/json' },
    payload: toJson(request, device),
  });
  return [xml, json];
}

function expect(t: Test, { expected }: Scenario, statusCode: number, body: unknown): void {
  if ('problem' in expected) {
    t.equal(statusCode, rejectionKinds[expected.problem].status);
    t.match(body, { type: `/problems/${expected.problem}` });
    return;
  }
  t.equal(statusCode, 200);
  const { responseCode, mpanCheck, outcome, findings } = body as Answer;
  const rules = (verdict: string): string[] =>
    findings.filter((finding) => finding.verdict === verdict).map(({ rule }) => rule);
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

for (const scenario of scenarios) {
  t.test(scenario.name, async (t) => {
    clock = scenario.at === undefined ? now : new Date(scenario.at);
    for (const answer of await answersTo(message(scenario.message), scenario.device ?? {})) {
      expect(t, scenario, answer.statusCode, answer.json());
    }
  });
}

t.test('every rule fails in some scenario', async (t) => {
  const failed = scenarios.flatMap(({ expected }) => ('failed' in expected ? (expected.failed ?? []) : []));
  for (const rule of ruleNames) t.ok(failed.includes(rule), rule);
});
