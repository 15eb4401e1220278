import t, { type Test } from 'tap';
import {
  Activation,
  type ActivationDeps,
  isReady,
  type ReferenceDataStatus,
} from '../../src/reference-data/activation.js';
import type { DataSet, PublishedDataSet } from '../../src/reference-data/data-set.js';
import { faultText, wrongAsAWhole } from '../../src/reference-data/fault.js';
import { now } from '../fixtures.js';
import { dataSet, listValues, published, publisher, sealed } from './data-sets.js';

const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);

interface Stage {
  readonly activation: Activation;
  /** What was told, in order. */
  readonly told: string[];
  /** The clock, in seconds after `now`. */
  seconds: number;
  readonly decidesBy: (seconds?: number) => unknown;
  /** What became of an offer: its version, or the faults. */
  readonly offer: (...args: Parameters<Activation['offer']>) => Promise<number | string[]>;
  readonly status: () => ReferenceDataStatus;
}

function stage(change: Partial<ActivationDeps> = {}): Stage {
  const told: string[] = [];
  const clock = (): Date => after(it.seconds);
  const activation = new Activation({
    clock,
    publishers: [],
    limits: { warnAfterSeconds: 300, tooOldAfterSeconds: 3600 },
    decidesWhenTooOld: true,
    test: () => [],
    taken: async ({ referenceData, source }) => {
      told.push(`taken ${String(referenceData.dataSet.version)} from ${source}`);
    },
    refused: ({ version, source, faults }) => {
      told.push(`refused ${String(version)} from ${source}: ${faults.map(faultText).join(' | ')}`);
    },
    ...change,
  });
  const it: Stage = {
    activation,
    told,
    seconds: 0,
    decidesBy: (seconds = it.seconds) => {
      const deciding = activation.at(after(seconds));
      return deciding.ok ? deciding.value.referenceData.dataSet.version : deciding.rejection;
    },
    offer: async (...args) => {
      const offered = await activation.offer(...args);
      return isReady(offered) ? offered.referenceData.dataSet.version : offered.faults.map(faultText);
    },
    status: () => activation.status(clock()),
  };
  return it;
}

const version = (number: number, change: Partial<DataSet> = {}): PublishedDataSet =>
  published({ version: number, ...change });

t.test('nothing to decide by', async (t) => {
  const { decidesBy, status } = stage();
  t.strictSame(decidesBy(), {
    kind: 'reference-data-unavailable',
    detail: 'The service has no reference data to judge by.',
  });
  t.strictSame(status(), {
    inForce: undefined,
    pending: undefined,
    freshness: undefined,
    confirmedAt: undefined,
    refused: undefined,
  });
});

t.test('takes one, and a newer one after it', async (t) => {
  const it = stage();
  t.equal(await it.offer(version(1), 'directory'), 1);
  t.equal(it.decidesBy(), 1);
  it.seconds = 60;
  t.equal(await it.offer(version(3), 'redis'), 3);
  t.equal(it.decidesBy(), 3);
  t.strictSame(it.told, ['taken 1 from directory', 'taken 3 from redis']);
  const { lists, ...head } = dataSet({ version: 3 });
  const { inForce, ...rest } = it.status();
  t.ok(lists);
  t.strictSame(
    { ...inForce, referenceData: inForce?.referenceData.dataSet },
    {
      referenceData: { version: 3, sha256: sealed({ version: 3 }).sha256 },
      head,
      source: 'redis',
      takenAt: after(60),
    },
  );
  t.strictSame(rest, {
    pending: undefined,
    freshness: 'current',
    confirmedAt: undefined,
    refused: undefined,
  });
});

t.test('waits for its instant, and is in force from then on', async (t) => {
  const it = stage();
  await it.offer(version(1), 'redis');
  const effectiveFrom = after(100).toISOString();
  t.equal(await it.offer(version(2, { effectiveFrom }), 'redis'), 2);
  t.strictSame(it.told, ['taken 1 from redis', 'taken 2 from redis']);
  t.equal(it.decidesBy(0), 1);
  t.match(it.status(), {
    inForce: { referenceData: { dataSet: { version: 1 } } },
    pending: { referenceData: { dataSet: { version: 2 } } },
  });
  t.equal(it.decidesBy(99.999), 1);
  t.equal(it.decidesBy(100), 2);
  t.equal(it.decidesBy(0), 2, 'though the clock be put back');
  t.match(it.status(), { inForce: { referenceData: { dataSet: { version: 2 } } }, pending: undefined });
});

