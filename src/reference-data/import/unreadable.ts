/** Leaves the reading of a file that cannot be gone on with. Whoever reads the file makes a fault of it. */
export class Unreadable extends Error {
  constructor(
    /** From 1; undefined where it cannot be known. */
    readonly line: number | undefined,
    message: string,
  ) {
    super(message);
  }
}
