import { once } from 'node:events';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import t from 'tap';
import { toJson } from '../../src/mock-dsp/message.js';
import { problem } from '../../src/http/problem.js';
import { message } from '../fixtures.js';
import { until } from '../until.js';
import { startProcess } from './replica.js';

const body = toJson(message(), { deviceType: 'ESME', importMpxn: '1200023305967' });
const head = `POST /v1/service-requests HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\n\r\n`;
const frozenMs = 1_500;

t.test('a process that stands still for a while answers what has come in the meantime', async (t) => {
  const { url, child } = await startProcess(t, {});
  const port = Number(new URL(url).port);
  const start = performance.now();
  child.kill('SIGSTOP');
  // The system takes connections and bytes for it.
  const answers = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(head + body);
      return { answered: textOf(socket) };
    }),
  );
  await until('it has stood still for long', () => performance.now() - start > frozenMs);
  child.kill('SIGCONT');
  for (const { answered } of answers) {
    const [top = '', said = ''] = (await answered).split('\r\n\r\n');
    if (top.startsWith('HTTP/1.1 200')) t.match(said, '"responseCode":"I0"');
    else {
      // It may well know how late it is.
      t.match(top, /^HTTP\/1\.1 503 [^]*^retry-after: [1-5]\r$/im);
      t.match(problem.parse(JSON.parse(said)), { type: '/problems/overloaded' });
    }
  }
  await until('it takes requests as before', async () => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${url}/v1/service-requests`, { method: 'POST', headers, body })).status === 200;
  });
  t.equal((await fetch(`${url}/health/ready`)).status, 200);
});
