import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import t from 'tap';
import { testApp } from '../app.js';
import { launchBrowser, withoutBrowser } from '../browser.js';
import { until } from '../until.js';

t.test('the documentation page', { skip: withoutBrowser('the documentation page') }, async (t) => {
  const { app } = await testApp();
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const browser = await launchBrowser(t);
  const page = await browser.newPage();
  const strangers: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) strangers.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (line) => {
    if (line.type() === 'error') errors.push(line.text());
  });

  await page.goto(`${url}/docs`);
  const operation = page.locator('.opblock', { hasText: '/v1/service-requests' });
  await operation.locator('.execute').waitFor();
  await t.test('an example in JSON, run with one click', async (t) => {
    t.match(
      await run(page, operation, 'application/json', 'matched'),
      /"responseCode": "I0"[^]*"mpanCheck": "matched"/,
    );
    t.match(
      await run(page, operation, 'application/json', 'mismatched'),
      /"responseCode": "E061510"[^]*"mpanCheck": "mismatched"/,
    );
  });
  await t.test('an example in XML, run with one click', async (t) => {
    t.match(
      await run(page, operation, 'application/xml', 'matched'),
      '<sr:ResponseCode>I0</sr:ResponseCode>',
    );
    t.match(
      await run(page, operation, 'application/xml', 'mismatched'),
      '<sr:ResponseCode>E061510</sr:ResponseCode>',
    );
  });
  await t.test(
    'in dark every word has contrast, those of an answer and of the dialog for a token too',
    async (t) => {
      await page.emulateMedia({ colorScheme: 'dark' });
      await until('it is dark', () => page.evaluate<boolean>(isDark));
      await run(page, operation, 'application/json', 'mismatched');
      t.strictSame(await faint(page), []);
      await page.locator('.scheme-container .authorize').click();
      await page.locator('.modal-btn.btn-done').waitFor();
      t.strictSame(await faint(page), []);
      await page.locator('.modal-btn.btn-done').click();
    },
  );
  await t.test('it is as dark as the system, when it is opened and later', async (t) => {
    t.equal(await page.evaluate(ground), 'rgb(28, 32, 34)');
    await page.emulateMedia({ colorScheme: 'light' });
    await until('it is light', () => page.evaluate<boolean>(`!${isDark}`));
    t.equal(await page.evaluate(ground), 'rgb(250, 250, 250)');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.reload();
    await until('it is dark', () => page.evaluate<boolean>(isDark));
  });
  await t.test('a telephone does not scroll sideways', async (t) => {
    await page.setViewportSize({ width: 390, height: 1000 });
    await run(page, operation, 'application/json', 'mismatched');
    t.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
  });
  if (process.env.SCREENSHOT !== undefined) await pictures(page, operation, process.env.SCREENSHOT);
  t.strictSame(strangers, [], 'it asks nothing of another host');
  t.strictSame(errors, [], 'it works under its own content security policy');
});

/** Chooses a media type and an example, executes, and gives the answer as the page shows it. */
async function run(page: Page, operation: Locator, mediaType: string, example: string): Promise<string> {
  const body = operation.locator('.opblock-section-request-body');
  await body.locator('.content-type').selectOption(mediaType);
  await operation.locator('.responses-wrapper .content-type').first().selectOption(mediaType);
  await body.locator('.examples-select-element').selectOption(example);
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await operation.locator('.execute').click();
  await (await answered).finished();
  const answer = operation.locator('.live-responses-table .highlight-code').first();
  await answer.waitFor();
  return answer.innerText();
}

const isDark = `document.documentElement.classList.contains('dark-mode')`;
const ground = 'getComputedStyle(document.body).backgroundColor';

/** The texts without the contrast that WCAG 2 AA asks for, and their colours. */
async function faint(page: Page, within = 'body'): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .include(within)
    .withRules(['color-contrast'])
    .analyze();
  return violations.flatMap(({ nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${target.join(' ')}: ${failureSummary}`),
  );
}

/** A mismatch, from the example to what is answered, on screens of two sizes, in light and dark. */
async function pictures(page: Page, operation: Locator, file: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [screen, width, height] of [
      ['desktop', 1280, 1360],
      ['phone', 390, 1360],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await page.reload();
      await operation.locator('.execute').waitFor();
      await run(page, operation, 'application/json', 'mismatched');
      await operation.locator('.opblock-section-request-body').evaluate('(body) => body.scrollIntoView()');
      await page.screenshot({ path: file.replace('.png', `-${screen}-${colorScheme}.png`) });
    }
  }
}
