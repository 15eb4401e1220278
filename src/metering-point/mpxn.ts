import { type Mpan, parseMpan } from './mpan.js';
import { type Mprn, parseMprn } from './mprn.js';

/** An MPxN: an MPAN (electricity) or an MPRN (gas). */
export type Mpxn = Mpan | Mprn;

/**
 * Tells an MPAN from an MPRN and reads it; undefined where the text is neither (11 or 12 digits, say).
 * White space (no-break space too) and hyphens are how people and bills write these numbers, not part of them.
 */
export function parseMpxn(text: string): Mpxn | undefined {
  const compact = text.replace(/[\s\u2010\u2011-]/gu, '');
  return parseMpan(compact) ?? parseMprn(compact);
}
