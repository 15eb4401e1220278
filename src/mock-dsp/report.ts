import { table, type TableUserConfig } from 'table';
import { type Expected, type ExpectedByVersion, scenarios } from './scenarios.js';
import type { Outcome } from './pipeline.js';

export interface Summary {
  readonly sent: number;
  readonly wrong: number;
  /** Answers by response code, or by problem. */
  readonly answers: Readonly<Record<string, number>>;
  readonly scenarios: readonly {
    readonly scenario: string;
    readonly sent: number;
    readonly expected: string;
    readonly got: string;
    readonly wrong: number;
  }[];
}

/** A refusal without a code is told by the rules that refuse. */
export function expectedText(expected: Expected | ExpectedByVersion): string {
  if ('byVersion' in expected) {
    return [...expected.byVersion]
      .map(([version, own]) => `${expectedText(own)} by version ${String(version)}`)
      .join(', ');
  }
  return 'problem' in expected
    ? `${String(expected.status)} ${expected.refusedBy ?? expected.problem}`
    : `${expected.responseCode} ${expected.mpanCheck}`;
}

export const gotText = ({ status, answer, mpanCheck, refusedBy }: Outcome['got']): string =>
  status === 200
    ? [answer, mpanCheck].filter(Boolean).join(' ')
    : `${String(status)} ${refusedBy?.join(', ') ?? answer}`;

export function summarise(outcomes: readonly Outcome[]): Summary {
  const answers: Record<string, number> = {};
  for (const { got } of outcomes) answers[got.answer] = (answers[got.answer] ?? 0) + 1;
  const groups = scenarios
    .map((scenario) => ({
      scenario: scenario.name,
      group: outcomes.filter((outcome) => outcome.scenario === scenario),
    }))
    .filter(({ group }) => group.length > 0);
  return {
    sent: outcomes.length,
    wrong: outcomes.filter(({ isRight }) => !isRight).length,
    answers: Object.fromEntries(Object.entries(answers).sort()),
    scenarios: groups.map(({ scenario, group }) => ({
      scenario,
      sent: group.length,
      expected: [...new Set(group.map(({ expected }) => expectedText(expected)))].join(', '),
      // The XML answer says less: where a JSON one says the same and more, that is enough.
      got: distinct(group.map(({ got }) => gotText(got))).join(', '),
      wrong: group.filter(({ isRight }) => !isRight).length,
    })),
  };
}

function distinct(texts: readonly string[]): string[] {
  const unique = [...new Set(texts)];
  return unique.filter((text) => !unique.some((other) => other.startsWith(`${text} `)));
}

/** What was sent, what came back, what was expected; then totals by answer. */
export function renderSummary({ sent, wrong, answers, ...summary }: Summary): string {
  const header = ['scenario', 'sent', 'came back', 'expected', ''];
  const rows = summary.scenarios.map((row) => [
    row.scenario,
    row.sent,
    row.got,
    row.expected,
    row.wrong === 0 ? 'ok' : `${String(row.wrong)} WRONG`,
  ]);
  const layout: TableUserConfig = {
    columns: [{}, { alignment: 'right' }],
    drawHorizontalLine: (line, count) => line < 2 || line === count,
  };
  const verdict =
    wrong === 0
      ? `All ${String(sent)} answers are as expected.`
      : `${String(wrong)} of ${String(sent)} answers are WRONG.`;
  return [
    table([header, ...rows], layout),
    table([['answer', 'count'], ...Object.entries(answers)], layout),
    'An answer in XML has a response code, and no word on the MPAN.',
    verdict,
  ].join('\n');
}
