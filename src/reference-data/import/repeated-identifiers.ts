import type { EntityIdentifier } from '../../smki/entity-identifier.js';
import { at, GrowingArray } from './growing-array.js';

/** Finds identifiers that come twice among tens of millions, in eight bytes each, and twice that while it looks. */
export class RepeatedIdentifiers {
  /** Each identifier as two numbers. */
  readonly #halves = new GrowingArray(Uint32Array);

  add(identifier: EntityIdentifier): void {
    const digits = identifier.replaceAll('-', '');
    this.#halves.push(Number.parseInt(digits.slice(0, 8), 16));
    this.#halves.push(Number.parseInt(digits.slice(8), 16));
  }

  /** Every identifier that was added again, once for each time; those that were added are forgotten. */
  *found(): Generator<EntityIdentifier> {
    const halves = this.#halves.whole();
    // The order is that of the machine, and only brings equal ones together.
    const identifiers = new BigUint64Array(halves.buffer).sort();
    for (let place = 1; place < identifiers.length; place += 1) {
      if (identifiers[place] !== identifiers[place - 1]) continue;
      const digits = [at(halves, 2 * place), at(halves, 2 * place + 1)]
        .map((half) => half.toString(16).padStart(8, '0'))
        .join('');
      yield digits.replace(/(..)(?=.)/g, '$1-').toUpperCase() as EntityIdentifier;
    }
  }
}
