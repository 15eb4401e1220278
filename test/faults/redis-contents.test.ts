import { randomBytes } from 'node:crypto';
import t from 'tap';
import { pointerText } from '../../src/stores/data-set-repository.js';
import { withoutRedis } from '../redis-server.js';
import { dataSetOf } from './opposites.js';
import { recovers, refuses, type Scene, startScene, staysInForce } from './scene.js';

const pointerKey = '{certificate-party}:data-set';
const bytesKey = (version: number): string => `${pointerKey}:${String(version)}`;

/** Writes as somebody does who has redis-cli, and tells nobody. */
const write = async ({ redis }: Scene, entries: Readonly<Record<string, string | Buffer>>): Promise<void> => {
  for (const [key, value] of Object.entries(entries)) await redis.client.set(key, value);
};

const ofVersion1 = dataSetOf(1);
const ofVersion2 = dataSetOf(2);

t.test('the pointer is set back to an older version', { skip: withoutRedis }, async (t) => {
  const all = await startScene(t);
  const { publisher, replica, asking } = all;
  for (const version of [2, 3]) {
    await publisher.publish(version);
    await replica.decidesBy(version);
  }
  await asking.more(20);
  for (const older of [ofVersion1, ofVersion2]) {
    await write(all, { [pointerKey]: pointerText(older) });
    const found = await replica.until('it says so', ({ refused }) => refused?.version === older.version);
    t.match(found, {
      code: 200,
      referenceData: {
        inForce: { version: 3 },
        refused: { reasons: ['data set: is older than version 3, which was taken before'] },
      },
    });
    await asking.more(20);
  }
  await write(all, { [pointerKey]: pointerText(dataSetOf(3)) });
  await replica.decidesBy(3);
  await publisher.publish(4);
  await replica.decidesBy(4);
  await asking.more(10);
  await asking.stop();
});

t.test('the pointer has the hash of another data set', { skip: withoutRedis }, async (t) => {
  const all = await startScene(t);
  await write(all, {
    [bytesKey(2)]: ofVersion2.bytes,
    [pointerKey]: pointerText({ version: 2, sha256: ofVersion1.sha256 }),
  });
  await refuses(t, all, 2, /is not the data set that was published as version 2/);
  t.comment('and one of the version in force');
  await write(all, { [pointerKey]: pointerText({ version: 1, sha256: ofVersion2.sha256 }) });
  await refuses(t, all, 1, /is not the data set that was published as version 1/);
  t.comment('and one of the version in force that is not what was taken');
  const other = dataSetOf(1, { lists: { devices: [] } });
  await write(all, { [bytesKey(1)]: other.bytes, [pointerKey]: pointerText(other) });
  await refuses(t, all, 1, /has other contents than the version of the same number that was taken before/);
  await write(all, { [pointerKey]: pointerText(ofVersion1) });
  await all.replica.decidesBy(1);
  await recovers(t, all, 3);
});

t.test('the bytes of a data set are those of another version', { skip: withoutRedis }, async (t) => {
  const all = await startScene(t);
  await write(all, { [bytesKey(2)]: dataSetOf(3).bytes, [pointerKey]: pointerText(ofVersion2) });
  await refuses(t, all, 3, /is not the data set that was published as version 2/);
  await recovers(t, all, 3);
});

t.test('somebody has changed one word of a data set', { skip: withoutRedis }, async (t) => {
  const all = await startScene(t);
  const changed = ofVersion2.bytes.toString().replace('"name":"A of version 2"', '"name":"a of version 2"');
  t.not(changed, ofVersion2.bytes.toString());
  await write(all, { [bytesKey(2)]: changed, [pointerKey]: pointerText(ofVersion2) });
  await refuses(t, all, 2, /has not the hash that it says/);
  t.comment('mended under the same pointer');
  await write(all, { [bytesKey(2)]: ofVersion2.bytes });
  all.publisher.published.add(ofVersion2);
  await all.replica.decidesBy(2);
  await all.asking.more(10);
  t.strictSame((await all.asking.stop()).versions, [1, 2]);
});

