import { type AddressInfo, connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { toXml } from '../../src/mock-dsp/message.js';
import { problem } from '../../src/http/problem.js';
import type { AppDeps } from '../../src/app.js';
import { testApp } from '../app.js';
import { message } from '../fixtures.js';

/** What is answered to bytes, until the service ends the connection. */
async function answersTo(t: Test, bytes: string, change: Partial<AppDeps> = {}): Promise<string[]> {
  const { app } = await testApp(change);
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  return (await textOf(socket)).split(/(?=HTTP\/1\.1 )/);
}

const xml = toXml(message());
const request = (headers = ''): string =>
  `POST /v1/service-requests HTTP/1.1\r\nHost: a\r\nContent-Type: application/xml\r\n${headers}Content-Length: ${String(Buffer.byteLength(xml))}\r\n\r\n${xml}`;
const statusesOf = (answers: readonly string[]): string[] => answers.map((answer) => answer.slice(9, 12));
const close = 'Connection: close\r\n';

t.test('what is not HTTP', async (t) => {
  for (const bytes of [
    'nonsense\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  ]) {
    const [answer = ''] = await answersTo(t, bytes);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    t.match(head, /^HTTP\/1\.1 400 Bad Request\r\n/);
    t.match(head, 'content-type: application/problem+json');
    t.match(problem.parse(JSON.parse(body)), { type: '/problems/malformed-request', status: 400 });
  }
});

t.test('what came before it on the connection is answered first', async (t) => {
  const answers = await answersTo(t, `${request()}${request()}nonsense\r\n\r\n${request()}`);
  t.strictSame(statusesOf(answers), ['200', '200', '400']);
  t.match(answers[2], 'connection: close');
});

t.test('and where the body is what is broken', async (t) => {
  const broken =
    'POST /v1/service-requests HTTP/1.1\r\nHost: a\r\nContent-Type: application/xml\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n';
  t.strictSame(statusesOf(await answersTo(t, broken)), ['400']);
  t.strictSame(statusesOf(await answersTo(t, `${request()}${broken}`)), ['200', '400']);
});

t.test('a request that was answered before its body came is not answered again', async (t) => {
  const broken = `POST /v1/service-requests HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n`;
  t.strictSame(statusesOf(await answersTo(t, broken)), ['415']);
  t.strictSame(statusesOf(await answersTo(t, `${request()}${broken}`)), ['200', '415']);
});

t.test('it waits for an answer that takes its time', async (t) => {
  let tell: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const answered = answersTo(t, `${request()}nonsense\r\n\r\n`, { witnesses: [() => told] });
  setImmediate(tell);
  t.strictSame(statusesOf(await answered), ['200', '400']);
});

t.test('what is expected, and is not 100 (Continue), is passed over', async (t) => {
  for (const expected of ['', '200-ok', 'x'.repeat(1000)]) {
    t.strictSame(
      statusesOf(await answersTo(t, request(`Expect: ${expected}\r\n${close}`))),
      ['200'],
      expected,
    );
  }
  t.strictSame(statusesOf(await answersTo(t, request(`Expect: 100-continue\r\n${close}`))), ['100', '200']);
});
