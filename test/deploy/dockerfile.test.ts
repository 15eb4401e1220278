import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

t.test(
  'its health check asks a route that there is, at the port of the image or of the health',
  async (t) => {
    const { paths } = parse(read('openapi.yaml')) as { readonly paths: Record<string, unknown> };
    const asked: string[] = [];
    const answering = async (status: number): Promise<string> => {
      const server = createServer((request, response) => {
        asked.push(request.url ?? '');
        response.writeHead(status).end();
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      t.teardown(() => server.close());
      return String((server.address() as AddressInfo).port);
    };
    const healthy = await answering(200);
    const unhealthy = await answering(503);
    const [, words = '[]'] = /^HEALTHCHECK .*\n? *CMD (\[.*\])$/m.exec(lastStage) ?? [];
    const [, ...args] = JSON.parse(words) as string[];
    const codeWith = async (env: Readonly<Record<string, string>>): Promise<unknown> => {
      const [code] = (await once(spawn(process.execPath, args, { env, stdio: 'ignore' }), 'close')) as [
        unknown,
      ];
      return code;
    };
    t.equal(await codeWith({ PORT: healthy }), 0);
    t.equal(await codeWith({ PORT: unhealthy }), 1);
    t.equal(await codeWith({ PORT: unhealthy, HEALTH_PORT: healthy }), 0);
    t.equal(await codeWith({ PORT: healthy, HEALTH_PORT: unhealthy }), 1);
    t.equal(await codeWith({ PORT: healthy, HEALTH_PORT: '' }), 0, 'what is empty is not set');
    t.equal(asked.length, 5);
    for (const route of asked) t.ok(route in paths, route);
    t.match(lastStage, `EXPOSE ${imageDefaults().environment.PORT ?? ''}\n`);
  },
);

t.test('the program is process 1, and not behind a shell or npm', (t) => {
  t.strictSame(imageDefaults().command, ['node', 'dist/src/main.js']);
  t.match(lastStage, /^STOPSIGNAL SIGTERM$/m);
  t.match(lastStage, /^RUN rm -rf .*\/usr\/local\/bin\/npm /m);
  t.end();
});
