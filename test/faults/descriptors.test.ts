import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import t from 'tap';
import { persistedDataSets } from '../../src/stores/persisted-data-set.js';
import { directoryDataSets } from '../../src/stores/directory-data-sets.js';
import { now } from '../fixtures.js';
import { until } from '../until.js';
import { dataSetOf, questions } from './opposites.js';
import { publisherTo, startProcess, temporaryDirectory } from './replica.js';

// Descriptors that the system gives the service: more than it takes to start, and fewer than come.
const most = 256;

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
  const replica = await startProcess(
    t,
    { DATA_SET_DIR: dataSetDir, STATE_DIR: stateDir },
    `ulimit -n ${String(most)} && exec "$@"`,
  );
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
