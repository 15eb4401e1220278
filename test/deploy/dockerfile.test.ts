import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { imageDefaults } from '../../scripts/compose-file.js';
import { packageRoot } from '../../src/package-root.js';

const read = (file: string): string => readFileSync(path.join(packageRoot, file), 'utf8');
const dockerfile = read('Dockerfile');
const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

t.test('the image is built from one version of Node, which CI reads there', (t) => {
  t.match(dockerfile, /^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/m);
  t.strictSame(
    [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image),
    ['${NODE_IMAGE}', '${NODE_IMAGE}'],
  );
  t.match(read('.ci/run'), 's/^ARG NODE_IMAGE=node:');
  t.end();
});

t.test('the user is no root, by number, in the image and in the cluster', (t) => {
  const users = [...lastStage.matchAll(/^USER (\d+):(\d+)$/gm)].map(([, ...ids]) => ids);
  t.strictSame(users, [['1000', '1000']]);
  t.match(read('deploy/kubernetes/deployment.yaml'), /runAsUser: 1000\n\s+runAsGroup: 1000\n/);
  t.end();
});

t.test('its health check asks a route that there is, at its port', (t) => {
  const { paths } = parse(read('openapi.yaml')) as { readonly paths: Record<string, unknown> };
  const [, route = ''] = /\$\{process\.env\.PORT\}(\/[a-z/]+)`/.exec(lastStage) ?? [];
  t.ok(route in paths, route);
  t.match(lastStage, `EXPOSE ${imageDefaults().environment.PORT ?? ''}\n`);
  t.end();
});

t.test('the program is process 1, and not behind a shell or npm', (t) => {
  t.strictSame(imageDefaults().command, ['node', 'dist/src/main.js']);
  t.match(lastStage, /^STOPSIGNAL SIGTERM$/m);
  t.match(lastStage, /^RUN rm -rf .*\/usr\/local\/bin\/npm /m);
  t.end();
});
