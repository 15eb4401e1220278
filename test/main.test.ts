import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { packageRoot } from '../src/package-root.js';

const main = path.join(packageRoot, 'dist/src/main.js');

function start(t: Test, environment: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [main], { env: { ...process.env, PORT: '0', ...environment } });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

async function urlOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const { msg } = JSON.parse(line) as { msg: string };
    const url = /^docs at (.*)\/docs$/.exec(msg)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('it stopped before it said where its docs are');
}

async function endOf(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, errors };
}

t.test('starts on its defaults, on loopback, says where its docs are, and stops when told', async (t) => {
  const child = start(t, {});
  const url = await urlOf(child);
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  t.equal((await fetch(`${url}/docs`)).status, 200);
  t.equal((await fetch(`${url}/health/ready`)).status, 200);
  const end = endOf(child);
  child.kill('SIGTERM');
  t.strictSame(await end, { code: 0, errors: '' });
});

t.test(
  'stops at once though a client keeps its connection, and loses nothing that is in flight',
  async (t) => {
    const child = start(t, { STOP_DELAY_MS: '300' });
    const url = await urlOf(child);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.teardown(() => {
      agent.destroy();
    });
    t.equal((await ask(agent, `${url}/health/live`)).status, 200);
    const end = endOf(child);
    child.kill('SIGTERM');
    // On the open connection, until the service says that it stops; then on a new one.
    let answer = await ask(agent, `${url}/health/ready`);
    while (answer.status === 200) answer = await ask(agent, `${url}/health/ready`);
    t.match(answer, { status: 503, connection: 'close' });
    t.equal((await ask(agent, `${url}/docs/json`)).status, 200);
    t.strictSame(await end, { code: 0, errors: '' });
  },
);

function ask(
  agent: Agent,
  url: string,
): Promise<{ status: number | undefined; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume().on('end', () => {
        resolve({ status: response.statusCode, connection: response.headers.connection });
      });
    }).on('error', reject);
  });
}

t.test('refuses to start on settings with faults, and names them all', async (t) => {
  const { code, errors } = await endOf(start(t, { PORT: 'x', MPAN_CHECK_DIGIT: 'maybe' }));
  t.equal(code, 1);
  t.equal(
    errors,
    'The configuration has faults:\n  PORT: must be a whole number\n  MPAN_CHECK_DIGIT: Invalid option: expected one of "advise"|"refuse"\n',
  );
});

t.test('refuses to start without its reference data', async (t) => {
  const { code, errors } = await endOf(start(t, { REFERENCE_DATA_DIR: path.join(packageRoot, 'docs') }));
  t.equal(code, 1);
  t.match(errors, /^The reference data has faults:\n {2}data-set\.json: cannot be read: ENOENT/);
  t.equal(errors.split('\n').length, 13);
});

t.test('says so where it cannot listen', async (t) => {
  const taken = start(t, {});
  const { port } = new URL(await urlOf(taken));
  const { code, errors } = await endOf(start(t, { PORT: port }));
  t.equal(code, 1);
  t.match(errors, 'EADDRINUSE');
});
