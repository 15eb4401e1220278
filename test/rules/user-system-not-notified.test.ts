import t from 'tap';
import type { UserSystemFacts } from '../../src/rules/facts.js';
import type { Verdict } from '../../src/rules/rule.js';
import { userSystemNotNotified as rule } from '../../src/rules/user-system-not-notified.js';
import { facts, judge } from '../fixtures.js';

const wanted = 'the first system of the User, or one with a notification that is recorded';
const through = (userSystem: UserSystemFacts | undefined): Verdict =>
  judge(rule, { sender: { ...facts().sender, userSystem } });
const listed = (change: Partial<NonNullable<UserSystemFacts['listed']>>): Verdict =>
  through({ name: 'b', employed: 2, listed: { operator: 'Somebody', sequence: 2, ...change } });

t.test('pass: the first, told or not', async (t) => {
  t.strictSame(listed({ sequence: 1 }), {
    verdict: 'pass',
    got: 'b, system 1 of the User, run by Somebody, told never, assessed never',
    wanted,
  });
});

t.test('pass: a later one of which they were told, from that day on', async (t) => {
  t.strictSame(listed({ notifiedOn: '2026-06-15' }), {
    verdict: 'pass',
    got: 'b, system 2 of the User, run by Somebody, told 2026-06-15, assessed never',
    wanted,
  });
  t.match(listed({ sequence: 7, notifiedOn: '2025-01-01', assessedOn: '2025-02-02' }), {
    verdict: 'pass',
    got: 'b, system 7 of the User, run by Somebody, told 2025-01-01, assessed 2025-02-02',
  });
});

t.test('fail: a later one of which nobody was told, or not yet', async (t) => {
  t.strictSame(listed({}), {
    verdict: 'fail',
    got: 'b, system 2 of the User, run by Somebody, told never, assessed never',
    wanted,
  });
  t.match(listed({ notifiedOn: '2026-06-16' }), {
    verdict: 'fail',
    got: 'b, system 2 of the User, run by Somebody, told 2026-06-16, assessed never',
  });
  t.match(listed({ assessedOn: '2025-02-02' }), { verdict: 'fail' });
});

t.test('fail: one that the User is not listed with', async (t) => {
  t.strictSame(through({ name: 'c', employed: 2, listed: undefined }), {
    verdict: 'fail',
    got: "a system that is not among the User's 2",
    wanted,
  });
});

t.test('undetermined: a User of whose systems nothing is listed', async (t) => {
  t.strictSame(through({ name: 'c', employed: undefined, listed: undefined }), {
    verdict: 'undetermined',
    got: 'no system of the User is listed',
    wanted,
  });
});

t.test('not applicable: nobody says through which system', async (t) => {
  t.strictSame(through(undefined), { verdict: 'not-applicable' });
});
