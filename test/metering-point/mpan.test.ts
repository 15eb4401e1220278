import fc from 'fast-check';
import t from 'tap';
import { mpanCheckDigit, parseMpan } from '../../src/metering-point/mpan.js';

const right = [
  '2019010100002',
  '2278676232781',
  '2204707514535',
  '1200023305967',
  '2200031930792',
  '1470116845051',
  '2143967712809',
  '2544886475542',
];

t.test('the check digit of published MPANs is right', async (t) => {
  for (const core of right) {
    t.strictSame(parseMpan(core), {
      kind: 'mpan',
      core,
      distributorId: core.slice(0, 2),
      checkDigitIsRight: true,
    });
  }
});

t.test('the check digit of these is wrong, and they are read all the same', async (t) => {
  for (const core of ['2499999999990', '1312345678111', '1312345678222', '1312345678333']) {
    t.strictSame(parseMpan(core), {
      kind: 'mpan',
      core,
      distributorId: core.slice(0, 2),
      checkDigitIsRight: false,
    });
  }
});

t.test('all zeros satisfies the sum, and is wrong', async (t) => {
  t.equal(mpanCheckDigit('000000000000'), 0);
  t.equal(parseMpan('0000000000000')?.checkDigitIsRight, false);
});

t.test('the core is the end of a full supply number, whose first line may hold letters', async (t) => {
  for (const firstLine of [
    '01801101',
    '00801A22',
    '08999999',
    'AB801101',
    'S01801101',
    'N1',
    '01234567890A',
  ]) {
    t.equal(parseMpan(`${firstLine}1200023305967`)?.core, '1200023305967', firstLine);
  }
});

t.test('neither too short, too long, nor with anything but digits in the core', async (t) => {
  for (const text of [
    '',
    '120002330596',
    '1200023A05967',
    '1200023305967A',
    '１200023305967',
    // Digits added before or after.
    '01200023305967',
    '12000233059671',
    '120002330596711',
    '120002330596700000000',
    // Two numbers in one.
    '13123456781111200023305967',
    'A3123456781111200023305967',
    '098011011200023305967',
  ]) {
    t.equal(parseMpan(text), undefined, JSON.stringify(text));
  }
});

t.test('one digit in error is found, save where the sum is taken modulo ten', async (t) => {
  const core = fc
    .stringMatching(/^[1-9][0-9]{11}$/)
    .map((twelve) => `${twelve}${String(mpanCheckDigit(twelve))}`);
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(core, fc.nat({ max: 12 }), fc.integer({ min: 1, max: 9 }), (whole, place, shift) => {
        const digit = String((Number(whole[place]) + shift) % 10);
        const spoilt = `${whole.slice(0, place)}${digit}${whole.slice(place + 1)}`;
        const weights = [3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43];
        const sumOf = (digits: string): number =>
          weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) % 11;
        // Remainders 0 and 10 share the digit 0: the one confusion that the scheme has.
        const confused = [sumOf(whole), sumOf(spoilt)].sort((a, b) => a - b).join() === '0,10';
        return parseMpan(spoilt)?.checkDigitIsRight === confused;
      }),
    );
  });
});
