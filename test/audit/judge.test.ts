import fc from 'fast-check';
import t from 'tap';
import { type JudgingBy, judgeMeter, rememberedJudge } from '../../src/audit/judge.js';
import { type Meter, meterReader } from '../../src/audit/meter.js';
import { estateColumns, type EstateRow } from '../../src/audit/row.js';
import { deviceTypes } from '../../src/duis/vocabulary.js';
import { shipped } from '../decisions.js';
import { euis, issue } from '../fixtures.js';
import { day } from './estates.js';

const by: JudgingBy = { referenceData: shipped, day, gasIsJudged: true };

const nothing = Object.fromEntries(estateColumns.map((column) => [column, ''])) as EstateRow;
const readMeter = meterReader({ listed: () => undefined, certificates: 100 });

const certificates = ['02', '03', '04'].map((role) => issue({ role }).base64);
const row = fc
  .record({
    deviceType: fc.constantFrom('', ...deviceTypes),
    mpxn: fc.oneof(
      fc.constantFrom('', '1200023305967', '1200023305968', '5400023305967', '1234567890'),
      fc.integer({ min: 1e12, max: 6e12 }).map(String),
      fc.integer({ min: 0, max: 1e10 - 1 }).map(String),
    ),
    held: fc.oneof(
      fc.constantFrom(euis.operatorOf12, euis.operatorOf15, euis.unlisted).map((entityIdentifier) => ({
        entityIdentifier,
      })),
      fc.constantFrom(...certificates).map((certificate) => ({ certificate })),
    ),
    networkOperator: fc.constantFrom('', 'LOND', 'NEEB', 'INV1', 'INV2', 'NOBODY'),
  })
  .map(({ held, ...cells }): EstateRow => ({ ...nothing, device: euis.device, ...cells, ...held }));

t.test('what is remembered is what would be found anew', (t) => {
  for (const max of [3, 1_000]) {
    const judge = rememberedJudge(by, max);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 100 }), (rows) => {
        for (const each of rows) {
          const meter = readMeter(each);
          if (meter.ok) t.strictSame(judge(meter.value), judgeMeter(meter.value, by));
        }
      }),
      { numRuns: 50 },
    );
  }
  t.end();
});

t.test('one that is remembered is the same object', (t) => {
  const judge = rememberedJudge(by, 10);
  const meter = (mpxn: string): Meter => {
    const read = readMeter({
      ...nothing,
      device: euis.device,
      deviceType: 'ESME',
      mpxn,
      entityIdentifier: euis.operatorOf12,
    });
    if (!read.ok) throw new Error(read.rejection.detail);
    return read.value;
  };
  t.equal(judge(meter('1200023305967')), judge(meter('1200000000002')));
  t.not(judge(meter('1200023305967')), judge(meter('1200023305968')), 'its check digit is wrong');
  t.end();
});

t.test('an operator of test environments does not stand for one that is none', (t) => {
  const read = readMeter({
    ...nothing,
    device: euis.device,
    mpxn: '1312345678111',
    entityIdentifier: euis.unlisted,
  });
  t.match(read.ok && judgeMeter(read.value, by), {
    check: 'mismatched',
    holder: '',
    operator: 'invented-13-18',
  });
  const nobody = readMeter({ ...nothing, device: euis.device, entityIdentifier: euis.unlisted });
  t.match(nobody.ok && judgeMeter(nobody.value, by), { check: 'mpan-unknown', operator: '' });
  t.end();
});
