import type { z } from 'zod';
import type { ServiceReferenceVariant } from '../duis/vocabulary.js';
import type { MeteringArrangement } from '../duties/duty.js';
import type { DistributorId } from '../metering-point/mpan.js';
import type { Organisation, PermittedCombination } from '../rules/facts.js';
import type { FindingName } from '../rules/evaluate.js';
import { type OrganisationCertificate, readOrganisationCertificate } from '../smki/certificate.js';
import { isSameName } from '../smki/distinguished-name.js';
import type { EntityIdentifier } from '../smki/entity-identifier.js';
import type { TrustSet } from '../smki/trust-set.js';
import type { DataSetId } from './data-set.js';
import { dayAfter, holdsOn, type Period } from './list.js';
import type { lists } from './lists/index.js';

/** The entries of every list, valid one by one and with each other. */
export type Entries = {
  readonly [Name in keyof typeof lists]: readonly z.output<(typeof lists)[Name]['entry']>[];
};

export type Distributor = Entries['distributors'][number];
export type Device = Entries['devices'][number];

export interface GasTransporter {
  readonly name: string;
  readonly operators: readonly Organisation[];
}

interface AllottedRange extends Period {
  readonly from: EntityIdentifier;
  readonly to: EntityIdentifier;
  readonly organisation: Organisation;
}

/** Identifiers are of fixed width, so that code unit order is numeric order. */
export const byRangeStart = (one: { readonly from: string }, other: { readonly from: string }): number =>
  one.from < other.from ? -1 : Number(one.from > other.from);

/**
 * One state of the reference data, indexed and frozen. Days are YYYY-MM-DD of UK local time, on which the
 * industry's lists take effect.
 */
export class ReferenceData {
  /** The data set that it was built from. */
  readonly dataSet: DataSetId;
  readonly devices: readonly Device[];
  readonly trust: TrustSet;
  /** Files with trust anchors that exist in test environments only, by their names. */
  readonly testTrustAnchors: readonly string[];
  /** Everybody who holds Network Operator Certificates. */
  readonly organisations: readonly Organisation[];
  /** Organisations that exist in test environments only. */
  readonly testOrganisations: readonly Organisation[];
  readonly #ranges: readonly AllottedRange[];
  readonly #rangesOf: ReadonlyMap<string, readonly AllottedRange[]>;
  /** The highest end among the ranges up to each, so that a search knows when to stop. */
  readonly #highestEnd: readonly EntityIdentifier[];
  readonly #distributors: ReadonlyMap<string, readonly Distributor[]>;
  readonly #distributorsByMpid: ReadonlyMap<string, readonly Distributor[]>;
  readonly #gasTransporters: ReadonlyMap<string, readonly (Period & GasTransporter)[]>;
  readonly #operators: ReadonlyMap<string, readonly (Period & { readonly organisation: Organisation })[]>;
  readonly #userCertificates: ReadonlyMap<bigint, readonly OrganisationCertificate[]>;
  readonly #sharedResourceProviders: ReadonlyMap<string, Entries['sharedResourceProviders']>;
  readonly #meteringArrangements: ReadonlyMap<string, Entries['meteringArrangements']>;
  readonly #userSystems: ReadonlyMap<string, Entries['userSystems']>;
  readonly #users: ReadonlyMap<string, Entries['users']>;
  readonly #applicability: ReadonlyMap<string, readonly PermittedCombination[]>;
  readonly #responseCodes: ReadonlyMap<string, string>;
  readonly #descriptions: ReadonlyMap<string, string>;
  readonly #meanings: ReadonlyMap<string, string>;

