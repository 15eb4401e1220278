import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { packageRoot } from '../package-root.js';
import { dashboardDocument, icon } from './document.js';
import { styles } from './styles.js';

export interface Asset {
  readonly type: string;
  readonly body: string;
  readonly etag: string;
}

const sources = path.join(packageRoot, 'dist/src');

/** What the modules of the page import that is not only for it. */
const shared = ['audit/report/format.js', 'audit/report/names.js', 'audit/report/share.js'];

const javascript = 'text/javascript; charset=utf-8';
const css = 'text/css; charset=utf-8';

/** The name of the page among what it is made of. */
export const dashboardPage = 'index.html';

/** Everything that the page is made of, by its name. Modules lie as their sources do, so that their imports hold. */
export async function dashboardAssets(): Promise<ReadonlyMap<string, Asset>> {
  const page = await readdir(path.join(sources, 'dashboard/page'));
  const modules = [
    ...page.filter((file) => file.endsWith('.js')).map((file) => `dashboard/page/${file}`),
    ...shared,
  ];
  const uplot = path.dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
  const text = (...file: readonly string[]): Promise<string> => readFile(path.join(...file), 'utf8');
  return new Map([
    [dashboardPage, asset('text/html; charset=utf-8', dashboardDocument)],
    ['icon.svg', asset('image/svg+xml', icon)],
    ['styles.css', asset(css, styles)],
    ['uplot.css', asset(css, await text(uplot, 'dist/uPlot.min.css'))],
    ['uplot.js', asset(javascript, await text(uplot, 'dist/uPlot.iife.min.js'))],
    ...(await Promise.all(
      modules.map(
        async (file) => [file, asset(javascript, withoutSourceMap(await text(sources, file)))] as const,
      ),
    )),
  ]);
}

const asset = (type: string, body: string): Asset => ({
  type,
  body,
  etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
});

/** Nobody serves the map. */
const withoutSourceMap = (module: string): string => module.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n');
