import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import type { Test } from 'tap';

const browserPath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (candidate) => candidate !== undefined && existsSync(candidate),
);
const isCi = process.env.CI === 'true';

/** For tap's `skip`: where there is no browser a test says so; in CI it does not skip. CHROMIUM_PATH names one in another place. */
export function withoutBrowser(whatNobodySees: string): string | false {
  if (browserPath !== undefined || isCi) return false;
  console.error(`SKIPPED: there is no Chromium, and so nobody has looked at ${whatNobodySees}.`);
  return 'there is no Chromium';
}

/** Chromium, until the test ends. */
export async function launchBrowser(t: Test): Promise<BrowserContext> {
  const profile = await mkdtemp(path.join(tmpdir(), 'chromium-'));
  t.teardown(() => rm(profile, { recursive: true, force: true }));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: browserPath ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    viewport: { width: 1280, height: 1000 },
  });
  t.teardown(() => browser.close());
  return browser;
}
