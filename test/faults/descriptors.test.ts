import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { packageRoot } from '../../src/package-root.js';
import { persistedDataSets } from '../../src/stores/persisted-data-set.js';
import { directoryDataSets } from '../../src/stores/directory-data-sets.js';
import { now } from '../fixtures.js';
import { until } from '../until.js';
import { dataSetOf, questions } from './opposites.js';
import { publisherTo, type Replica, replicaAt, temporaryDirectory } from './replica.js';

// More than it takes to start, and fewer than come.
const most = 256;

/** A service of which the system gives no more than so many descriptors. */
async function startWithFew(
  t: Test,
  settings: Readonly<Record<string, string>>,
): Promise<Replica & { readonly child: ReturnType<typeof spawn> }> {
  const main = path.join(packageRoot, 'dist/src/main.js');
  const child = spawn('sh', ['-c', `ulimit -n ${String(most)} && exec "${process.execPath}" "${main}"`], {
    env: {
      ...process.env,
      PORT: '0',
      CERTIFICATE_PATH: 'off',
      CERTIFICATE_REVOCATION: 'off',
      REFERENCE_DATA_POLL_SECONDS: '1',
      MAX_EVENT_LOOP_DELAY_MS: '0',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /"docs at (.*)\/docs"/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { ...replicaAt(url), child };
  }
  throw new Error('it stopped before it listened');
}

/** Asks over a connection that is open already. */
async function askOver(socket: Socket): Promise<string> {
  socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString('latin1');
}

t.test('more connections than descriptors', async (t) => {
  const [dataSetDir, stateDir] = [await temporaryDirectory(t), await temporaryDirectory(t)];
  const publisher = publisherTo(
    t,
    directoryDataSets(dataSetDir, () => now),
  );
  await publisher.publish(1);
  const replica = await startWithFew(t, { DATA_SET_DIR: dataSetDir, STATE_DIR: stateDir });
  await replica.decidesBy(1);
  const port = Number(new URL(replica.url).port);

  const early = connect(port, '127.0.0.1');
  await once(early, 'connect');
  t.match(await askOver(early), /^HTTP\/1\.1 200/);
  const crowd = Array.from({ length: 2 * most }, () =>
    connect(port, '127.0.0.1').on('error', () => undefined),
  );
  t.teardown(() => {
    for (const socket of crowd) socket.destroy();
  });
  const descriptors = `/proc/${String(replica.child.pid)}/fd`;
  await until('none is left', async () => {
    return (await readdir(descriptors)).length >= most - 1;
  });

  t.match(await askOver(early), /^HTTP\/1\.1 200/, 'who is connected is answered');
  // Nothing can be opened now: not the version, nor the place where it is to be kept.
  await publisher.publish(2);
  t.match(await askOver(early), /^HTTP\/1\.1 200/);
  t.equal(replica.child.exitCode, null);

  for (const socket of crowd) socket.destroy();
  t.match(await replica.decidesBy(2, 60_000), { code: 200, status: 'ready' }, 'it goes on by itself');
  for (const question of questions) t.match(await replica.ask(question), { status: 200 }, question.name);
  await until(
    'it is kept',
    async () => (await persistedDataSets(stateDir).confirmed())?.dataSet.version === 2,
  );
  const kept = persistedDataSets(stateDir);
  t.ok((await kept.versions()).includes(2));
  t.strictSame((await kept.read(2))?.bytes, dataSetOf(2).bytes, 'whole');
  early.destroy();
});
