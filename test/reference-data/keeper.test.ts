import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Activation } from '../../src/reference-data/activation.js';
import { faultText, ReferenceDataError, wrongAsAWhole } from '../../src/reference-data/fault.js';
import { type Keeper, keepCurrent } from '../../src/reference-data/keeper.js';
import type { DataSetRepository } from '../../src/stores/data-set-repository.js';
import { now } from '../fixtures.js';
import { until } from '../until.js';
import { listValues, published, sealed } from './data-sets.js';

interface Stage {
  readonly keeper: Keeper;
  readonly activation: Activation;
  /** What was told, and what the repository was asked, in order. */
  readonly happened: string[];
  /** What the repository does when it is asked; a test changes it. */
  current: DataSetRepository['current'];
  read: DataSetRepository['read'];
  at: Date;
  readonly nudge: () => void;
}

function stage(t: Test, pollMs = 3_600_000): Stage {
  const happened: string[] = [];
  const clock = (): Date => it.at;
  let nudge = (): void => undefined;
  const activation = new Activation({
    clock,
    publishers: [],
    limits: { warnAfterSeconds: 300, tooOldAfterSeconds: 3600 },
    decidesWhenTooOld: true,
    test: () => [],
    taken: async ({ referenceData: { dataSet } }) => void happened.push(`taken ${String(dataSet.version)}`),
    refused: ({ version, faults }) => {
      happened.push(`refused ${String(version)}: ${faults.map(faultText).join(' | ')}`);
    },
  });
  const keeper = keepCurrent({
    activation,
    repository: {
      current: () => {
        happened.push('asked');
        return it.current();
      },
      read: (version) => {
        happened.push(`read ${String(version)}`);
        return it.read(version);
      },
      watch: (onNudge) => {
        nudge = onNudge;
      },
    },
    source: 'redis',
    pollMs,
    clock,
    looked: (trouble) => void happened.push(trouble === undefined ? 'looked' : `trouble: ${trouble.message}`),
  });
  t.teardown(() => {
    keeper.stop();
  });
  const it: Stage = {
    keeper,
    activation,
    happened,
    current: async () => undefined,
    read: async (version) => published({ version }),
    at: now,
    nudge: () => {
      nudge();
    },
  };
  return it;
}

const pointTo = (it: Stage, version: number): void => {
  it.current = async () => sealed({ version });
};

/** What has happened since it was asked last. */
const news = ({ happened }: Stage): string[] => happened.splice(0);

t.test('nothing is looked at before somebody asks', async (t) => {
  const it = stage(t);
  t.strictSame(news(it), []);
  t.equal(it.keeper.trouble(), undefined);
});

t.test('takes what is published, and then has it confirmed', async (t) => {
  const it = stage(t);
  pointTo(it, 1);
  await it.keeper.refresh();
  t.strictSame(news(it), ['asked', 'read 1', 'taken 1', 'looked']);
  t.strictSame(it.activation.status(now).confirmedAt, now);
  it.at = new Date(now.getTime() + 60_000);
  await it.keeper.refresh();
  t.strictSame(news(it), ['asked', 'looked'], 'which is not read again');
  t.strictSame(it.activation.status(it.at).confirmedAt, it.at);
  t.equal(it.activation.status(it.at).inForce?.source, 'redis');
  pointTo(it, 2);
  await it.keeper.refresh();
  t.strictSame(news(it), ['asked', 'read 2', 'taken 2', 'looked']);
});

t.test('nothing has been published', async (t) => {
  const it = stage(t);
  await it.keeper.refresh();
  t.strictSame(news(it), ['asked', 'trouble: nothing has been published']);
  t.equal(it.keeper.trouble()?.message, 'nothing has been published');
  t.equal(it.activation.status(now).confirmedAt, undefined);
});

t.test('what is pointed to, and not there', async (t) => {
  const it = stage(t);
  pointTo(it, 1);
  await it.keeper.refresh();
  news(it);
  pointTo(it, 2);
  it.read = async () => undefined;
  const fault = 'refused 2: data set: is not there, though it is the current one';
  await it.keeper.refresh();
  t.strictSame(news(it), ['asked', 'read 2', fault, 'looked']);
  await it.keeper.refresh();
  t.strictSame(news(it), ['asked', 'read 2', 'looked'], 'told once, and asked for again');
  it.read = async () => published({ version: 2 });
  await it.keeper.refresh();
  t.strictSame(news(it), ['asked', 'read 2', 'taken 2', 'looked']);
});

