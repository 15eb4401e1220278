import type { Test } from 'tap';
import type { Clock } from '../../src/clock.js';
import type { RememberedRequest, RequestHistory } from '../../src/stores/request-history.js';

const start = new Date('2026-06-15T12:00:00Z').getTime();

const request = (content: string, isSigned = false): RememberedRequest => ({
  content,
  certificates: `of ${content}`,
  isSigned,
});

/** What every request history does, whatever is behind it. `open` makes one that remembers for `seconds`. */
export function requestHistoryContract(
  t: Test,
  open: (seconds: number, clock: Clock) => Promise<RequestHistory>,
): void {
  const opened = (): Promise<RequestHistory> => open(60, () => new Date(start));

  t.test('what is not remembered is undefined, whatever its key is called', async (t) => {
    const history = await opened();
    for (const key of ['a', '', 'constructor', '__proto__']) {
      t.equal(await history.find(key), undefined, key);
      t.strictSame(await history.remember(key, request(key)), request(key), key);
      t.strictSame(await history.find(key), request(key), key);
    }
  });

  t.test('the first one wins', async (t) => {
    const history = await opened();
    t.strictSame(await history.remember('a', request('first')), request('first'));
    t.strictSame(await history.remember('a', request('second')), request('first'));
    t.strictSame(await history.find('a'), request('first'));
    t.strictSame(await history.remember('b', request('second')), request('second'), 'of each key');
  });

  t.test('but what is signed takes the place of what is not', async (t) => {
    const history = await opened();
    await history.remember('a', request('first'));
    t.strictSame(await history.remember('a', request('signed', true)), request('signed', true));
    t.strictSame(await history.remember('a', request('third')), request('signed', true), 'and keeps it');
    t.strictSame(await history.remember('a', request('fourth', true)), request('signed', true));
    t.strictSame(await history.find('a'), request('signed', true));
  });

  t.test('and of many at once, one', async (t) => {
    const history = await opened();
    const contents = ['first', 'second', 'third'];
    const firsts = await Promise.all(contents.map((content) => history.remember('a', request(content))));
    t.equal(new Set(firsts.map(({ content }) => content)).size, 1);
    t.strictSame(await history.find('a'), firsts[0]);
  });

  t.test('each is remembered for as long as it is told, since it first came', async (t) => {
    let seconds = 0;
    const history = await open(60, () => new Date(start + seconds * 1000));
    await history.remember('a', request('first'));
    seconds = 30;
    await history.remember('a', request('second'));
    await history.find('a');
    await history.remember('b', request('other'));
    seconds = 60;
    t.strictSame(await history.find('a'), request('first'));
    seconds = 60.001;
    t.equal(await history.find('a'), undefined, 'though it was asked for in between');
    t.strictSame(await history.find('b'), request('other'));
    t.strictSame(await history.remember('a', request('second')), request('second'));
    seconds = 120;
    t.strictSame(await history.find('a'), request('second'));
  });

  t.test('and what takes the place of another, since it came itself', async (t) => {
    let seconds = 0;
    const history = await open(60, () => new Date(start + seconds * 1000));
    await history.remember('a', request('first'));
    seconds = 30;
    await history.remember('a', request('signed', true));
    seconds = 90;
    t.strictSame(await history.remember('a', request('third', true)), request('signed', true));
    seconds = 90.001;
    t.equal(await history.find('a'), undefined);
  });

  t.test('a clock that is put back makes nobody forget', async (t) => {
    let seconds = 0;
    const history = await open(60, () => new Date(start + seconds * 1000));
    await history.remember('a', request('first'));
    seconds = -3600;
    t.strictSame(await history.remember('a', request('second')), request('first'));
  });
}
