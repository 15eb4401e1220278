import t from 'tap';
import { isSameMpxn, parseMpxn } from '../../src/metering-point/mpxn.js';

t.test('an MPAN however it is written', async (t) => {
  for (const text of [
    '1200023305967',
    '12 0002 3305 967',
    '12\u00a00002\u00a03305\u00a0967',
    '12-0002-3305-967',
    '12\u20110002\u20103305-967',
    ' 01 801 101\n12 0002 3305 967 ',
  ]) {
    t.match(
      parseMpxn(text),
      { kind: 'mpan', core: '1200023305967', distributorId: '12' },
      JSON.stringify(text),
    );
  }
});

t.test('an MPRN has up to ten digits', async (t) => {
  t.strictSame(parseMpxn('1234567890'), { kind: 'mprn', number: '1234567890' });
  t.strictSame(parseMpxn(' 12 345 '), { kind: 'mprn', number: '12345' });
});

t.test('neither', async (t) => {
  for (const text of [
    '',
    ' - ',
    '12345678901',
    '123456789012',
    'ABC',
    '12345A',
    '1200023305967, 1200023305967',
  ]) {
    t.equal(parseMpxn(text), undefined, JSON.stringify(text));
  }
});

t.test('whether two are one metering point', async (t) => {
  const same = (one: string, other: string): boolean => isSameMpxn(parseMpxn(one)!, parseMpxn(other)!);
  t.equal(same('1200023305967', '01 801 101 12 0002 3305 967'), true);
  t.equal(same('1200023305967', '1470116845051'), false);
  t.equal(same('1234567890', '1234567890'), true);
  t.equal(same('0012345678', '12345678'), true, 'zeros in front of an MPRN say nothing');
  t.equal(same('1234567800', '12345678'), false);
  t.equal(same('0', '00'), true);
  t.equal(same('1234567890', '0001234567890'), false);
  t.equal(same('0001234567890', '1234567890'), false, 'an MPAN is no MPRN');
});
