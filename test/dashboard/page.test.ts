import { AxeBuilder } from '@axe-core/playwright';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { readConfig } from '../../src/config.js';
import type { Outcome } from '../../src/mock-dsp/pipeline.js';
import { requests, type Sent } from '../../src/mock-dsp/scenarios.js';
import { steadyTraffic } from '../../src/mock-dsp/steady-traffic.js';
import { buildWorld } from '../../src/mock-dsp/world.js';
import { launchBrowser, withoutBrowser } from '../browser.js';
import { directoryWith } from '../directories.js';
import { until } from '../until.js';
import { type LiveService, liveService } from './live.js';

const skip = withoutBrowser('the dashboard');
const lists = readConfig({}).REFERENCE_DATA_DIR;
const start = new Date('2026-11-18T08:00:00Z');

/** What a page asked for and complained of. */
interface Watched {
  readonly page: Page;
  /** The URLs of requests to other hosts, and any in which the token is. */
  readonly astray: string[];
  readonly errors: string[];
}

async function open(t: Test, service: LiveService): Promise<Watched> {
  const page = await (await launchBrowser(t)).newPage();
  const astray: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${service.url}/`) || url.includes(service.token)) astray.push(url);
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') errors.push(line.text());
  });
  await page.goto(`${service.url}/dashboard`);
  return { page, astray, errors };
}

async function enter(page: Page, token: string): Promise<void> {
  await page.fill('#token', token);
  await page.keyboard.press('Enter');
}

async function signIn(page: Page, { token }: LiveService): Promise<void> {
  await enter(page, token);
  await page.locator('main[aria-busy=false]').waitFor();
}

const text = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).first().innerText()).trim();

/** The numbers of the tiles, by their titles. */
const tiles = async (page: Page): Promise<Record<string, number>> =>
  Object.fromEntries(
    await page.locator('#tiles > div').evaluateAll((all) =>
      (all as { innerText: string }[]).map(({ innerText }) => {
        const [title = '', figure = ''] = innerText.split('\n').filter((line) => line.trim() !== '');
        return [title, Number(figure.replaceAll(',', ''))] as const;
      }),
    ),
  );

/** What the tiles are to be, by what came back. */
function counted(outcomes: readonly Outcome[]): Record<string, number> {
  const all = { 'All answers': 0, Accepted: 0, Mismatched: 0, 'Refused otherwise': 0, 'Not judged': 0 };
  for (const { got } of outcomes) {
    all['All answers'] += 1;
    if (got.answer === 'I0') all.Accepted += 1;
    else if (['E061510', 'E062106'].includes(got.answer)) all.Mismatched += 1;
    else if (got.status === 200 || got.answer === 'refused-without-code') all['Refused otherwise'] += 1;
    else all['Not judged'] += 1;
  }
  return all;
}

t.test('with live traffic behind it', { skip }, async (t) => {
  const service = await liveService(t, start);
  const { page, astray, errors } = await open(t, service);
  const world = buildWorld(7, lists, start);

  await t.test('asks for a token first, and shows nothing', async (t) => {
    t.equal(await page.locator('#ask').isVisible(), true);
    t.equal(await page.locator('main').isVisible(), false);
    t.equal(await page.evaluate('document.activeElement.id'), 'token');
  });

  await t.test('nothing has been decided yet', async (t) => {
    await signIn(page, service);
    t.equal(await text(page, '#share'), '–');
    t.equal(await text(page, '#headline-text'), 'Nothing has been judged today');
    t.equal(await text(page, '#originators-body'), 'No decisions yet.');
    t.equal(await text(page, '#refusals-empty'), 'Nothing has been refused since this replica started.');
    t.match(await text(page, '#about-replica'), /^This replica, since it started at 08:00:00/);
  });

  const outcomes: Outcome[] = [];
  const sendSome = async (count: number): Promise<void> => {
    const mix = [...requests(world, count)];
    const answered = await service.send(mix);
    t.ok(answered.every(({ isRight }) => isRight));
    outcomes.push(...answered);
    // What has to be there before is sent too, and is a decision of its own.
    for (const { before } of mix) if (before !== undefined) outcomes.push(accepted(before));
  };
  await t.test('its numbers become those of what was sent', async (t) => {
    for (const count of [60, 25]) {
      await sendSome(count);
      const wanted = counted(outcomes);
      const sees = async (): Promise<boolean> => JSON.stringify(await tiles(page)) === JSON.stringify(wanted);
      await until(`the page shows ${JSON.stringify(wanted)}`, sees);
    }
    const wanted = counted(outcomes);
    t.ok(wanted.Mismatched! > 3 && wanted['Not judged']! > 5);
    const legend = await page.locator('#over-time-legend b').allInnerTexts();
    t.strictSame(legend.map(Number), [
      wanted.Accepted,
      wanted.Mismatched,
      wanted['Refused otherwise'],
      wanted['Not judged'],
    ]);
  });

  await t.test('each code, the senders and the matrix add up', async (t) => {
    const codes = new Map<string, number>();
    for (const { got } of outcomes) codes.set(got.answer, (codes.get(got.answer) ?? 0) + 1);
    const rows = await page.locator('#codes-body tbody tr').evaluateAll((all) =>
      (all as { innerText: string }[]).map(({ innerText }) => {
        const words = innerText.split(/\s+/);
        return [words[0]!, Number(words.at(-1))] as const;
      }),
    );
    t.strictSame(Object.fromEntries([...rows].sort()), Object.fromEntries([...codes].sort()));
    const wanted = counted(outcomes);
    const sumOf = async (selector: string): Promise<number> =>
      (await page.locator(selector).allInnerTexts()).reduce(
        (sum, each) => sum + Number(each.replaceAll(',', '')),
        0,
      );
    t.equal(await sumOf('#originators-body td:nth-of-type(1)'), wanted.Mismatched);
    t.equal(
      await sumOf('#originators-body td:last-child'),
      wanted['All answers']! - wanted['Not judged']!,
      'every decision has a sender',
    );
    const [, mismatched = '', judged = ''] =
      /^(\d+) of (\d+) requests judged today/.exec(await text(page, '#headline-text')) ?? [];
    t.equal(Number(mismatched), wanted.Mismatched);
    t.equal(await text(page, '#share'), `${((100 * Number(mismatched)) / Number(judged)).toFixed(2)}%`);
    t.equal(await sumOf('#claims-body td:nth-of-type(1)'), Number(mismatched) - gasMismatches(outcomes));
  });

  await t.test('what was refused is there in words, and stays open while the page goes on', async (t) => {
    const wanted = counted(outcomes);
    const refused = wanted.Mismatched! + wanted['Refused otherwise']!;
    t.equal(await page.locator('#refusals-list > li').count(), refused);
    await page.locator('#refusal-kind label', { hasText: 'Mismatches' }).click();
    const first = page.locator('#refusals-list > li:not([hidden])').first();
    await first.locator('summary').click();
    t.match(await first.innerText(), /certificate-party-mpan-mismatch · refuses[^]*RequestID/);
    await sendSome(3);
    await until('the page has gone on', async () => (await tiles(page))['All answers'] === outcomes.length);
    t.equal(await page.locator('#refusals-list details[open]').count(), 1);
    await page.locator('#refusal-kind label', { hasText: 'All' }).click();
    await page.locator('#more').click();
    t.equal(await page.locator('#more').isVisible(), false);
    t.equal(await page.evaluate('document.activeElement.tagName'), 'SUMMARY');
  });

  await t.test('since the start, and another day', async (t) => {
    service.clock.now = new Date('2026-11-19T00:00:01Z');
    await until(
      'a new day',
      async () => (await text(page, '#headline-text')) === 'Nothing has been judged today',
    );
    t.match(await text(page, '#yesterday'), /^Yesterday \d+\.\d\d%, /);
    await page.locator('#period label', { hasText: 'Since start' }).click();
    await until('all of it', async () => (await tiles(page))['All answers'] === outcomes.length);
    t.match(await text(page, '#tiles'), 'since 18 Nov, 08:00');
    await page.locator('#range label', { hasText: '24 hours' }).click();
    await until('all of it over time', async () => (await text(page, '#trend-of')).includes('in each hour'));
  });

  await t.test('by the keyboard alone', async (t) => {
    await page.locator('.skip').focus();
    const reached: string[] = [];
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Tab');
      reached.push(
        await page.evaluate<string>(
          '(document.activeElement.id || document.activeElement.name || document.activeElement.getAttribute("role") || document.activeElement.tagName)',
        ),
      );
    }
    const order = [
      'theme',
      'forget',
      'slider',
      'period',
      'range',
      'slider',
      'SUMMARY',
      'originators-body',
      'claims-body',
      'refusal-kind',
    ];
    let at = 0;
    for (const each of reached) if (each === order[at]) at += 1;
    t.equal(at, order.length, reached.join(' '));

    const slider = page.getByRole('slider', { name: 'Answers over time' });
    await slider.focus();
    await page.keyboard.press('End');
    t.match(await slider.getAttribute('aria-valuetext'), /^19 Nov, 00:00: Accepted 0, /);
    for (let presses = 0; presses < 96; presses += 1) await page.keyboard.press('ArrowLeft');
    const reading = await slider.getAttribute('aria-valuetext');
    t.match(reading, /^18 Nov, 08:00: Accepted [1-9]/);
    t.match(await text(page, '#over-time-legend'), 'at 18 Nov, 08:00');
    t.equal(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'solid');
    await page.locator('#over-time-table summary').focus();
    await page.keyboard.press('Enter');
    t.match(await text(page, '#over-time-table tbody'), /18 Nov, 08:00/);
    await page.locator('#range input:checked').focus();
    await page.keyboard.press('ArrowRight');
    await until('two weeks', async () => (await text(page, '#trend-of')).includes('in each day'));
  });

  await t.test('the theme follows the system, or the choice of whoever looks', async (t) => {
    const ground = (): Promise<string> =>
      page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const [light, dark] = ['rgb(244, 246, 248)', 'rgb(16, 21, 27)'];
    await page.emulateMedia({ colorScheme: 'dark' });
    t.equal(await ground(), dark);
    await page.emulateMedia({ colorScheme: 'light' });
    t.equal(await ground(), light);
    await page.click('#theme');
    await page.emulateMedia({ colorScheme: 'dark' });
    t.equal(await text(page, '#theme'), 'Theme: light');
    t.equal(await ground(), light);
    await page.click('#theme');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.reload();
    await page.locator('main[aria-busy=false]').waitFor();
    t.equal(await ground(), dark, 'it is remembered');
    await page.click('#theme');
    t.equal(await ground(), light);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    await t.test(`${colorScheme}: fits every screen, and has nothing that axe finds`, async (t) => {
      await page.emulateMedia({ colorScheme });
      for (const width of [1920, 1440, 1024, 700, 390, 360]) {
        await page.setViewportSize({ width, height: 900 });
        t.equal(
          await page.evaluate<number>(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          ),
          0,
          String(width),
        );
        if (![1440, 390].includes(width)) continue;
        const { violations } = await new AxeBuilder({ page }).analyze();
        t.strictSame(
          violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
          [],
        );
      }
    });
  }

  t.strictSame(astray, [], 'it asks nothing of another host, and no URL has the token');
  t.strictSame(errors, [], 'it works under its own content security policy');
});

const accepted = (sent: Sent): Outcome => ({
  ...sent,
  replica: 0,
  sentAt: 0,
  answeredAt: 0,
  got: { status: 200, answer: 'I0' },
  isRight: true,
});

/** Of gas there is no distributor ID, and so no place in the matrix. */
const gasMismatches = (outcomes: readonly Outcome[]): number =>
  outcomes.filter(
    ({ scenario, got }) => /^gas |GSME/.test(scenario.name) && ['E061510', 'E062106'].includes(got.answer),
  ).length;

t.test('what goes wrong is said in its own words', { skip }, async (t) => {
  const service = await liveService(t, start);
  const { page, astray } = await open(t, service);

  await t.test('a token that is wrong, or for something else', async (t) => {
    await enter(page, 'nobodys');
    await until('the answer', async () =>
      (await text(page, '#ask-reason')).includes('does not know the token'),
    );
    await enter(page, service.otherToken);
    await until('the answer', async () =>
      (await text(page, '#ask-reason')).includes('it needs the scope “dashboard”'),
    );
    t.equal(await page.evaluate('sessionStorage.length'), 0);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Enter token' }).click();
    await page.locator('#ask').waitFor();
    await signIn(page, service);
    t.equal(await page.locator('#message').isVisible(), false);
    t.equal(await page.evaluate('localStorage.length'), 0);
  });

  await t.test('a service that does not answer as it should', async (t) => {
    for (const [status, body, said] of [
      [
        503,
        { detail: 'The service has more requests than it can answer in time.' },
        'cannot answer now. It says: The service has more',
      ],
      [429, {}, 'asked more often than it lets anybody ask'],
      [404, {}, 'is switched off'],
      [500, { detail: '<b>not markup</b>' }, 'HTTP 500. It says: <b>not markup</b>'],
      [502, undefined, 'HTTP 502.'],
    ] as const) {
      await page.route('**/v1/dashboard*', (route) =>
        route.fulfill({ status, body: body === undefined ? '<html>' : JSON.stringify(body) }),
      );
      await page.reload();
      await until(said, async () => (await text(page, '#message')).includes(said));
      t.equal(await text(page, '#connection'), 'Not answered');
      await page.unroute('**/v1/dashboard*');
    }
  });

  await t.test('another replica behind the same address', async (t) => {
    await page.reload();
    await page.locator('main[aria-busy=false]').waitFor();
    await page.route('**/v1/dashboard*', async (route) => {
      const response = await route.fetch();
      const answer = (await response.json()) as Record<string, unknown>;
      await route.fulfill({ response, json: { ...answer, replica: 'another' } });
    });
    await until('it tells', async () => (await text(page, '#message')).includes('those of another replica'));
    t.match(await text(page, '#replica'), 'replica another');
    await page.unroute('**/v1/dashboard*');
  });

  await t.test('asks nothing while nobody looks', async (t) => {
    await page.reload();
    await page.locator('main[aria-busy=false]').waitFor();
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/v1/dashboard')) asked += 1;
    });
    await page.clock.install();
    const look = (isHidden: boolean): Promise<void> =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { configurable: true, value: ${String(isHidden)} }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await look(true);
    t.equal(await text(page, '#connection'), 'Paused');
    const before = asked;
    await page.clock.runFor(60_000);
    t.equal(asked, before);
    await look(false);
    await until('it asks', () => asked > before);
    await until('it is live', async () => (await text(page, '#connection')) === 'Live');
    await page.clock.resume();
  });

  await t.test('a token that is forgotten', async (t) => {
    await page.reload();
    await page.locator('main[aria-busy=false]').waitFor();
    await page.click('#forget');
    await page.locator('#ask').waitFor();
    t.equal(await page.evaluate('sessionStorage.length'), 0);
    t.equal(await page.locator('main').isVisible(), false);
    await signIn(page, service);
  });

  await t.test('a connection that is lost', async (t) => {
    await service.stop();
    await until('it tells', async () =>
      (await text(page, '#message')).startsWith('The service cannot be reached.'),
    );
    t.equal(await text(page, '#connection'), 'Connection lost');
    t.equal(await page.locator('main').isVisible(), true, 'the last figures are still there');
  });

  t.strictSame(astray, [], 'it asks nothing of another host, and no URL has the token');
});

t.test('what somebody wrote into lists and requests stays text', { skip }, async (t) => {
  const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  const directory = await directoryWith(t, new Map());
  const { cp, writeFile } = await import('node:fs/promises');
  await cp(lists, directory, { recursive: true });
  for (const list of ['users', 'network-operators', 'distributors', 'response-codes']) {
    const file = path.join(directory, `${list}.json`);
    const content = JSON.parse(await readFile(file, 'utf8')) as { entries: Record<string, unknown>[] };
    for (const entry of content.entries) {
      for (const member of ['name', 'description'])
        if (member in entry) entry[member] = `${hostile} ${String(entry[member])}`;
    }
    await writeFile(file, JSON.stringify(content));
  }
  const service = await liveService(t, start, { REFERENCE_DATA_DIR: directory });
  const { page, astray, errors } = await open(t, service);
  const title = await page.title();
  await service.send(requests(buildWorld(3, directory, start), 60));
  await signIn(page, service);
  for (const place of ['#originators-body', '#claims-body', '#codes-body']) {
    t.match(await text(page, place), hostile.slice(0, 20), place);
  }
  const first = page.locator('#refusals-list summary').first();
  await first.click();
  t.ok((await text(page, '#refusals-list')).includes(hostile));
  await page.locator('#claims-names summary').click();
  t.ok((await text(page, '#claims-names-list')).includes(hostile));
  t.equal(await page.locator('main img').count(), 0);
  t.equal(await page.title(), title);
  await page.setViewportSize({ width: 360, height: 800 });
  t.equal(
    await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    ),
    0,
    'long names do not widen the page',
  );
  t.strictSame(astray, []);
  t.strictSame(errors, []);
});

// Three hours of steady traffic, on a clock that the test sets: CI looks at what is drawn, and not at pictures of it.
t.test('pictures', { skip: process.env.SCREENSHOT === undefined || skip }, async (t) => {
  const service = await liveService(t, start);
  const begun = start.getTime();
  const world = buildWorld(7, lists, start);
  let minute = 0;
  const traffic = steadyTraffic(world, () => 0.085 + 0.05 * Math.cos((minute / 180) * Math.PI));
  for (; minute < 200; minute += 1) {
    service.clock.now = new Date(begun + minute * 60_000);
    const count = Math.round(16 + 7 * Math.sin(minute / 50)) + world.draw.below(7);
    await service.send(Array.from({ length: count }, () => traffic.next().value));
  }
  const { page } = await open(t, service);
  await signIn(page, service);
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [screen, width, height] of [
      ['desktop', 1440, 1120],
      ['phone', 390, 1100],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await page.reload();
      await page.locator('main[aria-busy=false]').waitFor();
      const picture = async (of: string, fullPage: boolean): Promise<void> => {
        const name = `-${screen}-${colorScheme}${of}.png`;
        await page.screenshot({ path: process.env.SCREENSHOT!.replace('.png', name), fullPage });
      };
      await page.locator('#refusals-list summary').first().waitFor();
      await page.evaluate('scrollTo(0, 0)');
      await picture('', false);
      await page.locator('#refusals-list > .mismatched summary').first().click();
      await page.evaluate('scrollTo(0, 0)');
      await picture('-whole', true);
    }
  }
});