t.test('looking at the status brings in what waited, too', async (t) => {
  const it = stage();
  await it.offer(version(1), 'redis');
  await it.offer(version(2, { effectiveFrom: after(100).toISOString() }), 'redis');
  it.seconds = 100;
  t.match(it.status(), { inForce: { referenceData: { dataSet: { version: 2 } } }, pending: undefined });
});

t.test('what waits has a successor', async (t) => {
  const it = stage();
  await it.offer(version(1), 'redis');
  await it.offer(version(2, { effectiveFrom: after(100).toISOString() }), 'redis');
  await it.offer(version(3, { effectiveFrom: after(200).toISOString() }), 'redis');
  t.equal(it.decidesBy(150), 1, 'the one in between is never decided by');
  t.equal(it.decidesBy(200), 3);

  const late = stage();
  await late.offer(version(1), 'redis');
  await late.offer(version(2, { effectiveFrom: after(100).toISOString() }), 'redis');
  late.seconds = 150;
  await late.offer(version(3, { effectiveFrom: after(200).toISOString() }), 'redis');
  t.equal(
    late.decidesBy(150),
    2,
    'unless its time had come before the successor did, though nobody had asked',
  );
  t.equal(late.decidesBy(200), 3);

  const now = stage();
  await now.offer(version(2, { effectiveFrom: after(100).toISOString() }), 'redis');
  await now.offer(version(3), 'redis');
  t.match(now.status(), { inForce: { referenceData: { dataSet: { version: 3 } } }, pending: undefined });
});

t.test('the only one there is, and it waits', async (t) => {
  const it = stage();
  await it.offer(version(1, { effectiveFrom: after(100).toISOString() }), 'redis');
  t.match(it.decidesBy(), { kind: 'reference-data-unavailable' });
  t.match(it.status(), { inForce: undefined, freshness: undefined });
  it.activation.confirm(now, 'directory');
  t.match(it.status(), { pending: { source: 'directory' } });
  t.strictSame(it.status().confirmedAt, now);
  t.equal(it.decidesBy(100), 1);
});

t.test('versions rise', async (t) => {
  const it = stage();
  await it.offer(version(5), 'redis');
  t.strictSame(await it.offer(version(4), 'redis'), [
    'data set: is older than version 5, which was taken before',
  ]);
  t.strictSame(await it.offer(version(5, { issuedAt: '2026-06-02T00:00:00Z' }), 'redis'), [
    'data set: has other contents than the version of the same number that was taken before',
  ]);
  t.equal(it.decidesBy(), 5);
  t.match(it.status().refused, { version: 5, source: 'redis' });
  t.strictSame(it.status().refused?.at, now);
  t.equal(await it.offer(version(6, { effectiveFrom: after(100).toISOString() }), 'redis'), 6);
  t.strictSame(await it.offer(version(5), 'redis'), [
    'data set: is older than version 6, which was taken before',
  ]);
});

t.test('the same again changes nothing', async (t) => {
  const it = stage();
  const first = await it.activation.offer(version(1), 'redis');
  it.seconds = 60;
  t.equal(await it.activation.offer(version(1), 'directory'), first);
  t.strictSame(it.told, ['taken 1 from redis']);
  const waiting = await it.activation.offer(version(2, { effectiveFrom: after(100).toISOString() }), 'redis');
  const again = version(2, { effectiveFrom: after(100).toISOString() });
  t.equal(await it.activation.offer(again, 'redis'), waiting);
});

t.test('what cannot be opened', async (t) => {
  const it = stage();
  await it.offer(version(1), 'redis');
  const half = { bytes: sealed({ version: 2 }).bytes.subarray(0, 100), signature: undefined };
  const fault = 'data set: is not JSON in canonical form (RFC 8785)';
  t.strictSame(await it.offer(half, 'redis'), [fault]);
  t.match(it.status().refused, { version: undefined });
  const { version: number, sha256 } = sealed({ version: 2 });
  t.strictSame(await it.offer(half, 'redis', { version: number, sha256 }), [fault]);
  t.match(it.status().refused, { version: 2 });
  t.notOk(it.activation.hasRefused({ version: 2, sha256 }), 'it may be there whole the next time');
  t.equal(it.decidesBy(), 1);
});

t.test('what nobody has signed', async (t) => {
  const [ours, other] = [publisher(), publisher()];
  const it = stage({ publishers: [ours.publicKey] });
  const { bytes } = sealed();
  t.strictSame(await it.offer({ bytes, signature: other.sign(bytes) }, 'redis'), [
    'data set: is not signed by any of the publishers that the service has keys of',
  ]);
  t.equal(await it.offer({ bytes, signature: ours.sign(bytes) }, 'redis'), 1);
});

