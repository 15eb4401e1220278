import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t, { type Test } from 'tap';
import { type LiveMemory, memoryLimits, watchLiveMemory } from '../src/live-memory.js';
import { until } from './until.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;

const mebibyte = 1024 * 1024;
const held = 400;

const watch = (t: Test, ...args: Parameters<typeof watchLiveMemory>): LiveMemory => {
  const memory = watchLiveMemory(...args);
  t.teardown(memory.close);
  return memory;
};

/** Collects, and gives what there is then, once it is told of. */
async function percentAfter(memory: LiveMemory, isSo: (percent: number) => boolean): Promise<number> {
  return until('what is in use is told', () => {
    collect();
    const percent = memory.percent();
    return isSo(percent) && percent;
  });
}

t.test(
  'buffers that are held count against what the process may have, and not once they are garbage',
  async (t) => {
    const memory = watch(t, { heap: Infinity, process: 1000 * mebibyte });
    const before = await percentAfter(memory, (percent) => percent > 0);
    const kept = [Buffer.alloc(held * mebibyte)];
    const during = await percentAfter(memory, (percent) => percent > before + 30);
    t.ok(during > before + 35 && during < before + 50, `${String(before)} and ${String(during)}`);
    kept.pop();
    await percentAfter(memory, (percent) => percent < before + 10);
  },
);

t.test('the nearer limit counts', async (t) => {
  const heap = getHeapStatistics().used_heap_size;
  const memory = watch(t, { heap, process: Infinity });
  const percent = await percentAfter(memory, (each) => each > 0);
  t.ok(percent > 30 && percent < 200, String(percent));
});

t.test('what nobody has told of for a while is not known', async (t) => {
  let at = 0;
  const memory = watch(t, { heap: mebibyte, process: Infinity }, () => at);
  t.equal(memory.percent(), 0, 'nothing has been collected');
  await percentAfter(memory, (percent) => percent > 100);
  const last = memory.percent();
  at += 9_999;
  t.equal(memory.percent(), last);
  at += 1;
  t.equal(memory.percent(), 0);
  await percentAfter(memory, (percent) => percent > 100);
});

t.test('a minor collection tells nothing', async (t) => {
  let isTold = false;
  const observer = new PerformanceObserver(() => (isTold = true));
  observer.observe({ entryTypes: ['gc'] });
  t.teardown(() => {
    observer.disconnect();
  });
  // There may be a major one in between, which nobody here asked for.
  await until('there was only a minor one', async () => {
    const memory = watchLiveMemory({ heap: 1, process: 1 });
    isTold = false;
    collect({ type: 'minor' });
    await until('it is told of', () => isTold);
    memory.close();
    return memory.percent() === 0;
  });
});

t.test('a container has a limit only where it is less than the machine', (t) => {
  const { heap_size_limit: heap } = getHeapStatistics();
  t.strictSame(memoryLimits(512, 1024), { heap, process: 512 });
  for (const none of [0, 1024, 2 ** 64]) t.strictSame(memoryLimits(none, 1024), { heap, process: Infinity });
  t.equal(memoryLimits().heap, heap);
  t.end();
});
