import { hasItsHash, formatVersion, type Head, type Link, noHead, readLink } from './chain.js';
import { type ChainKey, type Digest, digestWith } from './keys.js';
import type { Line } from './lines.js';

export interface VerifyOptions {
  /** Those that the log may have been chained with; none: only a chain without a key can be verified. */
  readonly keys: readonly ChainKey[];
  /** Heads that were kept elsewhere: each has to be in the log. */
  readonly heads: readonly Head[];
  /** Of the record in front of the first, where it is known. */
  readonly after?: Head | undefined;
  /** Whether there may be other lines, and several chains, as in the log of a service. */
  readonly isMixed: boolean;
}

export interface LogFault {
  /** A file and a line, or nothing where it is the whole log that is wrong. */
  readonly place: string;
  /** In words. */
  readonly what: string;
}

/** What there is in a log, and what is wrong with it. */
export interface Verification {
  readonly records: number;
  readonly decisions: number;
  /** How many decisions the log itself says that it has no record of. */
  readonly dropped: number;
  readonly otherLines: number;
  /** Records of chains without a key, which anybody who can write the log can make anew. */
  readonly withoutKey: number;
  /** How often the service began without having stopped: it was killed, or the end of a chain is missing. */
  readonly uncleanStops: number;
  /** Undefined where there is no record. */
  readonly first: Head | undefined;
  readonly last: Head | undefined;
  readonly faultCount: number;
  /** The first of them. */
  readonly faults: readonly LogFault[];
}

const faultsKept = 20;

