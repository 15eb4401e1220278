/**
 * Reads JSON (RFC 8259) in the one way in which it can be read, to hold answers against that were made by another reader.
 * It throws where a name comes twice in an object, and keeps numbers and `true` as they are spelled.
 */
export type JsonTree = string | { readonly literal: string } | JsonTree[] | Map<string, JsonTree>;

const tokens =
  /[\t\n\r ]+|[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y; // eslint-disable-line no-control-regex

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

export function readStrictJson(text: string): JsonTree {
  const found: string[] = [];
  tokens.lastIndex = 0;
  while (tokens.lastIndex < text.length) {
    const [token] = tokens.exec(text) ?? [];
    if (token === undefined) throw new Error('not JSON');
    if (token.trim() !== '') found.push(token);
  }
  let next = 0;
  const take = (wanted?: string): string => {
    const token = found[next] ?? '';
    if (wanted !== undefined && token !== wanted) throw new Error(`no ${wanted}`);
    next += 1;
    return token;
  };
  const several = (end: string, one: () => void): void => {
    if (found[next] === end) return void take();
    do one();
    while (take() === ',');
    if (found[next - 1] !== end) throw new Error(`no ${end}`);
  };
  const string = (): string => {
    const token = take();
    if (!token.startsWith('"')) throw new Error('no string');
    return token
      .slice(1, -1)
      .replace(/\\(?:u(....)|(.))/g, (_, code: string | undefined, letter: string) =>
        code === undefined ? (escapes[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
      );
  };
  const value = (): JsonTree => {
    const token = found[next] ?? '';
    if (token.startsWith('"')) return string();
    if (token === '[') {
      take();
      const items: JsonTree[] = [];
      several(']', () => items.push(value()));
      return items;
    }
    if (token !== '{') {
      if (/^[}\],:]?$/.test(token)) throw new Error('no value');
      return { literal: take() };
    }
    take();
    const members = new Map<string, JsonTree>();
    several('}', () => {
      const name = string();
      take(':');
      if (members.has(name)) throw new Error('a name twice');
      members.set(name, value());
    });
    return members;
  };
  const whole = value();
  if (next !== found.length) throw new Error('something after it');
  return whole;
}
