import { isAscii, isUtf8 } from 'node:buffer';

/** UTF-16 without a mark is UTF-8 by its bytes, with zeros between them. */
export const isText = (bytes: Buffer): boolean => isUtf8(bytes) && !bytes.includes(0);

/** Text that isText, of which the usual kind is decoded ten times as fast. */
export const textOf = (bytes: Buffer): string =>
  isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8');