/** Verifies records one after the other, and keeps nothing of them. */
export class Verifier {
  readonly #options: VerifyOptions;
  /** By their numbers: among other lines there may be several chains, each with a record of the same. */
  readonly #awaited = new Map<number, Set<string>>();
  readonly #plain = digestWith(undefined);
  readonly #digests: ReadonlyMap<string, Digest>;
  #digest: Digest | undefined;
  #before: (Head & Pick<Link, 'log' | 'kind'>) | undefined;
  #result = {
    records: 0,
    decisions: 0,
    dropped: 0,
    otherLines: 0,
    withoutKey: 0,
    uncleanStops: 0,
    faultCount: 0,
  };
  #first: Head | undefined;
  readonly #faults: LogFault[] = [];

  constructor(options: VerifyOptions) {
    this.#options = options;
    for (const { seq, hash } of options.heads)
      this.#awaited.set(seq, (this.#awaited.get(seq) ?? new Set()).add(hash));
    this.#digests = new Map(options.keys.map((key) => [key.id, digestWith(key)]));
    // A piece of a log may begin anywhere, and the record that names its key be in front of it.
    const [key] = options.keys;
    this.#digest = key === undefined ? this.#plain : digestWith(key);
  }

  /** Takes the next line of a file. */
  take(file: string, { bytes, number, isWhole }: Line): void {
    const place = (): string => `${file}, line ${String(number)}`;
    const link = isWhole ? readLink(bytes) : undefined;
    if (link === undefined) {
      this.#result.otherLines += 1;
      if (!this.#options.isMixed) this.#fault(place(), 'is no whole record');
      return;
    }
    this.#result.records += 1;
    if (link.version !== formatVersion) {
      this.#fault(
        place(),
        `record ${String(link.seq)} is of format ${String(link.version)}, which is not known here`,
      );
    } else {
      this.#follows(link, place);
      this.#isAsWritten(bytes, link, place);
    }
    this.#isAwaited(link, place);
    this.#first ??= link;
    this.#before = link;
  }

  result(): Verification {
    const { seq = 0, hash } = this.#before ?? {};
    for (const [missing, hashes] of this.#awaited) {
      for (const kept of hashes) {
        this.#fault(
          '',
          `the log has no record ${String(missing)} with the hash ${kept}, whose head was kept: it ends with record ${String(seq)}`,
        );
      }
    }
    this.#awaited.clear();
    return {
      ...this.#result,
      first: this.#first && { seq: this.#first.seq, hash: this.#first.hash },
      last: hash === undefined ? undefined : { seq, hash },
      faults: this.#faults,
    };
  }

  /** Whether a record is one whose head was kept. Of several chains another may have it yet. */
  #isAwaited({ seq, hash }: Link, place: () => string): void {
    const hashes = this.#awaited.get(seq);
    if (hashes === undefined) return;
    if (!hashes.delete(hash)) {
      if (this.#options.isMixed) return;
      this.#fault(place(), `record ${String(seq)} is not the head that was kept`);
      hashes.clear();
    }
    if (hashes.size === 0) this.#awaited.delete(seq);
  }

  /** Whether a record stands behind the one that it was written behind. */
  #follows(link: Link, place: () => string): void {
    const { seq, prev, log, kind } = link;
    const number = `record ${String(seq)}`;
    const before = this.#before;
    if (before === undefined) {
      const { after } = this.#options;
      if (after !== undefined && (seq !== after.seq + 1 || prev !== after.hash))
        this.#fault(
          place(),
          `${number} does not follow record ${String(after.seq)}, after which the log is to go on`,
        );
      else if (seq === 1 && prev !== noHead.hash)
        this.#fault(place(), `${number} is the first, and follows another`);
      return;
    }
    const isNewChain = seq === 1 && prev === noHead.hash && kind === 'start' && log !== before.log;
    if (kind === 'start' && before.kind !== 'stop') this.#result.uncleanStops += 1;
    if (isNewChain && this.#options.isMixed) return;
    if (seq === before.seq + 1) {
      if (prev !== before.hash)
        this.#fault(place(), `${number} does not follow the record before it: one of them was replaced`);
    } else if (seq > before.seq + 1) {
      const [from, to] = [before.seq + 1, seq - 1].map(String);
      this.#fault(
        place(),
        from === to
          ? `record ${String(from)} is missing`
          : `records ${String(from)} to ${String(to)} are missing`,
      );
    } else {
      this.#fault(place(), `${number} is out of place: it stands behind record ${String(before.seq)}`);
    }
  }

  #isAsWritten(bytes: Buffer, link: Link, place: () => string): void {
    const { kind, seq } = link;
    if (kind === 'start' || kind === 'rotated') this.#openWith(bytes, seq, place);
    if (kind === 'decision') this.#result.decisions += 1;
    if (this.#digest === this.#plain) this.#result.withoutKey += 1;
    if (this.#digest !== undefined && !hasItsHash(bytes, link, this.#digest)) {
      this.#fault(place(), `record ${String(seq)} is not as it was written`);
    } else if (kind === 'gap') {
      this.#result.dropped += (memberOf(bytes, 'dropped') as number | undefined) ?? 0;
    }
  }

  /** From here on the log is chained with the key that it says. Where that cannot be verified, it is a fault once. */
  #openWith(bytes: Buffer, seq: number, place: () => string): void {
    const keyId = memberOf(bytes, 'keyId');
    const from = `from record ${String(seq)} on the log is chained`;
    if (typeof keyId === 'string') {
      this.#digest = this.#digests.get(keyId);
      if (this.#digest === undefined) this.#fault(place(), `${from} with key ${keyId}, which is not given`);
    } else {
      this.#digest = this.#plain;
      // Whoever has a key does not take a chain that anybody can make for the one that the key is for.
      if (this.#digests.size > 0)
        this.#fault(place(), `${from} without a key, so that anybody may have written it`);
    }
  }

  #fault(place: string, what: string): void {
    this.#result.faultCount += 1;
    if (this.#faults.length < faultsKept) this.#faults.push({ place, what });
  }
}

/** Undefined where the line is not JSON: it has its place, but was written by nobody here. */
function memberOf(line: Buffer, name: string): unknown {
  try {
    return (JSON.parse(line.toString()) as Readonly<Record<string, unknown>>)[name];
  } catch {
    return undefined;
  }
}
