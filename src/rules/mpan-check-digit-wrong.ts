import { notApplicable, type Rule } from './rule.js';

/** Advises unless configured to refuse: the MPANs of the DCC's own templates fail it. */
export const mpanCheckDigitWrong: Rule = {
  name: 'mpan-check-digit-wrong',
  requirement: 'The last digit of the MPAN core is the check digit of the twelve before it.',
  citation: 'MPAN check digit: weights 3 5 7 13 17 19 23 29 31 37 41 43, modulo 11, modulo 10',
  evaluate: ({ mpxn }) => {
    if (mpxn?.kind !== 'mpan') return notApplicable;
    // The number is personal data, and so is not in the finding.
    const { checkDigitIsRight } = mpxn;
    return {
      verdict: checkDigitIsRight ? 'pass' : 'fail',
      got: checkDigitIsRight ? 'the check digit' : 'another digit, or nothing but zeros',
      wanted: 'the check digit of the twelve digits before it',
    };
  },
};
