import { isAscii, isUtf8 } from 'node:buffer';

export { isAscii };

/** Reads UTF-8, without a byte order mark; undefined where the bytes are anything else. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  if (isAscii(bytes)) return bytes.toString('latin1');
  return isUtf8(bytes) ? bytes.toString().replace(/^\ufeff/, '') : undefined;
}

/** Whether they are UTF-8 text. UTF-16 without a mark is UTF-8 by its bytes, with zeros between them. */
export const isText = (bytes: Buffer): boolean => isUtf8(bytes) && !bytes.includes(0);

/** All of a text, its byte order mark too; the usual kind of which is decoded ten times as fast. */
export const textOf = (bytes: Buffer): string =>
  isAscii(bytes) ? bytes.toString('latin1') : bytes.toString();