t.test('a data set is cut short', { skip: withoutRedis }, async (t) => {
  const all = await startScene(t);
  const { length } = ofVersion2.bytes;
  for (const kept of [0, 1, length >> 1, length - 1]) {
    await write(all, {
      [bytesKey(2)]: ofVersion2.bytes.subarray(0, kept),
      [pointerKey]: pointerText(ofVersion2),
    });
    await refuses(t, all, 2, /is not JSON in canonical form/);
    await write(all, { [pointerKey]: pointerText(ofVersion1) });
    await all.replica.decidesBy(1);
  }
  await recovers(t, all, 3);
});

t.test('the pointer is half-written', { skip: withoutRedis }, async (t) => {
  const all = await startScene(t);
  const whole = pointerText(ofVersion1);
  for (const half of [whole.slice(0, 1), whole.slice(0, whole.length / 2), whole.slice(0, -1), `${whole} `]) {
    await write(all, { [pointerKey]: half });
    await staysInForce(t, all, /is not available: the pointer is not one to a data set/);
    await write(all, { [pointerKey]: whole });
    await all.replica.decidesBy(1);
  }
  t.comment('an empty one is none');
  await write(all, { [pointerKey]: '' });
  await staysInForce(t, all, /^nothing has been published$/);
  await recovers(t, all);
});

t.test('the pointer is to a version that is not there', { skip: withoutRedis }, async (t) => {
  const all = await startScene(t);
  await write(all, { [pointerKey]: pointerText(ofVersion2) });
  await refuses(t, all, 2, /is not there, though it is the current one/);
  t.comment('it comes late');
  all.publisher.published.add(ofVersion2);
  await write(all, { [bytesKey(2)]: ofVersion2.bytes });
  await all.replica.decidesBy(2);
  await all.asking.more(10);
  t.strictSame((await all.asking.stop()).versions, [1, 2]);
});

t.test('everything under the prefix is garbage', { skip: withoutRedis }, async (t) => {
  const all = await startScene(t);
  const { client } = all.redis;
  const keys = await client.keys('*certificate-party*');
  t.ok(keys.includes(pointerKey) && keys.includes(bytesKey(1)), keys.join(', '));

  t.comment('random bytes');
  for (const key of keys) await client.set(key, randomBytes(1_000));
  await staysInForce(t, all, /is not available: the pointer is not one to a data set/);
  await write(all, { [pointerKey]: pointerText({ version: 1, sha256: ofVersion2.sha256 }) });
  await refuses(t, all, 1, /is not JSON in canonical form/);

  t.comment('other types');
  for (const key of keys) {
    await client.del(key);
    await client.rpush(key, 'a', 'b');
  }
  await staysInForce(t, all, /is not available: .*WRONGTYPE/);
  await client.del(pointerKey);
  await write(all, { [pointerKey]: pointerText({ version: 1, sha256: ofVersion2.sha256 }) });
  await staysInForce(t, all, /is not available: .*WRONGTYPE/);

  t.comment('and then nothing at all');
  await client.del(...keys);
  await staysInForce(t, all, /^nothing has been published$/);
  await recovers(t, all);
});

t.test('a data set with faults is published past the tool', { skip: withoutRedis }, async (t) => {
  const all = await startScene(t);
  const { publisher, replica } = all;
  const faulty = dataSetOf(2, { lists: { distributors: [] } });
  await publisher.publish(2, faulty);
  await refuses(t, all, 2, /distributors\.json: entries: must be a list that is not empty/);
  t.comment('the pointer is set back, and to the faulty one again: it is told again');
  await write(all, { [pointerKey]: pointerText(ofVersion1) });
  await replica.decidesBy(1);
  await write(all, { [pointerKey]: pointerText(faulty) });
  await refuses(t, all, 2, /distributors\.json: entries: must be a list that is not empty/);
  t.comment('and so it is when something else was refused in between');
  await write(all, { [pointerKey]: pointerText({ version: 1, sha256: faulty.sha256 }) });
  await refuses(t, all, 1, /is not the data set that was published as version 1/);
  await write(all, { [pointerKey]: pointerText(faulty) });
  await refuses(t, all, 2, /distributors\.json: entries: must be a list that is not empty/);
  await recovers(t, all, 3);
});
