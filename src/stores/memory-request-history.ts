import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.js';
import type { RememberedRequest, RequestHistory } from './request-history.js';

/**
 * A history of this process alone: the last `max` requests, each for `seconds` since it first came. What is pushed out
 * by newer ones is as if it had never come.
 */
export function memoryRequestHistory(max: number, seconds: number, clock: Clock): RequestHistory {
  const requests = new LRUCache<string, RememberedRequest>({
    max,
    ttl: seconds * 1000,
    // By the injected clock, asked every time.
    ttlResolution: 0,
    perf: { now: () => clock().getTime() },
  });
  return {
    remember: async (key, request) => {
      const known = requests.get(key);
      if (known !== undefined && (known.isSigned || !request.isSigned)) return known;
      requests.set(key, request);
      return request;
    },
    find: async (key) => requests.get(key),
  };
}
