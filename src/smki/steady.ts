/**
 * Remembers what is said of a thing at a time, for as long as nothing else can be said of it: up to the next of the
 * instants, in milliseconds since 1970, from which on it may be something else.
 */
export function steady<Thing extends object, Said>(
  say: (thing: Thing, at: Date) => Said,
  instantsOf: (thing: Thing) => readonly number[],
): (thing: Thing, at: Date) => Said {
  const remembered = new WeakMap<Thing, { readonly from: number; readonly until: number; said: Said }>();
  return (thing, at) => {
    const now = at.getTime();
    const before = remembered.get(thing);
    if (before !== undefined && before.from <= now && now < before.until) return before.said;
    const instants = instantsOf(thing);
    const said = say(thing, at);
    remembered.set(thing, {
      from: Math.max(-Infinity, ...instants.filter((instant) => instant <= now)),
      until: Math.min(Infinity, ...instants.filter((instant) => instant > now)),
      said,
    });
    return said;
  };
}
