/** A Meter Point Reference Number: gas. It carries no network in its digits. */
export interface Mprn {
  readonly kind: 'mprn';
  readonly number: string;
}

/** Reads an MPRN without separators: up to ten digits. */
export function parseMprn(compact: string): Mprn | undefined {
  return /^[0-9]{1,10}$/.test(compact) ? { kind: 'mprn', number: compact } : undefined;
}