t.test('what is refused is not confirmed, and not read again', async (t) => {
  const it = stage(t);
  pointTo(it, 1);
  await it.keeper.refresh();
  news(it);
  const lists = { ...listValues(), meters: {} };
  it.current = async () => sealed({ version: 2, lists });
  it.read = async () => published({ version: 2, lists });
  it.at = new Date(now.getTime() + 60_000);
  await it.keeper.refresh();
  t.strictSame(news(it), [
    'asked',
    'read 2',
    'refused 2: meters: is no list that this service knows',
    'looked',
  ]);
  await it.keeper.refresh();
  t.strictSame(news(it), ['asked', 'looked']);
  t.strictSame(it.activation.status(it.at).confirmedAt, now);
  t.equal(it.activation.status(it.at).refused?.version, 2);
});

t.test('another than the one pointed to', async (t) => {
  const it = stage(t);
  pointTo(it, 2);
  it.read = async () => published({ version: 1 });
  await it.keeper.refresh();
  t.strictSame(news(it), [
    'asked',
    'read 2',
    'refused 1: data set: is not the data set that was published as version 2',
    'looked',
  ]);
  t.equal(it.activation.status(now).confirmedAt, undefined);
});

t.test('trouble, and that it is over', async (t) => {
  const it = stage(t);
  pointTo(it, 1);
  await it.keeper.refresh();
  news(it);
  const away = new Error('away');
  it.current = () => Promise.reject(away);
  await it.keeper.refresh();
  t.equal(it.keeper.trouble(), away);
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a library may.
  it.current = () => Promise.reject('no Error');
  await it.keeper.refresh();
  t.match(it.keeper.trouble(), { message: 'no Error' });
  pointTo(it, 2);
  it.read = () => Promise.reject(new Error('half away'));
  await it.keeper.refresh();
  t.strictSame(news(it), [
    'asked',
    'trouble: away',
    'asked',
    'trouble: no Error',
    'asked',
    'read 2',
    'trouble: half away',
  ]);
  t.match(it.activation.status(now).inForce, { referenceData: { dataSet: { version: 1 } } });
  it.read = async (version) => published({ version });
  await it.keeper.refresh();
  t.equal(it.keeper.trouble(), undefined);
  t.strictSame(news(it), ['asked', 'read 2', 'taken 2', 'looked']);
});

t.test('lists that cannot be read are refused, and trouble', async (t) => {
  const it = stage(t);
  it.current = () => Promise.reject(new ReferenceDataError(wrongAsAWhole('is broken')));
  for (const told of [['refused undefined: data set: is broken'], []]) {
    await it.keeper.refresh();
    t.strictSame(news(it), [
      'asked',
      ...told,
      'trouble: The reference data has faults:\n  data set: is broken',
    ]);
  }
});

t.test('however many ask while it looks, it looks once more', async (t) => {
  const it = stage(t);
  const answers: (() => void)[] = [];
  it.current = () =>
    new Promise((resolve) => {
      answers.push(() => {
        resolve(sealed({ version: answers.length }));
      });
    });
  const asked = [it.keeper.refresh(), it.keeper.refresh(), it.keeper.refresh()];
  it.nudge();
  it.nudge();
  t.equal(answers.length, 1);
  answers[0]?.();
  await until('it looks again', () => answers.length === 2);
  it.nudge();
  answers[1]?.();
  await until('it looks for the nudge', () => answers.length === 3);
  answers[2]?.();
  await Promise.all(asked);
  t.strictSame(news(it), [
    ...['asked', 'read 1', 'taken 1', 'looked'],
    ...['asked', 'read 2', 'taken 2', 'looked'],
    ...['asked', 'read 3', 'taken 3', 'looked'],
  ]);
});

t.test('looks when nudged, until it is stopped', async (t) => {
  const it = stage(t);
  pointTo(it, 1);
  it.nudge();
  await until('it has looked', () => it.happened.includes('looked'));
  it.keeper.stop();
  news(it);
  it.nudge();
  t.strictSame(news(it), []);
});

