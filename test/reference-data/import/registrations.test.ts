import fc from 'fast-check';
import t from 'tap';
import { type Mpxn, parseMpxn } from '../../../src/metering-point/mpxn.js';
import { GrowingArray } from '../../../src/reference-data/import/growing-array.js';
import { ImportLog, type ImportReport } from '../../../src/reference-data/import/import-log.js';
import {
  mpxnKey,
  readRegistrations,
  type Registrations,
} from '../../../src/reference-data/import/registrations.js';
import { sortedOrder } from '../../../src/reference-data/import/sorted-order.js';
import { csvFile, faultsOf } from './csv-file.js';

const day = '2026-06-15';

async function read(
  rows: readonly (readonly string[])[],
  header = ['MPxN', 'Network Operator', 'Effective From'],
): Promise<{ readonly registrations: Registrations | undefined; readonly report: ImportReport }> {
  const log = new ImportLog();
  const registrations = await readRegistrations(csvFile([header, ...rows]), log, { day });
  return { registrations, report: log.report() };
}

const mpxn = (text: string): Mpxn => parseMpxn(text)!;

t.test('the Network Operator of an MPAN, and of an MPRN', async (t) => {
  const { registrations, report } = await read(
    [
      ['2200031930792', 'SWEB'],
      ['1200023305967', 'LOND'],
      ['00 801 902 12 0002 3305 975', 'LOND'],
      ['9876543210', 'CAD'],
      ['12', 'TWELVE'],
      ['012', 'ZEROTWEL'],
      ['0000000012', 'TEN'],
      ['0', 'NIL'],
    ],
    ['MPxN', 'Network Operator'],
  );
  const of = (text: string): string | undefined => registrations?.networkOperatorOf(mpxn(text));
  t.equal(registrations?.size, 8);
  t.equal(of('2200031930792'), 'SWEB');
  t.equal(of('1200023305967'), 'LOND');
  t.equal(of('120 00233-05975'), 'LOND');
  t.equal(of('9876543210'), 'CAD');
  t.equal(of('12'), 'TWELVE');
  t.equal(of('012'), 'ZEROTWEL');
  t.equal(of('0000000012'), 'TEN');
  t.equal(of('0'), 'NIL');
  for (const unknown of ['00', '0012', '1200023305968', '0000000000012', '9999999999999']) {
    t.equal(of(unknown), undefined, unknown);
  }
  t.match(report, { taken: 8, faultCount: 0 });
});

t.test('a file without rows', async (t) => {
  const { registrations } = await read([]);
  t.equal(registrations?.size, 0);
  t.equal(registrations?.networkOperatorOf(mpxn('1')), undefined);
});

t.test('of several days the last that has come', async (t) => {
  const { registrations, report } = await read([
    ['1', 'B', '15/06/2026'],
    ['1', 'A', ''],
    ['1', 'C', '16/06/2026'],
    ['1', 'A', '14/06/2026'],
    ['2', 'A', '01/01/2020'],
    ['2', 'B', '2021-01-01'],
    ['2', 'B', '01/01/2021'],
  ]);
  t.equal(registrations?.networkOperatorOf(mpxn('1')), 'B');
  t.equal(registrations?.networkOperatorOf(mpxn('2')), 'B');
  t.strictSame(report, {
    taken: 2,
    skipped: [
      { text: 'effective after 2026-06-15', count: 1, examples: [4] },
      { text: 'followed by a later day of the same MPxN', count: 3, examples: [3, 5, 6] },
      { text: 'there already, with nothing else in them', count: 1, examples: [8] },
    ],
    faults: [],
    faultCount: 0,
    notes: [],
  });
});

t.test('two operators from the same day contradict each other', async (t) => {
  for (const from of ['', '01/01/2020']) {
    const { registrations, report } = await read([
      ['1200023305967', 'LOND', from],
      ['2200031930792', 'SWEB', from],
      ['1200023305967', 'EELC', from],
      ['1200023305967', 'LOND', from],
    ]);
    t.equal(registrations, undefined);
    t.strictSame(faultsOf(report), ['4 | Network Operator | is not that of the same MPxN in line 2']);
  }
});