t.test('another than the one that was pointed to', async (t) => {
  const it = stage();
  const { version: number, sha256 } = sealed();
  for (const expected of [
    { version: 2, sha256 },
    { version: number, sha256: '0'.repeat(64) },
  ]) {
    t.strictSame(await it.offer(version(1), 'redis', expected), [
      `data set: is not the data set that was published as version ${String(expected.version)}`,
    ]);
  }
  t.equal(it.decidesBy.length, 0);
  t.match(it.decidesBy(), { kind: 'reference-data-unavailable' });
  t.equal(await it.offer(version(1), 'redis', { version: number, sha256 }), 1);
});

t.test('lists with faults, and what the tests do not pass, are refused for good', async (t) => {
  let isTested = true;
  const heads: unknown[] = [];
  const it = stage({
    test: (referenceData, head) => {
      heads.push([referenceData.dataSet.version, head.version]);
      return isTested && head.version === 3 ? wrongAsAWhole('does not pass') : [];
    },
  });
  await it.offer(version(1), 'redis');
  const lists = { ...listValues(), meters: {}, devices: 1 };
  t.strictSame(await it.offer(version(2, { lists }), 'redis'), [
    'meters: is no list that this service knows',
    'devices.json: source: is missing',
    'devices.json: retrieved: must be a day, as YYYY-MM-DD',
    'devices.json: entries: must be a list that is not empty',
  ]);
  t.ok(it.activation.hasRefused(sealed({ version: 2, lists })));
  t.notOk(it.activation.hasRefused(sealed({ version: 2 })), 'another of the same number may be right');
  t.strictSame(await it.offer(version(3), 'redis'), ['data set: does not pass']);
  t.ok(it.activation.hasRefused(sealed({ version: 3 })));
  t.notOk(it.activation.hasRefused(sealed({ version: 1 })));
  t.equal(it.decidesBy(), 1);
  isTested = false;
  t.equal(await it.offer(version(3), 'redis'), 3, 'who asks all the same is answered');
  t.strictSame(heads, [
    [1, 1],
    [3, 3],
    [3, 3],
  ]);
});

t.test('a defect is no fault of the data set', async (t) => {
  let hasDefect = true;
  const it = stage({
    test: () => {
      if (hasDefect) throw new TypeError('a defect');
      return [];
    },
  });
  await t.rejects(it.offer(version(1), 'redis'), { name: 'TypeError', message: 'a defect' });
  t.equal(it.status().refused, undefined);
  hasDefect = false;
  t.equal(await it.offer(version(1), 'redis'), 1);
});

t.test('the same refusal is told once, until something else happens', async (t) => {
  const it = stage();
  await it.offer(version(5), 'redis');
  it.told.length = 0;
  await it.offer(version(4), 'redis');
  it.seconds = 10;
  await it.offer(version(4), 'redis');
  t.strictSame(it.status().refused?.at, after(10), 'the last one is shown');
  const older = (number: number): string =>
    `refused ${String(number)} from redis: data set: is older than version 5, which was taken before`;
  t.strictSame(it.told, [older(4)]);
  await it.offer(version(3), 'redis');
  await it.offer(version(4), 'redis');
  t.strictSame(it.told, [older(4), older(3), older(4)]);
  t.equal(await it.offer(version(6), 'redis'), 6);
  t.equal(it.status().refused, undefined);
  const fault = wrongAsAWhole('is no data set at all');
  t.strictSame(it.activation.refuse('lists', undefined, fault), {
    version: undefined,
    source: 'lists',
    at: after(10),
    faults: fault,
  });
  it.activation.refuse('lists', undefined, fault);
  t.strictSame(it.told.slice(3), [
    'taken 6 from redis',
    'refused undefined from lists: data set: is no data set at all',
  ]);
});

t.test('offers that come together are taken in order', async (t) => {
  const released: (() => void)[] = [];
  const it = stage({
    taken: async ({ referenceData }) => {
      await new Promise<void>((resolve) => released.push(resolve));
      it.told.push(`taken ${String(referenceData.dataSet.version)}`);
    },
  });
  const offers = [version(1), version(3), version(2), version(3)].map((each) => it.offer(each, 'redis'));
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  t.equal(released.length, 1, 'one at a time');
  t.match(it.decidesBy(), { kind: 'reference-data-unavailable' }, 'and nothing before it has been told');
  released[0]?.();
  t.equal(await offers[0], 1);
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  released[1]?.();
  t.strictSame(await Promise.all(offers), [
    1,
    3,
    ['data set: is older than version 3, which was taken before'],
    3,
  ]);
  t.strictSame(it.told, ['taken 1', 'taken 3'].concat(it.told.slice(2)));
  t.match(it.told[2], /^refused 2 from redis/);
});