t.test('looks from time to time, until it is stopped', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => {
    mock.timers.reset();
  });
  const it = stage(t, 1000);
  const settle = async (): Promise<string[]> => {
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    return news(it);
  };
  pointTo(it, 1);
  await it.keeper.refresh();
  news(it);
  for (let time = 0; time < 3; time += 1) {
    mock.timers.tick(999);
    t.strictSame(await settle(), []);
    mock.timers.tick(1);
    t.strictSame(await settle(), ['asked', 'looked']);
  }
  mock.timers.tick(500);
  it.nudge();
  t.strictSame(await settle(), ['asked', 'looked']);
  mock.timers.tick(999);
  t.strictSame(await settle(), [], 'the time runs from the last look');

  let finish = (): void => undefined;
  it.current = () =>
    new Promise((resolve) => {
      finish = () => {
        resolve(sealed({ version: 1 }));
      };
    });
  mock.timers.tick(1);
  it.keeper.stop();
  finish();
  t.strictSame(await settle(), ['asked', 'looked'], 'what had begun goes to its end');
  mock.timers.tick(10_000);
  t.strictSame(await settle(), []);
});

t.test('stopped while it waits', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => {
    mock.timers.reset();
  });
  const it = stage(t, 1000);
  pointTo(it, 1);
  await it.keeper.refresh();
  news(it);
  it.keeper.stop();
  mock.timers.tick(10_000);
  await setImmediate();
  t.strictSame(news(it), []);
});

t.test('who starts while a version waits decides by the one before', async (t) => {
  const after = (seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString();
  const start = async (
    kept: readonly (Parameters<typeof published>[0] & { readonly version: number })[],
    takenBefore: readonly Parameters<typeof published>[0][] = [],
    keepsVersions = true,
  ): Promise<unknown> => {
    const refused: unknown[] = [];
    const versions = kept.map(({ version }) => version);
    const newest = kept.at(-1)!;
    const activation = new Activation({
      clock: () => now,
      publishers: [],
      limits: { warnAfterSeconds: 300, tooOldAfterSeconds: 3600 },
      decidesWhenTooOld: true,
      test: () => [],
      taken: async () => undefined,
      refused: (each) => void refused.push(each.version),
    });
    for (const each of takenBefore) await activation.offer(published(each), 'persisted');
    const keeper = keepCurrent({
      activation,
      repository: {
        current: async () => sealed(newest),
        read: async (version) => {
          const found = kept.find((each) => each.version === version);
          return (
            found &&
            (found.expiresAt === 'garbage' ? { ...published(), bytes: Buffer.from('{') } : published(found))
          );
        },
        ...(keepsVersions && { versions: async () => versions }),
        watch: () => undefined,
      },
      source: 'redis',
      pollMs: 3_600_000,
      clock: () => now,
      looked: () => undefined,
    });
    await keeper.refresh();
    keeper.stop();
    const { inForce, pending } = activation.status(now);
    t.strictSame(refused, []);
    return [inForce, pending].map((ready) => ready?.referenceData.dataSet.version);
  };
  const at = (
    version: number,
    effectiveFrom: string,
    issuedAt = '2026-06-02T00:00:00Z',
  ): { version: number; effectiveFrom: string; issuedAt: string } => ({ version, effectiveFrom, issuedAt });
  const since = '2026-06-01T00:00:00Z';
  t.strictSame(await start([at(1, since), at(2, after(60))]), [1, 2]);
  t.strictSame(await start([at(1, since), at(2, since)]), [2, undefined]);
  t.strictSame(await start([at(2, after(60))]), [undefined, 2]);
  t.strictSame(
    await start([at(1, since), at(2, after(60))], [], false),
    [undefined, 2],
    'lists are one version',
  );
  t.strictSame(await start([at(1, after(30)), at(2, after(60))]), [undefined, 2]);
  t.strictSame(
    await start([at(1, since), at(3, '2026-06-05T00:00:00Z'), at(4, after(60), '2026-06-04T00:00:00Z')]),
    [1, 4],
    'the third was replaced before its time',
  );
  t.strictSame(
    await start([at(1, since), { ...at(3, since), expiresAt: 'garbage' }, at(4, after(60))]),
    [1, 4],
    'one that cannot be read is passed over',
  );
  const [one, two, waiting] = [at(1, since), at(2, since), at(3, after(60), '2026-06-03T00:00:00Z')];
  t.strictSame(await start([one, two, waiting], [one]), [2, 3], 'it was away when the second came');
  t.strictSame(await start([one, two, waiting], [one, two]), [2, 3]);
  t.strictSame(await start([one, at(2, after(30)), waiting], [one, at(2, after(30))]), [1, 3]);
  t.strictSame(await start([one, at(2, after(30)), waiting], [one]), [1, 3]);
});
