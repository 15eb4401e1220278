/** Where records are written to. One write at a time. */
export interface Sink {
  /** True where the next write begins a file, or the stream: an opening record comes first. */
  readonly isFresh: () => boolean;
  /** Whether it is time for another file. */
  readonly isFull: () => boolean;
  /** Begins another file, which is named after its first record. Throws what the system does; the file before then goes on. */
  readonly beginFile: (firstSeq: number) => Promise<void>;
  /** Writes whole lines. Where it throws, none of them are there once another write has been made. */
  readonly write: (lines: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A stream that others write whole lines to as well. Whether a line has arrived, it does not tell. */
export function streamSink(stream: { readonly write: (text: string) => unknown }): Sink {
  let isFresh = true;
  return {
    isFresh: () => isFresh,
    isFull: () => false,
    beginFile: async () => undefined,
    write: async (lines) => {
      stream.write(lines);
      isFresh = false;
    },
    close: async () => undefined,
  };
}
