import { LRUCache } from 'lru-cache';
import { catchDefect } from '../../rejection.js';
import type { TakenApart } from './values.js';

// The markup of a signed request has 2 kB; what is learnt of it, a few times as much.
const maxMarkups = 256;
const maxCharacters = 1024 * 1024;

/**
 * Remembers what is learnt of a markup, when it comes for the second time: what comes once is not worth learning. That
 * nothing can be learnt of it, which ends in a Defect, is remembered too.
 */
export function knownMarkup<T>(
  learn: (markup: string, valueCount: number) => T,
): (document: TakenApart) => T | undefined {
  const known = new LRUCache<string, { readonly learnt: T | undefined } | 'once'>({
    max: maxMarkups,
    maxSize: maxCharacters,
    sizeCalculation: (_, markup) => markup.length,
  });
  return ({ markup, values }) => {
    const entry = known.get(markup);
    if (entry === undefined) {
      known.set(markup, 'once');
      return undefined;
    }
    if (entry !== 'once') return entry.learnt;
    const lesson = catchDefect(() => learn(markup, values.length));
    const learnt = lesson.ok ? lesson.value : undefined;
    known.set(markup, { learnt });
    return learnt;
  };
}
