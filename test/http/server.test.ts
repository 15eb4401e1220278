import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import type { ConnectionLimits } from '../../src/http/server.js';
import { problem } from '../../src/http/problem.js';
import { testApp } from '../app.js';

const limits: ConnectionLimits = {
  headersTimeoutMs: 200,
  requestTimeoutMs: 400,
  keepAliveMs: 1_000,
  maxHeaderBytes: 1_024,
  maxConnections: 0,
  maxRequestsPerConnection: 0,
};

/** Sends some bytes and no more, and gives what comes back until the connection ends. */
async function answerTo(t: Test, bytes: string): Promise<{ readonly head: string; readonly body: unknown }> {
  const { app } = await testApp({ connectionLimits: limits });
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(bytes));
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  return { head, body: problem.parse(JSON.parse(body)) };
}

t.test('headers or a body that do not come in time are told so, with the limits', async (t) => {
  const detail = 'The headers have 200 ms to come, and the whole request 400 ms.';
  const start = 'POST /v1/service-requests HTTP/1.1\r\nHost: a\r\n';
  for (const sent of [start, `${start}Content-Type: application/xml\r\nContent-Length: 9\r\n\r\n<a>`]) {
    const { head, body } = await answerTo(t, sent);
    t.match(head, /^HTTP\/1\.1 408 Request Timeout\r\n/);
    t.match(head, 'connection: close');
    t.match(head, 'x-content-type-options: nosniff');
    t.match(body, { type: '/problems/request-timeout', status: 408, detail });
  }
});

t.test('headers that are too long are told so, with the limit', async (t) => {
  const { head, body } = await answerTo(
    t,
    `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(2_000)}\r\n\r\n`,
  );
  t.match(head, /^HTTP\/1\.1 431 /);
  t.match(body, { type: '/problems/headers-too-large', detail: 'The headers may have 1024 bytes together.' });
});
