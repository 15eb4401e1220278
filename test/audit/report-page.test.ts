import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { renderReport } from '../../src/audit/report/report.js';
import { launchBrowser, withoutBrowser } from '../browser.js';
import { sampleSummary } from './report-sample.js';

const large = { suppliers: 300, distributors: 60, organisations: 40 };
const small = { meters: 40, suppliers: 1, distributors: 1, months: 1, organisations: 2 };

t.test('the report in a browser', { skip: withoutBrowser('the report of an audit') }, async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'report-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const browser = await launchBrowser(t);
  const page = await browser.newPage();
  const strangers: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) strangers.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (line) => errors.push(line.text()));

  const open = async (name: string, size: Parameters<typeof sampleSummary>[0]): Promise<void> => {
    const file = path.join(directory, `${name}.html`);
    await writeFile(file, await renderReport(sampleSummary(size)));
    await page.goto(pathToFileURL(file).href);
  };
  const picture = async (of: string): Promise<void> => {
    if (process.env.SCREENSHOT === undefined) return;
    await page.screenshot({ path: process.env.SCREENSHOT.replace('.png', `-${of}.png`), fullPage: true });
  };
  /** What is wider than the page, and does not scroll in a box of its own. */
  const overflow = (): Promise<number> =>
    page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

  for (const [name, size] of Object.entries({ usual: {}, large, small })) {
    await t.test(`${name}: fits every screen, light and dark`, async (t) => {
      await open(name, size);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const [screen, width] of Object.entries({
          wall: 1920,
          desk: 1280,
          tablet: 800,
          phone: 375,
          narrow: 320,
        })) {
          await page.setViewportSize({ width, height: 900 });
          t.equal(await overflow(), 0, `${colorScheme}, ${screen}`);
          if (screen === 'desk' || screen === 'phone') await picture(`${name}-${screen}-${colorScheme}`);
        }
      }
    });
  }

  await t.test('dark is dark, and paper is light all the same', async (t) => {
    await open('usual', {});
    const ground = (): Promise<string> =>
      page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    await page.emulateMedia({ colorScheme: 'light' });
    t.equal(await ground(), 'rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'dark' });
    t.equal(await ground(), 'rgb(16, 21, 27)');
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    t.equal(await ground(), 'rgb(255, 255, 255)');
  });

  await t.test('on A4 nothing is cut off, and no chart is higher than a page', async (t) => {
    const [a4Width, a4Height] = [688, 1017];
    for (const [name, size] of Object.entries({ usual: {}, large, small })) {
      await open(name, size);
      await page.emulateMedia({ media: 'print', colorScheme: 'light' });
      await page.setViewportSize({ width: a4Width, height: a4Height });
      t.equal(await overflow(), 0, name);
      const heights = await page.evaluate<number[]>(
        '[...document.querySelectorAll("figure")].map((figure) => figure.getBoundingClientRect().height)',
      );
      t.ok(heights.length >= 4);
      t.ok(Math.max(...heights) < a4Height, `${name}: ${heights.join(', ')}`);
      await picture(`${name}-print`);
      if (process.env.SCREENSHOT !== undefined) {
        await page.pdf({
          path: process.env.SCREENSHOT.replace('.png', `-${name}.pdf`),
          preferCSSPageSize: true,
        });
      }
    }
    await page.emulateMedia({ media: null });
  });

  await t.test(
    'who does not see it finds headings, landmarks, tables and words for every chart',
    async (t) => {
      await open('usual', {});
      t.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
      t.equal(await page.getByRole('heading', { level: 2 }).count(), 7);
      t.equal(await page.getByRole('region').count(), 7);
      for (const landmark of ['banner', 'navigation', 'main', 'contentinfo'] as const) {
        t.equal(await page.getByRole(landmark).count(), 1, landmark);
      }
      t.equal(await page.getByRole('img').count(), 5);
      t.equal(await page.getByRole('img', { name: /\w+ \w+/ }).count(), 5);
      t.equal(await page.locator('table:not(:has(caption))').count(), 0);
      t.equal(await page.locator('th:not([scope])').count(), 0);
      const nowhere = await page.evaluate<string[]>(
        '[...document.querySelectorAll("a[href^=\'#\']")].map(({ hash }) => hash).filter((hash) => !document.querySelector(hash))',
      );
      t.strictSame(nowhere, [], 'every link within the page leads somewhere');
    },
  );

  t.strictSame(strangers, [], 'it asks nothing of a host');
  t.strictSame(errors, [], 'it works under its own content security policy');
});
