import { Command } from 'commander';
import { ConfigError, readConfig } from '../config.js';
import { ReferenceDataError } from '../reference-data/fault.js';
import { StoreUnavailable, withCause } from '../stores/unavailable.js';
import { auditCommand } from './audit.js';
import { checkCommand } from './check.js';
import type { Context } from './context.js';
import { decisionsCommand } from './decisions.js';
import { decideCommand } from './decide.js';
import { devicesCommand } from './devices.js';
import { importCommand } from './import.js';
import { CliError, exitCodes } from './exit.js';
import { publishCommand, rollbackCommand } from './publish.js';
import { statusCommand } from './status.js';
import { tokensCommand } from './tokens.js';

interface Options {
  readonly json?: boolean;
  readonly redisUrl?: string;
  readonly dataSetDir?: string;
}

const program = new Command('cli')
  .description(
    'Keeps the reference data of the certificate-party check: checks lists, publishes them to every replica, and goes back.\n' +
      'Settings are those of the service, from the environment: REDIS_URL or DATA_SET_DIR, PUBLISHER_KEYS_FILE and so on.',
  )
  .option('--json', 'answer in JSON')
  .option('--redis-url <url>', 'in place of REDIS_URL')
  .option('--data-set-dir <directory>', 'in place of DATA_SET_DIR, and of any REDIS_URL')
  .addHelpText(
    'after',
    '\nExit codes: 0 done; 1 refused, since something is wrong with what was given; 2 could not be carried out;\n' +
      '3 somebody else has published in the meantime.',
  )
  .exitOverride((stopped) => {
    process.exit(stopped.exitCode === 0 ? exitCodes.ok : exitCodes.failed);
  });

function contextOf(): Context {
  const { json = false, redisUrl, dataSetDir } = program.opts<Options>();
  return {
    config: readConfig({
      ...process.env,
      ...(dataSetDir !== undefined && { DATA_SET_DIR: dataSetDir, REDIS_URL: '' }),
      ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
    }),
    clock: () => new Date(),
    write: (text) => {
      console.log(text);
    },
    json,
  };
}

const commands = [
  checkCommand,
  publishCommand,
  rollbackCommand,
  statusCommand,
  decideCommand,
  importCommand,
  devicesCommand,
  auditCommand,
  tokensCommand,
  decisionsCommand,
];
for (const commandOf of commands) {
  const command = commandOf(contextOf).copyInheritedSettings(program);
  for (const each of command.commands) each.copyInheritedSettings(program);
  program.addCommand(command);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CliError) process.exitCode = error.exitCode;
  else process.exitCode = error instanceof ReferenceDataError ? exitCodes.refused : exitCodes.failed;
  // What somebody at a keyboard can mend is said without a stack trace.
  const isExpected =
    error instanceof CliError ||
    error instanceof ConfigError ||
    error instanceof ReferenceDataError ||
    error instanceof StoreUnavailable ||
    (error instanceof Error && 'syscall' in error);
  console.error(isExpected ? withCause(error) : error);
}
