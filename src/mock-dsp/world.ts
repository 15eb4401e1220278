import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Certificate } from './certificate-builder.js';
import { buildPki, type Pki, testSmki } from './pki.js';
import { type XmlSigner, xmlSignerOf } from './xml-signature.js';

/** The pipeline cannot do what it is asked to; the message says why. */
export class PipelineError extends Error {}

/** Draws that are the same for the same seed. */
export interface Draw {
  /** From 0 to below `count`. */
  readonly below: (count: number) => number;
  /** One of several; `what` is for the message where there is none. */
  readonly oneOf: <T>(items: readonly T[], what: string) => T;
}

export function drawFrom(seed: number): Draw {
  const generator = xoroshiro128plus(seed);
  const below = (count: number): number => uniformInt(generator, 0, count - 1);
  return {
    below,
    oneOf: (items, what) => {
      const item = items[below(Math.max(1, items.length))];
      if (item === undefined) throw new PipelineError(`the lists have no ${what}`);
      return item;
    },
  };
}

interface Dated {
  readonly effectiveFrom?: string;
  readonly effectiveTo?: string;
}

/** An organisation as the network-operators list has it on the day. */
export interface Operator {
  readonly organisationId: string;
  readonly name: string;
  readonly test?: boolean;
  readonly ranges: readonly (Dated & { readonly from: string })[];
  readonly operates: readonly (Dated & { readonly distributorId: string })[];
}

interface Lists {
  readonly operators: readonly Operator[];
  readonly users: readonly (Dated & {
    readonly entityIdentifier: string;
    readonly userRoles: readonly string[];
    readonly test?: boolean;
  })[];
  readonly devices: readonly {
    readonly entityIdentifier: string;
    readonly deviceType: string;
    readonly importMpxn?: string;
    /** Who is registered for it. */
    readonly importNetworkOperator?: string;
  }[];
  /** The certificates that Users sign with. */
  readonly signers: readonly { readonly entityIdentifier: string; readonly serialNumber: string }[];
  readonly userSystems: readonly (Dated & {
    readonly entityIdentifier: string;
    readonly userSystem: string;
    readonly sequence: number;
    readonly notifiedOn?: string;
  })[];
  readonly sharedResourceProviders: readonly {
    readonly provider: string;
    readonly onBehalfOf: string;
    readonly serviceReferences: readonly string[];
    /** Whether it holds on the day. */
    readonly live: boolean;
  }[];
  readonly distributors: readonly (Dated & { readonly distributorId: string; readonly mpid: string })[];
  readonly transporterCodes: readonly (Dated & { readonly code: string; readonly organisationId: string })[];
  readonly responseCodes: readonly {
    readonly code: string;
    readonly rule?: string;
    readonly serviceReferenceVariants: readonly string[];
  }[];
}

/** Who exists, by the pipeline's own reading of the lists that the service is expected to hold. */
export interface World {
  readonly now: Date;
  readonly draw: Draw;
  readonly pki: Pki;
  readonly lists: Lists;
  /** Operators of electricity networks, and Gas Transporters. */
  readonly networkOperators: readonly Operator[];
  readonly gasTransporters: readonly Operator[];
  /** Who stands behind what registration data calls the operator of an electricity network, or of a gas network. */
  readonly registeredOperators: (kind: 'electricity' | 'gas', name: string) => readonly Operator[];
  readonly senderOf: (userRole: string) => string;
  readonly networkOperatorCertificates: (operator: Operator) => Pair;
  readonly certificatesOf: (role: string, entityIdentifier: string) => Pair;
  /** An MPAN core of the distributor, its check digit right. */
  readonly mpanOf: (distributorId: string) => string;
  /** The code that reports a rule in a service; that of success where it has none. */
  readonly codeOf: (variant: string, rule: string) => string;
  /** Signs as a User does; undefined where the list of User certificates has no certificate that the pipeline has the key of. */
  readonly signerOf: (entityIdentifier: string) => XmlSigner | undefined;
  /** A Supplier that can sign. */
  readonly signingSender: () => string;
  readonly newDevice: () => string;
  readonly nextCounter: () => bigint;
}

/** The two certificates that a Remote Party has on a device. */
export interface Pair {
  readonly digitalSigning: string;
  readonly keyAgreement: string;
}

