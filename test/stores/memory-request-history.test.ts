import t from 'tap';
import { memoryRequestHistory } from '../../src/stores/memory-request-history.js';
import type { RememberedRequest } from '../../src/stores/request-history.js';
import { requestHistoryContract } from '../contract/request-history.js';
import { now } from '../fixtures.js';

requestHistoryContract(t, async (seconds, clock) => memoryRequestHistory(10, seconds, clock));

t.test('it holds so many and no more: newer ones push out what nobody asks for', async (t) => {
  const history = memoryRequestHistory(2, 60, () => now);
  const request = (content: string): RememberedRequest => ({ content, certificates: '', isSigned: false });
  for (const key of ['a', 'b']) await history.remember(key, request(key));
  await history.remember('a', request('again'));
  await history.remember('c', request('c'));
  t.strictSame(await history.find('a'), request('a'));
  t.equal(await history.find('b'), undefined);
  t.strictSame(await history.find('c'), request('c'));
  for (let index = 0; index < 1000; index += 1) await history.remember(String(index), request('x'));
  t.equal(await history.find('a'), undefined);
  t.strictSame(await history.find('999'), request('x'));
});
