import t, { type Test } from 'tap';
import { noHead } from '../../src/decision-log/chain.js';
import { GroupCommit, type GroupCommitOptions } from '../../src/decision-log/group-commit.js';
import { digestWith } from '../../src/decision-log/keys.js';
import type { Sink } from '../../src/decision-log/sink.js';
import { StoreUnavailable } from '../../src/stores/unavailable.js';
import { now } from '../fixtures.js';
import { until } from '../until.js';
import { faultsIn, logId, settings, verify } from './logs.js';

const unavailable = new StoreUnavailable('the decision log');
const members = (name: string): string => JSON.stringify({ kind: 'decision', name });

/** A sink that is as slow, and fails as often, as a test wants. */
class TestSink implements Sink {
  readonly writes: string[] = [];
  /** While it is set, a write waits for it. */
  gate: Promise<void> | undefined;
  failing = false;
  full = false;
  isClosed = false;
  files: number[] = [];
  #isFresh = true;

  isFresh(): boolean {
    return this.#isFresh;
  }

  isFull(): boolean {
    return this.full;
  }

  async beginFile(firstSeq: number): Promise<void> {
    this.files.push(firstSeq);
    this.full = false;
    this.#isFresh = true;
  }

  async write(lines: string): Promise<void> {
    await this.gate;
    if (this.failing) throw new Error('no space');
    this.writes.push(lines);
    this.#isFresh = false;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  get lines(): string[] {
    return this.writes.join('').split('\n').slice(0, -1);
  }

  /** What each record is of: its name, or its kind. */
  get names(): string[] {
    return this.lines.map((line) => {
      const { name, kind, dropped } = JSON.parse(line) as Record<
        'name' | 'kind' | 'dropped',
        string | undefined
      >;
      return name ?? [kind, dropped].filter((each) => each !== undefined).join(' ');
    });
  }
}

const deferred = (): { readonly promise: Promise<void>; readonly open: () => void } => {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
};

async function begun(
  change: Partial<GroupCommitOptions> = {},
): Promise<{ readonly sink: TestSink; readonly commit: GroupCommit; readonly told: string[] }> {
  const sink = new TestSink();
  const told: string[] = [];
  const tell = (_: unknown, what?: string): void => void told.push(what ?? '');
  const commit = new GroupCommit({
    sink,
    log: logId,
    head: noHead,
    digest: digestWith(undefined),
    opening: { keyId: undefined, settings, torn: [] },
    whenSlow: 'block',
    waitMs: 60_000,
    maxBuffered: 10_000,
    clock: () => now,
    logger: { error: tell, warn: tell } as GroupCommitOptions['logger'],
    ...change,
  });
  await commit.begin();
  return { sink, commit, told };
}

const isWhole = (t: Test, { lines }: TestSink): void => {
  t.strictSame(faultsIn(lines), [], 'the chain is whole');
};

t.test('all that comes in one turn is one write, behind the record of the start', async (t) => {
  const { sink, commit } = await begun();
  await Promise.all(['a', 'b', 'c'].map(async (name) => commit.add(members(name))));
  await commit.add(members('d'));
  t.equal(sink.writes.length, 3);
  await commit.end();
  t.strictSame(sink.names, ['start', 'a', 'b', 'c', 'd', 'stop']);
  t.strictSame(commit.counts(), { written: 4, dropped: 0, blocked: 0, failed: 0 });
  t.match(commit.head, verify(sink.lines).last);
  t.ok(sink.isClosed);
  isWhole(t, sink);
});

t.test('what comes while others are written is the next write', async (t) => {
  const { sink, commit } = await begun();
  const gate = deferred();
  sink.gate = gate.promise;
  const first = commit.add(members('a'));
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  const rest = ['b', 'c'].map(async (name) => commit.add(members(name)));
  gate.open();
  await Promise.all([first, ...rest]);
  t.equal(sink.writes.length, 3);
  t.strictSame(sink.names, ['start', 'a', 'b', 'c']);
});

t.test('a service does not start where the first record cannot be written', async (t) => {
  const sink = new TestSink();
  sink.failing = true;
  await t.rejects(begun({ sink }), { message: 'no space' });
});

t.test('block: what cannot be written is not answered, and leaves no hole in the chain', async (t) => {
  const { sink, commit, told } = await begun();
  await commit.add(members('a'));
  sink.failing = true;
  for (const name of ['b', 'c']) await t.rejects(Promise.resolve(commit.add(members(name))), unavailable);
  t.strictSame(told, ['the decision log cannot be written'], 'told once');
  sink.failing = false;
  await commit.add(members('d'));
  t.equal(told.at(-1), 'the decision log is written again');
  await commit.end();
  t.strictSame(sink.names, ['start', 'a', 'd', 'stop']);
  t.strictSame(commit.counts(), { written: 2, dropped: 0, blocked: 2, failed: 2 });
  isWhole(t, sink);
});

