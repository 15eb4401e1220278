import fc from 'fast-check';
import t from 'tap';
import { deviceDuties } from '../../src/http/duties.js';
import { problem } from '../../src/http/problem.js';
import { reject } from '../../src/rejection.js';
import { StoreUnavailable } from '../../src/stores/unavailable.js';
import { bearer, testApp } from '../app.js';
import { shipped } from '../decisions.js';
import { now } from '../fixtures.js';

const { app, log } = await testApp();
const headers = bearer.duties;
const esme = '02-00-00-00-02-00-00-0A';

t.test('who has to act for a device, now, and by which data set', async (t) => {
  const answer = await app.inject({ url: '/v1/duties/02-00-00-00-02-00-00-01', headers });
  t.equal(answer.statusCode, 200);
  t.match(answer.headers, { 'content-type': /^application\/json/, 'cache-control': 'no-store' });
  const body = deviceDuties.parse(answer.json());
  const { sha256 } = shipped.dataSet;
  t.match(body, {
    device: '02-00-00-00-02-00-00-01',
    at: now.toISOString(),
    deviceType: 'ESME',
    smetsVersion: 'SMETS2+',
    actor: { kind: 'responsible-supplier', name: 'Invented Supplier 1' },
    manufacturer: { reachedBy: 'map', owesNotification: false },
    warnings: [{ warning: 'nobody-owes-notification' }],
    referenceData: { version: 1, sha256, freshness: 'current' },
  });
});

t.test('each kind of answer, of the devices that come with the service', async (t) => {
  for (const [device, actor, reachedBy] of [
    ['02-00-00-00-02-00-00-02', 'responsible-supplier', 'customer-arrangement'],
    ['02-00-00-00-02-00-00-05', 'responsible-supplier', 'mam'],
    ['02-00-00-00-02-00-00-0C', 'dcc', 'not-known'],
    ['02-00-00-00-02-00-00-0F', 'dcc', 'not-known'],
    ['02-00-00-00-02-00-00-10', 'user', 'direct-contract'],
    ['02-00-00-00-02-00-00-0E', 'not-known', 'not-known'],
  ] as const) {
    const answer = await app.inject({ url: `/v1/duties/${device}`, headers });
    t.match(
      deviceDuties.parse(answer.json()),
      { device, actor: { kind: actor }, manufacturer: { reachedBy } },
      device,
    );
  }
});

t.test('either case is the same device', async (t) => {
  const upper = await app.inject({ url: `/v1/duties/${esme}`, headers });
  const lower = await app.inject({ url: `/v1/duties/${esme.toLowerCase()}`, headers });
  t.equal(upper.statusCode, 200);
  t.equal(lower.body, upper.body);
  t.match(lower.json(), { device: esme });
});

t.test('a device that is not listed is an answer: nobody knows', async (t) => {
  const answer = await app.inject({ url: '/v1/duties/02-00-00-00-0E-00-00-77', headers });
  t.equal(answer.statusCode, 200);
  t.match(deviceDuties.parse(answer.json()), {
    deviceType: null,
    smetsVersion: null,
    actor: { kind: 'not-known', why: 'device-not-listed' },
    manufacturer: { reachedBy: 'not-known', why: 'actor-not-known' },
    warnings: [],
  });
});

t.test('what is no EUI-64 is a problem, and never another device', async (t) => {
  const wrong = [
    '',
    '02-00-00-00-02-00-00-0',
    '02-00-00-00-02-00-00-0A-',
    '02-00-00-00-02-00-00-0A-00',
    '0200000002000000A',
    '02:00:00:00:02:00:00:0A',
    '02-00-00-00-02-00-00-0G',
    '%2002-00-00-00-02-00-00-0A',
    '02-00-00-00-02-00-00-0A%0A',
    '02-00-00-00-02-00-00-0A%00',
    '02-00-00-00-02-00-00-0%EF%BC%A1',
    '1200023305967',
  ];
  log.length = 0;
  for (const device of wrong) {
    const answer = await app.inject({ url: `/v1/duties/${device}`, headers });
    t.equal(answer.statusCode, 400, device);
    t.match(problem.parse(answer.json()), { type: '/problems/invalid-device' });
  }
  t.notMatch(log.join(''), '1200023305967', 'a number in the wrong place is in no log');
});

t.test('whatever stands in the path, it is answered with a problem', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      // Of these, a client makes another path.
      fc.pre(text !== '.' && text !== '..');
      const url = `/v1/duties/${encodeURIComponent(text)}`;
      const { statusCode, body } = await app.inject({ url, headers });
      return [400, 404].includes(statusCode) && problem.safeParse(JSON.parse(body)).success;
    }),
  );
  t.pass();
});

t.test('a registry that cannot be asked: 503, and not “not known”', async (t) => {
  const find = (): Promise<never> => Promise.reject(new StoreUnavailable('the device registry'));
  for (const whenDeviceRegistryUnavailable of ['refuse', 'accept'] as const) {
    const broken = await testApp({ deviceStore: () => ({ find }), whenDeviceRegistryUnavailable });
    const answer = await broken.app.inject({ url: `/v1/duties/${esme}`, headers });
    t.equal(answer.statusCode, 503);
    t.equal(answer.headers['retry-after'], '5');
    t.match(problem.parse(answer.json()), { type: '/problems/store-unavailable' });
  }
});

t.test('no reference data: 503', async (t) => {
  const referenceData = (): ReturnType<typeof reject> => reject('reference-data-unavailable', 'None.');
  const without = await testApp({ referenceData });
  const answer = await without.app.inject({ url: `/v1/duties/${esme}`, headers });
  t.equal(answer.statusCode, 503);
  t.match(problem.parse(answer.json()), { type: '/problems/reference-data-unavailable' });
});

t.test('nobody asks without a token for it', async (t) => {
  t.equal((await app.inject({ url: `/v1/duties/${esme}` })).statusCode, 401);
  t.equal((await app.inject({ url: `/v1/duties/${esme}`, headers: bearer.metrics })).statusCode, 403);
  t.equal((await app.inject({ url: '/v1/duties/wrong' })).statusCode, 401, 'nor learns what is wrong');
});

t.test('no answer has an MPxN in it', async (t) => {
  for (const { entityIdentifier, importMpxn, exportMpan } of shipped.devices) {
    const { body } = await app.inject({ url: `/v1/duties/${entityIdentifier}`, headers });
    for (const mpxn of [importMpxn, exportMpan]) {
      if (mpxn !== undefined) t.notMatch(body, mpxn.kind === 'mpan' ? mpxn.core : mpxn.number);
    }
  }
});

t.test('other methods and paths', async (t) => {
  const url = `/v1/duties/${esme}`;
  const post = await app.inject({ method: 'POST', url, headers });
  t.equal(post.statusCode, 405);
  t.equal(post.headers.allow, 'GET, HEAD');
  const head = await app.inject({ method: 'HEAD', url, headers });
  t.equal(head.statusCode, 200);
  t.equal(head.body, '');
  for (const lost of [`${url}/more`, '/v1/duties', '/v1/dutiesx']) {
    t.equal((await app.inject({ url: lost, headers })).statusCode, 404, lost);
  }
});
