import t from 'tap';
import { memoryRequestHistory } from '../../src/stores/memory-request-history.js';
import { observed, observedHistory } from '../../src/stores/observed.js';
import { StoreUnavailable } from '../../src/stores/unavailable.js';
import { now } from '../fixtures.js';

t.test('tells of each question to a history, and gives what it gives', async (t) => {
  const told: unknown[] = [];
  const history = observedHistory(
    memoryRequestHistory(10, 60, () => now),
    (store, seconds, isAnswered) => told.push([store, seconds >= 0, isAnswered]),
  );
  const request = { content: 'a', certificates: 'b', isSigned: false };
  t.equal(await history.remember('key', request), request);
  t.equal(await history.find('key'), request);
  t.strictSame(told, [
    ['request-history', true, true],
    ['request-history', true, true],
  ]);
});

t.test('one that is not answered is told of too', async (t) => {
  const told: unknown[] = [];
  const away = new StoreUnavailable('the history');
  const asked = observed(
    (store, _, isAnswered) => told.push([store, isAnswered]),
    'data-sets',
    () => Promise.reject(away),
  );
  await t.rejects(asked, away);
  t.strictSame(told, [['data-sets', false]]);
});
