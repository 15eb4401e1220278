import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { assessTrust } from '../src/assess-trust.js';
import { checkHistory } from '../src/check-history.js';
import { ukDayOf } from '../src/clock.js';
import { readConfig } from '../src/config.js';
import { noHead, seal } from '../src/decision-log/chain.js';
import { digestWith, keysOf } from '../src/decision-log/keys.js';
import { decisionMembers } from '../src/decision-log/record.js';
import { decidingBy, validationDeps } from '../src/dependencies.js';
import { writeJsonResponse } from '../src/duis/json/response.js';
import { readRequest } from '../src/duis/request.js';
import { writeXmlResponse } from '../src/duis/xml/response.js';
import { circumstancesOf } from '../src/gather-facts.js';
import { receive } from '../src/http/receive.js';
import { packageRoot } from '../src/package-root.js';
import { decide } from '../src/recording.js';
import { loadReferenceData } from '../src/reference-data/load.js';
import type { Result } from '../src/rejection.js';
import { findTargetDevice } from '../src/target-device.js';
import { hasCode, validate } from '../src/validate.js';
import { median } from './median.js';
import { type Sample, type Samples, startedAt } from './messages.js';

/** Microseconds of a request, by what they are spent on. */
export type Stages = Readonly<Record<(typeof stageNames)[number], number>>;

export const stageNames = [
  'read',
  'schema',
  'certificate',
  'facts',
  'rules',
  'response',
  'record',
  'whole',
] as const;

const rounds = 41;
const warmUpRounds = 19;

/** Times each stage by itself, over all samples, several times in turn with the others; the median of the rounds. */
export async function measureStages(samples: Samples): Promise<ReadonlyMap<string, Stages>> {
  const kinds = { json: samples.json, xml: samples.xml, 'xml-signed-warm': samples.signed };
  const results = new Map<string, Stages>();
  for (const [name, requests] of Object.entries(kinds)) results.set(name, await stagesOf(requests));
  return results;
}

async function stagesOf(samples: readonly Sample[]): Promise<Stages> {
  const isXml = samples[0]?.headers['content-type'] === 'application/xml';
  const at = startedAt;
  const referenceData = await loadReferenceData(path.join(packageRoot, 'reference-data'));
  const deps = validationDeps(readConfig({}), decidingBy(referenceData), () => at);
  const { trustChecks, readCertificates, requestHistory, refuses } = deps;

  const inputs = await Promise.all(
    samples.map(async ({ headers, body }) => {
      const arrival = { isXml, headers, body };
      const received = valueOf(receive(arrival, true));
      const request = valueOf(readRequest(received.document));
      const certificates = valueOf(readCertificates(request.credentialsUpdate));
      const lookup = {
        store: deps.deviceStore(referenceData),
        whenUnavailable: 'refuse',
        gasIsJudged: false,
      } as const;
      const device = valueOf(await findTargetDevice(lookup, request, received.device));
      const claims = { request, certificates, signature: received.signature };
      const trust = await assessTrust(trustChecks, claims, referenceData, at);
      const known = {
        request,
        certificates,
        device,
        gasIsJudged: false,
        userSystem: undefined,
        signer: trust.signer,
      };
      const circumstances = circumstancesOf(known, ukDayOf(at));
      const decision = valueOf(await validate(deps, request, received));
      if (!hasCode(decision) || decision.code !== 'I0') throw new Error('the request is not accepted');
      return { arrival, received, request, lookup, claims, trust, known, circumstances, decision };
    }),
  );
  const keys = keysOf(randomBytes(32));
  if (keys === undefined) throw new Error('the key is too short');
  const digest = digestWith(keys.chain);
  const log = randomUUID();
  let head = noHead;
  type Input = (typeof inputs)[number];
  const stages: Readonly<Record<keyof Stages, (input: Input) => unknown>> = {
    read: ({ arrival }) => receive(arrival, true),
    schema: ({ received }) => readRequest(received.document),
    certificate: ({ request, claims }) => {
      readCertificates(request.credentialsUpdate);
      return assessTrust(trustChecks, claims, referenceData, at);
    },
    facts: async ({ lookup, request, received, claims, trust, known }) => {
      await findTargetDevice(lookup, request, received.device);
      await checkHistory(requestHistory, claims, trust, refuses);
      return circumstancesOf(known, ukDayOf(at));
    },
    rules: ({ request, circumstances, trust }) =>
      deps.judge(request.service, circumstances, trust.flaws, referenceData),
    response: ({ decision }) =>
      hasCode(decision) && (isXml ? writeXmlResponse(decision) : writeJsonResponse(decision)),
    record: ({ arrival, decision }) => {
      const exchange = { id: randomUUID(), client: '127.0.0.1', arrival, decision, durationMs: 1.5 };
      head = seal(decisionMembers(exchange, keys.masking), log, head, digest);
    },
    whole: async ({ arrival }) => {
      const decision = valueOf(await decide(deps, arrival));
      return hasCode(decision) && (isXml ? writeXmlResponse(decision) : writeJsonResponse(decision));
    },
  };
  const times = new Map<keyof Stages, number[]>(stageNames.map((stage) => [stage, []]));
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const stage of stageNames) {
      const started = performance.now();
      // What waits for nothing is not made to wait for a microtask, as it does not in the service.
      for (const input of inputs) {
        const result = stages[stage](input);
        if (result instanceof Promise) await result;
      }
      if (round >= 0) times.get(stage)?.push(((performance.now() - started) * 1000) / inputs.length);
    }
  }
  return Object.fromEntries(stageNames.map((stage) => [stage, median(times.get(stage) ?? [])])) as Stages;
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.rejection.detail);
  return result.value;
}
