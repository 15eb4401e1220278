import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type AuditSummary, auditSummary, type Tally } from '../../src/audit/summary.js';
import { mpanChecks } from '../../src/rules/mpan-check.js';

interface Size {
  readonly meters: number;
  readonly suppliers: number;
  readonly distributors: number;
  readonly months: number;
  readonly organisations: number;
  /** How many of 1,000 certificates are wrong, about. */
  readonly wrongPerMille: number;
}

/** As large as Britain, and about as wrong as SECMP0058 has it. Its organisations are made up. */
const britain: Size = {
  meters: 26_000_000,
  suppliers: 60,
  distributors: 30,
  months: 156,
  organisations: 20,
  wrongPerMille: 95,
};

const places =
  'Albion Borders Cambria Dales Estuary Fenland Grampian Highland Island Jurassic Kestrel Lakeland Mersey Northern Orwell Pennine Quantock Ribble Severn Thames'.split(
    ' ',
  );

/** What an audit of such an estate could find. The same size gives the same summary. */
export function sampleSummary(size: Partial<Size> = {}): AuditSummary {
  const { meters, suppliers, distributors, months, organisations, wrongPerMille } = { ...britain, ...size };
  const random = xoroshiro128plus(20_261_121);
  const between = (least: number, most: number): number => uniformInt(random, least, most);
  const groups = <T extends object>(
    number: number,
    share: (index: number) => number,
    identity: (index: number) => T,
    wrong: (index: number) => number = () => between(300, 2400) / 1000,
  ): (T & Tally)[] => {
    const total = Array.from({ length: number }, (_, index) => share(index)).reduce((a, b) => a + b, 0);
    return Array.from({ length: number }, (_, index) => {
      const rows = Math.max(1, Math.round((share(index) / total) * meters));
      const unknown = Math.floor((rows * between(2, 20)) / 1000);
      const mismatched = Math.min(rows - unknown, Math.round((rows * wrongPerMille * wrong(index)) / 1000));
      return { ...identity(index), rows, mismatched, unknown };
    });
  };

  const operators = Array.from({ length: organisations }, (_, index) => ({
    organisationId: `org-${String(index + 1)}`,
    name: `${places[index % places.length]!} ${index < places.length ? 'Electricity Networks' : `Independent Networks ${String(index)}`}`,
  }));
  const bySupplier = groups(
    suppliers,
    (index) => 1 / (index + 1) ** 1.25,
    (index) => ({
      key: `90-B3-D5-1F-${octets(index)}`,
      name: index % 9 === 8 ? null : `${places[(index * 7) % places.length]!} Energy ${String(index + 1)}`,
    }),
  );
  const sum = (of: (tally: Tally) => number): number =>
    bySupplier.reduce((total, each) => total + of(each), 0);
  const [readable, mismatched, unknown] = [
    sum(({ rows }) => rows),
    sum((each) => each.mismatched),
    sum((each) => each.unknown),
  ];
  const bad = Math.floor(meters / 21_000);
  const notApplicable = Math.min(Math.floor(readable / 400), readable - unknown - mismatched);
  const matrix = operators.flatMap(({ organisationId: operator }, at) =>
    operators.map(({ organisationId: holder }, other) => ({
      holder,
      operator,
      rows: Math.round(
        at === other
          ? meters / organisations
          : (((mismatched / organisations ** 2) * between(0, 3000)) / 1000) *
              (between(0, 100) < 12 ? 6 : 0.3),
      ),
    })),
  );
  const unknowns = { 'mpan-unknown': 62, 'distributor-unknown': 27, 'operator-unknown': 11 };
  const parts = Object.entries(unknowns).map(([reason, share]) => ({
    reason,
    rows: Math.floor((unknown * share) / 100),
  }));
  const rest = unknown - parts.reduce((total, { rows }) => total + rows, 0);
  const byReason = parts.map((part, index) => (index === 0 ? { ...part, rows: part.rows + rest } : part));
  const rowsOf = (reason: string): number => byReason.find((each) => each.reason === reason)?.rows ?? 0;

  return auditSummary.parse({
    estate: 'estate-2026-11-20.csv.gz',
    auditedAt: '2026-11-21T06:04:27Z',
    day: '2026-11-20',
    referenceData: { version: 47, sha256: '9f2c61d0'.repeat(8) },
    rows: readable + bad,
    judged: readable - unknown,
    mismatched,
    unknown,
    bad,
    byCheck: Object.fromEntries(
      mpanChecks.map((check) => [
        check,
        check === 'mismatched'
          ? mismatched
          : check === 'not-applicable'
            ? notApplicable
            : check === 'matched'
              ? readable - unknown - mismatched - notApplicable
              : rowsOf(check),
      ]),
    ),
    suppliers: bySupplier,
    distributors: groups(
      distributors,
      (index) => (index < 14 ? 1.2 - index * 0.05 : 0.02),
      (index) => ({ key: String(index + 10), name: operators[index % operators.length]?.name ?? null }),
      (index) => (index < 14 ? between(400, 1700) / 1000 : between(500, 4000) / 1000),
    ),
    months: groups(
      months,
      (index) => Math.min(months - index, 40) * (index === 0 ? 0.4 : 1) * (0.8 + between(0, 400) / 1000),
      (index) => ({ key: new Date(Date.UTC(2026, 9 - index)).toISOString().slice(0, 7), name: null }),
      (index) => 0.35 + index / 90 + between(0, 120) / 1000,
    ),
    matrix,
    organisations: operators,
    unknowns: byReason.filter(({ rows }) => rows > 0),
    faults:
      bad === 0
        ? []
        : [
            { reason: 'certificate: is not DER', rows: bad - Math.floor(bad / 3), firstRow: 1_204 },
            { reason: 'mpan: has 12 digits', rows: Math.floor(bad / 3), firstRow: 88_120 },
          ].filter(({ rows }) => rows > 0),
    workLists: operators.flatMap(({ organisationId }) => {
      const rows = matrix
        .filter(({ holder, operator }) => operator === organisationId && holder !== operator)
        .reduce((total, each) => total + each.rows, 0);
      return rows === 0 ? [] : [{ operator: organisationId, file: `work-lists/${organisationId}.csv`, rows }];
    }),
  });
}

const octets = (index: number): string => {
  const hex = index.toString(16).toUpperCase().padStart(8, '0');
  return (hex.match(/../g) ?? []).join('-');
};
