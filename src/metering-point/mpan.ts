/** The first two digits of an MPAN core. Who operates it is reference data, never derived from the digits. */
export type DistributorId = string & { readonly __brand: 'DistributorId' };

/** A Meter Point Administration Number: electricity. Personal data: it stays out of logs, URLs and findings. */
export interface Mpan {
  readonly kind: 'mpan';
  /** The 13 digits of the MPAN core. */
  readonly core: string;
  readonly distributorId: DistributorId;
  readonly checkDigitIsRight: boolean;
}

// Profile class, time switch code and line loss factor: eight characters, of which the profile class is 00 to 08
// where it is digits. Checked, since a core with digits added to it would otherwise read as another core.
const fullNumber = /^(?:0[0-8]|[A-Za-z][0-9A-Za-z]|[0-9][A-Za-z])[0-9A-Za-z]{6}(?=[0-9]{13}$)/;

/**
 * Reads an MPAN core, or a full supply number of 21 characters that ends with it, without separators. The first
 * line of a supply number may hold letters. Its layout is about to change; the new one is not public yet.
 */
export function parseMpan(compact: string): Mpan | undefined {
  const core = compact.replace(fullNumber, '');
  if (!/^[0-9]{13}$/.test(core)) return undefined;
  return {
    kind: 'mpan',
    core,
    distributorId: core.slice(0, 2) as DistributorId,
    checkDigitIsRight: Number(core.at(-1)) === mpanCheckDigit(core) && !/^0+$/.test(core),
  };
}

const checkDigitWeights = [3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43];

/** The check digit of the first twelve digits of a core. All zeros satisfies the sum, but is nobody's number. */
export function mpanCheckDigit(digits: string): number {
  const sum = checkDigitWeights.reduce((total, weight, place) => total + weight * Number(digits[place]), 0);
  return (sum % 11) % 10;
}
