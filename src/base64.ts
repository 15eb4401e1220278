/** The bytes of canonical base64; undefined where the text is anything else. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  // Buffer.from skips what is not base64 and takes wrong padding; only a canonical text comes back the same.
  return bytes.toString('base64') === text ? bytes : undefined;
}
