import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import t, { type Test } from 'tap';
import { readConfig } from '../../src/config.js';
import { packageRoot } from '../../src/package-root.js';
import { startService } from '../../src/start.js';
import { fire } from './fire.js';
import { buildPool, share } from './pool.js';
import { type Tally, tally } from './tally.js';

const pool = buildPool(120, path.join(packageRoot, 'reference-data'));
const rounds = share(pool, 4);
const count = Math.max(...rounds.map(({ length }) => length)) * rounds.length;

const tallyOf = async (url: string): Promise<Tally> => tally(await fire(url, rounds, count));

async function tallyOfService(t: Test, settings: Readonly<Record<string, string>> = {}): Promise<Tally> {
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', ...settings });
  const { url, stop } = await startService(config, () => new Date());
  t.teardown(stop);
  return tallyOf(url);
}

async function tallyOfServer(t: Test, listener: RequestListener): Promise<Tally> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      listener(request, response);
    });
  }).listen(0, '127.0.0.1');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return tallyOf(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
}

t.test('the service is right in everything, each time that it is asked', async (t) => {
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent' });
  const { url, stop } = await startService(config, () => new Date());
  t.teardown(stop);
  for (let time = 0; time < 2; time += 1) {
    t.match(await tallyOf(url), {
      sent: count,
      right: count,
      shed: 0,
      wrong: 0,
      failed: 0,
      dropped: 0,
      faults: [],
    });
  }
});

t.test('with a check that does not refuse it is found to be wrong, and in what', async (t) => {
  const { right, wrong, faults, ...rest } = await tallyOfService(t, { CERTIFICATE_PATH: 'report' });
  t.match(rest, { sent: count, shed: 0, failed: 0, dropped: 0 });
  t.equal(right + wrong, count);
  t.ok(wrong >= 3);
  t.strictSame(faults.toSorted(), [
    'certificate expired: I0, and not 422 certificate-expired',
    'certificate not yet valid: I0 matched, and not 422 certificate-not-yet-valid',
    'issuer forged: I0, and not 422 certificate-signature-wrong',
  ]);
});

t.test('one that always says yes is wrong wherever that is not the answer', async (t) => {
  const yes = JSON.stringify({ responseCode: 'I0', mpanCheck: 'matched' });
  const { right, wrong, failed, faults } = await tallyOfServer(t, (_, response) => {
    response.setHeader('content-type', 'application/json').end(yes);
  });
  t.equal(right + wrong, count);
  t.ok(right > 0 && wrong > 0);
  t.equal(failed, 0);
  t.ok(faults.includes('body cut short: I0 matched, and not 400 malformed-body'));
});

t.test('what is not an answer at all', async (t) => {
  const failing = await tallyOfServer(t, (_, response) => response.writeHead(500).end());
  t.match(failing, { right: 0, wrong: count, failed: count, dropped: 0 });
  const babbling = await tallyOfServer(t, (_, response) => {
    response.setHeader('content-type', 'application/json').end('{');
  });
  t.match(babbling, { right: 0, wrong: count, failed: 0 });
  t.match(babbling.faults[0], /: 200 with a body that cannot be read$/);
});

t.test('what is dropped is told', async (t) => {
  let asked = 0;
  const { right, wrong, dropped } = await tallyOfServer(t, (request, response) => {
    asked += 1;
    if (asked % 20 === 0) request.socket.resetAndDestroy();
    else response.writeHead(500).end();
  });
  t.ok(dropped > 0);
  t.ok(right + wrong < count);
});

t.test('turned away is what says so as it should, and nothing else', async (t) => {
  const answerWith = (headers: Record<string, string>, kind: string): RequestListener => {
    const body = JSON.stringify({ type: `/problems/${kind}` });
    return (_, response) => {
      response
        .writeHead(503, { 'content-type': 'application/problem+json; charset=utf-8', ...headers })
        .end(body);
    };
  };
  const shedding = await tallyOfServer(t, answerWith({ 'retry-after': '3' }, 'overloaded'));
  t.match(shedding, { shed: count, right: 0, wrong: 0, failed: 0, dropped: 0 });
  for (const [headers, kind] of [
    [{}, 'overloaded'],
    [{ 'retry-after': '0' }, 'overloaded'],
    [{ 'retry-after': '3', 'content-type': 'text/plain' }, 'overloaded'],
    [{ 'retry-after': '3' }, 'store-unavailable'],
  ] as [Record<string, string>, string][]) {
    t.match(await tallyOfServer(t, answerWith(headers, kind)), { shed: 0, wrong: count, failed: count });
  }
});
