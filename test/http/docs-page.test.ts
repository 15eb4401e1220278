import type { Locator, Page } from 'playwright-core';
import t from 'tap';
import { testApp } from '../app.js';
import { launchBrowser, withoutBrowser } from '../browser.js';

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
  if (process.env.SCREENSHOT !== undefined) await pictures(page, process.env.SCREENSHOT);

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
  if (process.env.SCREENSHOT !== undefined) {
    await operation.locator('.live-responses-table').scrollIntoViewIfNeeded();
    await page.screenshot({ path: process.env.SCREENSHOT.replace('.png', '-answer.png') });
  }
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

/** On screens of two sizes. Swagger UI is light whatever the system is. */
async function pictures(page: Page, file: string): Promise<void> {
  for (const [screen, width] of Object.entries({ phone: 390, desktop: 1280 })) {
    await page.setViewportSize({ width, height: 1000 });
    await page.screenshot({ path: file.replace('.png', `-${screen}.png`) });
  }
}
