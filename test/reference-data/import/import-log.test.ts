import t from 'tap';
import { ImportLog } from '../../../src/reference-data/import/import-log.js';
import { reportLines } from '../../../src/reference-data/import/report-text.js';

t.test('what was taken, skipped, noted and wrong, in words', async (t) => {
  const log = new ImportLog();
  t.strictSame(reportLines(log.report()), ['taken: 0 rows']);
  log.take();
  log.skip('of role S, and not R', 3);
  for (let line = 4; line < 10; line += 1) log.skip('nothing in them', line);
  log.note('columns that are not taken: Post Code');
  log.note('MPANs whose check digit is wrong', 5);
  log.note('MPANs whose check digit is wrong', 6);
  t.notOk(log.hasFaults);
  log.fault(2, 'MPxN', 'is empty');
  log.fault(7, undefined, 'a quote is not closed');
  log.fault(undefined, 'Device', 'is missing');
  log.fault(undefined, undefined, 'the file is empty');
  t.ok(log.hasFaults);
  t.equal(log.taken, 1);
  t.strictSame(reportLines(log.report()), [
    'taken: 1 row',
    'skipped: 1 row, of role S, and not R [line 3]',
    'skipped: 6 rows, nothing in them [lines 4, 5, 6, 7, 8, …]',
    'note: columns that are not taken: Post Code',
    'note: MPANs whose check digit is wrong (2 rows) [lines 5, 6]',
    'fault: line 2, MPxN: is empty',
    'fault: line 7: a quote is not closed',
    'fault: Device: is missing',
    'fault: the file is empty',
    'Nothing is imported, because of the faults.',
  ]);
});

t.test('a report is bounded, however much there is to say', async (t) => {
  const log = new ImportLog();
  for (let line = 1; line <= 1000; line += 1) {
    log.skip(`reason ${String(line)}`, line);
    log.fault(line, undefined, 'wrong');
  }
  const { skipped, faults, faultCount } = log.report();
  t.equal(skipped.length, 101);
  t.match(skipped.at(-1), { text: 'for other reasons', count: 900, examples: [101, 102, 103, 104, 105] });
  t.equal(faults.length, 100);
  t.equal(faultCount, 1000);
  t.match(reportLines(log.report()).at(-2), 'fault: 900 more');
});
