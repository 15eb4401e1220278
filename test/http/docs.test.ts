import { readFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { exampleBody, examples } from '../../scripts/openapi.js';
import { Aggregates } from '../../src/dashboard/aggregates.js';
import { answer } from '../../src/duis/json/response.js';
import { problem } from '../../src/http/problem.js';
import { packageRoot } from '../../src/package-root.js';
import { rejectionKinds } from '../../src/rejection.js';
import { mpanChecks } from '../../src/rules/mpan-check.js';
import { schemaFault } from '../duis/xml/schema-validator.js';
import { testApp } from '../app.js';
import { depsWith } from '../decisions.js';
import { routesOf } from '../routes.js';

const { clock, referenceData } = depsWith();
const { app } = await testApp({ dashboard: new Aggregates({ clock, referenceData }) });

t.test('every example gets the answer that it promises', async (t) => {
  for (const example of examples) {
    const { file, mediaType, promise } = example;
    for (const accept of ['application/json', 'application/xml']) {
      const response = await app.inject({
        method: 'POST',
        url: '/v1/service-requests',
        headers: { 'content-type': mediaType, accept },
        payload: exampleBody(example),
      });
      t.equal(response.statusCode, promise.status, `${file} in ${accept}`);
      t.match(response.body, promise.answer);
      if (accept === 'application/xml') continue;
      if (promise.status === 200) t.match(answer.parse(response.json()), { mpanCheck: promise.mpanCheck });
      else t.match(problem.parse(response.json()), { type: `/problems/${promise.answer}` });
    }
    if (mediaType === 'application/xml')
      t.equal(schemaFault(exampleBody(example)), undefined, `${file} by the XSD`);
  }
  const outcomes = new Set(examples.map(({ promise }) => promise.mpanCheck).filter(Boolean));
  t.strictSame(
    [...outcomes].sort(),
    [...mpanChecks].sort(),
    'there is one for every outcome of the MPAN check',
  );
});

t.test('openapi.yaml has the paths that are served, and no other', async (t) => {
  const document = parse(await readFile(path.join(packageRoot, 'openapi.yaml'), 'utf8')) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const described = Object.entries(document.paths).flatMap(([route, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${route}`),
  );
  const ours = routesOf(app)
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/, '{$1}')}`)
    .filter((route) => !/^HEAD| \/docs|\*| \/$/.test(route));
  t.strictSame(ours.sort(), described.sort());
});

t.test('each problem type leads to what it means', async (t) => {
  for (const [kind, { title }] of Object.entries(rejectionKinds)) {
    const page = await app.inject(`/problems/${kind}`);
    t.equal(page.statusCode, 200);
    t.match(page.headers['content-type'], 'text/plain');
    t.match(page.body, title);
  }
  for (const kind of ['no-such', 'constructor', '__proto__']) {
    t.equal((await app.inject(`/problems/${kind}`)).statusCode, 404, kind);
  }
});

t.test('the root leads to the page', async (t) => {
  const { statusCode, headers } = await app.inject('/');
  t.equal(statusCode, 302);
  t.equal(headers.location, '/docs');
});

t.test('the page asks nothing of any other host', async (t) => {
  const page = await app.inject('/docs/');
  t.equal(page.statusCode, 200);
  t.notMatch(page.body, /(?:src|href)="(?:https?:)?\/\//);
  t.match(page.headers['content-security-policy'], /default-src 'none'/);
});
