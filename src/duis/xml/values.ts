/** A document with its values taken out: a placeholder stands in the place of each. */
export interface TakenApart {
  readonly markup: string;
  /** As they were written, in their order. */
  readonly values: readonly string[];
}

// Of the private use area, so that no text in ASCII has one.
const firstPlaceholder = 0xe000;
const maxValues = 256;
const anyPlaceholder = /[\ue000-\ue0ff]/;

// The characters of identifiers, numbers, names and base64, which are the same in XML, to a parser, and in the canonical
// form. Of other characters a carriage return is taken, as a reference, since signatures are broken into lines with it.
const plain = /^[\w+/=:.,-][\w+/=:., -]*(?:(?:&#13;)?\n[\w+/=]*)*$/;

// Comments and CDATA could hide a placeholder, and a character reference could forge one.
const untakeable = /<!|&#(?!13;)/;

/**
 * Takes the plain values out of a document in ASCII: what stands between a ">" and the next "<". What one serializer
 * writes then has the same markup, and what is known of it need not be found again.
 *
 * Where the ">" does not end a tag (it may stand in an attribute value), the placeholder does not come to be the whole text
 * of an element: whoever uses the markup has to see to that. Undefined where nothing is taken out.
 */
export function takeApart(text: string): TakenApart | undefined {
  if (untakeable.test(text)) return undefined;
  const values: string[] = [];
  let markup = '';
  let kept = 0;
  for (let end = text.indexOf('>'); end >= 0;) {
    const next = text.indexOf('<', end);
    if (next < 0) break;
    const value = text.slice(end + 1, next);
    if (plain.test(value)) {
      if (values.length === maxValues) return undefined;
      markup += text.slice(kept, end + 1) + String.fromCharCode(firstPlaceholder + values.length);
      values.push(value);
      kept = next;
    }
    end = text.indexOf('>', next);
  }
  return values.length === 0 ? undefined : { markup: markup + text.slice(kept), values };
}

/** The number of the value that a text stands for; undefined where it is not a placeholder alone. */
export function placeOf(text: string): number | undefined {
  const place = text.charCodeAt(0) - firstPlaceholder;
  return text.length === 1 && place >= 0 && place < maxValues ? place : undefined;
}

export const hasPlaceholder = (text: string): boolean => anyPlaceholder.test(text);

export const countPlaceholders = (text: string): number => text.split(anyPlaceholder).length - 1;

/** The text that a value is to a parser. */
export const parsedText = (value: string): string => value.replaceAll('&#13;', '\r');

/** Puts values into what was made of markup by canonicalising it (Canonical XML 1.0 section 2.3). */
export function canonicalFiller(canonicalMarkup: string): (values: readonly string[]) => string {
  // The placeholders are among the pieces, since the expression captures them.
  const pieces = canonicalMarkup.split(/([\ue000-\ue0ff])/).map((piece) => placeOf(piece) ?? piece);
  return (values) =>
    pieces.reduce<string>(
      (text, piece) => text + (typeof piece === 'string' ? piece : canonicalText(String(values[piece]))),
      '',
    );
}

const canonicalText = (value: string): string => value.replaceAll('&#13;', '&#xD;');
