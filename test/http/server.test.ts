import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import type { ConnectionLimits } from '../../src/http/server.js';
import { problem } from '../../src/http/problem.js';
import { testApp } from '../app.js';
import { until } from '../until.js';

const limits: ConnectionLimits = {
  headersTimeoutMs: 200,
  requestTimeoutMs: 400,
  keepAliveMs: 1_000,
  maxHeaderBytes: 1_024,
  maxConnections: 0,
  maxRequestsPerConnection: 0,
  stalledMs: 0,
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

/** Waits until the service ends the connection of a client that sends this and reads nothing; what it logs. */
async function sendUnread(t: Test, bytes: string, change: Partial<ConnectionLimits> = {}): Promise<string[]> {
  const { app, log } = await testApp({ connectionLimits: { ...limits, ...change } });
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const ended = new Promise((resolve) => {
    app.server.once('connection', (connection: Socket) => connection.once('close', resolve));
  });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1').on(
    'error',
    () => undefined,
  );
  t.teardown(() => socket.destroy());
  socket.pause();
  socket.write(bytes);
  await ended;
  return log;
}

const docs = 'GET /docs/static/swagger-ui-bundle.js HTTP/1.1\r\nHost: a\r\n\r\n';

t.test('a connection on which more comes than is answered is closed, and that is told', async (t) => {
  const log = await sendUnread(t, docs.repeat(2_000));
  t.match(log.join(''), 'begins to close connections that send on and take no answers');
});

t.test('so is one that takes no answer', async (t) => {
  const log = await sendUnread(t, docs.repeat(9), { stalledMs: 300 });
  t.notMatch(log.join(''), 'take no answers');
});

t.test('as many as may be unanswered are answered', async (t) => {
  const { app } = await testApp();
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const one = 'GET /health/live HTTP/1.1\r\nHost: a\r\n';
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1', () =>
    socket.write(`${`${one}\r\n`.repeat(31)}${one}Connection: close\r\n\r\n`),
  );
  t.equal((await text(socket)).split('HTTP/1.1 200 OK').length - 1, 32);
});

const live = 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n';

interface Connection {
  readonly socket: Socket;
  readonly read: () => string;
  /** The last thing that a client hears. */
  readonly ended: Promise<unknown>;
}

/** A service with some limits, and whoever connects to it. */
async function listening(
  t: Test,
  change: Partial<ConnectionLimits>,
): Promise<{ readonly dial: () => Connection; readonly log: readonly string[] }> {
  const { app, log } = await testApp({ connectionLimits: { ...limits, ...change } });
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const dial = (): Connection => {
    const socket = connect(port, '127.0.0.1');
    t.teardown(() => socket.destroy());
    let read = '';
    socket.on('data', (chunk: Buffer) => (read += chunk.toString()));
    // One that is closed as it comes may hear of it as a reset.
    socket.on('error', () => undefined);
    return { socket, read: () => read, ended: once(socket, 'close') };
  };
  return { dial, log };
}

const answersIn = (read: string): number => read.split('HTTP/1.1 200 OK').length - 1;

t.test(
  'a connection too many is closed as it comes, and told of once, and another comes in its place',
  async (t) => {
    const { dial, log } = await listening(t, { maxConnections: 2 });
    const open = [dial(), dial()];
    for (const { socket, read } of open) {
      socket.write(live);
      await until('it is answered', () => answersIn(read()) === 1);
    }
    for (let count = 0; count < 3; count += 1) {
      const { socket, read, ended } = dial();
      socket.write(live);
      await ended;
      t.equal(read(), '');
    }
    const told = log
      .map((line) => JSON.parse(line) as { readonly level: number; readonly msg: string })
      .filter(({ level }) => level >= 40);
    t.match(told, [
      {
        msg: 'begins to close connections as they come: MAX_CONNECTIONS are open',
        cause: 'more than 2 connections',
      },
    ]);
    t.equal(told.length, 1);
    const [one, other] = open;
    other!.socket.write(live);
    await until('who is connected is answered', () => answersIn(other!.read()) === 2);
    one!.socket.destroy();
    await one!.ended;
    await until('there is room again', async () => {
      const { socket, read, ended } = dial();
      socket.write(live);
      await Promise.race([ended, until('it is answered', () => answersIn(read()) === 1)]);
      const isIn = answersIn(read()) === 1;
      socket.destroy();
      return isIn;
    });
  },
);

t.test('a connection that is idle is told how long it may be, and ended after it', async (t) => {
  const { dial } = await listening(t, { keepAliveMs: 1_000 });
  const { socket, read, ended } = dial();
  socket.write(live);
  await until('it is answered', () => answersIn(read()) === 1);
  const answeredAt = performance.now();
  await ended;
  t.ok(performance.now() - answeredAt > 900, 'not before');
  t.match(read(), /\r\nkeep-alive: timeout=1\r\n/i);
});

t.test('a connection may be idle for as long as it likes where nothing bounds it', async (t) => {
  const { dial } = await listening(t, { keepAliveMs: 0 });
  const { socket, read } = dial();
  socket.write(live);
  await until('it is answered', () => answersIn(read()) === 1);
  t.notMatch(read(), /keep-alive: timeout/i);
});

t.test('a connection has so many requests, and hears with the last that it is', async (t) => {
  const { dial } = await listening(t, { maxRequestsPerConnection: 2 });
  const { socket, read, ended } = dial();
  socket.write(live);
  await until('the first is answered', () => answersIn(read()) === 1);
  t.notMatch(read(), /connection: close/i);
  socket.write(live);
  await ended;
  t.equal(answersIn(read()), 2);
  t.match(read(), /connection: close/i);
});
