import { readFileSync } from 'node:fs';
import path from 'node:path';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Certificate } from './certificate-builder.js';
import { buildPki, type Pki } from './pki.js';

/** Draws that are the same for the same seed. */
export interface Draw {
  /** From 0 to below `count`. */
  readonly below: (count: number) => number;
  readonly oneOf: <T>(items: readonly T[]) => T;
}

export function drawFrom(seed: number): Draw {
  const generator = xoroshiro128plus(seed);
  const below = (count: number): number => uniformInt(generator, 0, count - 1);
  return {
    below,
    oneOf: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError('nothing to draw from');
      return item;
    },
  };
}

/** An organisation as the network-operators list has it. */
export interface Operator {
  readonly organisationId: string;
  readonly test?: boolean;
  readonly ranges: readonly { readonly from: string }[];
  readonly operates: readonly { readonly distributorId: string }[];
}

interface Lists {
  readonly operators: readonly Operator[];
  readonly users: readonly {
    readonly entityIdentifier: string;
    readonly userRoles: readonly string[];
    readonly test?: boolean;
  }[];
  readonly devices: readonly {
    readonly entityIdentifier: string;
    readonly deviceType: string;
    readonly importMpxn?: string;
  }[];
  readonly distributors: readonly {
    readonly distributorId: string;
    readonly effectiveFrom?: string;
    readonly effectiveTo?: string;
  }[];
}

/** Who exists, by the pipeline's own reading of the lists that the service is expected to hold. */
export interface World {
  readonly draw: Draw;
  readonly pki: Pki;
  readonly lists: Lists;
  /** Operators of electricity networks, and Gas Transporters. */
  readonly networkOperators: readonly Operator[];
  readonly gasTransporters: readonly Operator[];
  readonly senderOf: (userRole: string) => string;
  readonly networkOperatorCertificates: (operator: Operator) => Pair;
  readonly certificatesOf: (role: string, entityIdentifier: string) => Pair;
  /** An MPAN core of the distributor, its check digit right. */
  readonly mpanOf: (distributorId: string) => string;
  readonly newDevice: () => string;
  readonly nextCounter: () => bigint;
}

/** The two certificates that a Remote Party has on a device. */
export interface Pair {
  readonly digitalSigning: string;
  readonly keyAgreement: string;
}

export function buildWorld(seed: number, referenceDataDir: string, now: Date): World {
  const draw = drawFrom(seed);
  const pki = buildPki(`mock DSP ${String(seed)}`, now);
  const lists = readLists(referenceDataDir);
  const today = now.toISOString().slice(0, 10);
  const operators = lists.operators
    .filter(({ test }) => test !== true)
    .map((operator) => ({
      ...operator,
      operates: operator.operates.filter(({ distributorId }) => isLive(lists, distributorId, today)),
    }));
  const issued = new Map<string, Certificate>();
  const issue = (
    role: string,
    entityIdentifier: string,
    usage: 'digitalSignature' | 'keyAgreement',
  ): string => {
    const key = `${role} ${entityIdentifier} ${usage}`;
    const certificate = issued.get(key) ?? pki.issue({ role, entityIdentifier }, usage);
    issued.set(key, certificate);
    return certificate.base64;
  };
  const certificatesOf = (role: string, entityIdentifier: string): Pair => ({
    digitalSigning: issue(role, entityIdentifier, 'digitalSignature'),
    keyAgreement: issue(role, entityIdentifier, 'keyAgreement'),
  });
  let counter = 1000n;
  return {
    draw,
    pki,
    lists,
    networkOperators: operators.filter(({ operates }) => operates.length > 0),
    gasTransporters: lists.operators.filter(({ operates }) => operates.length === 0),
    senderOf: (userRole) =>
      draw.oneOf(lists.users.filter(({ userRoles, test }) => test !== true && userRoles.includes(userRole)))
        .entityIdentifier,
    networkOperatorCertificates: (operator) => certificatesOf('03', firstIdentifier(operator)),
    certificatesOf,
    mpanOf: (distributorId) => withCheckDigit(`${distributorId}${digits(draw, 10)}`),
    newDevice: () =>
      `02-00-00-00-03-${octet(draw.below(256))}-${octet(draw.below(256))}-${octet(draw.below(256))}`,
    nextCounter: () => (counter += 1n),
  };
}

const firstIdentifier = ({ ranges, organisationId }: Operator): string => {
  const range = ranges[0];
  if (range === undefined) throw new RangeError(`${organisationId} has no range`);
  return range.from.replace(/..$/, '10');
};

function readLists(directory: string): Lists {
  const entries = (name: string): unknown =>
    (JSON.parse(readFileSync(path.join(directory, `${name}.json`), 'utf8')) as { entries: unknown }).entries;
  return {
    operators: entries('network-operators') as Lists['operators'],
    users: entries('users') as Lists['users'],
    devices: entries('devices') as Lists['devices'],
    distributors: entries('distributors') as Lists['distributors'],
  };
}

function isLive({ distributors }: Lists, distributorId: string, day: string): boolean {
  return distributors.some(
    (entry) =>
      entry.distributorId === distributorId &&
      (entry.effectiveFrom ?? day) <= day &&
      day <= (entry.effectiveTo ?? day),
  );
}

const octet = (value: number): string => value.toString(16).padStart(2, '0').toUpperCase();

const digits = (draw: Draw, count: number): string =>
  Array.from({ length: count }, () => String(draw.below(10))).join('');

function withCheckDigit(twelve: string): string {
  const primes = [3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43];
  const sum = primes.reduce((total, prime, index) => total + prime * Number(twelve.charAt(index)), 0);
  return `${twelve}${String((sum % 11) % 10)}`;
}
