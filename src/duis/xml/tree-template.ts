import { Defect } from '../../rejection.js';
import type { XmlElement } from './parse.js';
import { hasPlaceholder, parsedText, placeOf } from './values.js';

/** Builds a tree from the values of its document. */
export type TreeTemplate = (values: readonly string[]) => XmlElement;

/**
 * A template from the tree of a markup: it gives the tree of any document that has this markup, whatever its values.
 * Throws a Defect where one of the placeholders is not the whole content of an element: what stands there is then no text,
 * or not all of it.
 */
export function treeTemplate(root: XmlElement, placeholders: number): TreeTemplate {
  let found = 0;
  let last = -1;
  const isFit = (element: XmlElement): boolean => {
    const { text, children } = element;
    const place = placeOf(text);
    if (place === undefined) return !hasPlaceholder(text) && children.every(isFit);
    const isNext = place > last;
    last = place;
    found += 1;
    return isNext && children.length === 0;
  };
  // An attribute may have taken one in.
  if (!isFit(root) || found !== placeholders) throw new Defect('malformed-body', 'A placeholder is no text.');
  return (values) => fill(root, values, { lines: 0 });
}

function fill(
  { uri, name, attributes, declares, children, text, hasComment, hasCdata, line }: XmlElement,
  values: readonly string[],
  added: { lines: number },
): XmlElement {
  const at = line + added.lines;
  const place = placeOf(text);
  const value = place === undefined ? undefined : String(values[place]);
  if (value?.includes('\n') === true) added.lines += value.split('\n').length - 1;
  return {
    uri,
    name,
    attributes,
    declares,
    children: children.map((child) => fill(child, values, added)),
    text: value === undefined ? text : parsedText(value),
    hasComment,
    hasCdata,
    line: at,
  };
}
