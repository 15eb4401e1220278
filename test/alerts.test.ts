import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { collectDefaultMetrics } from '@prometheus-io/client';
import { parser } from '@prometheus-io/lezer-promql';
import t from 'tap';
import { parse } from 'yaml';
import { newMetrics } from '../src/metrics/metrics.js';
import { packageRoot } from '../src/package-root.js';
import { testApp } from './app.js';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: { readonly severity: string };
  readonly annotations?: Readonly<Record<'summary' | 'description' | 'runbook', string>>;
}

const text = await readFile(path.join(packageRoot, 'deploy/prometheus/alerts.yaml'), 'utf8');
const { groups } = parse(text) as { groups: readonly { name: string; rules: readonly Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);

/** What a query asks for, with the labels that it names there. */
interface Asked {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** Undefined where it is no PromQL. */
function askedBy(query: string): Asked[] | undefined {
  const found: { metric: string; labels: string[] }[] = [];
  const errors: number[] = [];
  parser.parse(query).iterate({
    enter: ({ name, type, from, to }) => {
      if (type.isError) errors.push(from);
      if (name === 'VectorSelector') found.push({ metric: '', labels: [] });
      const part = query.slice(from, to);
      if (name === 'Identifier') found.at(-1)!.metric = part;
      if (name === 'LabelName' && found.length > 0 && /^\s*(?:=|!)/.test(query.slice(to)))
        found.at(-1)!.labels.push(part);
    },
  });
  return errors.length > 0 ? undefined : found;
}

t.test('no rule asks for a metric or a label that there is not', async (t) => {
  const metrics = newMetrics();
  await testApp({ metrics });
  collectDefaultMetrics({ register: metrics.registry });
  const known = new Map<string, readonly string[]>([['up', ['job', 'instance']]]);
  for (const metric of metrics.registry.getMetricsAsArray()) {
    const { name, type, labelNames } = metric as typeof metric & { readonly labelNames: readonly string[] };
    const endings = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    for (const ending of endings) known.set(`${name}${ending}`, labelNames);
  }
  for (const { record } of rules) if (record !== undefined) known.set(record, []);
  for (const { expr, alert, record } of rules) {
    const asked = askedBy(expr);
    t.ok(asked !== undefined && asked.length > 0, `${alert ?? record!} asks for something`);
    for (const { metric, labels } of asked ?? []) {
      t.ok(known.has(metric), `${alert ?? record!}: there is ${metric}`);
      for (const label of labels) t.ok(known.get(metric)?.includes(label), `${metric} has ${label}`);
    }
  }
});

t.test('the check of the rules finds what is wrong', async (t) => {
  t.strictSame(askedBy('sum(rate(a_total{b="c"}[5m])) by (d) / e > 0'), [
    { metric: 'a_total', labels: ['b'] },
    { metric: 'e', labels: [] },
  ]);
  t.equal(askedBy('sum(rate(a_total[5m])'), undefined);
});

const kebab = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

t.test('every alert says how bad it is, what is wrong, and where to read what to do', async (t) => {
  t.equal(new Set(alerts.map(({ alert }) => alert)).size, alerts.length, 'each has a name of its own');
  for (const { alert = '', labels, annotations } of alerts) {
    t.match(labels, { severity: /^(?:warning|critical)$/ }, alert);
    t.match(
      annotations,
      { summary: String, description: /\.$/, runbook: `docs/runbook.md#${kebab(alert)}` },
      alert,
    );
  }
});

const runbook = path.join(packageRoot, 'docs/runbook.md');

t.test('and it is there', { skip: existsSync(runbook) ? false : 'there is no runbook' }, async (t) => {
  const headings = [...(await readFile(runbook, 'utf8')).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const { alert = '' } of alerts) t.ok(headings.includes(kebab(alert)), kebab(alert));
});
