/** One thing that is wrong with the reference data. */
export interface Fault {
  /** The file of a list; "data set" where it is wrong as a whole. */
  readonly file: string;
  /** The entry's place in the file, from 1, and its key; undefined where the fault is the file's. */
  readonly entry: string | undefined;
  readonly message: string;
}

/** A fault of a data set, and not of one of its lists. */
export const wrongAsAWhole = (message: string): Fault[] => [{ file: 'data set', entry: undefined, message }];

export const faultText = ({ file, entry, message }: Fault): string =>
  `${file}${entry === undefined ? '' : `, ${entry}`}: ${message}`;

/** The reference data cannot be used. An operator has to act: nothing is decided by half of it. */
export class ReferenceDataError extends Error {
  constructor(readonly faults: readonly Fault[]) {
    super(['The reference data has faults:', ...faults.map((fault) => `  ${faultText(fault)}`)].join('\n'));
    this.name = 'ReferenceDataError';
  }
}

/** The faults that were thrown. What is anything else is a defect, and thrown again. */
export function faultsIn(error: unknown): readonly Fault[] {
  if (error instanceof ReferenceDataError) return error.faults;
  throw error;
}
