import t from 'tap';
import { testApp } from '../app.js';
import { shipped, statusOf } from '../decisions.js';
import { now } from '../fixtures.js';

t.test('live, and ready until it begins to stop', async (t) => {
  let isStopping = false;
  const { app } = await testApp({ isStopping: () => isStopping });
  t.strictSame((await app.inject('/health/live')).json(), { status: 'live' });
  const answer = await app.inject('/health/ready');
  t.equal(answer.statusCode, 200);
  t.strictSame(answer.json(), {
    status: 'ready',
    referenceData: {
      inForce: {
        ...shipped.dataSet,
        source: 'lists',
        issuedAt: '2026-06-01T00:00:00Z',
        effectiveFrom: '2026-06-01T00:00:00Z',
        takenAt: now.toISOString(),
      },
      pending: null,
      freshness: 'current',
      confirmedAt: now.toISOString(),
      ageSeconds: 0,
      refused: null,
      trouble: null,
      nextLapse: null,
    },
  });
  isStopping = true;
  const stopping = await app.inject('/health/ready');
  t.equal(stopping.statusCode, 503);
  t.match(stopping.json(), { status: 'stopping' });
  t.equal((await app.inject('/health/live')).statusCode, 200);
});

t.test('not ready without reference data, and with some that is too old', async (t) => {
  const usual = statusOf(shipped);
  let status: ReturnType<typeof statusOf> = { ...usual, inForce: undefined, freshness: undefined };
  const { app } = await testApp({ referenceDataStatus: () => status });
  const ready = async (): Promise<unknown> => {
    const answer = await app.inject('/health/ready');
    return { code: answer.statusCode, ...answer.json<object>() };
  };
  const at = now.toISOString();
  const faults = Array.from({ length: 12 }, (_, index) => ({
    file: 'users.json',
    entry: `entry ${String(index + 1)}`,
    message: 'is wrong',
  }));
  status = { ...status, refused: { version: 7, source: 'redis', at: now, faults }, trouble: 'it is away' };
  t.match(await ready(), {
    code: 503,
    status: 'no-reference-data',
    referenceData: {
      inForce: null,
      freshness: null,
      trouble: 'it is away',
      refused: { version: 7, at, reasons: ['users.json, entry 1: is wrong'], reasonCount: 12 },
    },
  });
  status = { ...usual, freshness: 'too-old', nextLapse: { what: 'data set', at: now } };
  t.match(await ready(), {
    code: 503,
    status: 'reference-data-too-old',
    referenceData: { freshness: 'too-old', nextLapse: { what: 'data set', at } },
  });
  status = { ...usual, freshness: 'stale', pending: usual.inForce };
  t.match(await ready(), { code: 200, status: 'ready', referenceData: { pending: shipped.dataSet } });
});
