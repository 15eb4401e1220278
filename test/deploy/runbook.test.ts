import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../../src/package-root.js';

const read = (file: string): string => readFileSync(path.join(packageRoot, file), 'utf8');

/** The anchor of a heading, as it is made where this is shown. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');

const anchorsIn = (file: string): readonly string[] =>
  [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

const rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          annotations: z.looseObject({ runbook: z.string() }).optional(),
        }),
      ),
    }),
  ),
});

t.test('each alert has its section in the runbook, and names it', (t) => {
  const { groups } = rules.parse(parse(read('deploy/prometheus/alerts.yaml')));
  const alerts = groups.flatMap(({ rules: all }) => all.filter(({ alert }) => alert !== undefined));
  const sections = anchorsIn('docs/runbook.md');
  t.ok(alerts.length > 0);
  for (const { alert = '', annotations } of alerts) {
    const anchor = alert.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
    t.equal(annotations?.runbook, `docs/runbook.md#${anchor}`);
    t.ok(sections.includes(anchor), alert);
  }
  t.end();
});

t.test('what the papers of operations lead to is there', (t) => {
  for (const file of ['runbook.md', 'release.md', 'deploying.md', 'upgrading.md']) {
    for (const [, link = ''] of read(`docs/${file}`).matchAll(/\]\(([^)]+)\)/g)) {
      const [target = '', anchor] = link.split('#', 2);
      const place = target === '' ? `docs/${file}` : path.posix.join('docs', target);
      if (!place.endsWith('.md')) continue;
      t.doesNotThrow(() => read(place), `${file}: ${link}`);
      if (anchor !== undefined) t.ok(anchorsIn(place).includes(anchor), `${file}: ${link}`);
    }
  }
  t.end();
});
