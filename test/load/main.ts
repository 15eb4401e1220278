import { criteria } from './criteria.js';
import { report } from './report.js';
import { runLoad } from './run.js';

/**
 * Sends the mix of the mock pipeline to the built service, in a process of its own: as much as it can take beside a no-op
 * server, then more. Every answer is held against the right one. Exits with 1 where a criterion is not met, and with 2 where
 * the run could not be made.
 */

const timeoutMs = 300_000;

setTimeout(() => {
  console.error('The load test does not come to an end.');
  process.exit(2);
}, timeoutMs).unref();

try {
  const measured = await runLoad((text) => {
    console.error(text);
  });
  const judged = criteria(measured);
  console.log(report(measured, judged));
  process.exitCode = judged.every(({ isMet }) => isMet) ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 2;
}
