import type { DeviceType } from '../duis/vocabulary.js';
import { type Mpan, parseMpan } from './mpan.js';
import { type Mprn, parseMprn } from './mprn.js';

/** An MPxN: an MPAN (electricity) or an MPRN (gas). */
export type Mpxn = Mpan | Mprn;

/** Devices that have one kind of metering point and not the other; a PPMID, say, may be of either. */
export const meteringPointKind: Partial<Record<DeviceType, Mpxn['kind']>> = {
  ESME: 'mpan',
  GSME: 'mprn',
  GPF: 'mprn',
};

/** Whether two are one metering point. Zeros in front of an MPRN fill it up to its ten digits, and say nothing. */
export function isSameMpxn(one: Mpxn, other: Mpxn): boolean {
  if (one.kind === 'mpan') return other.kind === 'mpan' && one.core === other.core;
  return other.kind === 'mprn' && withoutLeadingZeros(one) === withoutLeadingZeros(other);
}

const withoutLeadingZeros = ({ number }: Mprn): string => number.replace(/^0+/, '');

/**
 * Tells an MPAN from an MPRN and reads it; undefined where the text is neither (11 or 12 digits, say).
 * White space (no-break space too) and hyphens are how people and bills write these numbers, not part of them.
 */
export function parseMpxn(text: string): Mpxn | undefined {
  const compact = text.replace(/[\s\u2010\u2011-]/gu, '');
  return parseMpan(compact) ?? parseMprn(compact);
}

/** As it is written in a list: the MPAN core, or the MPRN. */
export const mpxnText = (mpxn: Mpxn): string => (mpxn.kind === 'mpan' ? mpxn.core : mpxn.number);
