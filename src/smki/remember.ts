import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { accept, type Result } from '../rejection.js';

/**
 * A certificate reader that remembers the last `max` that it read, by the SHA-256 of their base64. What reads
 * without rejection is canonical base64, so that one text is one sequence of bytes. Rejections are not remembered.
 */
export function remember<T extends object>(
  read: (base64: string) => Result<T>,
  max: number,
): (base64: string) => Result<T> {
  const cache = new LRUCache<string, T>({ max });
  return (base64) => {
    const key = hash('sha256', base64, 'base64');
    const known = cache.get(key);
    if (known !== undefined) return accept(known);
    const result = read(base64);
    if (result.ok) cache.set(key, result.value);
    return result;
  };
}