t.test('where nobody can be told, nothing has changed, and the next offer is taken', async (t) => {
  let canTell = true;
  const it = stage({
    taken: async () => {
      if (!canTell) throw new Error('cannot tell');
    },
  });
  await it.offer(version(1), 'redis');
  canTell = false;
  const second = it.offer(version(2), 'redis');
  const third = it.offer(version(3), 'redis');
  await t.rejects(second, { message: 'cannot tell' });
  await t.rejects(third, { message: 'cannot tell' });
  t.equal(it.decidesBy(), 1);
  t.match(it.status(), { pending: undefined, refused: undefined });
  t.notOk(it.activation.isNewest(sealed({ version: 2 })));
  canTell = true;
  t.equal(await it.offer(version(2), 'redis'), 2);
});

t.test('what waits for long enough while somebody is told is in force at once', async (t) => {
  const it = stage({
    taken: async () => {
      it.seconds = 100;
    },
  });
  await it.offer(version(1, { effectiveFrom: after(50).toISOString() }), 'redis');
  t.equal(it.status().pending, undefined);
  t.strictSame(it.status().inForce?.takenAt, now);
});

t.test('which is the newest', async (t) => {
  const it = stage();
  const [first, second] = [sealed(), sealed({ version: 2, effectiveFrom: after(100).toISOString() })];
  t.notOk(it.activation.isNewest(first));
  await it.offer({ bytes: first.bytes, signature: undefined }, 'redis');
  t.ok(it.activation.isNewest(first));
  t.notOk(it.activation.isNewest({ ...first, sha256: second.sha256 }));
  t.notOk(it.activation.isNewest({ ...first, version: 2 }));
  await it.offer({ bytes: second.bytes, signature: undefined }, 'redis');
  t.ok(it.activation.isNewest(second), 'and it need not be in force');
  t.notOk(it.activation.isNewest(first));
});

const freshness = (t: Test, it: Stage, seconds: number, expected: string): void => {
  it.seconds = seconds;
  const deciding = it.activation.at(after(seconds));
  t.equal(deciding.ok && deciding.value.freshness, expected);
  t.equal(it.status().freshness, expected);
};

t.test('how fresh it is, since it was confirmed', async (t) => {
  const it = stage();
  await it.offer(version(1), 'directory');
  freshness(t, it, 299, 'current');
  freshness(t, it, 300, 'stale');
  it.activation.confirm(after(200), 'redis');
  t.match(it.status(), { inForce: { source: 'redis' } });
  t.strictSame(it.status().confirmedAt, after(200));
  freshness(t, it, 499, 'current');
  freshness(t, it, 500, 'stale');
  freshness(t, it, 3799, 'stale');
  freshness(t, it, 3800, 'too-old');
  it.activation.confirm(after(3800), 'redis');
  freshness(t, it, 3800, 'current');
});

t.test('of one from disk that nobody has confirmed, nobody knows more than when it was issued', async (t) => {
  const it = stage();
  await it.offer(version(1, { issuedAt: after(-299).toISOString() }), 'persisted');
  freshness(t, it, 0, 'current');
  freshness(t, it, 1, 'stale');
});

t.test('nothing to confirm', async (t) => {
  const it = stage();
  it.activation.confirm(now, 'redis');
  t.match(it.status(), { inForce: undefined, pending: undefined });
  t.strictSame(it.status().confirmedAt, now);
});

t.test('one that expires', async (t) => {
  const it = stage();
  await it.offer(version(1, { expiresAt: after(100).toISOString() }), 'redis');
  freshness(t, it, 99, 'current');
  freshness(t, it, 100, 'too-old');
  it.activation.confirm(after(100), 'redis');
  freshness(t, it, 100, 'too-old');
  t.equal(it.decidesBy(), 1);
});

t.test('too old to decide by, where that is asked for', async (t) => {
  const it = stage({ decidesWhenTooOld: false });
  await it.offer(version(1), 'redis');
  t.equal(it.decidesBy(3599), 1);
  t.strictSame(it.decidesBy(3600), {
    kind: 'reference-data-too-old',
    detail: 'The reference data is too old to judge by.',
  });
  t.equal(it.activation.status(after(3600)).freshness, 'too-old');
  it.activation.confirm(after(3600), 'redis');
  t.equal(it.decidesBy(3600), 1);
});
