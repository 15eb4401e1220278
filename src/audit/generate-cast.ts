import type { DistributorId } from '../metering-point/mpan.js';
import type { ReferenceData } from '../reference-data/snapshot.js';
import type { Organisation } from '../rules/facts.js';
import type { EntityIdentifier } from '../smki/entity-identifier.js';

/** The lists have nobody to make an estate of. */
export class CannotGenerate extends Error {}

/** An organisation, with what rows say in the place of its certificate: a few, as it has. */
export interface Party {
  readonly organisationId: string;
  readonly held: readonly string[];
}

/** Where meters are, and whose certificates are right and wrong there. */
export interface Network {
  readonly right: readonly Party[];
  readonly wrong: {
    readonly otherOperators: readonly Party[];
    readonly gasTransporters: readonly Party[];
  };
  /** As registration data names who is registered; empty where that would say something else than the MPAN. */
  readonly registered: string;
}

export interface ElectricityNetwork extends Network {
  readonly distributorId: DistributorId;
}

/** Everybody in an estate. */
export interface Cast {
  readonly networks: readonly ElectricityNetwork[];
  /** Of Gas Transporters that registration data has a code for. */
  readonly gasNetworks: readonly Network[];
  /** Whose Entity Identifiers are in nobody's range. */
  readonly nobody: Party;
  readonly unlistedDistributorIds: readonly DistributorId[];
  readonly suppliers: readonly string[];
}

export interface CastSettings {
  readonly referenceData: ReferenceData;
  readonly day: string;
  readonly now: Date;
  readonly seed: number;
  /** Whether they have certificates, in the place of Entity Identifiers. */
  readonly certificates: boolean;
}

/** Those of the lists that may be in an estate on the day. Throws a CannotGenerate where they are too few. */
export async function castOf({ referenceData, day, now, seed, certificates }: CastSettings): Promise<Cast> {
  const issue = certificates ? await issuer(seed, now) : undefined;
  const heldAs = (entityIdentifier: string): string =>
    issue?.({ role: '03', entityIdentifier }, 'digitalSignature').base64 ?? entityIdentifier;
  const parties = referenceData.organisations
    .filter(({ test }) => !test)
    .map((organisation) => ({
      organisationId: organisation.organisationId,
      held: identifiersOf(organisation, referenceData, day).map(heldAs),
    }))
    .filter(({ held }) => held.length > 0);
  const among = (organisations: readonly Organisation[]): Party[] =>
    parties.filter((party) => organisations.some((each) => each.organisationId === party.organisationId));

  const operated = referenceData.operatedOn(day).map((distributorId) => ({
    distributorId,
    right: among(referenceData.operatorsOf(distributorId, day)),
  }));
  const operators = new Set(operated.flatMap(({ right }) => right));
  const wrongBeside = (right: readonly Party[]): Network['wrong'] => ({
    otherOperators: parties.filter((party) => operators.has(party) && !right.includes(party)),
    gasTransporters: parties.filter((party) => !operators.has(party) && !right.includes(party)),
  });
  const networks = operated
    .filter(({ right }) => right.length > 0)
    .map(({ distributorId, right }) => {
      const { mpid = '' } = referenceData.distributor(distributorId, day) ?? {};
      const isOnlyOne = referenceData.distributorsOf(mpid, day).length === 1;
      return { distributorId, right, wrong: wrongBeside(right), registered: isOnlyOne ? mpid : '' };
    });
  if (networks.length < 2) {
    throw new CannotGenerate('the lists have no two networks whose operators have Entity Identifiers');
  }
  const gasNetworks = referenceData.gasTransporterCodes().flatMap((code) => {
    const right = among(referenceData.gasTransporter(code, day)?.operators ?? []);
    return right.length === 0 ? [] : [{ right, wrong: wrongBeside(right), registered: code }];
  });
  return {
    networks,
    gasNetworks,
    nobody: { organisationId: '', held: unlisted(referenceData, day).map(heldAs) },
    unlistedDistributorIds: twoDigits.filter((id) => referenceData.distributor(id, day) === undefined),
    suppliers: suppliersOf(referenceData, day),
  };
}

const twoDigits = Array.from({ length: 90 }, (_, index) => String(index + 10) as DistributorId);

/** The ends of its ranges, and some between them. */
function identifiersOf(
  organisation: Organisation,
  referenceData: ReferenceData,
  day: string,
): EntityIdentifier[] {
  const ends = referenceData.identifiersOf(organisation, day);
  const between = ends.map((end) => `${end.slice(0, -2)}10` as EntityIdentifier);
  const own = [...ends, ...between].filter(
    (each) => referenceData.organisationOf(each, day)?.organisationId === organisation.organisationId,
  );
  return [...new Set(own)].slice(0, 4);
}

const unlisted = (referenceData: ReferenceData, day: string): string[] =>
  Array.from({ length: 250 }, (_, index) => `02-00-00-00-0F-00-00-${octets[index] ?? ''}` as EntityIdentifier)
    .filter((each) => referenceData.organisationOf(each, day) === undefined)
    .slice(0, 4);

// More than are listed: most estates have Suppliers that no list of Users has any longer.
const supplierCount = 40;

function suppliersOf(referenceData: ReferenceData, day: string): string[] {
  const listed = referenceData.usersWith('IS', day);
  const invented = Array.from(
    { length: supplierCount },
    (_, index) => `02-00-00-00-01-50-00-${octets[index] ?? ''}`,
  );
  return [...listed, ...invented].slice(0, Math.max(supplierCount, listed.length));
}

/** Two hexadecimal digits each. */
export const octets: readonly string[] = Array.from({ length: 256 }, (_, value) =>
  value.toString(16).toUpperCase().padStart(2, '0'),
);

type Issue = (
  subject: { readonly role: string; readonly entityIdentifier: string },
  keyUsage: 'digitalSignature',
) => { readonly base64: string };

interface Pki {
  readonly testSmki: string;
  readonly buildPki: (seed: string, now: Date, authorities: string) => { readonly issue: Issue };
}

// Named in a way that no build follows: the image has no mock pipeline, whose keys are everybody's.
const pkiModule = new URL('../mock-dsp/pki.js', import.meta.url);

/** Issues certificates under the test SMKI, where the mock pipeline is installed. */
async function issuer(seed: number, now: Date): Promise<Issue> {
  const pki = (await import(pkiModule.href).catch(() => undefined)) as Pki | undefined;
  if (pki === undefined)
    throw new CannotGenerate('certificates are made by the mock pipeline, which is not installed');
  return pki.buildPki(`estate ${String(seed)}`, now, pki.testSmki).issue;
}
