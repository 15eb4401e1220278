import { setImmediate } from 'node:timers/promises';
import type { EntityIdentifier } from '../smki/entity-identifier.js';
import { within } from './deadline.js';
import { type Generation, sentinel } from './device-buckets.js';
import type { DeviceCache } from './device-cache.js';
import { decodeRecord, octetsOf } from './device-record.js';
import type { Device } from './device-store.js';
import { observed } from './observed.js';
import { type RegistryParts, unavailable } from './registry-parts.js';
import { type CurrentGeneration, parseCurrent } from './registry-state.js';
import { StoreUnavailable } from './unavailable.js';

type Answer = Device | StoreUnavailable | undefined;
type Answers = Map<EntityIdentifier, Answer>;

/** What is asked in one turn of the event loop goes together, and each device once. */
interface Batch {
  readonly entityIdentifiers: Set<EntityIdentifier>;
  readonly answers: Promise<Answers>;
}

/** The current generation, and the text that says so. */
interface Known {
  readonly text: string;
  readonly current: CurrentGeneration;
}

// It changes when a load is finished: twice within one lookup is trouble.
const switchesPerLookup = 3;

/** Looks devices up in the current generation, in one round trip: which that is, is asked along with them. */
export class RedisDeviceReader {
  readonly #parts: RegistryParts;
  readonly #cache: DeviceCache | undefined;
  #gathering: Batch | undefined;
  #known: Known | undefined;

  constructor(parts: RegistryParts, cache: DeviceCache | undefined) {
    this.#parts = parts;
    this.#cache = cache;
  }

  async find(entityIdentifier: EntityIdentifier): Promise<Device | undefined> {
    const remembered = this.#cache?.get(entityIdentifier);
    if (remembered !== undefined) return remembered.device;
    const batch = (this.#gathering ??= this.#gather());
    batch.entityIdentifiers.add(entityIdentifier);
    const answer = (await batch.answers).get(entityIdentifier);
    if (answer instanceof StoreUnavailable) throw answer;
    return answer;
  }

  #gather(): Batch {
    const entityIdentifiers = new Set<EntityIdentifier>();
    const asked = setImmediate().then(() => {
      this.#gathering = undefined;
      return this.#answer([...entityIdentifiers]);
    });
    const { deadlineMs, observe } = this.#parts;
    const inTime = observed(observe, 'device-registry', () => within(deadlineMs, asked));
    const answers = inTime.catch((cause: unknown) => {
      throw unavailable(cause);
    });
    return { entityIdentifiers, answers };
  }

  async #answer(entityIdentifiers: readonly EntityIdentifier[]): Promise<Answers> {
    if (this.#cache === undefined) return (await this.#ask(entityIdentifiers)).answers;
    return this.#cache.during(entityIdentifiers, async ({ settle }) => {
      const { generation, answers } = await this.#ask(entityIdentifiers);
      const found = new Map<EntityIdentifier, Device | undefined>();
      for (const [entityIdentifier, answer] of answers) {
        if (!(answer instanceof StoreUnavailable)) found.set(entityIdentifier, answer);
      }
      settle(generation, found);
      return answers;
    });
  }

  async #ask(
    entityIdentifiers: readonly EntityIdentifier[],
  ): Promise<{ readonly generation: string; readonly answers: Answers }> {
    this.#known ??= this.#read(await this.#parts.state.currentText());
    for (let attempt = 0; attempt < switchesPerLookup; attempt += 1) {
      const asked = this.#known.current;
      const [text, answers] = await Promise.all([
        this.#parts.state.currentText(),
        this.#lookUp(asked, entityIdentifiers),
      ]);
      if (text !== this.#known.text) this.#known = this.#read(text);
      const { generation } = this.#known.current;
      if (generation === asked.generation) return { generation, answers };
    }
    throw new Error('the registry was switched again and again');
  }

  #read(text: string | null): Known {
    if (text === null) throw new Error('no inventory has been loaded');
    return { text, current: parseCurrent(text) };
  }

  async #lookUp(generation: Generation, entityIdentifiers: readonly EntityIdentifier[]): Promise<Answers> {
    const byBucket = new Map<string, { identifiers: EntityIdentifier[]; fields: Buffer[] }>();
    for (const entityIdentifier of entityIdentifiers) {
      const field = octetsOf(entityIdentifier);
      const key = this.#parts.buckets.keyOf(generation, field);
      const { identifiers, fields } = byBucket.get(key) ?? { identifiers: [], fields: [] };
      byBucket.set(key, { identifiers: [...identifiers, entityIdentifier], fields: [...fields, field] });
    }
    const answers: Answers = new Map();
    await Promise.all(
      [...byBucket].map(async ([key, { identifiers, fields }]) => {
        const values = await this.#readBucket(key, fields);
        identifiers.forEach((identifier, place) => {
          answers.set(
            identifier,
            values instanceof StoreUnavailable ? values : answerOf(identifier, values[place]),
          );
        });
      }),
    );
    return answers;
  }

  /** One bucket that cannot be read is no trouble of those beside it. */
  async #readBucket(
    key: string,
    fields: readonly Buffer[],
  ): Promise<readonly (Buffer | null)[] | StoreUnavailable> {
    try {
      const [present, ...values] = await this.#parts.client.hmgetBuffer(key, sentinel, ...fields);
      return present === null ? unavailable(new Error('a bucket of the inventory is missing')) : values;
    } catch (error) {
      return unavailable(error);
    }
  }
}

function answerOf(entityIdentifier: EntityIdentifier, value: Buffer | null | undefined): Answer {
  if (value === null || value === undefined) return undefined;
  const record = decodeRecord(entityIdentifier, value);
  return record === undefined ? unavailable(new Error('a record cannot be read')) : record.device;
}
