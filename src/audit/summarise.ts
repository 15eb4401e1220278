import type { ReferenceData } from '../reference-data/snapshot.js';
import { type MpanCheck, mpanChecks } from '../rules/mpan-check.js';
import type { DistributorId } from '../metering-point/mpan.js';
import type { EntityIdentifier } from '../smki/entity-identifier.js';
import { workListFile } from './output.js';
import type { AuditSummary, Tally } from './summary.js';
import { otherKeys, type Tallies } from './tallies.js';

export interface SummaryOf {
  readonly estate: string;
  readonly auditedAt: Date;
  readonly day: string;
}

/** Makes the summary of an audit of what was counted, with the names that the lists have. */
export function summarise(
  tallies: Tallies,
  referenceData: ReferenceData,
  { estate, auditedAt, day }: SummaryOf,
): AuditSummary {
  const checked = (check: MpanCheck): number => tallies.checks[check] ?? 0;
  const unknowns = unknownChecks.map((check) => ({ reason: check, rows: checked(check) }));
  const faults = byKey(tallies.faults).map(([reason, fault]) => ({ reason, ...fault }));
  const [unknown, bad] = [rowsIn(unknowns), rowsIn(faults)];
  const matrix = byKey(tallies.matrix).map(([pair, rows]) => {
    const [holder = '', operator = ''] = pair.split(' ');
    return { holder, operator, rows };
  });
  const workLists = byKey(tallies.workLists).map(([operator, rows]) => ({
    operator,
    file: workListFile(operator),
    rows,
  }));
  const named = new Set([
    ...matrix.flatMap(({ holder, operator }) => [holder, operator]),
    ...workLists.map(({ operator }) => operator),
  ]);
  return {
    estate,
    auditedAt: auditedAt.toISOString(),
    day,
    referenceData: { ...referenceData.dataSet },
    rows: tallies.rows,
    judged: tallies.rows - unknown - bad,
    mismatched: checked('mismatched'),
    unknown,
    bad,
    byCheck: Object.fromEntries(
      mpanChecks.map((check) => [check, checked(check)]),
    ) as AuditSummary['byCheck'],
    suppliers: groups(tallies.suppliers, (key) => referenceData.userName(key as EntityIdentifier, day)),
    distributors: groups(
      tallies.distributors,
      (key) => referenceData.distributor(key as DistributorId, day)?.name,
    ),
    months: groups(tallies.months, () => undefined),
    matrix,
    organisations: referenceData.organisations
      .filter(({ organisationId }) => named.has(organisationId))
      .map(({ organisationId, name }) => ({ organisationId, name })),
    unknowns: unknowns.filter(({ rows }) => rows > 0),
    faults,
    workLists,
  };
}

const unknownChecks = [
  'mpan-unknown',
  'distributor-unknown',
  'registration-unknown',
  'operator-unknown',
] as const satisfies MpanCheck[];

const rowsIn = (parts: readonly { readonly rows: number }[]): number =>
  parts.reduce((sum, { rows }) => sum + rows, 0);

const byKey = <Value>(record: Readonly<Record<string, Value>>): [string, Value][] =>
  Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1));

const groups = (
  tallies: Readonly<Record<string, Tally>>,
  nameOf: (key: string) => string | undefined,
): AuditSummary['suppliers'] =>
  byKey(tallies).map(([key, tally]) => ({
    key,
    name: key === otherKeys ? 'all others' : (nameOf(key) ?? null),
    ...tally,
  }));
