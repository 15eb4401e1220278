/** What a command ends with; the help of the tool lists them. */
export const exitCodes = {
  ok: 0,
  /** What was asked for is refused: lists have faults, a row is wrong. */
  refused: 1,
  /** The command could not be carried out: wrong options, a file that is missing, a store that is away. */
  failed: 2,
  /** Somebody else has published in the meantime. */
  conflict: 3,
} as const;

/** Ends a command with a message and without a stack trace. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: (typeof exitCodes)[keyof typeof exitCodes] = exitCodes.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CliError';
  }
}