t.test('cells that are wrong, of which no message quotes the MPxN', async (t) => {
  const operator =
    'Network Operator | must be one to eight upper-case letters and digits, with a letter among them';
  for (const [row, ...faults] of [
    [['12000233059', 'LOND', ''], 'MPxN | must be an MPAN or an MPRN'],
    [['', 'LOND', ''], 'MPxN | must be an MPAN or an MPRN'],
    [
      ['1.20002E+12', 'LOND', ''],
      'MPxN | is in scientific notation, as a spreadsheet writes a long number: its last digits are lost. Take the file from its publisher again, and let no spreadsheet save it',
    ],
    [
      ["'1200023305967", 'LOND', ''],
      'MPxN | begins with an apostrophe, which a spreadsheet puts in front of a number that is text: take it out',
    ],
    [['1200023305967', 'lond', ''], operator],
    [['1200023305967', '', ''], operator],
    [['1200023305967', 'LOND', '31/02/2026'], 'Effective From | is a day that does not exist'],
    [
      ['x', 'x', 'x'],
      'MPxN | must be an MPAN or an MPRN',
      operator,
      'Effective From | must be a day, as dd/mm/yyyy',
    ],
  ] as const) {
    const { registrations, report } = await read([row]);
    t.equal(registrations, undefined);
    t.strictSame(
      faultsOf(report),
      faults.map((fault) => `2 | ${fault}`),
    );
    t.notMatch(JSON.stringify(report), '12000233');
  }
});

t.test('a wrong check digit is noted', async (t) => {
  const { registrations, report } = await read([['1312345678111', 'MANW', '']]);
  t.equal(registrations?.size, 1);
  t.strictSame(report.notes, [{ text: 'MPANs whose check digit is wrong', count: 1, examples: [2] }]);
});

t.test('more operators than there can be', async (t) => {
  const rows = Array.from({ length: 0x1_0000 }, (_, index) => [String(index), `A${String(index)}`, '']);
  const { registrations, report } = await read(rows);
  t.equal(registrations, undefined);
  t.strictSame(faultsOf(report), [
    '65537 | Network Operator | is one more than the 65535 that can be told apart',
  ]);
});

const digits = (length: fc.Arbitrary<number>): fc.Arbitrary<string> =>
  length.chain((count) =>
    fc.string({
      unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'),
      minLength: count,
      maxLength: count,
    }),
  );
const anyMpxn = digits(fc.constantFrom(1, 2, 3, 9, 10, 13));

t.test('no two MPxNs have one key', async () => {
  fc.assert(
    fc.property(anyMpxn, anyMpxn, (one, other) => {
      const keys = [mpxnKey(mpxn(one)), mpxnKey(mpxn(other))];
      return (one === other) === (keys[0] === keys[1]) && keys.every((key) => key < 2 ** 44);
    }),
    { numRuns: 2_000 },
  );
});

t.test('any registrations in any order are found again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(anyMpxn, fc.constantFrom('A', 'B', 'C'), { maxKeys: 30 }),
      async (known) => {
        const { registrations } = await read(
          Object.entries(known).map(([number, operator]) => [number, operator, '']),
        );
        return Object.entries(known).every(
          ([number, operator]) => registrations?.networkOperatorOf(mpxn(number)) === operator,
        );
      },
    ),
    { numRuns: 200 },
  );
});

t.test('numbers are sorted with the places that they had', async (t) => {
  t.equal(sortedOrder(Float64Array.of(1, 1, 2)), undefined);
  const numbers = fc.oneof(
    fc.maxSafeNat().map((number) => number % 2 ** 48),
    fc.nat(3),
  );
  fc.assert(
    fc.property(fc.array(numbers), (values) => {
      const keys = Float64Array.from(values);
      const order = sortedOrder(keys) ?? Uint32Array.from(values, (_, place) => place);
      const places = values.map((_, place) => place);
      const expected = places.sort((one, other) => values[one]! - values[other]! || one - other);
      return (
        expected.every((place, index) => order[index] === place) &&
        expected.every((place, index) => keys[index] === values[place])
      );
    }),
  );
});

t.test('an array grows over its chunks', async (t) => {
  const array = new GrowingArray(Uint32Array);
  const length = 2 ** 21 + 3;
  for (let value = 0; value < length; value += 1) array.push(value);
  const whole = array.whole();
  t.equal(whole.length, length);
  t.ok(whole.every((value, place) => value === place));
  t.equal(array.whole().length, 0);
  array.push(7);
  t.strictSame([...array.whole()], [7]);
});
