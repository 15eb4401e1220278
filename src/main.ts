import closeWithGrace from 'close-with-grace';
import { ConfigError, readConfig } from './config.js';
import { DecisionLogError } from './decision-log/directory.js';
import { ReferenceDataError } from './reference-data/fault.js';
import { startService } from './start.js';

// What is in flight has this long; a request is answered in milliseconds.
const stopTimeoutMs = 10_000;

try {
  const config = readConfig(process.env);
  const { app, url, stop } = await startService(config, () => new Date());
  if (config.DOCS === 'on') app.log.info(`docs at ${url}/docs`);
  closeWithGrace({ delay: config.STOP_DELAY_MS + stopTimeoutMs }, async ({ err }) => {
    if (err !== undefined) app.log.fatal({ err }, 'stopping after a failure');
    await stop();
  });
} catch (error) {
  // What an operator has to mend, a port that is taken too, is said without a stack trace.
  const isForOperator =
    error instanceof ConfigError ||
    error instanceof DecisionLogError ||
    error instanceof ReferenceDataError ||
    (error instanceof Error && 'syscall' in error);
  console.error(isForOperator ? error.message : error);
  process.exitCode = 1;
}
