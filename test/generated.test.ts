import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../src/package-root.js';
import { ruleNames } from '../src/rules/rule.js';

const run = promisify(execFile);

t.test('what is generated is what would be generated', async (t) => {
  const generate = path.join(packageRoot, 'dist/scripts/generate.js');
  const faults = await run(process.execPath, [generate, '--check']).catch((error: unknown) => String(error));
  t.match(faults, { stdout: '', stderr: '' }, 'npm run generate brings it up to date');
});

t.test('every rule has its file, its test and its row in the docs', async (t) => {
  const names = async (directory: string): Promise<string[]> => readdir(path.join(packageRoot, directory));
  const sources = await names('src/rules');
  const tests = await names('test/rules');
  const codes = await readFile(path.join(packageRoot, 'docs/response-codes.md'), 'utf8');
  for (const rule of ruleNames) {
    const source = sources.find((file) => file.replace(/^e\d+-/, '') === `${rule}.ts`);
    t.ok(source, rule);
    t.ok(tests.includes(source?.replace(/\.ts$/, '.test.ts') ?? ''), `test of ${rule}`);
    t.match(codes, `| ${rule} |`);
  }
});
