type NumberArray = Float64Array | Uint32Array | Uint16Array;

const chunkLength = 1 << 20;

/** Numbers of one width, of which nobody knows beforehand how many there will be. */
export class GrowingArray<A extends NumberArray> {
  readonly #make: new (length: number) => A;
  #chunks: A[] = [];
  #length = 0;

  constructor(make: new (length: number) => A) {
    this.#make = make;
  }

  push(value: number): void {
    const place = this.#length % chunkLength;
    if (place === 0) this.#chunks.push(new this.#make(chunkLength));
    (this.#chunks.at(-1) as A)[place] = value;
    this.#length += 1;
  }

  /** All of them in one, which empties this: for long they are not in memory twice. */
  whole(): A {
    const all = new this.#make(this.#length);
    const chunks = this.#chunks.reverse();
    this.#chunks = [];
    for (let start = 0; start < all.length; start += chunkLength) {
      all.set((chunks.pop() as A).subarray(0, all.length - start), start);
    }
    this.#length = 0;
    return all;
  }
}
