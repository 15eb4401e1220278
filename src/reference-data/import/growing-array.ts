type NumberArray = Float64Array | Uint32Array | Uint16Array;

/** The number at a place that is there. */
export const at = (numbers: NumberArray, place: number): number => Number(numbers[place]);

const chunkLength = 1 << 20;

/** Numbers of one width, of which nobody knows beforehand how many there will be. */
export class GrowingArray<A extends NumberArray> {
  readonly #make: new (length: number) => A;
  #chunks: A[] = [];
  /** The chunk that is being filled. */
  #last: A;
  #length = 0;

  constructor(make: new (length: number) => A) {
    this.#make = make;
    this.#last = new make(0);
  }

  push(value: number): void {
    const place = this.#length % chunkLength;
    if (place === 0) {
      this.#last = new this.#make(chunkLength);
      this.#chunks.push(this.#last);
    }
    this.#last[place] = value;
    this.#length += 1;
  }

  /** All of them in one, which empties this. */
  whole(): A {
    const all = new this.#make(this.#length);
    this.#chunks.forEach((chunk, index) => {
      const start = index * chunkLength;
      all.set(chunk.subarray(0, all.length - start), start);
    });
    this.#chunks = [];
    this.#length = 0;
    return all;
  }
}
