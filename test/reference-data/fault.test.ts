import t from 'tap';
import { faultsIn, faultText, ReferenceDataError, wrongAsAWhole } from '../../src/reference-data/fault.js';

const inEntry = { file: 'users.json', entry: 'entry 1 (x)', message: 'is wrong' };

t.test('a fault in words', async (t) => {
  t.equal(faultText(inEntry), 'users.json, entry 1 (x): is wrong');
  t.equal(faultText({ ...inEntry, entry: undefined }), 'users.json: is wrong');
  t.strictSame(wrongAsAWhole('is wrong').map(faultText), ['data set: is wrong']);
});

t.test('the faults that were thrown, and what is none', async (t) => {
  t.strictSame(faultsIn(new ReferenceDataError([inEntry])), [inEntry]);
  t.throws(() => faultsIn(new TypeError('a defect')), { name: 'TypeError', message: 'a defect' });
});
