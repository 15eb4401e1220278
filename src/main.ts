import closeWithGrace from 'close-with-grace';
import { ConfigError, readConfig } from './config.js';
import { ReferenceDataError } from './reference-data/load.js';
import { startService } from './start.js';

try {
  const { app, url, stop } = await startService(readConfig(process.env), () => new Date());
  app.log.info(`docs at ${url}/docs`);
  closeWithGrace({ delay: 10_000 }, async ({ err }) => {
    if (err !== undefined) app.log.fatal({ err }, 'stopping after a failure');
    await stop();
  });
} catch (error) {
  // What an operator has to mend, a port that is taken too, is said without a stack trace.
  const isForOperator =
    error instanceof ConfigError ||
    error instanceof ReferenceDataError ||
    (error instanceof Error && 'syscall' in error);
  console.error(isForOperator ? error.message : error);
  process.exitCode = 1;
}
