type Attributes = Readonly<Record<string, string | boolean | undefined>>;

export type Child = Node | string | undefined;

/** An element. Whatever is put into it as text stays text. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(attribute, '');
    else if (typeof value === 'string') element.setAttribute(attribute, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** The element of the page with an id. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no ${id}`);
  return element;
}

export function say(id: string, text: string): void {
  const element = byId(id);
  // What has not changed is not announced again, and keeps its selection.
  if (element.textContent !== text) element.textContent = text;
}

/** Fills an element, unless what it is made from is what it was made from the last time. */
export function filler(id: string): (from: unknown, make: () => readonly Node[]) => void {
  let last: string | undefined;
  return (from, make) => {
    const text = JSON.stringify(from);
    if (text === last) return;
    last = text;
    byId(id).replaceChildren(...make());
  };
}

/** A table cell with a number. */
export const number = (text: string): HTMLTableCellElement => h('td', { class: 'number' }, text);

export const columnHead = (text: string, isNumber = false): HTMLTableCellElement =>
  h('th', { scope: 'col', ...(isNumber && { class: 'number' }) }, text);

/** Calls with the value that is chosen of a group of radio buttons. */
export function onChoice(id: string, call: (value: string) => void): void {
  byId(id).addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement) call(target.value);
  });
}
