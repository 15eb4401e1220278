import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { writeJsonResponse } from '../../src/duis/json/response.js';
import { decisionOn } from '../decisions.js';
import { message } from '../fixtures.js';
import type { ObservedServer } from '../load/server.js';
import { criteria, report } from './report.js';
import { attackClasses, fuzz } from './run.js';

t.test('the service takes what it should not be sent', async (t) => {
  const result = await fuzz({ seed: 1, runs: 250, seconds: 12, classes: attackClasses });
  const judged = criteria(result);
  t.strictSame(
    judged.filter(({ isMet }) => !isMet),
    [],
    'every criterion is met',
  );
  t.comment(report(result, judged));
  for (const { name, tried } of result.tallies) t.ok(tried > 0, name);
});

/** A service that answers everything alike. */
async function answering(status: number, type: string, body: string): Promise<ObservedServer> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(status, {
        'content-type': type,
        'content-length': Buffer.byteLength(body),
        'x-request-id': '5f1b3c1e-0d5a-4a59-8b5f-0c6d8f1a2b3c',
      });
      response.end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const figures = { median: 0, p99: 0, max: 0 };
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    observe: async () => ({ eventLoopDelay: figures, peakRss: 1, liveHeap: 1, cpu: 0 }),
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

t.test('one that accepts everything is found out, in every class that changes what is sent', async (t) => {
  const body = writeJsonResponse(await decisionOn(message()));
  const classes = attackClasses.filter(({ name }) => !name.startsWith('slow'));
  const { tallies } = await fuzz({ seed: 1, runs: 100, seconds: 5, classes }, () =>
    answering(200, 'application/json', body),
  );
  for (const { name, failure } of tallies) t.match(failure?.fault, /accepted|answer/, name);
});

t.test('and one that refuses everything, or fails', async (t) => {
  const [control] = attackClasses;
  for (const status of [400, 500]) {
    const { tallies } = await fuzz({ seed: 1, runs: 20, seconds: 5, classes: [control!] }, () =>
      answering(status, 'application/problem+json', '{}'),
    );
    t.match(tallies, [{ failure: { fault: /the status is not one of these/ } }]);
  }
});
