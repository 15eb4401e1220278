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

// What may stand before the core: profile class (00 to 08), time switch code and line loss factor as eight digits, or
// a line with a letter in it. Any other digits are refused, since a core with digits added would read as another.
const firstLine = /^(?:0[0-8][0-9]{6}|(?=[0-9]*[A-Za-z])[0-9A-Za-z]{1,12})(?=[0-9]{13}$)/;

/**
 * Reads an MPAN core, or a full supply number that ends with it, without separators. The layout of what stands before
 * the core is about to change, and the new one is not public: of a line with letters nothing is checked but its length.
 */
export function parseMpan(compact: string): Mpan | undefined {
  const core = compact.replace(firstLine, '');
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