t.test('block: an answer waits for so long, and what is not being written yet is not written', async (t) => {
  const { sink, commit, told } = await begun({ waitMs: 20 });
  const gate = deferred();
  sink.gate = gate.promise;
  const first = commit.add(members('a'));
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  const second = commit.add(members('b'));
  await t.rejects(Promise.resolve(first), unavailable);
  await t.rejects(Promise.resolve(second), unavailable);
  t.strictSame(told, ['the decision log is slow']);
  gate.open();
  await commit.add(members('c'));
  await commit.end();
  // Nobody has an answer without a record; a record without an answer there may be.
  t.strictSame(sink.names, ['start', 'a', 'c', 'stop']);
  t.match(commit.counts(), { written: 2, blocked: 2 });
  isWhole(t, sink);
});

t.test('block: no more is held than there may be', async (t) => {
  const { sink, commit } = await begun({ maxBuffered: members('a').length });
  const gate = deferred();
  sink.gate = gate.promise;
  const first = commit.add(members('a'));
  await t.rejects(Promise.resolve(commit.add(members('b'))), unavailable);
  gate.open();
  await first;
  await commit.add(members('c'));
  t.strictSame(sink.names, ['start', 'a', 'c']);
  t.match(commit.counts(), { written: 2, blocked: 1 });
});

t.test('drop: nothing waits; what there is no room for is counted, and in the log', async (t) => {
  const { sink, commit, told } = await begun({ whenSlow: 'drop', maxBuffered: 2 * members('a').length });
  const gate = deferred();
  sink.gate = gate.promise;
  for (const name of ['a', 'b', 'c', 'd', 'e']) t.equal(commit.add(members(name)), undefined);
  t.strictSame(told, ['decisions are answered without a record'], 'at once');
  t.match(commit.counts(), { dropped: 3 });
  gate.open();
  await until('it has room', () => commit.counts().written === 2);
  commit.add(members('f'));
  await commit.end();
  t.strictSame(sink.names, ['start', 'gap 3', 'a', 'b', 'f', 'stop']);
  t.strictSame(commit.counts(), { written: 3, dropped: 3, blocked: 0, failed: 0 });
  t.equal(told.at(-1), 'the decision log says how many decisions it has no record of');
  t.match(verify(sink.lines), { faultCount: 0, dropped: 3, decisions: 3 });
});

t.test('drop: what could not be written is written later, in its place', async (t) => {
  const { sink, commit } = await begun({ whenSlow: 'drop' });
  sink.failing = true;
  commit.add(members('a'));
  await until('it has failed', () => commit.counts().failed === 1);
  commit.add(members('b'));
  sink.failing = false;
  await until('it is tried again', () => commit.counts().written === 2);
  await commit.end();
  t.strictSame(sink.names, ['start', 'a', 'b', 'stop']);
  t.strictSame(commit.counts(), { written: 2, dropped: 0, blocked: 0, failed: 1 });
});

t.test('drop: any number that comes while a write fails is kept behind it', async (t) => {
  const many = 200_000;
  const { sink, commit } = await begun({ whenSlow: 'drop', maxBuffered: 1e9 });
  const gate = deferred();
  sink.gate = gate.promise;
  sink.failing = true;
  commit.add(members('a'));
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  for (let each = 0; each < many; each += 1) commit.add('{"kind":"decision"}');
  gate.open();
  await until('it has failed', () => commit.counts().failed === 1);
  sink.failing = false;
  await until('it is tried again', () => commit.counts().written === many + 1);
  t.match(commit.counts(), { dropped: 0, failed: 1 });
});

t.test('drop: what cannot be written to the end is counted, and told', async (t) => {
  const { sink, commit, told } = await begun({ whenSlow: 'drop' });
  sink.failing = true;
  commit.add(members('a'));
  await commit.end();
  t.match(commit.counts(), { written: 0, dropped: 1 });
  t.strictSame(told, [
    'the decision log cannot be written',
    'decisions are answered without a record',
    'the decision log has no end: it could not be written',
  ]);
  t.ok(sink.isClosed);
});

t.test('a file that is full is followed by another, which says what it needs itself', async (t) => {
  const { sink, commit } = await begun();
  await commit.add(members('a'));
  sink.full = true;
  await commit.add(members('b'));
  t.strictSame(sink.files, [3]);
  t.strictSame(sink.names, ['start', 'a', 'rotated', 'b']);
  t.match(JSON.parse(sink.lines[2]!), { chain: 'sha-256', settings });
  isWhole(t, sink);
});
