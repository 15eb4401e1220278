/**
 * A store cannot be asked, did not answer in time, or answered with what cannot be read. Unavailable is not unknown:
 * nobody may take it for an answer.
 */
export class StoreUnavailable extends Error {
  constructor(
    /** Which one, in words for a message: "the device registry". */
    readonly store: string,
    options?: ErrorOptions,
  ) {
    super(`${store} is not available`, options);
    this.name = 'StoreUnavailable';
  }
}

/** What an error says, with what it was caused by: that Redis is away is one thing to mend, and a wrong password another. */
export const withCause = ({ message, cause }: Error): string =>
  cause instanceof Error ? `${message}: ${cause.message}` : message;