  constructor(data: Entries, trust: TrustSet, testTrustAnchors: readonly string[], dataSet: DataSetId) {
    this.dataSet = dataSet;
    this.trust = trust;
    this.testTrustAnchors = testTrustAnchors;
    this.devices = data.devices;
    const operators = data.networkOperators.map(({ organisationId, name, test, ranges, operates }) => ({
      organisation: Object.freeze({ organisationId, name, test }),
      ranges,
      operates,
    }));
    this.organisations = operators.map(({ organisation }) => organisation);
    this.testOrganisations = this.organisations.filter(({ test }) => test);
    this.#ranges = operators
      .flatMap(({ organisation, ranges }) => ranges.map((range) => ({ ...range, organisation })))
      .sort(byRangeStart);
    this.#rangesOf = groupBy(this.#ranges, ({ organisation }) => organisation.organisationId);
    let highest = '' as EntityIdentifier;
    this.#highestEnd = this.#ranges.map(({ to }) => (highest = to > highest ? to : highest));
    this.#distributors = groupBy(data.distributors, ({ distributorId }) => distributorId);
    this.#distributorsByMpid = groupBy(data.distributors, ({ mpid }) => mpid);
    const gasTransporters = data.gasTransporters.map(({ organisationId, ...entry }) => ({
      ...entry,
      operators: this.organisations.filter((organisation) => organisation.organisationId === organisationId),
    }));
    this.#gasTransporters = groupBy(gasTransporters, ({ code }) => code);
    this.#operators = groupBy(
      operators.flatMap(({ organisation, operates }) =>
        operates.map((entry) => ({ ...entry, organisation })),
      ),
      ({ distributorId }) => distributorId,
    );
    // Read again, after its list has checked it: what is read has bytes in it, and cannot be frozen with the entries.
    const userCertificates: OrganisationCertificate[] = [];
    for (const { certificate } of data.userCertificates) {
      const read = readOrganisationCertificate(certificate);
      if (read.ok) userCertificates.push(read.value);
    }
    this.#userCertificates = groupBy(userCertificates, ({ serialNumber }) => BigInt(`0x${serialNumber}`));
    this.#sharedResourceProviders = groupBy(data.sharedResourceProviders, ({ provider, onBehalfOf }) =>
      pairOf(provider, onBehalfOf),
    );
    this.#meteringArrangements = groupBy(data.meteringArrangements, ({ supplier, device, deviceType }) =>
      arrangementOf(supplier, device ?? deviceType),
    );
    this.#userSystems = groupBy(data.userSystems, ({ entityIdentifier }) => entityIdentifier);
    this.#users = groupBy(data.users, ({ entityIdentifier }) => entityIdentifier);
    this.#applicability = groupBy(perService(data.applicability), ({ variant }) => variant);
    const codes = perService(data.responseCodes);
    this.#responseCodes = new Map(codes.map(({ variant, rule, code }) => [`${variant} ${rule ?? ''}`, code]));
    this.#descriptions = new Map(
      codes.map(({ variant, code, description }) => [`${variant} ${code}`, description]),
    );
    this.#meanings = new Map(codes.map(({ code, description }) => [code, description]));
    Object.freeze(this);
  }

  /** The holder of a distributor ID on a day. */
  distributor(distributorId: DistributorId, day: string): Distributor | undefined {
    return this.#distributors.get(distributorId)?.find((entry) => holdsOn(entry, day));
  }

  /** What is held on a day under a Market Participant Id: one distributor ID, or several. */
  distributorsOf(mpid: string, day: string): Distributor[] {
    const entries = this.#distributorsByMpid.get(mpid) ?? [];
    return entries.filter((entry) => holdsOn(entry, day));
  }

  /** The Gas Transporter that has a short code on a day. */
  gasTransporter(code: string, day: string): GasTransporter | undefined {
    return this.#gasTransporters.get(code)?.find((entry) => holdsOn(entry, day));
  }

  /** The short codes of Gas Transporters, on whatever day. */
  gasTransporterCodes(): string[] {
    return [...this.#gasTransporters.keys()];
  }

  /** The organisations that operate a distributor ID on a day. */
  operatorsOf(distributorId: DistributorId, day: string): Organisation[] {
    const entries = this.#operators.get(distributorId) ?? [];
    return entries.filter((entry) => holdsOn(entry, day)).map(({ organisation }) => organisation);
  }

  /** Distributor IDs that have an operator on a day. */
  operatedOn(day: string): DistributorId[] {
    const ids = [...this.#operators.keys()] as DistributorId[];
    return ids.filter(
      (id) => this.distributor(id, day) !== undefined && this.operatorsOf(id, day).length > 0,
    );
  }

  /** The ends of the ranges that an organisation has on a day. */
  identifiersOf({ organisationId }: Organisation, day: string): EntityIdentifier[] {
    const ranges = this.#rangesOf.get(organisationId) ?? [];
    return ranges.filter((range) => holdsOn(range, day)).flatMap(({ from, to }) => [from, to]);
  }

  /** The days, of those after a day, on which a range, an operator or a distributor starts to hold or no longer does. */
  changesAfter(day: string): string[] {
    const periods: Period[] = [
      ...this.#ranges,
      ...[...this.#operators.values()].flat(),
      ...[...this.#distributors.values()].flat(),
    ];
    const days = periods.flatMap(({ effectiveFrom, effectiveTo }) => [
      ...(effectiveFrom === undefined ? [] : [effectiveFrom]),
      ...(effectiveTo === undefined ? [] : [dayAfter(effectiveTo)]),
    ]);
    return [...new Set(days)].filter((each) => each > day).sort();
  }

  /** The organisation in whose range an Entity Identifier falls on a day. */
  organisationOf(entityIdentifier: EntityIdentifier, day: string): Organisation | undefined {
    for (let index = lastAtOrBefore(this.#ranges, entityIdentifier); index >= 0; index -= 1) {
      const range = this.#ranges[index];
      const highestEnd = this.#highestEnd[index];
      if (range === undefined || highestEnd === undefined || highestEnd < entityIdentifier) return undefined;
      if (range.to >= entityIdentifier && holdsOn(range, day)) return range.organisation;
    }
    return undefined;
  }

  /** The User Roles of a sender on a day; undefined where the sender is not listed. */
  userRolesOf(entityIdentifier: EntityIdentifier, day: string): readonly string[] | undefined {
    return this.#userOn(entityIdentifier, day)?.userRoles;
  }

  /** What the list of Users calls one on a day. */
  userName(entityIdentifier: EntityIdentifier, day: string): string | undefined {
    return this.#userOn(entityIdentifier, day)?.name;
  }

  /** The Entity Identifiers of Users that hold a User Role on a day, without those of test environments. */
  usersWith(userRole: string, day: string): EntityIdentifier[] {
    const held = [...this.#users.values()].flat().filter((entry) => holdsOn(entry, day) && !entry.test);
    return held
      .filter(({ userRoles }) => userRoles.includes(userRole))
      .map(({ entityIdentifier }) => entityIdentifier);
  }

  #userOn(entityIdentifier: EntityIdentifier, day: string): Entries['users'][number] | undefined {
    return this.#users.get(entityIdentifier)?.find((entry) => holdsOn(entry, day));
  }

  /** The certificate that a signature names. */
  userCertificate(issuerName: string, serialNumber: bigint): OrganisationCertificate | undefined {
    const ofSerialNumber = this.#userCertificates.get(serialNumber) ?? [];
    return ofSerialNumber.find(({ issuer }) => isSameName(issuer, issuerName));
  }

  /** The arrangements, past and future, under which a Shared Resource Provider acts for a Business Originator. */
  sharedResourceArrangements(
    provider: EntityIdentifier,
    onBehalfOf: EntityIdentifier,
  ): Entries['sharedResourceProviders'] {
    return this.#sharedResourceProviders.get(pairOf(provider, onBehalfOf)) ?? [];
  }

  /** The User Systems that a User employs on a day; undefined where none is listed. */
  userSystemsOf(entityIdentifier: EntityIdentifier, day: string): Entries['userSystems'] | undefined {
    return this.#userSystems.get(entityIdentifier)?.filter((entry) => holdsOn(entry, day));
  }

  /**
   * How a Supplier reaches the manufacturer of a device on a day; undefined where that is not listed. What holds for the
   * device itself comes before what holds for its type.
   */
  meteringArrangement(
    supplier: EntityIdentifier,
    { entityIdentifier, deviceType }: Pick<Device, 'entityIdentifier' | 'deviceType'>,
    day: string,
  ): MeteringArrangement | undefined {
    const on = (what: string): MeteringArrangement | undefined =>
      this.#meteringArrangements
        .get(arrangementOf(supplier, what))
        ?.find((arrangement) => holdsOn(arrangement, day));
    return on(entityIdentifier) ?? on(deviceType);
  }

  permittedCombinations(variant: ServiceReferenceVariant): readonly PermittedCombination[] {
    return this.#applicability.get(variant) ?? [];
  }

  /** The code that reports the failure of a rule in a service. */
  responseCode(variant: ServiceReferenceVariant, rule: FindingName): string | undefined {
    return this.#responseCodes.get(`${variant} ${rule}`);
  }

  /** What a code means in whichever service has it. */
  meaningOf(code: string): string | undefined {
    return this.#meanings.get(code);
  }

  /** What a code means in a service. */
  describe(variant: ServiceReferenceVariant, code: string): string {
    return this.#descriptions.get(`${variant} ${code}`) ?? code;
  }
}

const arrangementOf = (supplier: EntityIdentifier, what: string | undefined): string =>
  `${supplier} ${String(what)}`;

const pairOf = (provider: EntityIdentifier, onBehalfOf: EntityIdentifier): string =>
  `${provider} ${onBehalfOf}`;

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

const perService = <Entry extends { readonly serviceReferenceVariants: readonly ServiceReferenceVariant[] }>(
  entries: readonly Entry[],
): (Entry & { readonly variant: ServiceReferenceVariant })[] =>
  entries.flatMap((entry) => entry.serviceReferenceVariants.map((variant) => ({ ...entry, variant })));

/** The index of the last range that starts at or before an identifier; -1 where none does. */
function lastAtOrBefore(ranges: readonly AllottedRange[], entityIdentifier: EntityIdentifier): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const from = ranges[middle]?.from;
    if (from !== undefined && from <= entityIdentifier) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
