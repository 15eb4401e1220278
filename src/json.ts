import { accept, reject, type Result } from './rejection.js';
import { decodeUtf8 } from './utf8.js';

/**
 * Parses JSON in UTF-8 that can be read in one way only. RFC 8259 leaves open what a name means that comes twice in
 * an object, and how a number is rounded: both are refused, at any depth. The detail of a rejection goes on from
 * what the text is: "The body", say.
 */
export function parseJson(bytes: Buffer): Result<unknown> {
  const text = decodeUtf8(bytes);
  if (text === undefined) return reject('malformed-body', 'is not UTF-8');
  let value: unknown;
  let members = 0;
  try {
    value = JSON.parse(text, (_, inner: unknown) => {
      if (isJsonObject(inner)) members += Object.keys(inner).length;
      return inner;
    });
  } catch (error) {
    // The rest of the message quotes the text, which may hold personal data.
    const [place = ''] = / at position [0-9]+/.exec(String(error)) ?? [];
    return reject('malformed-body', `is not well-formed JSON${place}`);
  }
  const { names, allNumbersPlain } = scan(text);
  if (members !== names) return reject('malformed-body', 'has a member name twice in one object');
  if (!allNumbersPlain) return reject('malformed-body', 'has a number that would be rounded or rewritten');
  return accept(value);
}

export const isJsonObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What parsing does not keep of a well-formed text: a string before a colon is a name, and numbers have spellings. */
function scan(text: string): { readonly names: number; readonly allNumbersPlain: boolean } {
  let names = 0;
  let allNumbersPlain = true;
  for (const [token, colon] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*(:)?|-?[0-9][0-9.eE+-]*/g)) {
    if (colon !== undefined) names += 1;
    else if (!token.startsWith('"') && String(Number(token)) !== token) allNumbersPlain = false;
  }
  return { names, allNumbersPlain };
}
