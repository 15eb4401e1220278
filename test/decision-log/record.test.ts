import t from 'tap';
import type { AppDeps } from '../../src/app.js';
import { noHead, seal } from '../../src/decision-log/chain.js';
import { JudgeAgain, readLogRecord } from '../../src/decision-log/judge-again.js';
import { digestWith } from '../../src/decision-log/keys.js';
import {
  decisionMembers,
  decisionRecord,
  openingMembers,
  openingRecord,
} from '../../src/decision-log/record.js';
import { toJson } from '../../src/mock-dsp/message.js';
import type { Exchange } from '../../src/witness.js';
import { testApp } from '../app.js';
import { depsWith, shipped } from '../decisions.js';
import { euis, message, now } from '../fixtures.js';
import { scenarios } from '../scenarios/scenarios.js';
import { exchangeOn, keys, keysFor, logId, opening, settings } from './logs.js';

const recordOf = (exchange: Exchange, masking = keys.masking): ReturnType<typeof decisionRecord.parse> =>
  decisionRecord.parse(
    JSON.parse(seal(decisionMembers(exchange, masking), logId, noHead, digestWith(undefined)).text),
  );

t.test('a record has who asked what of whom, what was decided, and by what', async (t) => {
  const exchange = await exchangeOn('1200023305967', { traceId: 'a trace' });
  const [signing] = exchange.decision.certificates;
  t.match(recordOf(exchange), {
    decisionLog: 1,
    seq: 1,
    prev: noHead.hash,
    id: `${logId}:1`,
    kind: 'decision',
    time: now.getTime(),
    reqId: 'an exchange',
    traceId: 'a trace',
    client: '192.0.2.1',
    durationMs: 1.235,
    duisRequestId: `${euis.supplier}:${euis.device}:1`,
    originator: euis.supplier,
    targetDevice: euis.device,
    serviceReferenceVariant: '6.15.1',
    outcome: 'accepted',
    responseCode: 'I0',
    mpanCheck: 'matched',
    failed: [],
    certificates: [
      {
        certificateType: 'DigitalSigning',
        sha256: signing!.certificate.fingerprint,
        role: '03',
        entityIdentifier: euis.operatorOf12,
      },
      { certificateType: 'KeyAgreement' },
    ],
    referenceData: { ...shipped.dataSet, freshness: 'current' },
    circumstances: {
      mpxn: { kind: 'mpan', distributorId: '12', checkDigitIsRight: true },
      day: '2026-06-15',
    },
    trustFlaws: [],
  });
});

t.test('one number has one mask, by one key', async (t) => {
  const one = recordOf(await exchangeOn()).maskedMpxn;
  t.match(one, /^[0-9a-f]{64}$/);
  t.equal(recordOf(await exchangeOn('12 000 233 05967')).maskedMpxn, one);
  t.not(recordOf(await exchangeOn('1470116845051')).maskedMpxn, one);
  const other = keysFor('another secret of the tests, of 32 bytes and more').masking;
  t.not(recordOf(await exchangeOn(), other).maskedMpxn, one);
});

t.test(
  'every decision of the scenarios: no MPxN in its record, and the same when it is judged again',
  async (t) => {
    let exchange: Exchange | undefined;
    const judgeAgain = new JudgeAgain(settings);
    let count = 0;
    for (const scenario of scenarios.filter(
      ({ files, registry }) => files === undefined && registry === undefined,
    )) {
      const deps: Partial<AppDeps> = {
        ...depsWith(scenario.settings),
        clock: () => (scenario.at === undefined ? now : new Date(scenario.at)),
        witnesses: [(each) => void (exchange = each)],
      };
      const { app } = await testApp(deps);
      exchange = undefined;
      const payload = toJson(message(scenario.message), scenario.device, scenario.userSystem);
      const headers = { 'content-type': 'application/json' };
      await app.inject({ method: 'POST', url: '/v1/service-requests', headers, payload });
      const seen = exchange as Exchange | undefined;
      if (seen === undefined) continue;
      count += 1;
      const record = recordOf(seen);
      const { mpxn } = seen.decision.device;
      if (mpxn !== undefined) {
        const number = mpxn.kind === 'mpan' ? mpxn.core : mpxn.number;
        // Any digits may be in a hash.
        const text = JSON.stringify(record).replace(/[0-9a-f]{64}/gi, '');
        t.notOk(text.includes(number), `${scenario.name}: the number is nowhere`);
        t.equal(typeof record.maskedMpxn, 'string');
      }
      judgeAgain.opens(
        openingRecord.parse(
          JSON.parse(
            seal(
              openingMembers(
                {
                  kind: 'start',
                  keyId: undefined,
                  settings: {
                    ...settings,
                    ...(scenario.settings?.MPAN_CHECK_DIGIT === 'refuse' && { mpanCheckDigit: 'refuse' }),
                  },
                  torn: [],
                },
                now,
              ),
              logId,
              noHead,
              digestWith(undefined),
            ).text,
          ),
        ),
      );
      const { outcome, code, mpanCheck } = judgeAgain.judge(record, shipped);
      t.strictSame(
        [outcome, code, mpanCheck],
        [record.outcome, record.responseCode, record.mpanCheck],
        scenario.name,
      );
    }
    t.ok(count > 20, `${String(count)} decisions`);
  },
);

t.test('a line is read as what its kind says', async (t) => {
  const line = (members: string): Buffer =>
    Buffer.from(seal(members, logId, noHead, digestWith(undefined)).text.trimEnd());
  const read = (members: string, kind: string): unknown => {
    const found = readLogRecord(line(members), kind);
    return found.ok ? found.value?.kind : found.rejection;
  };
  t.equal(read(opening(undefined), 'start'), 'start');
  t.equal(read(opening(undefined, 'rotated'), 'rotated'), 'rotated');
  t.equal(read('{"kind":"stop"}', 'stop'), undefined);
  t.equal(read(decisionMembers(await exchangeOn(), keys.masking), 'decision'), 'decision');
  t.strictSame(read('{"kind":"decision"}', 'decision'), {
    kind: 'not-schema-valid',
    detail: 'it is no record of kind decision',
  });
  t.strictSame(read('{"kind":"start",}', 'start'), { kind: 'malformed-body', detail: 'it is not JSON' });
});
