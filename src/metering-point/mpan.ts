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

const coreLength = 13;

// Longer than the full supply number of today (21) to leave room for the layout to come.
const maxLength = 32;

/**
 * Reads an MPAN core, or a full supply number that ends with it, without separators. The first line of a supply
 * number (profile class, time switch code, line loss factor) may hold letters and is not checked; the core must
 * be digits.
 */
export function parseMpan(compact: string): Mpan | undefined {
  if (compact.length > maxLength || !/^[0-9A-Za-z]*[0-9]{13}$/.test(compact)) return undefined;
  const core = compact.slice(-coreLength);
  return {
    kind: 'mpan',
    core,
    distributorId: core.slice(0, 2) as DistributorId,
    checkDigitIsRight: Number(core[coreLength - 1]) === mpanCheckDigit(core) && !/^0+$/.test(core),
  };
}

const checkDigitWeights = [3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43];

/** The check digit of the first twelve digits of a core. All zeros satisfies the sum, but is nobody's number. */
export function mpanCheckDigit(digits: string): number {
  const sum = checkDigitWeights.reduce((total, weight, place) => total + weight * Number(digits[place]), 0);
  return (sum % 11) % 10;
}
