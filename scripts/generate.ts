import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { settings } from '../src/config.js';
import { logRecord } from '../src/decision-log/record.js';
import { services } from '../src/duis/services/index.js';
import { newMetrics } from '../src/metrics/metrics.js';
import { tellState } from '../src/metrics/state-metrics.js';
import { packageRoot } from '../src/package-root.js';
import { listFile, type ReferenceList } from '../src/reference-data/list.js';
import { lists } from '../src/reference-data/lists/index.js';
import { loadReferenceData } from '../src/reference-data/load.js';
import { rejectionKinds } from '../src/rejection.js';
import { securityMatters } from '../src/rules/security-matters.js';
import { type TrustCheck, trustRequirements } from '../src/rules/trust.js';
import { openApiYaml } from './openapi.js';

/**
 * Writes every file that is derived from the code, or with --check says which of them differ from what would be
 * written, and fails.
 */

const referenceData = await loadReferenceData(path.join(packageRoot, 'reference-data'));

function schemaOf(list: (typeof lists)[keyof typeof lists]): string {
  const schema = z.toJSONSchema(listFile(list as ReferenceList), { io: 'input' });
  return `${JSON.stringify({ title: `Reference list ${list.name}`, ...schema }, undefined, 2)}\n`;
}

function decisionLogSchema(): string {
  const schema = z.toJSONSchema(logRecord, { io: 'input' });
  return `${JSON.stringify({ title: 'A line of the decision log', ...schema }, undefined, 2)}\n`;
}

function responseCodesPage(): string {
  const sections = services.map(({ serviceReferenceVariant: variant, element, rules }) => {
    const rows = rules.map(({ name, requirement, citation }) => {
      const code = referenceData.responseCode(variant, name) ?? '(advises)';
      return `| ${code} | ${name} | ${requirement} | ${citation} |`;
    });
    return [
      `## ${variant} ${element}`,
      '',
      '| code | rule | requirement | citation |',
      '|---|---|---|---|',
      ...rows,
      '',
    ].join('\n');
  });
  return [
    '# Response codes',
    '',
    'Written by `npm run generate`. Each service has its rules in the order in which they are judged: the first that fails and has a code gives the response code, and I0 is success. Which rule has which code is reference data (`reference-data/response-codes.json`); a rule without one in a service advises there. What stands in front of the rules ([findings.md](findings.md)) comes before all of them: where it refuses without a code, no code of a rule is given.',
    '',
    ...sections,
  ].join('\n');
}

const checkTitles: Readonly<Record<TrustCheck, string>> = {
  certificateProfile: 'Certificate profile (`CERTIFICATE_PROFILE`)',
  certificatePath: 'Certification path (`CERTIFICATE_PATH`)',
  certificateRevocation: 'Revocation (`CERTIFICATE_REVOCATION`, `REVOCATION_UNKNOWN`)',
  xmlSignature: 'XML signature (`XML_SIGNATURE`)',
  sender: 'Who may send (with the XML signature)',
};

function findingsPage(): string {
  const sections = Object.entries(checkTitles).map(([check, title]) => {
    const rows = Object.entries(trustRequirements)
      .filter(([, each]) => each.check === check)
      .map(([name, { requirement, citation }]) => `| \`${name}\` | ${requirement} | ${citation} |`);
    return [`## ${title}`, '', '| finding | requirement | citation |', '|---|---|---|', ...rows, ''].join(
      '\n',
    );
  });
  return [
    '# Findings in front of the rules',
    '',
    'Written by `npm run generate`. What is judged before the rules of a service: whether certificates and signature are genuine, and whether the sender may ask. An answer has one of these findings for each requirement that is not met, and none for what is in order. None has a response code of DUIS, so that a refusal is the problem `refused-without-code` (422) with the findings in it, unless an entry in `reference-data/response-codes.json` gives the finding a code in a service. The first finding that refuses decides: with its code, or without one. A code does not make a finding refuse that a setting has accepted.',
    '',
    ...sections,
    '## Who has to act',
    '',
    'Of these findings, and of the rules ([response-codes.md](response-codes.md)), some are a matter of security: somebody has to act on them, and the answer names who ([duties.md](duties.md)). Whether they refuse or advise is no difference.',
    '',
    '| finding | a matter of security | reason |',
    '|---|---|---|',
    ...Object.entries(securityMatters).map(
      ([name, { isSecurityMatter, reason }]) =>
        `| \`${name}\` | ${isSecurityMatter ? 'yes' : 'no'} | ${reason} |`,
    ),
    '',
  ].join('\n');
}

function problemsPage(): string {
  const rows = Object.entries(rejectionKinds).map(
    ([kind, { status, title, meaning }]) => `| \`${kind}\` | ${String(status)} | ${title}. ${meaning} |`,
  );
  return [
    '# Problems',
    '',
    'Written by `npm run generate`. What cannot be judged has no DUIS response code: the answer is problem details (RFC 9457), whose `type` is `/problems/` and the name below. The service explains each at that path.',
    '',
    '| problem | status | meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** The metrics of the service itself, as it registers them. */
function metricsTable(): string {
  const { registry } = newMetrics();
  tellState(registry, {
    referenceData: () => {
      throw new Error('nothing is asked for');
    },
    caches: {},
    requestsInFlight: () => 0,
    storesUp: () => ({}),
    decisionLog: () => ({ written: 0, dropped: 0, blocked: 0, failed: 0 }),
  });
  const rows = registry.getMetricsAsArray().map((metric) => {
    const { name, type, help, labelNames } = metric as typeof metric & { labelNames: readonly string[] };
    return `| \`${name}\` | ${type} | ${labelNames.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
  });
  return ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

const tableMarks = ['<!-- prettier-ignore-start -->\n', '\n<!-- prettier-ignore-end -->'] as const;

/** The page has its words from whoever wrote them, and its table from here. */
async function metricsPage(): Promise<string> {
  const page = await readFile(path.join(packageRoot, 'docs/metrics.md'), 'utf8');
  const [start, end] = tableMarks;
  const [before = ''] = page.split(start);
  return `${before}${start}${metricsTable()}${page.slice(page.indexOf(end))}`;
}

function environmentExample(): string {
  const lines = Object.entries(settings.shape).map(([name, setting]) => {
    const { default: value } = z.toJSONSchema(setting as z.ZodType, { io: 'input', unrepresentable: 'any' });
    // A default is text, as in an environment, or there is none.
    const shown = ((value as string | undefined) ?? '').replace(packageRoot, './');
    return `# ${(setting as z.ZodType).description ?? ''}\n#${name}=${shown}\n`;
  });
  return `# Written by npm run generate. Every setting, with its default.\n\n${lines.join('\n')}`;
}

const files: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.values(lists).map((list) => [`schemas/reference-data/${list.name}.schema.json`, schemaOf(list)]),
  ),
  'schemas/decision-log.schema.json': decisionLogSchema(),
  'docs/response-codes.md': responseCodesPage(),
  'docs/findings.md': findingsPage(),
  'docs/problems.md': problemsPage(),
  '.env.example': environmentExample(),
  'docs/metrics.md': await metricsPage(),
  'openapi.yaml': await openApiYaml(),
};

const check = process.argv.includes('--check');
for (const [file, text] of Object.entries(files)) {
  const target = path.join(packageRoot, file);
  const current = await readFile(target, 'utf8').catch(() => undefined);
  if (current === text) continue;
  if (check) {
    console.error(`${file} is not what npm run generate writes`);
    process.exitCode = 1;
  } else {
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
    console.log(`wrote ${file}`);
  }
}
