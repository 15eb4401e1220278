import { isAscii, isUtf8 } from 'node:buffer';

export { isAscii };

/** Reads UTF-8, without a byte order mark; undefined where the bytes are anything else. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  if (isAscii(bytes)) return bytes.toString('latin1');
  return isUtf8(bytes) ? bytes.toString().replace(/^\ufeff/, '') : undefined;
}
