import path from 'node:path';
import t from 'tap';
import { type Lost, send } from '../../src/mock-dsp/pipeline.js';
import { renderSummary, summarise } from '../../src/mock-dsp/report.js';
import { type Expected, requests, scenarios } from '../../src/mock-dsp/scenarios.js';
import { buildWorld, type World } from '../../src/mock-dsp/world.js';
import { packageRoot } from '../../src/package-root.js';
import { notApplicable } from '../../src/rules/rule.js';
import { certificatePartyMpanMismatch } from '../../src/rules/certificate-party-mpan-mismatch.js';
import { testApp } from '../app.js';
import { now } from '../fixtures.js';

const referenceData = path.join(packageRoot, 'reference-data');
const world = (seed: number): World => buildWorld(seed, referenceData, now);

t.test('every answer is as the pipeline expects, whatever the seed', async (t) => {
  for (const seed of [1, 2, 3]) {
    // Runs of one moment count their RequestIDs from the same number.
    const { app } = await testApp();
    const url = await app.listen({ port: 0 });
    t.teardown(() => app.close());
    const outcomes = await send(requests(world(seed), 150), { urls: [url], concurrency: 4 });
    const summary = summarise(outcomes);
    t.strictSame(
      summary.scenarios.filter(({ wrong }) => wrong > 0),
      [],
    );
    t.equal(summary.sent, 150);
    t.equal(summary.scenarios.length, scenarios.length, 'each scenario comes');
  }
});

t.test('it sees a service that gives wrong answers', async (t) => {
  const { evaluate } = certificatePartyMpanMismatch;
  t.teardown(() => Object.assign(certificatePartyMpanMismatch, { evaluate }));
  Object.assign(certificatePartyMpanMismatch, { evaluate: () => notApplicable });
  const { app } = await testApp();
  const url = await app.listen({ port: 0 });
  t.teardown(() => app.close());
  const summary = summarise(
    await send(requests(world(1), scenarios.length), { urls: [url], concurrency: 1 }),
  );
  t.strictSame(
    summary.scenarios.filter(({ wrong }) => wrong > 0).map(({ scenario }) => scenario),
    [
      'wrong operator, 6.15.1',
      'wrong operator, 6.21',
      'certificates of two operators',
      "Gas Transporter's certificates on an ESME",
      'operator that the MPAN begins with, another registered',
      'gas hand-over, another transporter',
      'gas hand-over, operator of electricity',
      'self-made Signed Pre-Command, wrong operator',
    ],
  );
  t.match(renderSummary(summary), '8 of 51 answers are WRONG.');
});

t.test('it fails where no answer comes', async (t) => {
  const { app } = await testApp();
  const url = await app.listen({ port: 0 });
  await app.close();
  await t.rejects(send(requests(world(1), 1), { urls: [url], concurrency: 1 }), { message: 'fetch failed' });
});

t.test('it goes through several addresses in turn', async (t) => {
  const urls: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    const { app } = await testApp();
    urls.push(await app.listen({ port: 0 }));
    t.teardown(() => app.close());
  }
  const outcomes = await send(requests(world(1), 60), { urls, concurrency: 4 });
  t.ok(outcomes.every(({ isRight }) => isRight));
  t.strictSame(
    urls.map((_, index) => outcomes.filter(({ replica }) => replica === index).length),
    [20, 20, 20],
  );
  t.ok(outcomes.every(({ sentAt, answeredAt }) => sentAt < answeredAt));
  const versionsIn = (contentType: string): unknown[] => [
    ...new Set(
      outcomes
        .filter(({ got, ...outcome }) => got.status === 200 && outcome.contentType === contentType)
        .map(({ got }) => got.version),
    ),
  ];
  t.strictSame(versionsIn('application/json'), [1]);
  t.strictSame(versionsIn('application/xml'), [undefined]);
});

t.test('it goes on without a replica that is away, where it is to tell what is lost', async (t) => {
  const [here, away] = [await testApp(), await testApp()];
  const urls = [await here.app.listen({ port: 0 }), await away.app.listen({ port: 0 })];
  t.teardown(() => here.app.close());
  await away.app.close();
  const lost: Lost[] = [];
  const outcomes = await send(requests(world(1), 6), {
    urls,
    concurrency: 2,
    onLost: (each) => lost.push(each),
  });
  t.strictSame([outcomes.length, lost.length], [3, 3]);
  t.ok(lost.every(({ replica, reason }) => replica === 1 && /^fetch failed: .*ECONNREFUSED/.test(reason)));
});

t.test('an answer may be right by one version of the reference data alone', async (t) => {
  const { app } = await testApp();
  const urls = [await app.listen({ port: 0 })];
  t.teardown(() => app.close());
  const [sent] = [...requests(world(1), 1)];
  const success = { status: 200, responseCode: 'I0', mpanCheck: 'matched' } as const;
  const refused = { ...success, responseCode: 'E061510', mpanCheck: 'mismatched' };
  const isRightBy = async (byVersion: readonly (readonly [number, Expected])[], change = {}) => {
    const request = { ...sent!, expected: { byVersion: new Map(byVersion) }, ...change };
    return (await send([request], { urls, concurrency: 1 }))[0]?.isRight;
  };
  const json = { headers: { ...sent!.headers, accept: 'application/json' } };
  t.equal(await isRightBy([[1, success]], json), true);
  t.equal(await isRightBy([[1, refused]], json), false);
  t.equal(await isRightBy([[2, success]], json), false, 'a version that nobody expects');
  const xml = { headers: { ...sent!.headers, accept: 'application/xml' } };
  t.equal(await isRightBy([[1, success]], xml), false, 'no version');
});

t.test('the same seed makes the same requests, but for the signatures', async (t) => {
  const withoutSignatures = (seed: number): string[] =>
    [...requests(world(seed), 40)].map(({ body, headers, scenario }) =>
      [
        scenario.name,
        JSON.stringify(headers),
        // A signature is not of one length, and so the cut falls elsewhere.
        scenario.name === 'body cut short'
          ? ''
          : body
              .toString()
              .replaceAll('\0', '')
              .replace(/<ds:(?:DigestValue|SignatureValue)>[^<]*/g, '')
              .replace(/[A-Za-z0-9+/=]{100,}/g, ''),
      ].join(),
    );
  t.strictSame(withoutSignatures(7), withoutSignatures(7));
  t.notSame(withoutSignatures(7), withoutSignatures(8));
});

t.test('about a tenth of the operators’ certificates are wrong', async (t) => {
  const placing = scenarios.filter(({ name }) =>
    /^(?:right|wrong) operator|two operators|Gas Transporter/.test(name),
  );
  const of = (pattern: RegExp): number =>
    placing.filter(({ name }) => pattern.test(name)).reduce((sum, { perMille }) => sum + perMille, 0);
  t.equal(
    scenarios.reduce((sum, { perMille }) => sum + perMille, 0),
    1000,
  );
  t.equal(of(/^wrong/), 100);
});

t.test('a rate is kept', async (t) => {
  const { app } = await testApp();
  const url = await app.listen({ port: 0 });
  t.teardown(() => app.close());
  const started = performance.now();
  await send(requests(world(1), 6), { urls: [url], concurrency: 4, rate: 50 });
  t.ok(
    performance.now() - started >= 100,
    'six requests at fifty a second take a tenth of a second at least',
  );
});
