import { createHash } from 'node:crypto';
import t from 'tap';
import { renderReport } from '../../src/audit/report/report.js';
import { type AuditSummary, auditSummary } from '../../src/audit/summary.js';
import { sampleSummary } from './report-sample.js';

const noTally = { rows: 0, mismatched: 0, unknown: 0 };

const nothing: AuditSummary = {
  ...sampleSummary({
    meters: 1,
    suppliers: 1,
    distributors: 1,
    months: 1,
    organisations: 1,
    wrongPerMille: 0,
  }),
  ...{ rows: 0, judged: 0, mismatched: 0, unknown: 0, bad: 0 },
  byCheck: auditSummary.shape.byCheck.parse({
    matched: 0,
    mismatched: 0,
    'mpan-unknown': 0,
    'distributor-unknown': 0,
    'registration-unknown': 0,
    'operator-unknown': 0,
    'not-applicable': 0,
  }),
  ...{ suppliers: [], distributors: [], months: [], matrix: [], organisations: [] },
  ...{ unknowns: [], faults: [], workLists: [] },
};

/** What a reader sees, tooltips included. */
const textOf = (report: string): string =>
  report
    .replace(/<style>[^]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/\s+/g, ' ');

t.test('every figure of the summary stands in it', async (t) => {
  for (const [name, summary] of [
    ['of an estate as large as Britain', sampleSummary()],
    [
      'with more organisations than are drawn',
      sampleSummary({ organisations: 45, suppliers: 300, distributors: 60 }),
    ],
  ] as const) {
    const text = textOf(await renderReport(summary));
    const { estate, referenceData, ...figures } = summary;
    const numbers = new Set<number>();
    JSON.stringify(figures, (_, value: unknown) => {
      if (typeof value === 'number') numbers.add(value);
      return value;
    });
    t.ok(numbers.size > 500, `${name}: there are figures`);
    const missing = [...numbers].filter((number) => !text.includes(` ${number.toLocaleString('en-GB')}`));
    t.strictSame(missing, [], `${name}: and none is missing`);
    const words = [
      estate,
      'version 47',
      referenceData.sha256,
      '20 November 2026',
      '21 November 2026, 06:04 GMT',
      ...[...summary.suppliers, ...summary.distributors].flatMap(({ key, name: other }) => [
        key,
        other ?? key,
      ]),
      ...summary.organisations.map(({ name: organisation }) => organisation),
      ...summary.workLists.map(({ file }) => file),
      ...summary.faults.map(({ reason }) => reason),
    ];
    t.strictSame(
      words.filter((word) => !text.includes(word)),
      [],
      `${name}: nor a name`,
    );
  }
});

t.test('what the summary says is text, and nothing else', async (t) => {
  const hostile = `</script><img src=x onerror="alert(1)">'\`&lt;\${1}</title></style></svg>`;
  const sample = sampleSummary({ suppliers: 3, distributors: 3, months: 3, organisations: 3 });
  const named = <T extends { key: string; name: string | null }>(groups: T[]): T[] =>
    groups.map((group, index) => ({
      ...group,
      key: `${hostile}${String(index)}`,
      name: index === 0 ? hostile : null,
    }));
  const report = await renderReport({
    ...sample,
    estate: hostile,
    referenceData: { version: 1, sha256: hostile },
    suppliers: named(sample.suppliers),
    distributors: named(sample.distributors),
    months: [...sample.months, ...named(sample.months)],
    matrix: [...sample.matrix, { holder: hostile, operator: 'org-1', rows: 5 }],
    organisations: sample.organisations.map((each, index) =>
      index === 0 ? { ...each, name: hostile } : each,
    ),
    unknowns: [...sample.unknowns, { reason: hostile, rows: 1 }, { reason: 'constructor', rows: 1 }],
    faults: [{ reason: hostile, rows: 1, firstRow: 1 }],
    workLists: [{ operator: hostile, file: `${hostile}.csv`, rows: 1 }],
  });
  const tags = new Set([...report.matchAll(/<([a-z!]\w*)/gi)].map(([, tag]) => tag));
  t.notOk(tags.has('img') || tags.has('script'), 'no element of it');
  t.equal(report.match(/<\/style>/g)?.length, 1);
  t.equal(report.match(/<\/title>/g)?.length, report.match(/<title>/g)?.length);
  t.notMatch(report, /<[^>]*\sonerror=/, 'no attribute of it');
  t.match(textOf(report), hostile, 'it is shown as it is');
});

