import t from 'tap';
import { bucketsFor, deviceBuckets, tags } from '../../src/stores/device-buckets.js';
import { octetsOf } from '../../src/stores/device-record.js';
import { eui } from '../contract/device-store.js';
import { deviceNumber } from './devices.js';

const buckets = deviceBuckets('test');
const tagOf = (key: string): string | undefined => /\{([^}]*)\}/.exec(key)?.[1];

t.test('as many buckets as the devices need, over all tags', async (t) => {
  t.equal(bucketsFor(0), tags);
  t.equal(bucketsFor(64 * tags), tags);
  t.equal(bucketsFor(64 * tags + 1), 2 * tags);
  t.equal(bucketsFor(30_000_000), 458 * tags);
});

t.test('identifiers that come in runs fill the buckets alike, and none beyond what is packed', async (t) => {
  // Runs of manufacturers, each with gaps of its own.
  const generation = { generation: 'g', buckets: bucketsFor(400_000) };
  const full = new Map<string, number>();
  for (let run = 0; run < 8; run += 1) {
    for (let number = 0; number < 50_000; number += 1) {
      const hex = (number * (run + 1) * 2 ** run).toString(16).padStart(8, '0').toUpperCase();
      const identifier = `90-B3-D5-1${String(run)}-${hex.match(/../g)?.join('-') ?? ''}`;
      const key = buckets.keyOf(generation, octetsOf(eui(identifier)));
      full.set(key, (full.get(key) ?? 0) + 1);
    }
  }
  t.ok(full.size > generation.buckets * 0.999, 'all are used');
  t.ok(Math.max(...full.values()) < 127, 'and the fullest, with its sentinel, is packed');
});

t.test('a device has the same tag in every generation, and its key is that of a place', async (t) => {
  const small = { generation: 'one', buckets: tags };
  const large = { generation: 'two', buckets: 7 * tags };
  const keys = new Set(Array.from({ length: large.buckets }, (_, place) => buckets.keyAt(large, place)));
  t.equal(keys.size, large.buckets);
  const tagsSeen = new Set<string | undefined>();
  for (let number = 0; number < 10_000; number += 1) {
    const octets = octetsOf(deviceNumber(number).entityIdentifier);
    const key = buckets.keyOf(large, octets);
    t.ok(keys.has(key));
    t.equal(tagOf(key), tagOf(buckets.keyOf(small, octets)));
    tagsSeen.add(tagOf(key));
  }
  t.equal(tagsSeen.size, tags);
});
