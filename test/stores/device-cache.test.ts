import t from 'tap';
import { DeviceCache } from '../../src/stores/device-cache.js';
import type { Device } from '../../src/stores/device-store.js';
import type { EntityIdentifier } from '../../src/smki/entity-identifier.js';
import { bare, esme } from '../contract/device-store.js';

const both = [esme.entityIdentifier, bare.entityIdentifier];
const found = new Map<EntityIdentifier, Device | undefined>([
  [esme.entityIdentifier, esme],
  [bare.entityIdentifier, undefined],
]);

const open = (max = 10): { cache: DeviceCache; advance: (ms: number) => void } => {
  let time = 1_000_000;
  const cache = new DeviceCache({ max, foundForMs: 100, notFoundForMs: 10 }, () => new Date(time));
  return { cache, advance: (ms) => (time += ms) };
};

/** A lookup in which something happens between the question and the answer. */
const lookUp = (
  cache: DeviceCache,
  generation: string,
  meanwhile: () => void = () => undefined,
): Promise<void> =>
  cache.during(both, async ({ settle }) => {
    meanwhile();
    settle(generation, found);
  });

t.test('found and not found are remembered, each for a time of its own', async (t) => {
  const { cache, advance } = open();
  t.equal(cache.get(esme.entityIdentifier), undefined);
  await lookUp(cache, 'one');
  t.strictSame(cache.get(esme.entityIdentifier), { device: esme });
  t.strictSame(cache.get(bare.entityIdentifier), { device: undefined });
  advance(11);
  t.strictSame(cache.get(esme.entityIdentifier), { device: esme });
  t.equal(cache.get(bare.entityIdentifier), undefined);
  advance(90);
  t.equal(cache.get(esme.entityIdentifier), undefined);
});

t.test('no more than so many', async (t) => {
  const { cache } = open(1);
  await lookUp(cache, 'one');
  t.equal(cache.get(esme.entityIdentifier), undefined);
  t.strictSame(cache.get(bare.entityIdentifier), { device: undefined });
});

t.test('what is dropped is dropped, also while it is being looked up', async (t) => {
  const { cache } = open();
  await lookUp(cache, 'one');
  cache.drop([esme.entityIdentifier]);
  t.equal(cache.get(esme.entityIdentifier), undefined);
  await lookUp(cache, 'one', () => {
    cache.drop([esme.entityIdentifier]);
  });
  t.equal(cache.get(esme.entityIdentifier), undefined);
  t.strictSame(cache.get(bare.entityIdentifier), { device: undefined });
  await lookUp(cache, 'one');
  t.strictSame(cache.get(esme.entityIdentifier), { device: esme });
});

t.test('so is all of it', async (t) => {
  const { cache } = open();
  await lookUp(cache, 'one');
  await lookUp(cache, 'one', () => {
    cache.clear();
  });
  for (const each of both) t.equal(cache.get(each), undefined);
});

t.test('another generation empties it, and what was asked of the one before is not remembered', async (t) => {
  const { cache } = open();
  await lookUp(cache, 'one');
  await cache.during([], async ({ settle }) => {
    settle('two', new Map());
  });
  t.strictSame(cache.get(esme.entityIdentifier), { device: esme }, 'of no lookup nothing follows');
  const { promise: answered, resolve: answer } = promiseOf();
  const slow = cache.during(both, async ({ settle }) => {
    await answered;
    settle('one', found);
  });
  await cache.during([bare.entityIdentifier], async ({ settle }) => {
    settle('two', new Map([[bare.entityIdentifier, bare]]));
  });
  t.equal(cache.get(esme.entityIdentifier), undefined);
  t.strictSame(cache.get(bare.entityIdentifier), { device: bare });
  answer();
  await slow;
  t.equal(cache.get(esme.entityIdentifier), undefined);
  t.strictSame(cache.get(bare.entityIdentifier), { device: bare });
});

t.test('a lookup that fails leaves nothing behind', async (t) => {
  const { cache } = open();
  await t.rejects(
    cache.during(both, async () => {
      throw new Error('no answer');
    }),
    { message: 'no answer' },
  );
  t.equal(cache.get(esme.entityIdentifier), undefined);
});

function promiseOf(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
