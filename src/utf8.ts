const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads UTF-8, without a byte order mark; undefined where the bytes are anything else. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
