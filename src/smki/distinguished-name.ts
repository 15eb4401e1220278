/**
 * Whether two texts name the same issuer. How a name is written varies between tools: the order of its attributes,
 * white space, a type as a word or an OID. It decides nothing: a certificate that is found by it has still to have
 * made the signature.
 */
export function isSameName(one: string, other: string): boolean {
  return normalise(one) === normalise(other);
}

const types = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.11', 'OU'],
]);

const normalise = (name: string): string =>
  name
    .split(/[,;]/)
    .map((attribute) => {
      const [type = '', ...value] = attribute.split('=');
      const word = type
        .trim()
        .toUpperCase()
        .replace(/^OID\./, '');
      return `${types.get(word) ?? word}=${value.join('=').trim().toUpperCase()}`;
    })
    .sort()
    .join();
