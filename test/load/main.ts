import path from 'node:path';
import { packageRoot } from '../../src/package-root.js';
import { criteria } from './criteria.js';
import { measure } from './measure.js';
import { buildPool } from './pool.js';
import { report } from './report.js';
import { noOp, type ObservedServer, service } from './server.js';

/**
 * Sends the mix of the mock pipeline to the built service, in a process of its own: as much as it can take beside a no-op
 * server, then more. Every answer is held against the right one. Exits with 1 where a criterion is not met, and with 2 where
 * the run could not be made.
 */

const poolSize = 3500;
const timeoutMs = 300_000;

setTimeout(() => {
  console.error('The load test does not come to an end.');
  process.exit(2);
}, timeoutMs).unref();

const started: ObservedServer[] = [];
const keep = async (starting: Promise<ObservedServer>): Promise<ObservedServer> => {
  const server = await starting;
  started.push(server);
  return server;
};
try {
  console.error('Making requests, and starting the service ...');
  const pool = buildPool(poolSize, path.join(packageRoot, 'reference-data'));
  const measured = await measure(await keep(service()), await keep(noOp()), pool, (text) => {
    console.error(text);
  });
  const judged = criteria(measured);
  console.log(report(measured, judged));
  process.exitCode = judged.every(({ isMet }) => isMet) ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 2;
} finally {
  await Promise.all(started.map(({ stop }) => stop()));
}
