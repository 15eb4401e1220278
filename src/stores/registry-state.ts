import { z } from 'zod';
import { type Generation, tags } from './device-buckets.js';
import { within } from './deadline.js';
import type { RedisClient } from './redis.js';

const generation = z.object({
  generation: z.string().min(1),
  buckets: z.int().positive().multipleOf(tags),
});
const count = z.int().nonnegative();
const time = z.iso.datetime();

const current = generation.extend({ loadId: z.string(), rows: count, loadedAt: time });

const load = generation.extend({
  id: z.string(),
  begunAt: time,
  /** Who runs it: a random text. Whoever takes the load over puts another in its place. */
  holder: z.string(),
  /** Whether every bucket has its sentinel; before that nothing is written. */
  isReady: z.boolean(),
  /** Rows of the input that are confirmed, and that may have been written. */
  rows: count,
  attempted: count,
  /** Rows that are there, and rows that are wrong; of the rest, a change says more. */
  written: count,
  faults: count,
});

const retired = z.array(generation.extend({ retiredAt: time }));

export type CurrentGeneration = z.infer<typeof current>;
export type LoadState = z.infer<typeof load>;

/** What all who read and write the registry go by. */
export interface RegistryState {
  readonly current: CurrentGeneration | undefined;
  readonly load: LoadState | undefined;
  /** Of which a lookup that is slow may still be reading. */
  readonly retired: z.infer<typeof retired>;
}

const fields = ['current', 'load', 'retired'] as const;
type Texts = readonly (string | null)[];

/** Sets each field (or deletes it, where its new text is empty), if all are as they were read. */
const compareAndSet = `
for i = 1, #ARGV, 3 do
  if (redis.call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i + 1] then return 0 end
end
for i = 1, #ARGV, 3 do
  if ARGV[i + 2] == '' then redis.call('HDEL', KEYS[1], ARGV[i])
  else redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2]) end
end
return 1`;

/** The state of the registry in one hash of Redis, changed in one step or not at all. */
export class RegistryStateStore {
  readonly #client: RedisClient;
  readonly #key: string;
  readonly #deadlineMs: number;

  constructor(client: RedisClient, key: string, deadlineMs: number) {
    this.#client = client;
    this.#key = key;
    this.#deadlineMs = deadlineMs;
  }

  /** The generation to look up in, as text, to tell it from another. Null where there is none. */
  currentText(): Promise<string | null> {
    return this.#client.hget(this.#key, 'current');
  }

  async read(): Promise<RegistryState> {
    return parse(await this.#texts());
  }

  /** `decide` may be called again where others are faster; what it throws leaves all as it is. */
  async update(decide: (state: RegistryState) => RegistryState): Promise<RegistryState> {
    for (;;) {
      const before = await this.#texts();
      const state = decide(parse(before));
      const { current, load, retired } = state;
      const after = [current, load, retired.length === 0 ? undefined : retired];
      const changes = fields.flatMap((field, place) => [
        field,
        before[place] ?? '',
        after[place] === undefined ? '' : JSON.stringify(after[place]),
      ]);
      const swap = this.#client.eval(compareAndSet, 1, this.#key, ...changes);
      if ((await within(this.#deadlineMs, swap)) === 1) return state;
    }
  }

  #texts(): Promise<Texts> {
    return within(this.#deadlineMs, this.#client.hmget(this.#key, ...fields));
  }
}

/** What is retired, with one generation more. */
export const retire = (
  { retired }: RegistryState,
  { generation, buckets }: Generation,
  at: Date,
): RegistryState['retired'] => [...retired, { generation, buckets, retiredAt: at.toISOString() }];

export const parseCurrent = (text: string): CurrentGeneration => current.parse(JSON.parse(text));

function parse([currentText, loadText, retiredText]: Texts): RegistryState {
  const read = <T>(schema: z.ZodType<T>, text: string | null | undefined): T | undefined =>
    text === null || text === undefined ? undefined : schema.parse(JSON.parse(text));
  return {
    current: read(current, currentText),
    load: read(load, loadText),
    retired: read(retired, retiredText) ?? [],
  };
}