t.test('it needs nothing beside it, and lets nothing in', async (t) => {
  const report = await renderReport(sampleSummary());
  t.notMatch(report, /https?:|\burl\(|@import|\bsrc=|<script|<link|<iframe|\sstyle=|\son\w+=/i);
  const [, style = ''] = /<style>([^]*?)<\/style>/.exec(report) ?? [];
  t.equal(report.match(/<style/g)?.length, 1);
  const hash = createHash('sha256').update(style).digest('base64');
  t.match(
    report,
    `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
  );
});

t.test('the same summary gives the same bytes', async (t) => {
  t.equal(await renderReport(sampleSummary()), await renderReport(sampleSummary()));
});

t.test('a section without data says so, and draws nothing', async (t) => {
  const report = await renderReport(nothing);
  const text = textOf(report);
  for (const sentence of [
    'The estate holds no meters',
    'No row was read, and so there is nothing to show.',
    'The estate names none.',
    'The estate gives no month of installation.',
    'There is no certificate to tell of.',
    'There is no certificate to replace.',
    'Of every row that could be read, the rules could say whether it is right.',
    'Every row could be read.',
  ]) {
    t.match(text, sentence);
  }
  t.notMatch(report, '<svg');
  t.notMatch(text, /NaN|undefined|Infinity/);
});

t.test('the headline', async (t) => {
  const headline = async (summary: AuditSummary): Promise<string> =>
    textOf(/<div class="headline">([^]*?)<\/div>/.exec(await renderReport(summary))?.[1] ?? '').trim();
  const of = (judged: number, mismatched: number): AuditSummary => ({
    ...nothing,
    rows: 20_000,
    judged,
    mismatched,
  });
  t.equal(await headline(nothing), 'The estate holds no meters');
  t.equal(await headline(of(0, 0)), 'None of 20,000 meters could be judged');
  t.equal(
    await headline(of(1, 0)),
    '0.00% The one judged meter does not carry a wrong Network Operator’s certificate',
  );
  t.equal(
    await headline(of(12_000, 0)),
    '0.00% None of 12,000 judged meters carries the wrong Network Operator’s certificate',
  );
  t.equal(
    await headline(of(12_000, 1)),
    '<0.01% 1 of 12,000 judged meters carries the wrong Network Operator’s certificate',
  );
  t.equal(
    await headline(of(20_000, 19_999)),
    '>99.99% 19,999 of 20,000 judged meters carry the wrong Network Operator’s certificate',
  );
});

t.test('it holds whatever there is much or little of', async (t) => {
  const smallest = { suppliers: 1, distributors: 1, months: 1, organisations: 1 };
  const sample = sampleSummary();
  const sizes: Record<string, AuditSummary> = {
    'one of each': sampleSummary({ ...smallest, meters: 1 }),
    'nothing wrong': sampleSummary({ wrongPerMille: 0 }),
    'everything wrong': sampleSummary({ ...smallest, meters: 1000, wrongPerMille: 10_000 }),
    'nothing judged': {
      ...nothing,
      ...{ rows: 10, unknown: 10 },
      suppliers: [{ key: '', name: null, ...noTally, rows: 10, unknown: 10 }],
      distributors: [{ key: '', name: null, ...noTally, rows: 10, unknown: 10 }],
      months: [{ key: '', name: null, ...noTally, rows: 10, unknown: 10 }],
      matrix: [{ holder: '', operator: '', rows: 10 }],
    },
    'months that are none, and far from one another': {
      ...sample,
      months: [
        ...sample.months,
        ...['0001-01', '9999-12', '1970-01', 'soon'].map((key) => ({ ...sample.months[0]!, key })),
      ],
    },
    'two of one name': {
      ...sample,
      suppliers: sample.suppliers.map((supplier) => ({ ...supplier, name: 'The same' })),
    },
  };
  for (const [name, summary] of Object.entries(sizes)) {
    const report = await renderReport(summary);
    t.notMatch(textOf(report), /NaN|undefined|Infinity|Invalid/, name);
    t.notMatch(report, /="[^"]*NaN/, name);
    t.ok(report.length < 1_000_000, `${name}: ${String(report.length)} bytes`);
  }
  t.match(
    textOf(await renderReport(sizes['nothing wrong']!)),
    'No Supplier’s meters carry a wrong certificate.',
  );
  t.match(textOf(await renderReport(sizes['nothing judged']!)), 'No Supplier given');
});

t.test('the line ends with the day of the audit, and breaks where too few were judged', async (t) => {
  const month = (key: string, rows: number): AuditSummary['months'][number] => ({
    ...{ key, name: null, rows, mismatched: 10, unknown: 0 },
  });
  const report = await renderReport({
    ...sampleSummary(),
    months: [
      month('2026-11', 100),
      month('2026-09', 20),
      month('2025-10', 200),
      month('2027-01', 5000),
      month('2016-06', 10),
      month('', 900),
    ],
  });
  const titles = [...report.matchAll(/<title>(\w+ 20\d\d: [^<]*)</g)].map(([, title = '']) => title);
  t.equal(titles[0], 'October 2025: 10 of 200 judged, 5.00%; 200 meters');
  t.ok(titles.includes('September 2026: 20 meters, too few judged for a share'));
  t.ok(titles.includes('August 2026: 0 meters, too few judged for a share'));
  t.notMatch(titles.join(), /2016|2027/);
  t.match(
    textOf(report),
    'installed in the twelve months to November 2026, 16.67% are wrong; in the twelve months before, 5.00%.',
  );
  t.match(textOf(report), /January 2027 10 0.20% 0 5,000 .*Not given 10 1.11% 0 900/);
});

t.test('a work list is linked beside the report, whatever it is called', async (t) => {
  const files = ['work-lists/a b&c#1.csv', 'javascript:alert(1)', '//example/x', 'half \ud800.csv'];
  const report = await renderReport({
    ...nothing,
    workLists: files.map((file, index) => ({ operator: '', file, rows: 9 - index })),
  });
  const links = [...report.matchAll(/<a href="(\.[^"]*)"/g)].map(([, href]) => href);
  t.strictSame(links, [
    './work-lists/a%20b%26c%231.csv',
    './javascript%3Aalert(1)',
    './//example/x',
    './half%20%EF%BF%BD.csv',
  ]);
});

t.test('who stands first is who has most wrong certificates, and not who has few meters', async (t) => {
  const report = await renderReport({
    ...sampleSummary(),
    suppliers: [
      { key: '01', name: 'Tiny', rows: 3, mismatched: 3, unknown: 0 },
      { key: '02', name: 'Large', rows: 900_000, mismatched: 90_000, unknown: 0 },
      { key: '03', name: 'Bad', rows: 1000, mismatched: 700, unknown: 0 },
    ],
  });
  const [, suppliers = ''] = /<section\s+id="suppliers"([^]*?)<\/section>/.exec(report) ?? [];
  const rows = [...suppliers.matchAll(/<tr>([^]*?)<\/tr>/g)].map(([, row = '']) => textOf(row).trim());
  t.strictSame(rows.slice(1), [
    'Large 02 90,000 10.00% 9.94% to 10.06% 0 900,000',
    'Bad 03 700 70.00% 67.09% to 72.76% 0 1,000',
    'Tiny 01 3 100.00% 43.85% to 100.00% 0 3',
  ]);
  t.match(
    textOf(suppliers),
    'The highest share, going by the lower end of its 95% interval: Bad, 70.00% of 1,000 judged meters.',
  );
});
