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
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The rest of the message quotes the text, which may hold personal data.
    const [place = ''] = / at position [0-9]+/.exec(String(error)) ?? [];
    return reject('malformed-body', `is not well-formed JSON${place}`);
  }
  const members = countMembers(value);
  if (members === undefined) return reject('malformed-body', `is nested over ${String(maxDepth)} deep`);
  const { names, allNumbersPlain } = scan(text);
  if (members !== names) return reject('malformed-body', 'has a member name twice in one object');
  if (!allNumbersPlain) return reject('malformed-body', 'has a number that would be rounded or rewritten');
  return accept(value);
}

export const isJsonObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// No document that is read here is nested a tenth as deep.
const maxDepth = 100;

/** The members of all objects in a value; undefined where it is nested too deep. */
function countMembers(value: unknown, depth = 0): number | undefined {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === maxDepth) return undefined;
  const inside: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  let count = Array.isArray(value) ? 0 : inside.length;
  for (const each of inside) {
    const more = countMembers(each, depth + 1);
    if (more === undefined) return undefined;
    count += more;
  }
  return count;
}

const colon = 0x3a;
const lastWhiteSpace = 0x20;

/** What parsing does not keep of a well-formed text: a string before a colon is a name, and numbers have spellings. */
function scan(text: string): { readonly names: number; readonly allNumbersPlain: boolean } {
  const hasEscapes = text.includes('\\');
  let names = 0;
  let allNumbersPlain = true;
  let outside = 0;
  for (let quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', outside)) {
    // One character outside of strings is a comma, a colon or a bracket.
    if (quote - outside > 1) allNumbersPlain &&= areNumbersPlain(text.slice(outside, quote));
    let end = text.indexOf('"', quote + 1);
    while (hasEscapes && isEscaped(text, end)) end = text.indexOf('"', end + 1);
    outside = end + 1;
    let next = outside;
    while (text.charCodeAt(next) <= lastWhiteSpace) next += 1;
    if (text.charCodeAt(next) === colon) names += 1;
  }
  return { names, allNumbersPlain: allNumbersPlain && areNumbersPlain(text.slice(outside)) };
}

function isEscaped(text: string, quote: number): boolean {
  let first = quote;
  while (text[first - 1] === '\\') first -= 1;
  return (quote - first) % 2 === 1;
}

const areNumbersPlain = (outsideOfStrings: string): boolean =>
  (outsideOfStrings.match(/-?[0-9][0-9.eE+-]*/g) ?? []).every((number) => String(Number(number)) === number);
