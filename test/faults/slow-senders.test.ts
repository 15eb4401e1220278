import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { toJson } from '../../src/mock-dsp/message.js';
import { problem } from '../../src/http/problem.js';
import { message } from '../fixtures.js';
import { questions } from './opposites.js';
import { startProcess } from './replica.js';

const body = toJson(message(), { deviceType: 'ESME', importMpxn: '1200023305967' });
const line = 'POST /v1/service-requests HTTP/1.1\r\nHost: a\r\n';
const head = `${line}Content-Type: application/json\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\n\r\n`;

/** What is sent at once, and then again and again. */
const senders: readonly (readonly [name: string, atOnce: string, drip: string])[] = [
  ['nothing at all', '', ''],
  ['half a head', line, ''],
  ['a head that never ends', line, 'X: y\r\n'],
  ['half a body', head + body.slice(0, 100), ''],
  ['a body that comes an octet at a time', head, ' '],
];

const dripEveryMs = 100;
// Twice what a request may take, and what it may take to notice, on a machine that is busy.
const soonMs = 15_000;

t.test('whoever sends too slowly is told so, and holds nothing any more', async (t) => {
  const { url, ask } = await startProcess(t, { HEADERS_TIMEOUT_MS: '500', REQUEST_TIMEOUT_MS: '1000' });
  const port = Number(new URL(url).port);
  const start = performance.now();
  const ended = senders.map(async ([name, atOnce, drip]) => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.write(atOnce);
    const dripping = setInterval(() => socket.write(drip), dripEveryMs);
    t.teardown(() => socket.destroy());
    await once(socket, 'close');
    clearInterval(dripping);
    t.ok(performance.now() - start < soonMs, name);
    return [name, answer] as const;
  });
  // In the meantime others are answered.
  t.match(await ask({ ...questions[0]!, body }), { status: 200 });
  for (const [name, answer] of await Promise.all(ended)) {
    // After the end of what is sent the answer may be lost to a reset: what came has to be this one.
    if (answer === '') continue;
    const [top = '', said = ''] = answer.split('\r\n\r\n');
    t.match(top, /^HTTP\/1\.1 408 [^]*^connection: close/im, name);
    t.match(problem.parse(JSON.parse(said)), { status: 408 }, name);
  }
});
