import type { RequestHistory } from './request-history.js';

/** What is asked while the service runs. */
export const storeNames = ['device-registry', 'request-history', 'data-sets', 'rate-limits'] as const;

export type StoreName = (typeof storeNames)[number];

/** Is told of each question to a store: how long it took, and whether it was answered. */
export type StoreObserver = (store: StoreName, seconds: number, isAnswered: boolean) => void;

/** Asks, and tells the observer. Gives and throws what the question does. */
export async function observed<T>(
  observe: StoreObserver,
  store: StoreName,
  ask: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  let isAnswered = false;
  try {
    const answer = await ask();
    isAnswered = true;
    return answer;
  } finally {
    observe(store, (performance.now() - start) / 1000, isAnswered);
  }
}

export const observedHistory = (history: RequestHistory, observe: StoreObserver): RequestHistory => ({
  remember: (key, request) => observed(observe, 'request-history', () => history.remember(key, request)),
  find: (key) => observed(observe, 'request-history', () => history.find(key)),
});