export function buildWorld(
  seed: number,
  referenceDataDir: string,
  now: Date,
  /** A distributor ID that nobody is to operate, so that no case is drawn from it. */
  leftOut?: string,
): World {
  const draw = drawFrom(seed);
  const pki = buildPki(`mock DSP ${String(seed)}`, now, testSmki);
  const lists = readLists(referenceDataDir, now);
  const operators = lists.operators
    .filter(({ test, ranges }) => test !== true && ranges.length > 0)
    .map((operator) => ({
      ...operator,
      operates: operator.operates.filter(({ distributorId }) => distributorId !== leftOut),
    }));
  const signers = signersIn(lists, buildPki(testSmki, now));
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
  // Ahead of those of every earlier run: a RequestID stands for one request for good.
  let counter = BigInt(now.getTime()) * 1000n;
  return {
    now,
    draw,
    pki,
    lists,
    networkOperators: operators.filter(({ operates }) => operates.length > 0),
    gasTransporters: operators.filter(({ operates }) => operates.length === 0),
    registeredOperators: (kind, name) =>
      kind === 'gas'
        ? operators.filter(({ organisationId }) =>
            lists.transporterCodes.some(
              (entry) => entry.code === name && entry.organisationId === organisationId,
            ),
          )
        : operators.filter(({ operates }) =>
            operates.some(({ distributorId }) =>
              lists.distributors.some(
                (entry) => entry.mpid === name && entry.distributorId === distributorId,
              ),
            ),
          ),
    senderOf: (userRole) =>
      draw.oneOf(usersWith(lists, userRole), `User with the role ${userRole}`).entityIdentifier,
    networkOperatorCertificates: ({ ranges }) =>
      certificatesOf('03', draw.oneOf(ranges, 'range of Entity Identifiers').from),
    certificatesOf,
    mpanOf: (distributorId) => withCheckDigit(`${distributorId}${digits(draw, 10)}`),
    codeOf: (variant, rule) =>
      lists.responseCodes.find(
        (entry) => entry.rule === rule && entry.serviceReferenceVariants.includes(variant),
      )?.code ?? 'I0',
    signerOf: (entityIdentifier) => signers.get(entityIdentifier),
    signingSender: () =>
      draw.oneOf(
        usersWith(lists, 'IS').filter(({ entityIdentifier }) => signers.has(entityIdentifier)),
        'Supplier with a certificate to sign with',
      ).entityIdentifier,
    newDevice: () =>
      `02-00-00-00-03-${octet(draw.below(256))}-${octet(draw.below(256))}-${octet(draw.below(256))}`,
    nextCounter: () => (counter += 1n),
  };
}

const usersWith = ({ users }: Lists, userRole: string): Lists['users'] =>
  users.filter(({ userRoles, test }) => test !== true && userRoles.includes(userRole));

/** The list has certificates of the test SMKI, whose keys the pipeline has too, and may have others. */
function signersIn({ signers }: Lists, users: Pki): Map<string, XmlSigner> {
  return new Map(
    signers.flatMap(({ entityIdentifier, serialNumber }) => {
      const signer = xmlSignerOf(users.issue({ role: '87', entityIdentifier }, 'digitalSignature'));
      return signer.serialNumber === BigInt(`0x${serialNumber}`) ? [[entityIdentifier, signer] as const] : [];
    }),
  );
}

/** The lists of a directory, as they are on the day. */
export function readLists(directory: string, now: Date): Lists {
  const today = now.toISOString().slice(0, 10);
  if (!existsSync(path.join(directory, 'trust', 'test-issuing-ca.pem'))) {
    throw new PipelineError(
      'the lists do not trust the test SMKI (trust/test-issuing-ca.pem), which issues all that is sent',
    );
  }
  const entries = (name: string): unknown =>
    (JSON.parse(readFileSync(path.join(directory, `${name}.json`), 'utf8')) as { entries: unknown }).entries;
  const live = <T extends Dated>(all: readonly T[]): T[] =>
    all.filter(
      ({ effectiveFrom = today, effectiveTo = today }) => effectiveFrom <= today && today <= effectiveTo,
    );
  const distributors = live(entries('distributors') as Lists['distributors']);
  return {
    operators: (entries('network-operators') as Lists['operators']).map((operator) => ({
      ...operator,
      ranges: live(operator.ranges),
      operates: live(operator.operates).filter((entry) =>
        distributors.some(({ distributorId }) => distributorId === entry.distributorId),
      ),
    })),
    users: live(entries('users') as Lists['users']),
    devices: entries('devices') as Lists['devices'],
    distributors,
    transporterCodes: live(entries('gas-transporters') as Lists['transporterCodes']),
    responseCodes: entries('response-codes') as Lists['responseCodes'],
    sharedResourceProviders: (
      entries('shared-resource-providers') as (Lists['sharedResourceProviders'][number] & Dated)[]
    ).map((entry) => ({ ...entry, live: live([entry]).length > 0 })),
    signers: (entries('user-certificates') as Lists['signers']).map(({ entityIdentifier, serialNumber }) => ({
      entityIdentifier,
      serialNumber,
    })),
    userSystems: live(entries('user-systems') as Lists['userSystems']),
  };
}

const octet = (value: number): string => value.toString(16).padStart(2, '0').toUpperCase();

const digits = (draw: Draw, count: number): string =>
  Array.from({ length: count }, () => String(draw.below(10))).join('');

function withCheckDigit(twelve: string): string {
  const primes = [3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43];
  const sum = primes.reduce((total, prime, index) => total + prime * Number(twelve.charAt(index)), 0);
  return `${twelve}${String((sum % 11) % 10)}`;
}
