import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../src/package-root.js';

const documents = ['SECURITY.md', 'docs/threat-model.md'];

for (const document of documents) {
  t.test(`what ${document} says is shown by tests`, async (t) => {
    const text = readFileSync(path.join(packageRoot, document), 'utf8');
    const named = [...text.matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file);
    t.ok(named.length > 10, `${String(named.length)} tests are named`);
    t.strictSame(
      named.filter((file) => !file.endsWith('.test.ts') || !existsSync(path.join(packageRoot, file))),
      [],
      'and each is there',
    );
  });
}

t.test('every risk of the list is spoken of, and every kind of threat', async (t) => {
  const risks = readFileSync(path.join(packageRoot, 'SECURITY.md'), 'utf8').match(/^\| API\d+/gm);
  t.strictSame(
    risks,
    Array.from({ length: 10 }, (_, place) => `| API${String(place + 1)}`),
  );
  const threats = readFileSync(path.join(packageRoot, 'docs/threat-model.md'), 'utf8').match(
    /(?<=^\| \*\*)\w/gm,
  );
  t.strictSame([...new Set(threats)], ['S', 'T', 'R', 'I', 'D', 'E']);
});
