import path from 'node:path';
import t from 'tap';
import { send } from '../../src/mock-dsp/pipeline.js';
import { renderSummary, summarise } from '../../src/mock-dsp/report.js';
import { requests, scenarios } from '../../src/mock-dsp/scenarios.js';
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
    const outcomes = await send(requests(world(seed), 150), { url, concurrency: 4 });
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
  const summary = summarise(await send(requests(world(1), scenarios.length), { url, concurrency: 1 }));
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
  await t.rejects(send(requests(world(1), 1), { url, concurrency: 1 }), { message: 'fetch failed' });
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
  await send(requests(world(1), 6), { url, concurrency: 4, rate: 50 });
  t.ok(
    performance.now() - started >= 100,
    'six requests at fifty a second take a tenth of a second at least',
  );
});
