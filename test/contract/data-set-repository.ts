import type { Test } from 'tap';
import type { Clock } from '../../src/clock.js';
import type { SealedDataSet } from '../../src/reference-data/data-set.js';
import type { DataSetRepository, ReplicaReport } from '../../src/stores/data-set-repository.js';
import { now } from '../fixtures.js';
import { sealed } from '../reference-data/data-sets.js';
import { until } from '../until.js';

/** A place where data sets are published. */
export interface Place {
  /** One more repository on it, as another process has. */
  readonly open: () => DataSetRepository;
  /** Puts a text in the place of the pointer. */
  readonly point: (text: string) => Promise<void>;
}

const idOf = ({ version, sha256 }: SealedDataSet): { version: number; sha256: string } => ({
  version,
  sha256,
});

/** What every repository of data sets does, whatever is behind it. `prepare` makes an empty place; it ends with the test. */
export function dataSetRepositoryContract(
  t: Test,
  prepare: (t: Test, clock: Clock) => Promise<Place>,
  options: { readonly skip?: false | string } = {},
): void {
  const unavailable = { name: 'StoreUnavailable' };

  /** Two repositories on one place. */
  const two = async (
    t: Test,
    clock: Clock = () => now,
  ): Promise<Place & { readonly one: DataSetRepository; readonly other: DataSetRepository }> => {
    const place = await prepare(t, clock);
    const open = (): DataSetRepository => {
      const repository = place.open();
      t.teardown(() => repository.close());
      return repository;
    };
    return { ...place, open, one: open(), other: open() };
  };

  t.test('where nothing has been published, there is nothing', options, async (t) => {
    const { one } = await two(t);
    t.equal(await one.current(), undefined);
    t.equal(await one.read(1), undefined);
    t.strictSame(await one.versions(), []);
    t.strictSame(await one.replicas(), []);
  });

  t.test('what is published is read byte for byte, by everybody', options, async (t) => {
    const { one, other } = await two(t);
    const [first, second] = [sealed(), sealed({ version: 2 })];
    const signature = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    t.strictSame(await one.publish(first, signature, undefined), { published: true });
    t.strictSame(await one.publish(second, undefined, first), { published: true });
    for (const each of [one, other]) {
      t.strictSame(await each.current(), idOf(second));
      t.strictSame(await each.read(1), { bytes: first.bytes, signature });
      t.strictSame(await each.read(2), { bytes: second.bytes, signature: undefined });
      t.equal(await each.read(3), undefined);
      t.strictSame(await each.versions(), [1, 2]);
    }
  });

  t.test('whatever the bytes are', options, async (t) => {
    const { one, other } = await two(t);
    const bytes = Buffer.from([0xff, 0x00, 0x0d, 0x0a, 0xc3]);
    const dataSet = { version: 7, sha256: 'a'.repeat(64), bytes };
    t.strictSame(await one.publish(dataSet, bytes, undefined), { published: true });
    t.strictSame(await other.read(7), { bytes, signature: bytes });
  });

  t.test('who expects another to be current publishes nothing, and is told which is', options, async (t) => {
    const { one, other } = await two(t);
    const [first, second] = [sealed(), sealed({ version: 2 })];
    t.strictSame(await one.publish(second, undefined, first), { published: false, current: undefined });
    t.strictSame(await one.versions(), []);
    await one.publish(first, undefined, undefined);
    for (const expected of [
      undefined,
      { version: 2, sha256: first.sha256 },
      { version: 1, sha256: second.sha256 },
    ]) {
      const refused = { published: false, current: idOf(first) };
      t.strictSame(await other.publish(second, undefined, expected), refused);
    }
    t.strictSame(await one.current(), idOf(first));
    t.equal(await one.read(2), undefined);
    t.strictSame(await one.versions(), [1]);
  });

  t.test('of many that publish at once, one does', options, async (t) => {
    const { one, other, open } = await two(t);
    const publishers = [one, other, open(), open()];
    let before: SealedDataSet | undefined;
    for (let round = 1; round <= 50; round += 1) {
      const expected = before;
      // Two of them under one number.
      const dataSets = publishers.map((_, index) =>
        sealed({
          version: 10 * round + Math.floor(index / 2),
          lists: { publisher: index },
        }),
      );
      const results = await Promise.allSettled(
        publishers.map((each, index) => each.publish(dataSets[index]!, undefined, expected)),
      );
      const winners = dataSets.filter((_, index) => {
        const result = results[index]!;
        return result.status === 'fulfilled' && result.value.published;
      });
      if (winners.length !== 1) t.fail(`round ${String(round)} had ${String(winners.length)}`);
      for (const result of results) if (result.status === 'rejected') t.match(result.reason, unavailable);
      [before] = winners;
      const current = await one.current();
      if (current?.sha256 !== before?.sha256) t.fail(`round ${String(round)} is not of the winner`);
      if ((await other.read(before!.version))?.bytes.equals(before!.bytes) !== true) {
        t.fail(`round ${String(round)} was written over`);
      }
    }
    t.equal((await one.versions()).length, 50, 'and of the others nothing is left');
  });

  t.test('a version that is there is never written over', options, async (t) => {
    const { one, other } = await two(t);
    const [first, second] = [sealed(), sealed({ version: 2 })];
    const signature = Buffer.from('signature');
    await one.publish(first, signature, undefined);
    await one.publish(second, undefined, first);
    for (const version of [1, 2]) {
      const another = sealed({ version, issuedAt: '2026-06-02T00:00:00Z' });
      const refused = { published: false, current: idOf(second) };
      t.strictSame(await other.publish(another, Buffer.from('other'), second), refused);
    }
    t.strictSame(await one.current(), idOf(second));
    t.strictSame(await one.read(1), { bytes: first.bytes, signature });
    t.strictSame(await one.read(2), { bytes: second.bytes, signature: undefined });
  });

  t.test('versions are in the order of their numbers', options, async (t) => {
    const { one } = await two(t);
    const versions = [1, 2, 9, 10, 11, 100, 999_999_999_999_999, Number.MAX_SAFE_INTEGER];
    let before: SealedDataSet | undefined;
    for (const version of versions) {
      const dataSet = sealed({ version, lists: {} });
      t.strictSame(await one.publish(dataSet, undefined, before), { published: true });
      t.strictSame(await one.current(), idOf(dataSet));
      before = dataSet;
    }
    t.strictSame(await one.versions(), versions);
  });

  t.test('who watches is nudged', options, async (t) => {
    const { one, other, open } = await two(t);
    let before: SealedDataSet | undefined;
    const publish = async (): Promise<void> => {
      const dataSet = sealed({ version: (before?.version ?? 0) + 1, lists: {} });
      await one.publish(dataSet, undefined, before);
      before = dataSet;
    };
    await publish();
    const seen = [0, 0];
    const watchers = [other, open()];
    watchers.forEach((each, index) => {
      each.watch(() => {
        seen[index]! += 1;
      });
    });
    // Until they watch, a nudge may be lost.
    await until('everybody is nudged', async () => {
      await publish();
      return seen.every((count) => count > 0);
    });
    await watchers[0]?.close();
    const [closed, open1] = [...seen];
    await until('the other is nudged again', async () => {
      await publish();
      return seen[1]! > open1! + 2;
    });
    t.equal(seen[0], closed, 'and nobody who has closed');
  });

  t.test('replicas report, until they are silent', options, async (t) => {
    let seconds = 0;
    const { one, other } = await two(t, () => new Date(now.getTime() + seconds * 1000));
    const report = (replica: string, change: Partial<ReplicaReport> = {}): ReplicaReport => ({
      replica,
      at: new Date(now.getTime() + seconds * 1000).toISOString(),
      ...change,
    });
    const first = report('host-1', {
      version: 1,
      sha256: sealed().sha256,
      source: 'redis',
      refused: { version: 2, reason: 'data set: is broken' },
    });
    await one.report(report('host-1'));
    await one.report(first);
    await other.report(report('host-2', { refused: { reason: 'data set: is broken' } }));
    const known = async (): Promise<ReplicaReport[]> =>
      [...(await one.replicas())].sort((a, b) => (a.replica < b.replica ? -1 : 1));
    t.strictSame(await known(), [first, report('host-2', { refused: { reason: 'data set: is broken' } })]);
    await other.withdraw('host-1');
    await other.withdraw('host-1');
    t.equal((await known()).length, 1, 'one that ends takes its report back');
    await one.report(first);
    seconds = 30;
    const second = report('host-2', { version: 3, pending: 4 });
    await other.report(second);
    seconds = 60;
    t.strictSame(await known(), [first, second]);
    seconds = 60.001;
    t.strictSame(await known(), [second]);
    seconds = 0;
    t.strictSame(await known(), [second], 'which is for good');
    seconds = 100;
    t.strictSame(await known(), []);
    await one.report(report('host-1'));
    t.strictSame(await known(), [report('host-1')]);
  });

  t.test('a pointer that is none, or half of one', options, async (t) => {
    const { one, other, point } = await two(t);
    const first = sealed();
    await one.publish(first, undefined, undefined);
    const pointer = JSON.stringify(idOf(first));
    await point(pointer);
    t.strictSame(await one.current(), idOf(first));
    for (const text of [
      pointer.slice(0, 40),
      `${pointer}\n`,
      pointer + pointer,
      pointer.replace('1', '0'),
      pointer.replace('1', '01'),
      pointer.replace('1', '1.5'),
      pointer.replace('1', '-1'),
      pointer.replace('1', '9007199254740993'),
      pointer.replace(first.sha256, first.sha256.toUpperCase()),
      pointer.replace(first.sha256, ''),
      `{"sha256":"${first.sha256}","version":1}`,
      '{}',
      'null',
      '\0',
    ]) {
      await point(text);
      await t.rejects(other.current(), unavailable, JSON.stringify(text));
      await t.rejects(
        other.publish(sealed({ version: 2 }), undefined, first),
        unavailable,
        JSON.stringify(text),
      );
    }
    t.strictSame(await one.versions(), [1]);
    await point(pointer);
    t.strictSame(await other.publish(sealed({ version: 2 }), undefined, first), { published: true });
  });
}
