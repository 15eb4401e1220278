import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import type { Timeline } from '../../src/mock-dsp/timeline.js';
import { packageRoot } from '../../src/package-root.js';
import { withoutRedis } from '../redis-server.js';

interface Run {
  readonly child: ChildProcess;
  /** Once it has ended, and all that it had started: they hold its standard error. */
  readonly ended: Promise<{ code: number | null; output: string; errors: string; leftBehind: string[] }>;
}

function start(t: Test, args: readonly string[], environment: Record<string, string> = {}): Run {
  const temporary = mkdtempSync(path.join(tmpdir(), 'replicas-test-'));
  const main = path.join(packageRoot, 'dist/src/mock-dsp/main.js');
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, TMPDIR: temporary, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => {
    child.kill('SIGTERM');
    rmSync(temporary, { recursive: true, force: true });
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    output,
    errors,
    leftBehind: readdirSync(temporary),
  }));
  return { child, ended };
}

t.test(
  'a distributor ID moves while replicas answer, and every answer is that of its version',
  { skip: withoutRedis },
  async (t) => {
    const args = ['--replicas', '2', '--count', '500', '--rate', '100', '--json'];
    // Settings of whoever runs it are not those of the replicas.
    const { code, output, errors, leftBehind } = await start(t, args, { MPAN_CHECK_DIGIT: 'refuse' }).ended;
    t.strictSame({ errors, leftBehind }, { errors: '', leftBehind: [] });
    const timeline = JSON.parse(output) as Timeline;
    t.match(timeline, { wrong: 0, lost: 0, wentBack: 0 });
    t.equal(timeline.replicas.length, 2);
    for (const { before, after, takenAfterMs } of timeline.replicas) {
      t.ok(before > 0 && after > 0, 'answers by both versions');
      t.ok(takenAfterMs !== null && takenAfterMs >= 0);
    }
    // On a machine that does other things, it may take longer, and then the run says so.
    const slow = timeline.replicas.filter(
      ({ takenAfterMs }) => takenAfterMs !== null && takenAfterMs > 1_000,
    );
    t.equal(timeline.faults.length, slow.length);
    t.equal(code, slow.length === 0 ? 0 : 1);
  },
);

t.test('it ends what it has started when it is interrupted', { skip: withoutRedis }, async (t) => {
  const { child, ended } = start(t, ['--replicas', '1']);
  for await (const chunk of child.stderr!) if (String(chunk).includes('Sending')) break;
  child.kill('SIGINT');
  t.match(await ended, { code: 130, output: '', leftBehind: [] });
});

t.test('it ends what it has started when it fails', { skip: withoutRedis }, async (t) => {
  const lists = t.testdir();
  cpSync(path.join(packageRoot, 'reference-data'), lists, { recursive: true });
  writeFileSync(path.join(lists, 'applicability.json'), '{}');
  const { code, errors, leftBehind } = await start(t, ['--replicas', '1'], { REFERENCE_DATA_DIR: lists })
    .ended;
  t.strictSame({ code, leftBehind }, { code: 2, leftBehind: [] });
  t.match(errors, /the tool failed to --json publish .*\n[^]*applicability.json/);
});

t.test('it says so where there is no redis-server', async (t) => {
  const { code, errors, leftBehind } = await start(t, ['--replicas', '1'], { PATH: t.testdir() }).ended;
  t.strictSame({ code, leftBehind }, { code: 2, leftBehind: [] });
  t.match(errors, 'there is no redis-server on this machine, and replicas need one to share');
});

t.test('it takes 1 to 9 replicas, of its own', async (t) => {
  const refused = async (args: readonly string[]): Promise<unknown> => start(t, args).ended;
  t.match(await refused(['--replicas', '10']), { code: 2, errors: 'a number from 1 to 9' });
  t.match(await refused(['--replicas', '2', '--url', 'http://127.0.0.1:1']), {
    code: 2,
    errors: 'cannot be used with option',
  });
});
