import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import t from 'tap';
import { toJson } from '../../src/mock-dsp/message.js';
import { message } from '../fixtures.js';
import { until } from '../until.js';
import { startProcess } from './replica.js';

const body = toJson(message(), { deviceType: 'ESME', importMpxn: '1200023305967' });
const path = '/v1/service-requests';

/** What comes of one request: its status, where all of its answer is there, or why there is none. */
function ask(agent: Agent, url: string): Promise<string> {
  return new Promise((resolve) => {
    request(
      `${url}${path}`,
      { agent, method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        textOf(response).then(
          (text) => {
            resolve(`${String(response.statusCode)} ${/"responseCode":"(\w+)"/.exec(text)?.[1] ?? text}`);
          },
          (error: unknown) => {
            resolve(`cut off: ${String(error)}`);
          },
        );
      },
    )
      .on('error', (error: NodeJS.ErrnoException) => {
        resolve(String(error.code));
      })
      .end(body);
  });
}

/** Sends the beginning of a request, and the rest of it when it is told to. */
function beginUpload(url: string): {
  readonly begun: Promise<unknown>;
  readonly finish: () => Promise<string>;
} {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\n\r\n`;
  const begun = once(socket, 'connect').then(
    () => new Promise((resolve) => socket.write(head + body.slice(0, 100), resolve)),
  );
  return {
    begun,
    finish: async () => {
      const answered = textOf(socket);
      socket.write(body.slice(100));
      return answered.catch(String);
    },
  };
}

const connections = 8;
const uploads = 5;

t.test('a service that is told to stop under load answers everything that it has taken', async (t) => {
  const { url, child, health } = await startProcess(t, {
    STOP_DELAY_MS: '2000',
    MAX_EVENT_LOOP_DELAY_MS: '0',
  });
  let decided = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    decided += chunk.toString().match(/"msg":"decided"/g)?.length ?? 0;
  });
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  t.teardown(() => {
    agent.destroy();
  });
  const slow = Array.from({ length: uploads }, () => beginUpload(url));
  await Promise.all(slow.map(({ begun }) => begun));

  const outcomes = new Map<string, number>();
  let answered = 0;
  let answeredWhileStopping = 0;
  let isStopping = false;
  const keepAsking = async (): Promise<void> => {
    for (;;) {
      const outcome = await ask(agent, url);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (outcome === 'ECONNREFUSED') return;
      if (outcome === 'ECONNRESET') continue;
      answered += 1;
      if (isStopping) answeredWhileStopping += 1;
    }
  };
  const asking = Array.from({ length: connections }, keepAsking);
  await until('it is under load', () => answered > 100);

  const ended = once(child, 'close');
  child.kill('SIGTERM');
  t.match(
    await until('it says that it stops', async () => {
      const found = await health();
      return found.code === 503 ? found : undefined;
    }),
    { status: 'stopping' },
  );
  isStopping = true;
  await until('it answers on', () => answeredWhileStopping > 5);

  // It no longer listens, and is still owed the rest of these.
  await Promise.all(asking);
  t.equal(child.exitCode, null, 'it waits for what it has begun');
  for (const { finish } of slow) {
    const answer = await finish();
    t.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    t.match(answer, /^connection: close\r$/im);
    t.match(answer, '"responseCode":"I0"');
  }
  t.strictSame(await ended, [0, null]);
  // A connection that the system has taken, and the process never had, is reset when the process stops listening.
  const allowed = ['200 I0', 'ECONNREFUSED', 'ECONNRESET'];
  t.strictSame(
    [...outcomes.keys()].filter((outcome) => !allowed.includes(outcome)),
    [],
  );
  t.equal(decided, answered + uploads, 'what was decided was answered, and the whole answer came');
  t.comment(`${String(answered)} answers, ${String(answeredWhileStopping)} of them while it stopped`);
});

t.test('a second signal ends it at once, whatever is in flight', async (t) => {
  const { url, child } = await startProcess(t, { STOP_DELAY_MS: '60000' });
  const { begun, finish } = beginUpload(url);
  await begun;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await until('it says that it stops', async () => (await fetch(`${url}/health/ready`)).status === 503);
  const start = performance.now();
  child.kill('SIGTERM');
  t.strictSame(await ended, [1, null]);
  t.ok(performance.now() - start < 5_000, 'at once');
  t.notMatch(await finish(), /^HTTP/);
});

t.test(
  'whoever is only connected, sends half of a request, or takes no answer, does not hold up a stop',
  async (t) => {
    const { url, child } = await startProcess(t, {});
    const port = Number(new URL(url).port);
    const asset = 'GET /dashboard/assets/uplot.js HTTP/1.1\r\nHost: a\r\n\r\n';
    for (const said of ['', 'GET / HT', `POST ${path} HTTP/1.1\r\nHost: a\r\n`, asset.repeat(1000)]) {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      t.teardown(() => socket.destroy());
      await once(socket, 'connect');
      socket.pause();
      socket.write(said);
    }
    t.equal((await fetch(`${url}/health/ready`)).status, 200, 'they have been taken');
    let log = '';
    child.stdout?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    t.strictSame(await ended, [0, null]);
    t.match(log, '"kind":"stop"', 'the decision log has its end');
  },
);
