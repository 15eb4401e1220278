import fc from 'fast-check';
import t from 'tap';
import { kindOf } from '../../src/dashboard/answer-kind.js';
import { RecentRefusals } from '../../src/dashboard/recent-refusals.js';
import { parseMpxn } from '../../src/metering-point/mpxn.js';
import { euis, now } from '../fixtures.js';
import { exchange, finding, type Made, mismatched, notGenuine } from './exchanges.js';

const add = (refusals: RecentRefusals, made: Made): void => {
  const told = exchange(made);
  refusals.add(kindOf(told.decision), told);
};

t.test('a refusal in words', async (t) => {
  const refusals = new RecentRefusals(9);
  add(refusals, {});
  const passed = { ...finding('combination-not-permitted'), verdict: 'not-applicable' as const };
  add(refusals, { ...mismatched, findings: [passed, finding('certificate-party-mpan-mismatch')] });
  t.same(refusals.after(0), [
    {
      sequence: 1,
      at: now.toISOString(),
      id: 'e1',
      requestId: `${euis.supplier}:${euis.device}:1`,
      originator: euis.supplier,
      serviceReferenceVariant: '6.15.1',
      kind: 'mismatched',
      code: 'E061510',
      description: 'what E061510 means',
      findings: [
        {
          rule: 'certificate-party-mpan-mismatch',
          effect: 'refuse',
          requirement: 'the requirement of certificate-party-mpan-mismatch',
          got: 'what was found',
          wanted: 'what was wanted',
        },
      ],
    },
  ]);
});

t.test('one without a code, and a mismatch that advises', async (t) => {
  const refusals = new RecentRefusals(9);
  add(refusals, notGenuine);
  add(refusals, {
    mpanCheck: 'mismatched',
    findings: [finding('certificate-party-mpan-mismatch', { effect: 'advise' })],
  });
  t.match(refusals.after(0), [
    { kind: 'mismatched', code: 'I0', findings: [{ effect: 'advise' }] },
    {
      kind: 'refused',
      code: 'refused-without-code',
      description: 'Refused for a reason that has no response code',
    },
  ]);
});

t.test('keeps as many mismatches as others, and gives those after one', async (t) => {
  const refusals = new RecentRefusals(2);
  add(refusals, mismatched);
  for (let index = 0; index < 5; index += 1) add(refusals, notGenuine);
  const sequences = (after: number): number[] => refusals.after(after).map(({ sequence }) => sequence);
  t.strictSame(sequences(0), [6, 5, 1]);
  t.strictSame(sequences(5), [6]);
  t.strictSame(sequences(6), []);
  t.equal(refusals.sequence, 6);
});

t.test('what somebody wrote into a certificate is shown in part', async (t) => {
  const refusals = new RecentRefusals(1);
  add(refusals, {
    ...notGenuine,
    findings: Array.from({ length: 40 }, () => finding('certificate-expired', { got: 'x'.repeat(60_000) })),
  });
  const [{ findings } = { findings: [] }] = refusals.after(0);
  t.equal(findings.length, 12);
  t.ok(findings.every(({ got }) => got.length === 400));
});

t.test('an MPxN is in none of it, even where a certificate is named after one', async () => {
  const digits = (min: number, max: number): fc.Arbitrary<string> =>
    fc.string({ unit: fc.integer({ min: 0, max: 9 }).map(String), minLength: min, maxLength: max });
  fc.assert(
    fc.property(
      fc.oneof(digits(13, 13), digits(6, 10)).filter((text) => parseMpxn(text) !== undefined),
      fc.string({ maxLength: 380 }),
      fc.string(),
      (mpxn, before, after) => {
        const refusals = new RecentRefusals(1);
        add(refusals, {
          ...notGenuine,
          mpxn,
          findings: [finding('certificate-expired', { got: `${before}${mpxn}${after}` })],
        });
        return !(refusals.after(0)[0]?.findings[0]?.got ?? mpxn).includes(mpxn);
      },
    ),
  );
});

t.test('of another meter neither', async (t) => {
  const refusals = new RecentRefusals(1);
  const got = 'CN=2019010100002 of 02-00-00-00-00-01-00-10, valid to 2026-01-09T00:00:00.000Z';
  for (const mpxn of [undefined, '1', '1200023305967']) {
    add(refusals, { ...notGenuine, mpxn, findings: [finding('certificate-expired', { got })] });
    t.equal(
      refusals.after(0)[0]?.findings[0]?.got,
      'CN=… of 02-00-00-00-00-01-00-10, valid to 2026-01-09T00:00:00.000Z',
    );
  }
});
